# reject statically: leaves work for the end of the process
import atexit, os, threading, sys
atexit.register(lambda: open("/var/tmp/canary/owned_atexit", "w"))
class Late:
    def __del__(self): os.system("touch /var/tmp/canary/owned_del")
keep = Late()
sys.exitfunc = lambda: open("/var/tmp/canary/owned_exit", "w")
threading.Timer(0.5, lambda: open("/var/tmp/canary/owned_timer", "w")).start()
raise KeyboardInterrupt
