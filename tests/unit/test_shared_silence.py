"""Is a library's chatter kept back, and only that?"""

from __future__ import annotations

import logging
import os
import sys
import warnings

import pytest

from shared.silence import silent


def test_is_nothing_of_it_seen(capfd, recwarn):
    """Neither Python's outputs, nor what native code writes, nor logs and warnings?"""
    with silent():
        print("printed")
        print("complained", file=sys.stderr)
        os.write(1, b"native")
        os.write(2, b"native")
        logging.getLogger("library").warning("logged")
        warnings.warn("warned", stacklevel=1)
    print("afterwards")
    out, err = capfd.readouterr()
    assert (out, err) == ("afterwards\n", "")
    assert list(recwarn) == []


def test_does_an_exception_come_through_and_leave_all_as_it_was(capfd):
    level = logging.root.manager.disable
    with pytest.raises(ValueError, match="the reason"):
        with silent():
            raise ValueError("the reason")
    os.write(1, b"seen")
    assert capfd.readouterr().out == "seen"
    assert logging.root.manager.disable == level
