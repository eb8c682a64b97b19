"""Does only plain data cross, and does it arrive unchanged?"""

from __future__ import annotations

import socket
import threading

import msgpack
import numpy as np
import pytest

from grader import wire


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -(2**63), 2.5, "é🎓", b"\x00\xff", [1, [2.0, "x"]], {"a": {"b": [None]}}],
)
def test_do_plain_values_come_back_equal(value):
    assert wire.decode(wire.encode(value)) == value


@pytest.mark.parametrize("dtype", ["?", "i1", "u2", "i8", "f2", "f4", "f8", ">f4"])
def test_do_arrays_keep_shape_dtype_and_values(dtype):
    array = np.arange(6).reshape(2, 1, 3).astype(dtype)
    back = wire.decode(wire.encode(array))
    assert back.dtype == array.dtype.newbyteorder("<") and back.shape == array.shape
    np.testing.assert_array_equal(back, array)


def test_do_views_and_empty_arrays_cross():
    for array in (np.eye(4)[::2, ::-1], np.zeros((0, 3)), np.asfortranarray(np.eye(3))):
        np.testing.assert_array_equal(wire.decode(wire.encode(array)), array)


def test_do_torch_tensors_cross_as_arrays():
    torch = pytest.importorskip("torch")
    tensor = torch.tensor([[1.0, 2.0]], requires_grad=True)
    np.testing.assert_array_equal(wire.decode(wire.encode(tensor)), [[1.0, 2.0]])
    halves = wire.decode(wire.encode(torch.tensor([1.0], dtype=torch.float32).sum()))
    assert halves == 1.0 and type(halves) is float


class AlwaysEqual(np.ndarray):
    """What a student could return to please any comparison."""

    def __eq__(self, other):
        return True


def test_does_an_array_subclass_arrive_as_a_plain_array():
    back = wire.decode(wire.encode(np.zeros(3).view(AlwaysEqual)))
    assert type(back) is np.ndarray and not (back == np.ones(3)).any()


@pytest.mark.parametrize(
    "value",
    [object(), lambda: 1, np.array([object()]), np.array(["text"]), {1: 2}, 2**64, 1 + 2j],
)
def test_is_everything_else_refused_with_its_name(value):
    with pytest.raises(wire.NotPlain):
        wire.encode(value)


def test_is_a_cycle_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(wire.NotPlain):
        wire.encode(loop)


def forged(dtype, shape, body):
    head = msgpack.packb([dtype, shape])
    data = wire.HEADER.pack(len(head)) + head + body
    return msgpack.packb(msgpack.ExtType(wire.ARRAY, data))


@pytest.mark.parametrize(
    "document",
    [
        forged("|O", [1], bytes(8)),
        forged("<f8", [2**39, 2**39], b""),
        forged("<f8", [-1], bytes(8)),
        forged("<f8", [3], bytes(8)),
        forged("<f8", ["1"], bytes(8)),
        forged("nonsense", [1], bytes(8)),
        forged("V8", [1], bytes(8)),
        msgpack.packb(msgpack.ExtType(7, b"x")),
        msgpack.packb(msgpack.ExtType(wire.ARRAY, b"")),
        msgpack.packb({1: 2}),
        msgpack.packb([1])[:-1] + b"",
        b"",
        b"\xc1",
        b"\x91" * 5000,
        b"\xdd\x00\x10\x00\x00" + b"\x90" * (1 << 20),  # a million lists in a megabyte
        msgpack.packb(1) * 2,
    ],
)
def test_do_forged_documents_end_in_a_value_error(document):
    with pytest.raises(ValueError):
        wire.decode(document)


@pytest.fixture
def pair():
    one, other = socket.socketpair()
    with one, other:
        yield one, other


def test_does_a_large_frame_arrive(pair):
    document = bytes(5 << 20)
    thread = threading.Thread(target=wire.send, args=(pair[0], document, 10))
    thread.start()
    assert wire.receive(pair[1], 10, limit=6 << 20) == document
    thread.join()


def test_does_reading_stop_at_the_deadline_though_bytes_trickle_in(pair):
    pair[0].sendall(wire.HEADER.pack(100) + b"only some")
    with pytest.raises(TimeoutError):
        wire.receive(pair[1], 0.05, limit=1000)


def test_does_writing_stop_at_the_deadline_when_nobody_reads(pair):
    with pytest.raises(TimeoutError):
        wire.send(pair[0], bytes(50 << 20), 0.05)


def test_is_a_frame_above_the_limit_refused_before_it_is_read(pair):
    pair[0].sendall(wire.HEADER.pack(2**60))
    with pytest.raises(wire.FrameTooLarge):
        wire.receive(pair[1], 1, limit=1000)


def test_is_a_hang_up_told_from_silence(pair):
    pair[0].close()
    with pytest.raises(wire.Closed):
        wire.receive(pair[1], 1, limit=1000)
