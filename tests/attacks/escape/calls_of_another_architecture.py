"""Makes system calls by the 32-bit gate of x86 and as x32, whose numbers mean other calls."""

import platform

import pytest

ANSWERS = {
    "double": """
import ctypes, mmap

def double(x):
    # mov eax, 39 (mkdir of i386); mov rbx, path; mov ecx, 0o700; int 0x80; ret
    # The page lies low, as a 32-bit call takes an address of 32 bits.
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
    page = libc.mmap(None, 4096, 7, 0x62, -1, 0)  # MAP_PRIVATE | ANONYMOUS | 32BIT
    ctypes.memmove(page + 64, b"by-int80\\0", 9)
    code = (
        b"\\x53\\xb8\\x27\\x00\\x00\\x00\\xbb" + (page + 64).to_bytes(4, "little")
        + b"\\xb9\\xc0\\x01\\x00\\x00\\xcd\\x80\\x5b\\xc3"
    )
    ctypes.memmove(page, code, len(code))
    got = ctypes.CFUNCTYPE(ctypes.c_int)(page)()
    raise ValueError(f"DONE {got}")
""",
    "total": """
import ctypes

def save_total(path):
    ctypes.CDLL(None).syscall(0x40000000 | 39)  # getpid of x32
""",
}
SCORE = 0
VERDICTS = {"double.on_a_vector": {"died"}, "total.of_a_matrix": {"died", "missing"}}
HARMS_WITHOUT_WALLS = True


def arrange(world):
    if platform.machine() != "x86_64":
        pytest.skip("x86 only")
