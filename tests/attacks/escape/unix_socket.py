"""Connects to a named unix socket that anyone may use, as those of desktops and daemons."""

import os
import socket

ANSWERS = {
    "double": """
import socket

def double(x):
    def connect():
        with socket.socket(socket.AF_UNIX) as channel:
            channel.connect(world["path"])
    attempt(connect)
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused"
HARMS_WITHOUT_WALLS = True


def arrange(world):
    path = str(world.folder / "socket")
    world.server = world.stack.enter_context(socket.socket(socket.AF_UNIX))
    world.server.bind(path)
    world.server.listen()
    os.chmod(path, 0o666)
    world.facts["path"] = path
