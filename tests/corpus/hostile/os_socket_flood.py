# reject statically: floods the only socket without end
import os, stat
for d in range(3, 64):
    try:
        if not stat.S_ISSOCK(os.fstat(d).st_mode): continue
        while True: os.write(d, b"\x00\x00\x00\x10" + b"x" * 1000000)
    except OSError: pass
