# reject statically: reads what it should not and tells it in its error
import os
found = []
for path in ("/etc/passwd", "/etc/shadow", f"/proc/{os.getppid()}/environ", "/proc/self/environ", "/root/.bashrc", "/var/tmp/canary/secret.txt", os.path.expanduser("~/.ssh/id_rsa")):
    try:
        found.append((path, open(path).read(20)))
    except OSError: pass
for folder in ("/", "/home", "/root", "/tmp", "/proc"):
    try: found.append((folder, len(os.listdir(folder))))
    except OSError: pass
raise SystemExit(f"done {found}")
