# reject statically: calls the kernel by number: new processes, namespaces, keys, other machines' memory, old ABIs
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
done = []
n = {"fork":57,"vfork":58,"execve":59,"ptrace":101,"setsid":112,"setpgid":109,"sched_setaffinity":203,"memfd_create":319,"execveat":322,"userfaultfd":323,"io_uring_setup":425,"pidfd_open":434,"openat2":437,"process_vm_writev":311,"unshare":272,"setns":308,"mount":165,"bpf":321,"keyctl":250,"add_key":248,"perf_event_open":298,"socket":41,"socketpair":53,"open_by_handle_at":304,"rt_sigqueueinfo":129,"tkill":200,"shmget":29,"msgget":68,"semget":64,"mq_open":240,"inotify_init1":294,"fanotify_init":300,"timer_create":222,"kexec_load":246,"reboot":169,"sethostname":170,"swapon":167,"chroot":161,"setpriority":141,"ioprio_set":251,"setrlimit":160,"prctl":157,"seccomp":317,"creat":85,"mkdir":83,"link":86,"symlink":88,"unlink":87,"truncate":76,"ftruncate":77,"fallocate":285,"chmod":90,"chown":92,"utime":132,"setxattr":188,"sync":162,"settimeofday":164,"clock_settime":227,"pidfd_send_signal":424,"clone_thread_less":56,"x32_getpid":0x40000000+39,"alarm":37}
for name, number in n.items():
    ctypes.set_errno(0)
    r = libc.syscall(number, 0, 0, 0, 0, 0, 0)
    if r >= 0 or ctypes.get_errno() not in (38, 1, 13, 30):
        done.append((name, r, ctypes.get_errno()))
    if name in ("fork","vfork","clone_thread_less") and r == 0: os._exit(0)
raise SystemExit(f"done {done}")
