"""Sends signals to the process it was forked from, and to its group; takes its limits away.

None that does anything: what is refused is the sending, whatever the number.
"""

ANSWERS = {
    "double": """
import ctypes, os, resource, signal

libc = ctypes.CDLL(None, use_errno=True)

def system(*words):
    if libc.syscall(*words) < 0:
        raise OSError(ctypes.get_errno(), "")

def double(x):
    pid, harmless = os.getppid(), signal.SIGCONT
    attempt(
        lambda: os.kill(pid, 0),
        lambda: os.kill(pid, harmless),
        lambda: os.killpg(pid, harmless),
        lambda: system(234, pid, pid, harmless),
        lambda: os.pidfd_open(pid),
        lambda: os.setpriority(os.PRIO_PROCESS, pid, 19),
        lambda: resource.prlimit(pid, resource.RLIMIT_CPU, (10000, 10000)),
    )
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused"
HARMS_WITHOUT_WALLS = True
