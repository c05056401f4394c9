# reject statically: the kernel is asked to signal another process when a pipe becomes readable
import fcntl, os
r, w = os.pipe()
for pid in [os.getppid(), *range(2, 40000)]:
    try:
        fcntl.fcntl(r, 10, 9)  # F_SETSIG, SIGKILL
        fcntl.fcntl(r, 8, pid)  # F_SETOWN
        if fcntl.fcntl(r, 9) != pid:
            raise SystemExit(f"owner is {fcntl.fcntl(r, 9)}")
    except OSError as e:
        if pid == os.getppid(): raise SystemExit(f"refused: {e}")
        continue
    fcntl.fcntl(r, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    os.write(w, b"x")
    os.read(r, 1)
    break
raise SystemExit("sent")
