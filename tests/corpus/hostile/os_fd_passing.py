# reject statically: hands descriptors to the parent until it has none left
import socket, os, stat, array
for d in range(3, 64):
    try:
        if not stat.S_ISSOCK(os.fstat(d).st_mode): continue
    except OSError: continue
    s = socket.socket(fileno=d)
    r, w = os.pipe()
    for i in range(100000):
        s.sendmsg([b"\x00"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [r] * 100))])
