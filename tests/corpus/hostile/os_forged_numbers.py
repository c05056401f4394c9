# reject statically: knows its nonce from the stack, and answers with fields that no worker sends
import sys, os, json, struct, stat
frame = sys._getframe()
while "fields" not in frame.f_locals: frame = frame.f_back
nonce = frame.f_locals["fields"]["nonce"]
told = {"nonce": nonce, "outcome": [], "sampler": {}, "seconds": {"build": 10**400}, "blocks": []}
text = json.dumps(told).encode()
for d in range(3, 64):
    try:
        if stat.S_ISSOCK(os.fstat(d).st_mode): os.write(d, struct.pack(">I", len(text)) + text)
    except OSError: pass
os._exit(0)
