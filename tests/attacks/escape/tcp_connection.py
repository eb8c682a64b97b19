"""Connects to a port of this machine, and sends what it knows; listens on a port of its own."""

import socket

ANSWERS = {
    "double": """
import socket

def double(x):
    def connect():
        with socket.create_connection(("127.0.0.1", world["port"]), timeout=1) as channel:
            channel.sendall(repr(x).encode())
    def listen():
        with socket.create_server(("127.0.0.1", 0)) as server:
            return server.getsockname()
    attempt(connect, listen)
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused"
BUBBLEWRAP = HARMS_WITHOUT_WALLS = True


def arrange(world):
    world.server = world.stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    world.server.settimeout(0.1)
    world.facts["port"] = world.server.getsockname()[1]


def assert_unharmed(world, outcome):
    try:
        world.server.accept()[0].close()
    except TimeoutError:
        return
    raise AssertionError("somebody connected")
