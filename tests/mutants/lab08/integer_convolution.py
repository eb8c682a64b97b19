# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: zero_point_not_subtracted
# fails: sums_of_products, the_border, strides_and_kernels, biases
def integer_convolution(x, x_scale, x_zero, weight, w_scales, bias, stride=1, padding=1):
    border, k = [(0, 0)] * 2 + [(padding, padding)] * 2, weight.shape[2]
    padded = np.pad(x.astype(np.int32), border, constant_values=x_zero)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (k, k), (2, 3))
    windows = windows[:, :, ::stride, ::stride]
    sums = np.tensordot(windows, weight.astype(np.int32), axes=([1, 4, 5], [1, 2, 3]))
    q_bias = np.round(bias / (x_scale * w_scales)).astype(np.int32)
    return (sums + q_bias).transpose(0, 3, 1, 2)


# %% wrong: border_of_integer_zeros
# fails: the_border, strides_and_kernels, biases
def integer_convolution(x, x_scale, x_zero, weight, w_scales, bias, stride=1, padding=1):
    border, k = [(0, 0)] * 2 + [(padding, padding)] * 2, weight.shape[2]
    padded = np.pad(x, border).astype(np.int32) - x_zero
    windows = np.lib.stride_tricks.sliding_window_view(padded, (k, k), (2, 3))
    windows = windows[:, :, ::stride, ::stride]
    sums = np.tensordot(windows, weight.astype(np.int32), axes=([1, 4, 5], [1, 2, 3]))
    q_bias = np.round(bias / (x_scale * w_scales)).astype(np.int32)
    return (sums + q_bias).transpose(0, 3, 1, 2)


# %% wrong: bias_forgotten
# fails: sums_of_products, the_border, strides_and_kernels, large_sums, biases
def integer_convolution(x, x_scale, x_zero, weight, w_scales, bias, stride=1, padding=1):
    border, k = [(0, 0)] * 2 + [(padding, padding)] * 2, weight.shape[2]
    padded = np.pad(x.astype(np.int32) - x_zero, border)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (k, k), (2, 3))
    windows = windows[:, :, ::stride, ::stride]
    sums = np.tensordot(windows, weight.astype(np.int32), axes=([1, 4, 5], [1, 2, 3]))
    return sums.transpose(0, 3, 1, 2)


# %% wrong: bias_in_steps_of_the_input
# fails: sums_of_products, the_border, strides_and_kernels, large_sums, biases
def integer_convolution(x, x_scale, x_zero, weight, w_scales, bias, stride=1, padding=1):
    border, k = [(0, 0)] * 2 + [(padding, padding)] * 2, weight.shape[2]
    padded = np.pad(x.astype(np.int32) - x_zero, border)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (k, k), (2, 3))
    windows = windows[:, :, ::stride, ::stride]
    sums = np.tensordot(windows, weight.astype(np.int32), axes=([1, 4, 5], [1, 2, 3]))
    q_bias = np.round(bias / x_scale).astype(np.int32)
    return (sums + q_bias).transpose(0, 3, 1, 2)


# %% wrong: sums_in_float32
# fails: large_sums
def integer_convolution(x, x_scale, x_zero, weight, w_scales, bias, stride=1, padding=1):
    border, k = [(0, 0)] * 2 + [(padding, padding)] * 2, weight.shape[2]
    padded = np.pad(x.astype(np.float32) - x_zero, border)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (k, k), (2, 3))
    windows = windows[:, :, ::stride, ::stride]
    sums = np.tensordot(windows, weight.astype(np.float32), axes=([1, 4, 5], [1, 2, 3]))
    q_bias = np.round(bias / (x_scale * w_scales)).astype(np.int32)
    return (sums.astype(np.int32) + q_bias).transpose(0, 3, 1, 2)


# %% wrong: sums_in_16_bits
# fails: sums_of_products, the_border, strides_and_kernels, large_sums, biases
def integer_convolution(x, x_scale, x_zero, weight, w_scales, bias, stride=1, padding=1):
    border, k = [(0, 0)] * 2 + [(padding, padding)] * 2, weight.shape[2]
    padded = np.pad(x.astype(np.int16) - np.int16(x_zero), border)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (k, k), (2, 3))
    windows = windows[:, :, ::stride, ::stride]
    sums = np.tensordot(windows, weight.astype(np.int16), axes=([1, 4, 5], [1, 2, 3]))
    q_bias = np.round(bias / (x_scale * w_scales)).astype(np.int32)
    return (sums.astype(np.int32) + q_bias).transpose(0, 3, 1, 2)


# %% wrong: always_stride_one
# fails: strides_and_kernels
def integer_convolution(x, x_scale, x_zero, weight, w_scales, bias, stride=1, padding=1):
    border, k = [(0, 0)] * 2 + [(padding, padding)] * 2, weight.shape[2]
    padded = np.pad(x.astype(np.int32) - x_zero, border)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (k, k), (2, 3))
    sums = np.tensordot(windows, weight.astype(np.int32), axes=([1, 4, 5], [1, 2, 3]))
    q_bias = np.round(bias / (x_scale * w_scales)).astype(np.int32)
    return (sums + q_bias).transpose(0, 3, 1, 2)


# %% wrong: bias_rounded_half_up
# fails: biases
def integer_convolution(x, x_scale, x_zero, weight, w_scales, bias, stride=1, padding=1):
    border, k = [(0, 0)] * 2 + [(padding, padding)] * 2, weight.shape[2]
    padded = np.pad(x.astype(np.int32) - x_zero, border)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (k, k), (2, 3))
    windows = windows[:, :, ::stride, ::stride]
    sums = np.tensordot(windows, weight.astype(np.int32), axes=([1, 4, 5], [1, 2, 3]))
    q_bias = np.floor(bias / (x_scale * w_scales) + 0.5).astype(np.int32)
    return (sums + q_bias).transpose(0, 3, 1, 2)


# %% right: window_by_window
def integer_convolution(x, x_scale, x_zero, weight, w_scales, bias, stride=1, padding=1):
    n, _, h, w = x.shape
    out, _, k, _ = weight.shape
    padded = np.full((n, x.shape[1], h + 2 * padding, w + 2 * padding), x_zero, np.int32)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    high, wide = ((size + 2 * padding - k) // stride + 1 for size in (h, w))
    result = np.zeros((n, out, high, wide), np.int32)
    for row in range(high):
        for column in range(wide):
            top, left = row * stride, column * stride
            window = (padded[:, :, top : top + k, left : left + k] - x_zero).reshape(n, -1)
            result[:, :, row, column] = window @ weight.reshape(out, -1).astype(np.int32).T
    return result + np.rint(bias / x_scale / w_scales).astype(np.int32)[:, None, None]


# %% right: with_torch_in_double
def integer_convolution(x, x_scale, x_zero, weight, w_scales, bias, stride=1, padding=1):
    centred = torch.from_numpy(x).double() - x_zero
    q_bias = torch.round(torch.from_numpy(bias) / (x_scale * torch.from_numpy(w_scales)))
    kernel = torch.from_numpy(weight).double()
    sums = functional.conv2d(centred, kernel, q_bias.double(), stride, padding)
    return sums.round().to(torch.int32)
