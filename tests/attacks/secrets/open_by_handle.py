"""Opens a file by its handle, which needs no path: the one capability that is left allows it."""

import ctypes
import os

ANSWERS = {
    "double": """
import ctypes, os

def double(x):
    libc = ctypes.CDLL(None, use_errno=True)

    def by_handle():
        place = os.open(".", os.O_RDONLY)
        file = libc.open_by_handle_at(place, ctypes.create_string_buffer(world["handle"]), 0)
        if file < 0:
            raise OSError(ctypes.get_errno(), "")
        return os.read(file, 100)

    attempt(by_handle)
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused (PermissionError: 1)"
BUBBLEWRAP = HARMS_WITHOUT_WALLS = True


def arrange(world):
    buffer = ctypes.create_string_buffer((128).to_bytes(4, "little") + bytes(132))
    mount = ctypes.c_int()
    path = os.fsencode(world.canary())
    libc = ctypes.CDLL(None)
    if libc.name_to_handle_at(-100, path, buffer, ctypes.byref(mount), 0) < 0:
        import pytest

        pytest.skip("this file system has no handles")
    world.facts["handle"] = buffer.raw
