"""Counting, sizes, timing and the hardware card."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from shared.hardware import hardware_card, parse_cpuinfo, parse_sysctl
from shared.measure import file_bytes, latency, macs, parameters, saved_bytes, sparsity
from shared.models import lenet_300_100, resnet8


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras")


def keras_cnn(keras):
    """Ordinary, depthwise, separable, dense; a norm and a dropout for what does not count."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, 3, strides=2, padding="same"),  # 4*4 places, 3*3*1*4
            layers.BatchNormalization(),
            layers.DepthwiseConv2D(3, padding="same"),  # 4*4 places, 3*3*4
            layers.SeparableConv2D(6, 3, padding="same"),  # 4*4 places, 3*3*4 + 4*6
            layers.Conv2DTranspose(2, 2, strides=2),  # 4*4 places of the input, 2*2*6*2
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10),  # 128*10
        ]
    )


KERAS_CNN_MACS = 16 * (36 + 36 + 36 + 24 + 48) + 1280


def test_do_the_shared_models_have_the_published_sizes() -> None:
    """LeNet-300-100 and MLPerf Tiny's ResNet-8: the parameters and multiply-adds of the papers?"""
    lenet = lenet_300_100()
    assert parameters(lenet) == 266_610
    assert macs(lenet, (1, 28, 28)) == 784 * 300 + 300 * 100 + 100 * 10 == 266_200
    resnet = resnet8()
    assert parameters(resnet) == 78_666
    assert sum(p.numel() for p in resnet.parameters()) == 78_186
    assert macs(resnet, (3, 32, 32)) == 12_501_632
    assert resnet(torch.zeros(2, 3, 32, 32)).shape == (2, 10)
    assert lenet_300_100(64, 7)(torch.zeros(3, 1, 8, 8)).shape == (3, 7)
    assert resnet8(5)(torch.zeros(2, 3, 32, 32)).shape == (2, 5)


def test_is_a_strided_block_of_resnet8_a_residual_block() -> None:
    """With its second norm silenced, does a block pass on the rectified shortcut?"""
    block = resnet8()[4].eval()
    nn.init.zeros_(block.bn2.weight)
    nn.init.zeros_(block.bn2.bias)
    x = torch.randn(1, 16, 32, 32)
    assert torch.allclose(block(x), torch.relu(block.shortcut(x)))


def test_are_torch_macs_counted_by_layer() -> None:
    """Groups, depthwise, transposed, one axis, dense on sequences, a layer used twice?"""
    cases = [
        (nn.Conv2d(8, 16, 3, padding=1, groups=4), (8, 5, 5), 25 * 16 * 2 * 9),
        (nn.Conv2d(8, 8, 3, groups=8), (8, 5, 5), 9 * 8 * 9),
        (nn.ConvTranspose2d(4, 6, 2, stride=2), (4, 5, 5), 25 * 4 * 6 * 4),
        (nn.Conv1d(2, 3, 5), (2, 20), 16 * 2 * 3 * 5),
        (nn.Linear(7, 3), (11, 7), 11 * 21),
    ]
    for layer, shape, expected in cases:
        assert macs(nn.Sequential(layer), shape) == expected, layer
    twice = nn.Linear(4, 4)
    model = nn.Sequential(twice, nn.ReLU(), twice)
    assert macs(model, (4,)) == 32
    assert parameters(model) == 20  # shared weights are stored once


def test_does_counting_leave_a_torch_model_as_it_was() -> None:
    """Mode of each module, moving statistics, hooks: unchanged by macs?"""
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Dropout())
    model.train()
    model[2].eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    macs(model, (1, 8, 8))
    assert [module.training for module in model] == [True, True, False]
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert not any(module._forward_hooks for module in model.modules())


def test_are_keras_models_counted_too(keras) -> None:
    """Each kind of layer, a nested and a subclassed model: the same convention as for torch?"""
    model = keras_cnn(keras)
    assert macs(model, (8, 8, 1)) == KERAS_CNN_MACS
    assert parameters(model) == model.count_params()

    class Wrapped(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.inner = model
            self.head = keras.layers.Dense(3)

        def call(self, x, training=False):
            return self.head(self.inner(x, training=training))

    assert macs(Wrapped(), (8, 8, 1)) == KERAS_CNN_MACS + 30
    # After counting, Keras' own call is back: a model runs, and nothing is counted twice.
    assert macs(model, (8, 8, 1)) == KERAS_CNN_MACS


def test_do_both_frameworks_agree_on_one_architecture(keras) -> None:
    """The same net with a norm in torch and Keras: the same parameters and multiply-adds?"""
    layers = keras.layers
    one = keras.Sequential(
        [keras.Input((8, 8, 3)), layers.Conv2D(5, 3), layers.BatchNormalization(), layers.Flatten()]
    )
    other = nn.Sequential(nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5), nn.Flatten())
    assert parameters(one) == parameters(other) == 3 * 5 * 9 + 5 + 4 * 5
    assert macs(one, (8, 8, 3)) == macs(other, (3, 8, 8)) == 36 * 135


def test_is_anything_else_refused() -> None:
    """An array where a model belongs: TypeError?"""
    for count in (parameters, lambda model: macs(model, (1,))):
        with pytest.raises(TypeError, match="ndarray"):
            count(np.zeros(3))


def test_is_sparsity_the_fraction_of_zeros(keras) -> None:
    """Arrays, tensors, models (kernels only) and masked torch kernels?"""
    assert sparsity(np.array([0.0, 1.0, 0.0, -0.0])) == 0.75
    assert sparsity(np.array([1e-30, 1.0])) == 0.0
    assert sparsity(torch.tensor([[0.0, 2.0]], requires_grad=True)) == 0.5
    layer = nn.Linear(4, 5)
    nn.init.zeros_(layer.bias)
    with torch.no_grad():
        layer.weight.fill_(1.0)
        layer.weight[0] = 0.0
    assert sparsity(layer) == pytest.approx(0.2)
    mask = torch.ones(5, 4)
    mask[:3] = 0
    prune.custom_from_mask(layer, "weight", mask)
    assert sparsity(layer) == pytest.approx(0.6)
    dense = keras.layers.Dense(5)
    dense.build((None, 4))
    kernel = np.ones((4, 5), np.float32)
    kernel[0] = 0
    dense.set_weights([kernel, np.zeros(5)])
    assert sparsity(dense) == pytest.approx(0.25)
    with pytest.raises(ValueError, match="no weight"):
        sparsity(np.zeros(0))


def test_are_bytes_those_of_files(tmp_path: Path) -> None:
    """A file, a folder with a folder in it, and nothing at all?"""
    (tmp_path / "model" / "variables").mkdir(parents=True)
    (tmp_path / "model" / "a").write_bytes(b"12345")
    (tmp_path / "model" / "variables" / "b").write_bytes(b"123")
    assert file_bytes(tmp_path / "model" / "a") == 5
    assert file_bytes(tmp_path / "model") == 8
    with pytest.raises(FileNotFoundError):
        file_bytes(tmp_path / "nothing")


def test_is_a_size_only_given_for_what_can_be_read_back() -> None:
    """Written and read back: the bytes; not written, not readable, not the same: an error?"""
    array = np.arange(100, dtype=np.float32)

    def write(path: Path) -> None:
        np.save(path, array)

    def same(again: np.ndarray) -> bool:
        return np.array_equal(again, array)

    assert saved_bytes(write, np.load, name="a.npy", check=same) == 128 + 400
    with pytest.raises(ValueError, match="not what was written"):
        saved_bytes(write, lambda path: np.load(path) + 1, name="a.npy", check=same)
    with pytest.raises(ValueError, match="nothing was written"):
        saved_bytes(lambda path: None, np.load)
    with pytest.raises(ValueError, match="allow_pickle"):
        saved_bytes(lambda path: path.write_bytes(b"no array"), np.load, name="a.npy")


def test_is_latency_measured_in_turn_after_a_warm_up() -> None:
    """Which calls are made, in which order, and how many of them count?"""
    calls = []
    result = latency({name: lambda n=name: calls.append(n) for name in "abc"}, repeats=4, warmup=2)
    assert "".join(calls) == "abcbcacababcbcacab"
    assert {timing.repeats for timing in result.values()} == {4}


def test_is_the_latency_a_median_in_milliseconds() -> None:
    """A call that sleeps 5 ms, and every tenth time 50: the median of the usual, a wide p90?"""
    count = iter(range(1000))

    def call() -> None:
        time.sleep(0.05 if next(count) % 5 == 0 else 0.005)

    spent = latency({"call": call}, repeats=20, warmup=0)["call"]
    assert 5.0 <= spent.median_ms < 30.0
    assert spent.p10_ms <= spent.median_ms < spent.p90_ms
    assert spent.p90_ms >= 50.0


@pytest.mark.parametrize(("variants", "repeats"), [({}, 3), ({"a": int}, 0)])
def test_is_a_measurement_of_nothing_refused(variants: dict, repeats: int) -> None:
    """No variant, no repeat: ValueError?"""
    with pytest.raises(ValueError, match="at least one repeat"):
        latency(variants, repeats=repeats)


def test_does_the_card_describe_this_machine() -> None:
    """Is the hardware card complete, plain and fit for results.json?"""
    card = hardware_card()
    assert set(card) == {
        "cpu",
        "machine",
        "cores",
        "flags",
        "memory_gib",
        "os",
        "python",
        "libraries",
    }
    assert json.loads(json.dumps(card)) == card
    assert card["cpu"]
    assert card["cores"] >= 1
    assert card["libraries"]["numpy"] == np.__version__
    assert card["libraries"]["torch"] == torch.__version__


def test_does_the_card_never_fail(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No /proc, no sysctl, no sysconf: still a card?"""
    monkeypatch.setattr("shared.hardware.Path", lambda name: tmp_path / "nothing")
    monkeypatch.delattr("os.sysconf")
    monkeypatch.delattr("os.sched_getaffinity", raising=False)
    for system in ("Linux", "Darwin", "Windows"):
        monkeypatch.setattr("platform.system", lambda system=system: system)
        monkeypatch.setenv("PATH", str(tmp_path))
        card = hardware_card()
        assert card["cpu"]
        assert card["flags"] == []
        assert card["memory_gib"] is None


def test_are_the_processors_of_linux_read() -> None:
    """x86 and ARM cpuinfo: model, and only the flags that matter?"""
    x86 = (
        "processor\t: 0\nmodel name\t: Some Xeon @ 2.50GHz\n"
        "flags\t\t: fpu sse2 avx2 avx512f avx512_vnni amx_int8\n\n"
        "processor\t: 1\nmodel name\t: other\nflags\t\t: avx_vnni\n"
    )
    assert parse_cpuinfo(x86) == (
        "Some Xeon @ 2.50GHz",
        ["avx2", "avx512f", "avx512_vnni", "amx_int8"],
    )
    arm = (
        "processor\t: 0\nFeatures\t: fp asimd asimdhp asimddp i8mm bf16 sve\n"
        "CPU implementer\t: 0x41\nCPU part\t: 0xd40\n"
    )
    assert parse_cpuinfo(arm) == (
        "ARM implementer 0x41 part 0xd40",
        ["asimd", "asimddp", "asimdhp", "i8mm", "bf16", "sve"],
    )
    assert parse_cpuinfo("") == ("", [])


def test_are_the_processors_of_macs_read() -> None:
    """sysctl of an Apple and of an Intel Mac: names as on Linux, absent ones left out?"""
    apple = (
        "machdep.cpu.brand_string: Apple M2\nhw.optional.AdvSIMD: 1\n"
        "hw.optional.arm.FEAT_DotProd: 1\nhw.optional.arm.FEAT_I8MM: 1\n"
        "hw.optional.arm.FEAT_BF16: 0\n"
    )
    assert parse_sysctl(apple) == ("Apple M2", ["asimd", "asimddp", "i8mm"])
    intel = "machdep.cpu.brand_string: Intel(R) Core(TM) i5\nhw.optional.avx2_0: 1\n"
    assert parse_sysctl(intel) == ("Intel(R) Core(TM) i5", ["avx2"])
