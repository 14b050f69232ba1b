"""guerdon.torch: what autograd makes of a closed form is what finite differences say (gradcheck, in double), for every
operation with a gradient that the module has, on known answers that are moved a little away from their corners."""
import sys

import numpy as np

import known_answers
from guerdon import _guerdon

try:
    import torch
except ImportError:
    print("PyTorch is not installed: guerdon.torch is not tested")
    sys.exit(known_answers.SKIPPED)
import guerdon.torch as gt

CASES = 3  # of each operation


def settings(where):
    """The options under which the gradient is the whole derivative: "level=sequence, clip_low=inf"."""
    pairs = [p.split("=") for p in where.split(", ") if p]
    return {key: {"inf": np.inf, "-inf": -np.inf}.get(x, float(x) if x.lstrip("-").replace(".", "").isdigit() else x)
            for key, x in pairs}


def checks(folder, name):
    """Runs gradcheck on some cases of each gradient; yields what went wrong."""
    operation, done = _guerdon._describe(name), dict.fromkeys(_guerdon._describe(name)["gradients"], 0)
    separable, outputs = operation["separable"], [n for n, _ in operation["outputs"]]
    for gradient in done:
        _, of, by, where = gradient
        for seed, case in enumerate(known_answers.cases(folder, name)):
            if case.error is not None or done[gradient] >= CASES:
                continue
            arguments = {**case.options, **settings(where), **case.arguments(operation, np.float64)}
            named = {k: torch.tensor(x) if isinstance(x, np.ndarray) else x for k, x in arguments.items()}
            if by not in named or named[by].numel() == 0:
                continue
            noise = torch.Generator().manual_seed(seed)
            moved = named.pop(by) + 0.01 * torch.randn(arguments[by].shape, generator=noise, dtype=torch.float64)

            def call(x):
                results = getattr(gt, name)(**named, **{by: x})
                r = dict(zip(outputs, (results,) if len(outputs) == 1 else results))[of]
                return r if separable or r.numel() == 1 else r.sum()

            try:
                value = call(moved)
            except ValueError:  # moved out of its range
                continue
            if not (torch.isfinite(value).all() and torch.isfinite(moved).all()):
                continue  # no difference is
            try:
                torch.autograd.gradcheck(call, (moved.requires_grad_(),), eps=1e-6, atol=1e-5, rtol=1e-4)
            except RuntimeError as wrong:
                yield f"{case.name}: {of} by {by}: {wrong}"
            done[gradient] += 1
    for (_, of, by, where), times in done.items():
        if times == 0:
            yield f"{name}: no case of {of} by {by} {where} could be checked"


def handed_on(folder, name):
    """Where the gradient is not the derivative of the value by design: backward gives what the operation has."""
    operation, done = _guerdon._describe(name), 0
    outputs = [n for n, _ in operation["outputs"]]
    for case in known_answers.cases(folder, name):
        if case.error is not None:
            continue
        named = {k: torch.tensor(x) if isinstance(x, np.ndarray) else x
                 for k, x in {**case.options, **case.arguments(operation, np.float64)}.items()}
        by = [g[len("grad_"):] for g in outputs if g.startswith("grad_") and g[len("grad_"):] in named]
        for x in by:
            named[x].requires_grad_()
        results = dict(zip(outputs, getattr(gt, name)(**named)))
        (2 * results["loss"].sum()).backward()
        done += 1
        for x in by:
            if not torch.allclose(named[x].grad, 2 * results[f"grad_{x}"].reshape(named[x].shape), equal_nan=True):
                yield f"{case.name}: backward is not twice grad_{x}"
    if done == 0:
        yield f"{name}: no case of it could be checked"


failed = passed = 0
folder = known_answers.folder_of_cases()
checked = 0
for name in gt.__all__:
    wrong = list((checks if _guerdon._describe(name)["gradients"] else handed_on)(folder, name))
    checked += bool(_guerdon._describe(name)["gradients"])
    failed += bool(wrong)
    passed += not wrong
    for w in wrong:
        print(w, file=sys.stderr)

# A loss and its backward, as trainers write it; and what is a constant.
if "ppo_clip_loss" in gt.__all__:
    logprob = torch.randn(4, 5, dtype=torch.float32, generator=torch.Generator().manual_seed(0)).requires_grad_()
    old = logprob.detach() - 0.1
    result = gt.ppo_clip_loss(logprob, old, advantage=torch.tensor([1.0, -1, 2, 0]))
    (3 * result.loss).backward()
    if not torch.allclose(logprob.grad, 3 * result.grad_logprob):
        failed += 1
        print("backward is not the gradient that the operation returned", file=sys.stderr)
    once = logprob.grad.clone()
    result = gt.ppo_clip_loss(logprob, old, advantage=torch.tensor([1.0, -1, 2, 0]))
    for _ in range(2):
        result.loss.backward(retain_graph=True)
    if not torch.allclose(logprob.grad, 5 * result.grad_logprob) or not torch.allclose(once, 3 * result.grad_logprob):
        failed += 1
        print("gradients of a graph that is kept do not add up", file=sys.stderr)
    with torch.no_grad():
        passed += not gt.ppo_clip_loss(logprob, old, advantage=torch.ones(4)).loss.requires_grad
    passed += not gt.ppo_clip_loss(old, old, advantage=torch.ones(4)).loss.requires_grad
    try:
        _guerdon.ppo_clip_loss(logprob, old, advantage=torch.ones(4))
        failed += 1
        print("a gradient was dropped without a word", file=sys.stderr)
    except ValueError as refusal:
        passed += "logprob requires a gradient: call detach() of it" in str(refusal)
    try:
        gt.ppo_clip_loss(logprob, logprob, advantage=torch.zeros(4))
        failed += 1
        print("an old_logprob that requires a gradient was taken", file=sys.stderr)
    except ValueError as refusal:
        passed += "old_logprob" in str(refusal)
print(f"gradcheck of {checked} operations")
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0 or passed == 0)
