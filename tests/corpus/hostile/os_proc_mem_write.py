# reject statically: writes through /proc: memory, scores, comm of itself and of the parent
import os
done = []
for path in ("/proc/self/mem", "/proc/self/oom_score_adj", "/proc/self/comm", f"/proc/{os.getppid()}/mem", f"/proc/{os.getppid()}/oom_score_adj", "/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern", "/sys/kernel/mm/ksm/run"):
    for flags in (os.O_WRONLY, os.O_RDWR):
        try:
            os.close(os.open(path, flags)); done.append(path)
        except OSError: pass
raise SystemExit(f"done {done}")
