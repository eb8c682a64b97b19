"""Reads the grader's memory by process_vm_readv, at an address that it knows."""

ANSWERS = {
    "double": """
import ctypes, os

class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]

def double(x):
    libc = ctypes.CDLL(None, use_errno=True)
    here = ctypes.create_string_buffer(30)

    def read(call):
        mine = Vector(ctypes.addressof(here), 30)
        theirs = Vector(world["address"], 30)
        pid = world["parent"]
        if call(ctypes.c_long(pid), ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0) < 0:
            raise OSError(ctypes.get_errno(), "")
        return here.raw

    attempt(lambda: read(libc.process_vm_readv), lambda: read(libc.process_vm_writev))
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused"
BUBBLEWRAP = HARMS_WITHOUT_WALLS = True


def arrange(world):
    import ctypes
    import os

    # Where writing succeeds, it is into this buffer of the test's own.
    buffer = ctypes.create_string_buffer(world.secret.encode(), 64)
    world.stack.callback(lambda: buffer.value)
    world.facts |= {"parent": os.getpid(), "address": ctypes.addressof(buffer)}
