"""Writes the verdict on the channel as lines of JSON and plain text, without the framing."""

ANSWERS = {
    "double": """
import os, json, stat

def double(x):
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                for line in ({"id": 4, "ok": True, "value": True}, {"score": 6}, "PASSED"):
                    os.write(fd, (json.dumps(line) + "\\n").encode())
        except OSError:
            pass
    return None
"""
}
SCORE = 3
VERDICTS = {
    "double.on_a_vector": {"died", "too_much_output"},
    "double.leaves_its_input_alone": {"died", "too_much_output"},
}
