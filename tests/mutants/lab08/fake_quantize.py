# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: the_derivative_of_round
# fails: the_gradient_passes_inside, one_scale_a_row, the_ends_are_inside
def fake_quantize(x, scale, zero_point, bottom, top):
    steps = (torch.round(x / scale) + zero_point).clamp(bottom, top)
    return (steps - zero_point) * scale


# %% wrong: passes_where_it_was_clamped
# fails: the_gradient_passes_inside, one_scale_a_row, the_ends_are_inside
def fake_quantize(x, scale, zero_point, bottom, top):
    steps = (torch.round(x / scale) + zero_point).clamp(bottom, top)
    return x + ((steps - zero_point) * scale - x).detach()


# %% wrong: everything_detached
# fails: the_gradient_passes_inside, one_scale_a_row, the_ends_are_inside
def fake_quantize(x, scale, zero_point, bottom, top):
    steps = (torch.round(x / scale) + zero_point).clamp(bottom, top)
    return ((steps - zero_point) * scale).detach()


# %% wrong: never_clamped
# fails: the_value_is_rounded, the_gradient_passes_inside, one_scale_a_row, the_ends_are_inside
def fake_quantize(x, scale, zero_point, bottom, top):
    steps = torch.round(x.detach() / scale) + zero_point
    passing = torch.where((steps >= bottom) & (steps <= top), x, x.detach())
    return passing + ((steps - zero_point) * scale - passing).detach()


# %% wrong: ends_left_out
# fails: the_gradient_passes_inside, one_scale_a_row, the_ends_are_inside
def fake_quantize(x, scale, zero_point, bottom, top):
    steps = torch.round(x.detach() / scale) + zero_point
    value = (steps.clamp(bottom, top) - zero_point) * scale
    passing = torch.where((steps > bottom) & (steps < top), x, x.detach())
    return passing + (value - passing).detach()


# %% wrong: zero_point_lost_on_the_way_back
# fails: the_value_is_rounded, one_scale_a_row, the_ends_are_inside
def fake_quantize(x, scale, zero_point, bottom, top):
    steps = torch.round(x.detach() / scale) + zero_point
    value = steps.clamp(bottom, top) * scale
    passing = torch.where((steps >= bottom) & (steps <= top), x, x.detach())
    return passing + (value - passing).detach()


# %% wrong: gradient_times_the_scale
# fails: the_gradient_passes_inside, one_scale_a_row, the_ends_are_inside
def fake_quantize(x, scale, zero_point, bottom, top):
    steps = torch.round(x.detach() / scale) + zero_point
    value = (steps.clamp(bottom, top) - zero_point) * scale
    passing = torch.where((steps >= bottom) & (steps <= top), x, x.detach()) * scale
    return passing + (value - passing).detach()


# %% right: autograd_function
class StraightThrough(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, bottom, top):
        steps = torch.round(x / scale) + zero_point
        ctx.save_for_backward(steps.ge(bottom) & steps.le(top))
        return (torch.clamp(steps, bottom, top) - zero_point) * scale

    @staticmethod
    def backward(ctx, gradient):
        (inside,) = ctx.saved_tensors
        return gradient * inside, None, None, None, None


def fake_quantize(x, scale, zero_point, bottom, top):
    return StraightThrough.apply(x, scale, zero_point, bottom, top)


# %% right: clamp_of_rounded_steps
def fake_quantize(x, scale, zero_point, bottom, top):
    steps = x / scale
    steps = steps + (steps.round() - steps).detach()
    return (torch.clamp(steps + zero_point, bottom, top) - zero_point) * scale
