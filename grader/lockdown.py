"""Locking the current process down before it runs a student's code (Linux).

Landlock for files, TCP, signals and abstract sockets; seccomp for everything that a notebook has
no use for (new processes, sockets, tracing, mounting, other processes' memory, System V IPC);
rlimits for memory, file size and threads; where the grader runs as root, a user id of its own.
All of it is inherited and cannot be undone. Used by the student's process and by the judge, on
themselves, after their imports and while they have one thread only.

References: landlock(7), seccomp(2), capabilities(7), setrlimit(2).
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import os
import resource
import signal
import struct
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same numbers on every architecture
PATH_BENEATH = 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
MAKE_SYM, REFER, TRUNCATE = 1 << 12, 1 << 13, 1 << 14
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | 1 << 15
READ = READ_FILE | READ_DIR
WRITE = (
    READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SYM | REFER | TRUNCATE
)
FS_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # number of rights the kernel knows
TCP, SCOPES = 0b11, 0b11  # bind and connect; abstract unix sockets and signals

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_SET_NO_NEW_PRIVS = 1, 4, 8, 38
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
CAP_DAC_READ_SEARCH = 2
CAPABILITY_VERSION_3 = 0x20080522

# Refused with EPERM. New processes too: a notebook's answer needs none, and without them there is
# no fork bomb, no daemon that outlives a check, and no program to start.
DENIED = """
fork vfork execve execveat
socket connect bind listen accept accept4 mq_open
io_uring_setup io_uring_enter io_uring_register
ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_open pidfd_getfd
pidfd_send_signal rt_sigqueueinfo rt_tgsigqueueinfo tkill
mount umount2 pivot_root chroot unshare setns move_mount open_tree fsopen fsmount fspick
mount_setattr open_by_handle_at name_to_handle_at
shmget shmat shmctl msgget msgsnd msgrcv semget semop semtimedop memfd_create memfd_secret
add_key request_key keyctl bpf perf_event_open userfaultfd fanotify_init
setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capset
init_module finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff
acct quotactl syslog settimeofday clock_settime clock_adjtime adjtimex sethostname
setdomainname mknod mknodat personality ioprio_set migrate_pages move_pages
setpriority sched_setparam sched_setattr
setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
"""
# Without effect, but not an error, as copying a file ends in one of them. Landlock does not know
# them, and where the grader is not root its files have the same owner. ZeroMQ, and a Jupyter kernel
# with it, aborts where it cannot set the schedule of a thread to what it is already.
IGNORED = """
chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat utimensat
sched_setscheduler
"""
# Of fcntl: signals to another process (F_SETOWN, F_SETSIG, F_SETOWN_EX), and holding up the
# others who open a file (F_SETLEASE, F_NOTIFY).
DENIED_FCNTL = (8, 10, 15, 1024, 1026)
# A process may signal itself, whose number a filter that is made beforehand cannot know: this
# stands in its place (no process number is that large), in a comparison of the lower 32 bits.
OWN_PID = 0x5E1FC0DE
JUMP_IF_EQUAL = 0x15
STEP = struct.Struct("=HBBI")  # struct sock_filter of <linux/filter.h>
# Of socketpair: all but SOCK_STREAM. A datagram can be sent to any socket that has a name.
DENIED_SOCKETS = (2, 3, 4, 5)


@dataclass(frozen=True)
class Lockdown:
    """What a process may still do. It crosses to that process as JSON (`dataclasses.asdict`)."""

    level: str  # "landlock", "bubblewrap" (the walls stand already) or "none"
    readable: Sequence[str]
    writable: Sequence[str]
    memory: int  # bytes of address space
    file_size: int  # bytes of one file
    uid: int | None = None
    threads: int = 512  # counted per user id, so only where the process has its own
    open_files: int = 1024


def landlock_abi() -> int:
    """The version of Landlock that the kernel offers, 0 for none."""
    version = _libc().syscall(CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    return max(version, 0)


def lock(rules: Lockdown) -> None:
    """Lock this process down. Raises OSError where a part fails: then run nothing."""
    # Looks for libseccomp with the help of programs, and writes a file: now it still can.
    filters = b"" if rules.level == "none" else seccomp_program()
    limit(rules)
    if rules.level == "none":
        return
    if threads() != 1:
        raise OSError(errno.EAGAIN, "only a process with one thread can be locked down whole")
    libc = _libc()
    if rules.uid is not None:
        _become(libc, rules.uid)
    die_with_parent()  # after the change of user, which clears it
    _check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    if rules.level == "landlock":
        _landlock(libc, rules.readable, rules.writable)
    _seccomp(libc, filters)


def die_with_parent() -> None:
    """Be killed when the parent is: a grader that is killed takes its students along."""
    _check(_libc().prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "parent death signal")


def threads() -> int:
    """How many threads this process has."""
    return len(os.listdir("/proc/self/task"))


def limit(rules: Lockdown) -> None:
    """The resource limits alone; what a system has no limit for stays unlimited.

    Where memory runs out all the same, the system ends such a process before any other.
    """
    with contextlib.suppress(OSError):
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
    values = {
        "RLIMIT_AS": rules.memory,
        "RLIMIT_FSIZE": rules.file_size,
        "RLIMIT_NOFILE": rules.open_files,
        "RLIMIT_CORE": 0,
        "RLIMIT_MSGQUEUE": 0,
    }
    if rules.uid is not None:
        values["RLIMIT_NPROC"] = rules.threads
    for name, value in values.items():
        number = getattr(resource, name, None)
        if number is not None:
            with contextlib.suppress(ValueError):  # above the hard limit, which holds anyway
                resource.setrlimit(number, (value, value))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def _become(libc: ctypes.CDLL, uid: int) -> None:
    """Another user, without groups and capabilities.

    One capability stays, to read files whatever their owner: Python itself may lie in root's home.
    It opens nothing else, as Landlock decides (or bubblewrap shows) which files there are.
    """
    os.setgroups([])
    _check(libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "keepcaps")
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    header = struct.pack("=Ii", CAPABILITY_VERSION_3, 0)
    kept = 1 << CAP_DAC_READ_SEARCH
    data = struct.pack("=6I", kept, kept, 0, 0, 0, 0)
    _check(libc.capset(header, data), "capset")
    _check(libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "dumpable")


def _landlock(libc: ctypes.CDLL, readable: Sequence[str], writable: Sequence[str]) -> None:
    abi = landlock_abi()
    if abi < 1:
        raise OSError(errno.ENOSYS, "the kernel offers no Landlock")
    known = (1 << FS_RIGHTS_BY_ABI[min(abi, 5)]) - 1
    fields = [known] + [TCP] * (abi >= 4) + [SCOPES] * (abi >= 6)
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = _check(
        libc.syscall(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0), "landlock"
    )
    try:
        for rights, paths in ((READ, readable), (WRITE, writable)):
            for path in paths:
                _allow(libc, ruleset, path, rights & known)
        _check(libc.syscall(RESTRICT_SELF, ruleset, 0), "landlock_restrict_self")
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return  # a system without, say, /usr/share/fonts
    try:
        if not os.path.isdir(path):
            rights &= ON_FILES
        rule = struct.pack("=Qi", rights, descriptor)
        _check(libc.syscall(ADD_RULE, ruleset, PATH_BENEATH, rule, 0), f"landlock rule {path}")
    finally:
        if not path.startswith("/proc/"):  # the kernel may forget a /proc inode that nobody holds
            os.close(descriptor)


def _seccomp(libc: ctypes.CDLL, program: bytes) -> None:
    """Load a filter that was made by `seccomp_program`, for this process."""
    me = os.getpid()
    steps = [
        (code, yes, no, me if (code, value) == (JUMP_IF_EQUAL, OWN_PID) else value)
        for code, yes, no, value in STEP.iter_unpack(program)
    ]
    if not any(value == me for _, _, _, value in steps):
        raise OSError(errno.EINVAL, "the filter does not ask for the process")
    patched = b"".join(STEP.pack(*step) for step in steps)
    header = _Program(len(steps), patched)
    done = libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(header), 0, 0)
    _check(done, "seccomp")


class _Program(ctypes.Structure):
    """struct sock_fprog of <linux/filter.h>."""

    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


@functools.cache
def seccomp_program() -> bytes:
    """The filter as the kernel takes it, with `OWN_PID` where the process's own number goes.

    Made once, it is good for all processes that are forked from this one.
    """
    import pyseccomp

    rules = _rules(pyseccomp)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _rules(pyseccomp: ModuleType) -> Any:  # a SyscallFilter
    deny = pyseccomp.ERRNO(errno.EPERM)
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    # By default it ends one thread, and the others would let the supervisor wait.
    rules.set_attr(pyseccomp.Attr.ACT_BADARCH, pyseccomp.KILL_PROCESS)
    for name in DENIED.split():
        _refuse(rules, deny, name)
    for name in IGNORED.split():
        _refuse(rules, pyseccomp.ERRNO(0), name)
    # glibc falls back from clone3 to clone, whose flags a filter can read: threads only.
    _refuse(rules, pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    thread = 0x10000
    rules.add_rule(deny, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, thread, 0))
    for name in ("kill", "tgkill"):
        rules.add_rule(deny, name, pyseccomp.Arg(0, pyseccomp.NE, OWN_PID))
    low = 0xFFFFFFFF  # of these arguments the kernel reads half
    for command in DENIED_FCNTL:
        rules.add_rule(deny, "fcntl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, low, command))
    for kind in DENIED_SOCKETS:
        rules.add_rule(deny, "socketpair", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xF, kind))
    # Limits of other processes, and raising the own ones.
    rules.add_rule(deny, "prlimit64", pyseccomp.Arg(0, pyseccomp.NE, 0))
    keep_signal = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, low, PR_SET_PDEATHSIG)
    rules.add_rule(deny, "prctl", keep_signal)
    return rules


def _refuse(rules: object, action: int, name: str) -> None:
    with contextlib.suppress(ValueError, OSError):  # unknown to this libseccomp: unknown to no one
        rules.add_rule(action, name)
