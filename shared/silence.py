"""Keeps a library's chatter out of a notebook."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import warnings
from collections.abc import Iterator


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Hides what is printed, logged up to warnings, or warned of; exceptions come through.

    Native code writes to the process's own outputs 1 and 2, past Python: they are redirected too.
    """
    kept = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    disabled = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        os.dup2(nowhere, 1), os.dup2(nowhere, 2)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            with warnings.catch_warnings(action="ignore"):
                yield
    finally:
        logging.disable(disabled)
        for number, copied in enumerate(kept, 1):
            os.dup2(copied, number), os.close(copied)
        os.close(nowhere)
