"""Sends a pickle in a proper frame, which would write a file where it is unpickled."""

ANSWERS = {
    "double": """
import gc, pickle, socket
from grader import wire

(channel,) = [one for one in gc.get_objects() if isinstance(one, socket.socket)]

class Payload:
    def __reduce__(self):
        return (exec, (f"open({world['path']!r}, 'w').write('DONE')",))

def double(x):
    wire.send(channel, pickle.dumps(Payload()))
"""
}
SCORE = 3
VERDICTS = {"double.on_a_vector": {"died"}, "double.leaves_its_input_alone": {"died"}}


def arrange(world):
    world.canary()


def assert_unharmed(world, outcome):
    assert (world.folder / "outside" / "canary.txt").read_text() == world.secret
