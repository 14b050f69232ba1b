"""The operations with closed-form gradients as functions of PyTorch's: `loss.backward()` goes through them.

    from guerdon import torch as gt
    loss, grad, clipped = gt.ppo_clip_loss(logprob, old_logprob, advantage=advantage, mask=mask, clip_high=0.28)
    loss.backward()

Value and gradient are computed together, in one pass; backward multiplies. What an operation has no gradient by is a
constant of it and must not require one. Where an operation's gradient is not the derivative of its value by design, as
of CISPO, whose ratio is a constant, backward gives the operation's gradient. Second derivatives are not there.
"""
import torch as _torch
from torch.autograd.function import once_differentiable as _once_differentiable

from guerdon import _guerdon


def _gradients(described):
    """(gradient, of, by): the derivatives that are listed; else the `grad_x` that a loss has for an argument x."""
    inputs, outputs = ([name for name, *_ in described[key]] for key in ("inputs", "outputs"))
    listed = dict.fromkeys((g, of, by) for g, of, by, _ in described["gradients"])
    if not listed and described["array"]:
        return [(f"grad_{x}", "loss", x) for x in inputs if {f"grad_{x}", "loss"} <= set(outputs)]
    return list(listed)


class _Operation:
    """What is known of an operation, looked up once."""

    def __init__(self, name):
        described = _guerdon._describe(name)
        self.name, self.call = name, getattr(_guerdon, name)
        self.inputs = [name for name, _, _ in described["inputs"]]
        outputs = [name for name, _ in described["outputs"]]
        self.separable = described["separable"]
        gradients = _gradients(described)
        self.by = [by for by in self.inputs if any(by == b for _, _, b in gradients)]
        # Places: of the gradient among the results, of what it is the gradient of, of the argument among `by`.
        self.gradients = [(outputs.index(g), outputs.index(of), self.by.index(by)) for g, of, by in gradients]
        self.outputs = outputs
        self.constants = [i for i, name in enumerate(outputs) if all(name != of for _, of, _ in gradients)]


class _Function(_torch.autograd.Function):
    @staticmethod
    def forward(ctx, operation, constants, *by):
        given = {name: x.detach() for name, x in zip(operation.by, by) if x is not None}
        results = operation.call(**given, **constants)
        if len(operation.outputs) == 1:
            results = (results,)
        ctx.operation, ctx.shapes = operation, [None if x is None else x.shape for x in by]
        ctx.set_materialize_grads(False)  # nobody asks for the gradient of a gradient
        ctx.save_for_backward(*(results[gradient] for gradient, _, _ in operation.gradients))
        ctx.mark_non_differentiable(*(results[i] for i in operation.constants))
        return tuple(results)

    @staticmethod
    @_once_differentiable
    def backward(ctx, *of_results):
        operation, wanted = ctx.operation, ctx.needs_input_grad[2:]
        total = [None] * len(wanted)
        for gradient, (_, of, by) in zip(ctx.saved_tensors, operation.gradients):
            if of_results[of] is None or not wanted[by]:
                continue
            part = _product(operation, of, of_results[of], gradient).reshape(ctx.shapes[by])
            total[by] = part if total[by] is None else total[by] + part
        return (None, None, *total)


def _product(operation, of, incoming, gradient):
    """`gradient` is the derivative of the sum of result `of`."""
    if incoming.dim() == 0:
        return gradient * incoming
    if operation.separable and gradient.shape[:incoming.dim()] == incoming.shape:
        return gradient * incoming.reshape(incoming.shape + (1,) * (gradient.dim() - incoming.dim()))
    first = incoming.reshape(-1)[0]
    if not bool((incoming == first).all()):
        raise ValueError(f"{operation.name}: '{operation.outputs[of]}' has elements that depend on each other's "
                         "arguments, and the closed form is the derivative of their sum: call sum() or mean() of it "
                         "before backward()")
    return gradient * first


def _function(name):
    operation = _Operation(name)
    if not operation.gradients:
        raise AttributeError(f"guerdon.torch has no '{name}': it has no gradient; guerdon.{name} takes tensors as well")

    def function(*args, **options):
        if len(args) > len(operation.inputs):
            return operation.call(*args, **options)  # which says what is wrong
        named = dict(zip(operation.inputs, args))
        for key in named:
            if key in options:
                raise TypeError(f"{name}() got '{key}' twice")
        named.update(options)
        for key, x in named.items():
            if key not in operation.by and isinstance(x, _torch.Tensor) and x.requires_grad:
                raise ValueError(f"{name}: '{key}' is a constant here, it has no gradient: call detach() of it")
        by = [named.pop(key, None) for key in operation.by]
        if not (_torch.is_grad_enabled() and any(isinstance(x, _torch.Tensor) and x.requires_grad for x in by)):
            given = [(key, x.detach() if isinstance(x, _torch.Tensor) else x) for key, x in zip(operation.by, by)]
            return operation.call(**{key: x for key, x in given if x is not None}, **named)
        by = [x if x is None or isinstance(x, _torch.Tensor) else _torch.as_tensor(x) for x in by]
        results = _Function.apply(operation, named, *by)
        if len(results) == 1:
            return results[0]
        kind = _guerdon._result_types.get(name)
        return kind(*results)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = operation.call.__doc__
    return function


__all__ = [name for name in _guerdon._names if _gradients(_guerdon._describe(name))]


def __getattr__(name):
    if name not in _guerdon._names:
        raise AttributeError(f"guerdon.torch has no '{name}'")
    made = globals()[name] = _function(name)
    return made


def __dir__():
    return __all__
