"""Writes an ONNX model of branches within branches, a thousand deep."""

from tests.attacks.model_lab import writing

LAB = "onnx"


def field(number: int, content: bytes) -> bytes:
    """A field of a protobuf message that has a length."""
    size, digits = len(content), []
    while size >= 128:
        digits.append(size % 128 + 128)
        size //= 128
    return bytes([number << 3 | 2, *digits, size]) + content


def nested(depth: int) -> bytes:
    """A ModelProto (graph: 7) of GraphProto (node: 1), NodeProto (attribute: 5), and so on."""
    graph = b""
    for _ in range(depth):
        attribute = field(1, b"then_branch") + field(6, graph) + b"\xa0\x01\x05"
        graph = field(1, field(4, b"If") + field(5, attribute))
    return b"\x08\x0a" + field(7, graph) + field(8, b"\x0a\x00\x10\x14")


ANSWERS = {"export": writing(nested(1000))}
SCORE = 3
VERDICTS = {"export.an_int8_graph_doubles": {"wrong"}}
