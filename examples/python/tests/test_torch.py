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
    """Runs gradcheck on some cases; yields what went wrong, and at last how many it were."""
    operation, done = _guerdon._describe(name), 0
    of = {o for _, o, _, _ in operation["gradients"]}
    separable, outputs = operation["separable"], [n for n, _ in operation["outputs"]]
    for wheres in dict.fromkeys(w for _, _, _, w in operation["gradients"]):
        for seed, case in enumerate(known_answers.cases(folder, name)):
            if case.error is not None or done >= CASES:
                continue
            options = {**case.options, **settings(wheres)}
            named = {k: torch.tensor(x) if isinstance(x, np.ndarray) else x for k, x in case.arguments(operation, np.float64).items()}
            noise = torch.Generator().manual_seed(seed)
            by = [b for b in dict.fromkeys(b for _, _, b, w in operation["gradients"] if w in ("", wheres))
                  if b in named and named[b].numel() > 0 and torch.isfinite(named[b]).all()]
            if not by:
                continue
            for b in by:
                named[b] = (named[b] + 0.01 * torch.randn(named[b].shape, generator=noise, dtype=torch.float64))

            def call(*x):
                results = getattr(gt, name)(**{**named, **dict(zip(by, x))}, **options)
                results = dict(zip(outputs, (results,) if len(outputs) == 1 else results))
                kept = [results[o] for o in outputs if o in of]
                return tuple(r if separable or r.numel() == 1 else r.sum() for r in kept)

            try:
                call(*(named[b] for b in by))
            except ValueError:  # moved out of its range
                continue
            arguments = tuple(named[b].clone().requires_grad_() for b in by)
            try:
                torch.autograd.gradcheck(call, arguments, eps=1e-6, atol=1e-5, rtol=1e-4)
            except RuntimeError as wrong:
                yield f"{case.name}: {str(wrong).splitlines()[0]} {wrong}"
            done += 1
    if done == 0:
        yield f"{name}: no case of it could be checked"


failed = passed = 0
folder = known_answers.folder_of_cases()
for name in gt.__all__:
    wrong = list(checks(folder, name))
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
    try:
        gt.ppo_clip_loss(logprob, logprob, advantage=torch.zeros(4))
        failed += 1
        print("an old_logprob that requires a gradient was taken", file=sys.stderr)
    except ValueError as refusal:
        passed += "old_logprob" in str(refusal)
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0 or passed == 0)
