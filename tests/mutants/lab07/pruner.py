# ruff: noqa: F811, F821 - answers stand alone in a notebook, where other cells import

# %% wrong: mask_not_put_back
# fails: zeros_stay_zero, the_rest_learns_on, follows_its_schedule
class Pruner:
    def __init__(self, model, masks_of, schedule=None):
        named = model.named_parameters()
        self.weights = {name: part for name, part in named if part.ndim == 2}
        self.masks = {
            name: torch.ones_like(part, dtype=torch.bool) for name, part in self.weights.items()
        }
        self.masks_of, self.schedule = masks_of, schedule
        self.sparsity = 0.0

    def apply(self):
        with torch.no_grad():
            for name, weights in self.weights.items():
                weights.masked_fill_(~self.masks[name], 0.0)

    def prune(self, sparsity):
        scores = {
            name: torch.where(self.masks[name], weights.detach().abs(), -1.0).numpy()
            for name, weights in self.weights.items()
        }
        for name, mask in self.masks_of(scores, sparsity).items():
            self.masks[name] &= torch.from_numpy(mask)
        self.apply()

    def after_step(self, step):
        asked = 0.0 if self.schedule is None else self.schedule(step)
        if asked > self.sparsity:
            self.sparsity = asked
            self.prune(asked)


# %% wrong: only_gradients_masked
# fails: zeros_stay_zero, the_rest_learns_on, follows_its_schedule
class Pruner:
    def __init__(self, model, masks_of, schedule=None):
        named = model.named_parameters()
        self.weights = {name: part for name, part in named if part.ndim == 2}
        self.masks = {
            name: torch.ones_like(part, dtype=torch.bool) for name, part in self.weights.items()
        }
        self.masks_of, self.schedule = masks_of, schedule
        self.sparsity = 0.0

    def apply(self):
        with torch.no_grad():
            for name, weights in self.weights.items():
                weights.masked_fill_(~self.masks[name], 0.0)

    def prune(self, sparsity):
        scores = {
            name: torch.where(self.masks[name], weights.detach().abs(), -1.0).numpy()
            for name, weights in self.weights.items()
        }
        for name, mask in self.masks_of(scores, sparsity).items():
            self.masks[name] &= torch.from_numpy(mask)
        self.apply()

    def after_step(self, step):
        asked = 0.0 if self.schedule is None else self.schedule(step)
        if asked > self.sparsity:
            self.sparsity = asked
            self.prune(asked)
        for name, weights in self.weights.items():
            if weights.grad is not None:
                weights.grad *= self.masks[name]


# %% wrong: new_tensors_instead_of_the_models
# fails: prune_takes_the_smallest, zeros_stay_zero, the_rest_learns_on, follows_its_schedule
class Pruner:
    def __init__(self, model, masks_of, schedule=None):
        named = model.named_parameters()
        self.weights = {name: part for name, part in named if part.ndim == 2}
        self.masks = {
            name: torch.ones_like(part, dtype=torch.bool) for name, part in self.weights.items()
        }
        self.masks_of, self.schedule = masks_of, schedule
        self.sparsity = 0.0

    def apply(self):
        for name, weights in self.weights.items():
            self.weights[name] = (weights * self.masks[name]).detach()

    def prune(self, sparsity):
        scores = {
            name: torch.where(self.masks[name], weights.detach().abs(), -1.0).numpy()
            for name, weights in self.weights.items()
        }
        for name, mask in self.masks_of(scores, sparsity).items():
            self.masks[name] &= torch.from_numpy(mask)
        self.apply()

    def after_step(self, step):
        asked = 0.0 if self.schedule is None else self.schedule(step)
        if asked > self.sparsity:
            self.sparsity = asked
            self.prune(asked)
        self.apply()


# %% wrong: share_of_what_is_left
# fails: follows_its_schedule, gone_is_gone
class Pruner:
    def __init__(self, model, masks_of, schedule=None):
        named = model.named_parameters()
        self.weights = {name: part for name, part in named if part.ndim == 2}
        self.masks = {
            name: torch.ones_like(part, dtype=torch.bool) for name, part in self.weights.items()
        }
        self.masks_of, self.schedule = masks_of, schedule
        self.sparsity = 0.0

    def apply(self):
        with torch.no_grad():
            for name, weights in self.weights.items():
                weights.masked_fill_(~self.masks[name], 0.0)

    def prune(self, sparsity):
        scores = {
            name: torch.where(self.masks[name], weights.detach().abs(), -1.0).numpy()
            for name, weights in self.weights.items()
        }
        total = sum(mask.numel() for mask in self.masks.values())
        gone = 1 - sum(int(mask.sum()) for mask in self.masks.values()) / total
        for name, mask in self.masks_of(scores, gone + sparsity * (1 - gone)).items():
            self.masks[name] &= torch.from_numpy(mask)
        self.apply()

    def after_step(self, step):
        asked = 0.0 if self.schedule is None else self.schedule(step)
        if asked > self.sparsity:
            self.sparsity = asked
            self.prune(asked)
        self.apply()


# %% wrong: zeros_compete_with_what_is_gone
# fails: gone_is_gone
class Pruner:
    def __init__(self, model, masks_of, schedule=None):
        named = model.named_parameters()
        self.weights = {name: part for name, part in named if part.ndim == 2}
        self.masks = {
            name: torch.ones_like(part, dtype=torch.bool) for name, part in self.weights.items()
        }
        self.masks_of, self.schedule = masks_of, schedule
        self.sparsity = 0.0

    def apply(self):
        with torch.no_grad():
            for name, weights in self.weights.items():
                weights.masked_fill_(~self.masks[name], 0.0)

    def prune(self, sparsity):
        self.apply()
        scores = {name: w.detach().abs().numpy() for name, w in self.weights.items()}
        for name, mask in self.masks_of(scores, sparsity).items():
            self.masks[name] = torch.from_numpy(mask)
        self.apply()

    def after_step(self, step):
        asked = 0.0 if self.schedule is None else self.schedule(step)
        if asked > self.sparsity:
            self.sparsity = asked
            self.prune(asked)
        self.apply()


# %% wrong: comes_back_at_a_lower_sparsity
# fails: gone_is_gone
class Pruner:
    def __init__(self, model, masks_of, schedule=None):
        named = model.named_parameters()
        self.weights = {name: part for name, part in named if part.ndim == 2}
        self.masks = {
            name: torch.ones_like(part, dtype=torch.bool) for name, part in self.weights.items()
        }
        self.masks_of, self.schedule = masks_of, schedule
        self.sparsity = 0.0

    def apply(self):
        with torch.no_grad():
            for name, weights in self.weights.items():
                weights.masked_fill_(~self.masks[name], 0.0)

    def prune(self, sparsity):
        scores = {
            name: torch.where(self.masks[name], weights.detach().abs(), -1.0).numpy()
            for name, weights in self.weights.items()
        }
        for name, mask in self.masks_of(scores, sparsity).items():
            self.masks[name] = torch.from_numpy(mask)
        self.apply()

    def after_step(self, step):
        asked = 0.0 if self.schedule is None else self.schedule(step)
        if asked > self.sparsity:
            self.sparsity = asked
            self.prune(asked)
        self.apply()


# %% wrong: schedule_ignored
# fails: follows_its_schedule
class Pruner:
    def __init__(self, model, masks_of, schedule=None):
        named = model.named_parameters()
        self.weights = {name: part for name, part in named if part.ndim == 2}
        self.masks = {
            name: torch.ones_like(part, dtype=torch.bool) for name, part in self.weights.items()
        }
        self.masks_of, self.schedule = masks_of, schedule
        self.sparsity = 0.0

    def apply(self):
        with torch.no_grad():
            for name, weights in self.weights.items():
                weights.masked_fill_(~self.masks[name], 0.0)

    def prune(self, sparsity):
        scores = {
            name: torch.where(self.masks[name], weights.detach().abs(), -1.0).numpy()
            for name, weights in self.weights.items()
        }
        for name, mask in self.masks_of(scores, sparsity).items():
            self.masks[name] &= torch.from_numpy(mask)
        self.apply()

    def after_step(self, step):
        self.apply()


# %% wrong: each_layer_by_itself
# fails: prune_takes_the_smallest, the_rest_learns_on, follows_its_schedule, gone_is_gone
class Pruner:
    def __init__(self, model, masks_of, schedule=None):
        named = model.named_parameters()
        self.weights = {name: part for name, part in named if part.ndim == 2}
        self.masks = {
            name: torch.ones_like(part, dtype=torch.bool) for name, part in self.weights.items()
        }
        self.masks_of, self.schedule = masks_of, schedule
        self.sparsity = 0.0

    def apply(self):
        with torch.no_grad():
            for name, weights in self.weights.items():
                weights.masked_fill_(~self.masks[name], 0.0)

    def prune(self, sparsity):
        for name, weights in self.weights.items():
            score = torch.where(self.masks[name], weights.detach().abs(), -1.0).numpy()
            self.masks[name] &= torch.from_numpy(self.masks_of({name: score}, sparsity)[name])
        self.apply()

    def after_step(self, step):
        asked = 0.0 if self.schedule is None else self.schedule(step)
        if asked > self.sparsity:
            self.sparsity = asked
            self.prune(asked)
        self.apply()


# %% wrong: signs_count
# fails: prune_takes_the_smallest, the_rest_learns_on, follows_its_schedule
class Pruner:
    def __init__(self, model, masks_of, schedule=None):
        named = model.named_parameters()
        self.weights = {name: part for name, part in named if part.ndim == 2}
        self.masks = {
            name: torch.ones_like(part, dtype=torch.bool) for name, part in self.weights.items()
        }
        self.masks_of, self.schedule = masks_of, schedule
        self.sparsity = 0.0

    def apply(self):
        with torch.no_grad():
            for name, weights in self.weights.items():
                weights.masked_fill_(~self.masks[name], 0.0)

    def prune(self, sparsity):
        scores = {
            name: torch.where(self.masks[name], weights.detach(), -100.0).numpy()
            for name, weights in self.weights.items()
        }
        for name, mask in self.masks_of(scores, sparsity).items():
            self.masks[name] &= torch.from_numpy(mask)
        self.apply()

    def after_step(self, step):
        asked = 0.0 if self.schedule is None else self.schedule(step)
        if asked > self.sparsity:
            self.sparsity = asked
            self.prune(asked)
        self.apply()


# %% wrong: masked_at_the_next_step_only
# fails: prune_takes_the_smallest, the_rest_learns_on
class Pruner:
    def __init__(self, model, masks_of, schedule=None):
        named = model.named_parameters()
        self.weights = {name: part for name, part in named if part.ndim == 2}
        self.masks = {
            name: torch.ones_like(part, dtype=torch.bool) for name, part in self.weights.items()
        }
        self.masks_of, self.schedule = masks_of, schedule
        self.sparsity = 0.0

    def apply(self):
        with torch.no_grad():
            for name, weights in self.weights.items():
                weights.masked_fill_(~self.masks[name], 0.0)

    def prune(self, sparsity):
        scores = {
            name: torch.where(self.masks[name], weights.detach().abs(), -1.0).numpy()
            for name, weights in self.weights.items()
        }
        for name, mask in self.masks_of(scores, sparsity).items():
            self.masks[name] &= torch.from_numpy(mask)

    def after_step(self, step):
        asked = 0.0 if self.schedule is None else self.schedule(step)
        if asked > self.sparsity:
            self.sparsity = asked
            self.prune(asked)
        self.apply()


# %% right: multiplied_through_data
class Pruner:
    def __init__(self, model, masks_of, schedule=None):
        named = model.named_parameters()
        self.weights = {name: part for name, part in named if part.ndim == 2}
        self.masks = {
            name: torch.ones_like(part, dtype=torch.bool) for name, part in self.weights.items()
        }
        self.masks_of, self.schedule = masks_of, schedule
        self.sparsity = 0.0

    def apply(self):
        for name, weights in self.weights.items():
            weights.data *= self.masks[name]

    def prune(self, sparsity):
        scores = {
            name: torch.where(self.masks[name], weights.detach().abs(), -1.0).numpy()
            for name, weights in self.weights.items()
        }
        for name, mask in self.masks_of(scores, sparsity).items():
            self.masks[name] &= torch.from_numpy(mask)
        self.apply()

    def after_step(self, step):
        asked = 0.0 if self.schedule is None else self.schedule(step)
        if asked > self.sparsity:
            self.sparsity = asked
            self.prune(asked)
        self.apply()


# %% right: prunes_after_every_step
class Pruner:
    def __init__(self, model, masks_of, schedule=None):
        named = model.named_parameters()
        self.weights = {name: part for name, part in named if part.ndim == 2}
        self.masks = {
            name: torch.ones_like(part, dtype=torch.bool) for name, part in self.weights.items()
        }
        self.masks_of, self.schedule = masks_of, schedule
        self.sparsity = 0.0

    def apply(self):
        with torch.no_grad():
            for name, weights in self.weights.items():
                weights.masked_fill_(~self.masks[name], 0.0)

    def prune(self, sparsity):
        with torch.no_grad():
            scores = {n: np.array(w.abs()) for n, w in self.weights.items()}
        for name, score in scores.items():
            score[~self.masks[name].numpy()] = -np.inf
        masks = self.masks_of(scores, sparsity)
        self.masks = {n: torch.tensor(masks[n]).logical_and(m) for n, m in self.masks.items()}
        self.apply()

    def after_step(self, step):
        if self.schedule is not None:
            self.prune(self.schedule(step))
        else:
            self.apply()
