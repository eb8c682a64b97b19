"""Announces a frame of 2**63 bytes and sends nothing more, then one that never ends."""

ANSWERS = {
    "double": """
import gc, socket, struct, time

(channel,) = [one for one in gc.get_objects() if isinstance(one, socket.socket)]

def double(x):
    channel.sendall(struct.pack(">Q", 1 << 63))
    time.sleep(5)
""",
    "total": """
def save_total(path):
    pass

def total(x):
    channel.sendall(struct.pack(">Q", 1000))
    while True:
        channel.sendall(b"x")
        time.sleep(0.05)
""",
}
SCORE = 0
VERDICTS = {"double.on_a_vector": {"too_much_output"}, "total.of_a_matrix": {"timed_out"}}
