# reject statically: answers one byte at a time, for ever
import os, stat, time
for d in range(3, 64):
    try:
        if not stat.S_ISSOCK(os.fstat(d).st_mode): continue
        os.write(d, b"\x00\x00\xff\xff")
        while True: os.write(d, b"{"); time.sleep(0.2)
    except OSError: pass
