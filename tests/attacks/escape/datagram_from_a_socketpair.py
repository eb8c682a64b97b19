"""Sends to a named and to an abstract socket from a pair of datagram sockets: no connect needed."""

import os
import socket

ANSWERS = {
    "double": """
import socket

def double(x):
    def send(kind, name):
        one, other = socket.socketpair(socket.AF_UNIX, kind)
        return one.sendto(b"hello", name)
    attempt(*(
        lambda kind=kind, name=name: send(kind, name)
        for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET, socket.SOCK_STREAM)
        for name in world["names"]
    ))
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused"
BUBBLEWRAP = HARMS_WITHOUT_WALLS = True


def arrange(world):
    names = [str(world.folder / "log"), f"\0{world.folder}-log"]
    world.servers = [socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in names]
    for server, name in zip(world.servers, names, strict=True):
        world.stack.enter_context(server)
        server.bind(name)
        server.settimeout(0.05)
    os.chmod(names[0], 0o666)
    world.facts["names"] = names


def assert_unharmed(world, outcome):
    for server in world.servers:
        try:
            server.recv(10)
        except TimeoutError:
            continue
        raise AssertionError("a datagram came")
