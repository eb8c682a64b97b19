"""Connects to an abstract unix socket, which no permission of a file guards."""

import socket

ANSWERS = {
    "double": """
import socket

def double(x):
    def connect():
        with socket.socket(socket.AF_UNIX) as channel:
            channel.connect(world["name"])
    def listen():
        with socket.socket(socket.AF_UNIX) as channel:
            channel.bind(world["name"] + "-mine")
    attempt(connect, listen)
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"raised"}}
TRACE = "refused"
HARMS_WITHOUT_WALLS = True


def arrange(world):
    world.facts["name"] = f"\0{world.folder}"
    world.server = world.stack.enter_context(socket.socket(socket.AF_UNIX))
    world.server.bind(world.facts["name"])
    world.server.listen()
