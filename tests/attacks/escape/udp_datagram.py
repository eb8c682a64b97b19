"""Sends a datagram to a port of this machine; asks a resolver, opens raw and packet sockets."""

import socket

ANSWERS = {
    "double": """
import socket

def double(x):
    def send(kind=socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as channel:
            return channel.sendto(b"hello", ("127.0.0.1", world["port"]))
    attempt(
        send,
        lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
        lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
        lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        lambda: socket.getaddrinfo("grades.invalid", 80),
    )
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused"
HARMS_WITHOUT_WALLS = True


def arrange(world):
    world.server = world.stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    world.server.bind(("127.0.0.1", 0))
    world.server.settimeout(0.1)
    world.facts["port"] = world.server.getsockname()[1]


def assert_unharmed(world, outcome):
    try:
        world.server.recv(10)
    except TimeoutError:
        return
    raise AssertionError("a datagram came")
