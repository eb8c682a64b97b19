"""Does the evaluator of Core ML programs compute what the converted model computes?"""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from shared import mil
from shared.silence import silent

pytestmark = pytest.mark.xdist_group("coremltools")  # its import takes seconds: once


class Kinds(nn.Module):
    """Every kind of arithmetic that the evaluator knows and vision models use."""

    def __init__(self) -> None:
        super().__init__()
        self.wide = nn.Conv2d(4, 8, 3, padding=2, dilation=2, stride=2)
        self.depth = nn.Conv2d(8, 8, (3, 5), padding="same", groups=8, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.head = nn.Linear(8, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = functional.gelu(self.wide(x))
        x = torch.cat([self.depth(x), functional.relu6(x)[:, :0]], 1) - torch.tanh(x)
        x = functional.max_pool2d(x, 3, stride=2, padding=1)
        x = self.norm(functional.avg_pool2d(x, 2)) * x.amax(dim=(2, 3), keepdim=True)
        x = x.clamp(-1.5, 1.5) / 3 + torch.sigmoid(x)
        x = x.permute(0, 2, 3, 1).flatten(1, 2)
        scores = functional.softmax(x @ x.transpose(1, 2), dim=-1)
        return self.head((scores @ x).sum(dim=1))


@pytest.fixture(scope="module")
def coremltools():
    with silent():
        return pytest.importorskip("coremltools")


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    model = Kinds()
    model(3 * torch.randn(64, 4, 16, 16))  # moves the norm's statistics
    return model.eval()


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).normal(size=(6, 4, 16, 16)).astype(np.float32)


def converted(coremltools, model, precision, batch=2):
    """The model as Core ML, at the given precision of arithmetic."""
    with silent():
        return coremltools.convert(
            torch.jit.trace(model, torch.zeros(batch, 4, 16, 16)),
            inputs=[coremltools.TensorType(name="image", shape=(batch, 4, 16, 16))],
            compute_precision=coremltools.precision[precision],
            minimum_deployment_target=coremltools.target.iOS18,
        )


@pytest.fixture(scope="module")
def packages(coremltools, model, tmp_path_factory):
    """float32, float16, and what `coremltools.optimize` makes of the latter, on disk."""
    optimize = coremltools.optimize.coreml

    def settings(one):
        return optimize.OptimizationConfig(global_config=one)

    small = {"weight_threshold": 100}
    with silent():
        half = converted(coremltools, model, "FLOAT16")
        pruned = optimize.prune_weights(
            half, settings(optimize.OpMagnitudePrunerConfig(0.5, **small))
        )
        linear = optimize.OpLinearQuantizerConfig(**small)
        block = optimize.OpLinearQuantizerConfig(
            dtype="int4", granularity="per_block", block_size=2, **small
        )
        palette = optimize.OpPalettizerConfig(nbits=4, **small)
        models = {
            "float32": converted(coremltools, model, "FLOAT32"),
            "float16": half,
            "int8": optimize.linear_quantize_weights(half, settings(linear)),
            "int4": optimize.linear_quantize_weights(half, settings(block)),
            "palette": optimize.palettize_weights(half, settings(palette)),
            "pruned": pruned,
            "joint": optimize.linear_quantize_weights(
                pruned, settings(linear), joint_compression=True
            ),
        }
        folder = tmp_path_factory.mktemp("mlpackages")
        for name, one in models.items():
            one.save(str(folder / f"{name}.mlpackage"))
            if name not in ("float32", "float16"):
                plain = optimize.decompress_weights(one)
                plain.save(str(folder / f"{name}-unfolded.mlpackage"))
    return folder


def test_does_a_float32_program_give_what_torch_gives(packages, model, images):
    program = mil.Program(packages / "float32.mlpackage")
    with torch.no_grad():
        expected = model(torch.tensor(images)).numpy()
    # Other orders of summation in float32, through ten layers.
    np.testing.assert_allclose(program.run(image=images), expected, rtol=2e-4, atol=2e-5)
    assert {"conv", "linear", "max_pool", "avg_pool", "softmax", "matmul"} <= set(
        program.operations
    )
    assert program.inputs == {"image": (2, 4, 16, 16)}


def test_does_a_float16_program_round_what_it_hands_on(packages, images):
    exact = mil.Program(packages / "float32.mlpackage")
    half = mil.Program(packages / "float16.mlpackage")
    for values in half.trace(image=images[:2]).values():
        np.testing.assert_array_equal(values, values.astype(np.float16))
    found = half.differences(exact, image=images[:2])
    assert len(found) > 10
    # 11 bits of a float16's fraction are 68 dB of one rounding; errors add up, sums average out.
    assert all(40 < one.signal_to_noise < 90 for one in found), found


@pytest.mark.parametrize(
    "name, stored",
    [
        ("int8", "constexpr_blockwise_shift_scale"),
        ("int4", "constexpr_blockwise_shift_scale"),
        ("palette", "constexpr_lut_to_dense"),
        ("pruned", "constexpr_sparse_to_dense"),
        ("joint", "constexpr_sparse_to_dense"),
    ],
)
def test_are_compressed_weights_unfolded_as_coremltools_unfolds_them(
    packages, images, name, stored
):
    program = mil.Program(packages / f"{name}.mlpackage")
    unfolded = mil.Program(packages / f"{name}-unfolded.mlpackage")
    assert stored in {weight.stored for weight in program.weights.values()}
    assert {weight.stored for weight in unfolded.weights.values()} == {"const"}
    np.testing.assert_array_equal(program.run(image=images), unfolded.run(image=images))
    half = mil.Program(packages / "float16.mlpackage")
    assert np.abs(program.run(image=images) - half.run(image=images)).max() > 0


def test_do_fewer_bits_lose_more(packages, images):
    half = mil.Program(packages / "float16.mlpackage")
    noise = {}
    for name in ("int8", "int4"):
        program = mil.Program(packages / f"{name}.mlpackage")
        noise[name] = program.differences(half, image=images[:2])[0]
    assert noise["int8"].operation == "conv"
    # A step of 4 bits is 17 times one of 8 bits (24.6 dB); blocks of two have finer scales.
    assert noise["int8"].signal_to_noise > noise["int4"].signal_to_noise + 10


@pytest.mark.parametrize("pad_type", ["same", "same_lower", "valid"])
@pytest.mark.parametrize("stride", [1, 2])
def test_is_a_border_where_the_documentation_puts_it(pad_type, stride):
    x, weight = torch.arange(1.0, 8.0).reshape(1, 1, 7), torch.tensor([[[1.0, 10.0, 100.0, 0.0]]])
    came = mil.OPERATIONS["conv"](
        x=x, weight=weight, strides=[stride], pad_type=pad_type, dilations=[1], groups=1
    )
    # ceil(7 / stride) results; total border (results - 1) * stride + 4 - 7, the odd one after for
    # "same", before for "same_lower".
    results = -(-7 // stride)
    total = (results - 1) * stride + 4 - 7 if pad_type != "valid" else 0
    before = {"same": total // 2, "same_lower": total - total // 2, "valid": 0}[pad_type]
    padded = np.concatenate([np.zeros(before), x.numpy().ravel(), np.zeros(total - before)])
    expected = [
        padded[i] + 10 * padded[i + 1] + 100 * padded[i + 2]
        for i in range(0, len(padded) - 3, stride)
    ]
    np.testing.assert_allclose(came.numpy().ravel(), expected)


def test_are_the_last_axes_padded_in_their_order():
    """One row above, two columns left, three right: the first pair is for the first axis?"""
    x = torch.ones(1, 2, 1)
    came = mil.OPERATIONS["pad"](x=x, pad=[1, 0, 2, 3], mode="constant", constant_val=7.0)
    assert came.shape == (1, 3, 6)
    assert came[0].tolist() == [[7.0] * 6, [7, 7, 1, 7, 7, 7], [7, 7, 1, 7, 7, 7]]
    with pytest.raises(NotImplementedError, match="reflect"):
        mil.OPERATIONS["pad"](x=x, pad=[0, 0, 1, 1], mode="reflect")


def test_does_quantize_round_half_to_even_and_saturate():
    x = torch.tensor([-1.25, 0.25, 0.75, 100.0])
    codes = mil.OPERATIONS["quantize"](input=x, scale=0.5, output_dtype="int8", zero_point=1)
    assert codes.tolist() == [-1.0, 1.0, 3.0, 127.0]
    back = mil.OPERATIONS["dequantize"](input=codes, scale=0.5, zero_point=1)
    assert back.tolist() == [-1.0, 0.0, 1.0, 63.0]


def test_is_the_remedy_named_where_a_file_cannot_be_run(packages, tmp_path, images):
    with pytest.raises(FileNotFoundError, match="nothing.mlpackage"):
        mil.Program(tmp_path / "nothing.mlpackage")
    program = mil.Program(packages / "float32.mlpackage")
    with pytest.raises(ValueError, match="batches of 2"):
        program.run(image=images[:3])
    with pytest.raises(ValueError, match="'image' is missing"):
        program.trace(picture=images[:2])
    with pytest.raises(ValueError, match=r"\(2, 4, 16, 16\)"):
        program.trace(image=images[:2, :, :8])


def test_is_an_unknown_operation_named(packages, images, monkeypatch):
    monkeypatch.delitem(mil.OPERATIONS, "softmax")
    with pytest.raises(NotImplementedError, match="softmax"):
        mil.Program(packages / "float32.mlpackage").run(image=images)
