# reject statically: switches the deadline and every signal off and burns
import signal
signal.setitimer(signal.ITIMER_PROF, 0)
for s in range(1, 65):
    try: signal.signal(s, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: pass
