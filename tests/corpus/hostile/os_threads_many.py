# reject statically: threads without end, each of them burning
import threading
def burn():
    while True: pass
while True:
    try: threading.Thread(target=burn, daemon=True).start()
    except Exception: pass
