#!/usr/bin/env python3
"""guerdon's preference losses beside TRL's own code, in one process, in turn, on one thread.

    pip install torch trl numpy
    python3 bench/peers/preference.py build/bench/lib/libguerdon_returns_peer.so

TRL computes its losses in methods of its trainers. They are called here as they stand, on a stand-in for the trainer that
holds its settings, and for the model that hands over log-probabilities. Values and gradients are compared before anything
is timed; a loss that differs by more than the tolerance ends the program.
"""
import collections
import ctypes
import sys
import types

import numpy as np
import torch
import trl
from trl.experimental.cpo.cpo_trainer import CPOTrainer
from trl.experimental.orpo.orpo_trainer import ORPOTrainer
from trl.trainer.dpo_trainer import DPOTrainer
from trl.trainer.kto_trainer import KTOTrainer
from timing import RUNS, best_times

torch.set_num_threads(1)
TOLERANCE = 2e-5  # relative to the largest value of what is compared; both sides compute in float32
DPO = ["sigmoid", "robust", "hinge", "ipo", "ipo_sum", "sigmoid_norm", "exo_pair", "nca_pair", "bco_pair", "sppo_hard",
       "apo_zero", "apo_down", "discopop"]
DIVERGENCES = ["reverse_kl", "forward_kl", "js_divergence", "alpha_divergence"]
SMOOTHING = {"robust": 0.1, "exo_pair": 0.1}


def pointer(x):
    return x.ctypes.data_as(ctypes.c_void_p)


def stand_in(**settings):
    same = lambda x: x
    return types.SimpleNamespace(
        model=types.SimpleNamespace(training=False), aux_loss_enabled=False, ld_alpha=None, precompute_ref_logps=True,
        use_weighting=False, loss_weights=[1.0], _total_train_tokens=0, _tp_size=1,
        _metrics={"eval": collections.defaultdict(list)},
        accelerator=types.SimpleNamespace(device="cpu", gather=same, gather_for_metrics=same), **settings)


def token_outputs(logprob):
    """What a model with one token per answer hands over."""
    zero = torch.zeros_like(logprob[:, None])
    return types.SimpleNamespace(log_probs=logprob[:, None], entropy=zero, mean_logits=zero, is_top1=zero.bool())


def sequences(n):
    """Answers of one token behind a prompt of one token."""
    mask = torch.zeros(n, 2, dtype=torch.int64)
    mask[:, 1] = 1
    return {"input_ids": mask.clone(), "attention_mask": mask.clone(), "completion_mask": mask}


class Comparison:
    def __init__(self):
        self.largest = 0.0

    def check(self, name, ours, theirs):
        ours, theirs = np.asarray(ours, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
        difference = np.abs(ours - theirs).max() / max(1e-30, np.abs(theirs).max())
        self.largest = max(self.largest, difference)
        if not difference <= TOLERANCE:
            sys.exit(f"{name}: differs by {difference:.2e} of its largest value")


def dpo(library, n, seen, timed):
    rng = np.random.default_rng(0)
    # From beside 0 to far out: margins up to about 40.
    logprob = [(-np.abs(rng.standard_normal(n)) * 100).astype(np.float32) for _ in range(4)]
    for x in (0, 1):
        logprob[x][: n // 2] = logprob[x + 2][: n // 2] + 0.01 * rng.standard_normal(n // 2).astype(np.float32)
    lengths = np.ones(n, dtype=np.int64)
    grads = [np.empty(n, np.float32) for _ in range(2)]
    rewards = np.empty(2 * n, np.float32)
    tensors = [torch.from_numpy(x) for x in logprob]
    policy = torch.cat(tensors[:2]).requires_grad_()
    inputs = {**sequences(2 * n), "ref_chosen_logps": tensors[2], "ref_rejected_logps": tensors[3]}
    model = lambda **_: token_outputs(policy)
    library.guerdon_dpo_loss.restype = ctypes.c_double
    cases = [(loss, "reverse_kl") for loss in DPO if loss != "ipo_sum"]
    cases += [(loss, divergence) for divergence in DIVERGENCES[1:] for loss in ("sigmoid", "hinge")]
    for loss, divergence in cases:
        beta = 0.1
        if loss in ("discopop",) or divergence != "reverse_kl":  # exponentials: TRL's overflow farther out
            scale = 0.05
        else:
            scale = 1.0
        x = [(y * np.float32(scale)).astype(np.float32) for y in logprob]
        with torch.no_grad():
            policy.copy_(torch.from_numpy(np.concatenate(x[:2])))
        inputs["ref_chosen_logps"], inputs["ref_rejected_logps"] = map(torch.from_numpy, x[2:])
        trainer = stand_in(f_divergence_type=divergence, f_alpha_divergence_coef=0.5, beta=beta, loss_types=[loss],
                           label_smoothing=SMOOTHING.get(loss, 0.0), args=types.SimpleNamespace(discopop_tau=0.05))

        def ours():
            return library.guerdon_dpo_loss(
                DPO.index(loss), DIVERGENCES.index(divergence), ctypes.c_int64(n), *map(pointer, x), pointer(lengths),
                pointer(lengths), ctypes.c_double(beta), ctypes.c_double(SMOOTHING.get(loss, 0.0)),
                ctypes.c_double(0.5), ctypes.c_double(0.05), *map(pointer, grads), pointer(rewards))

        def theirs():
            policy.grad = None
            value = DPOTrainer._compute_loss(trainer, model, inputs, False)
            value.backward()
            return float(value.detach())

        name = f"dpo_loss, {loss}" + ("" if divergence == "reverse_kl" else f", {divergence}")
        value = ours()
        seen.check(name, value, theirs())
        seen.check(name + ", gradient", np.concatenate(grads), policy.grad.numpy())
        if timed and loss in ("sigmoid", "ipo", "discopop") and divergence == "reverse_kl":
            row(name, n, best_times(ours, theirs))


def without_reference(library, n, seen, timed):
    rng = np.random.default_rng(1)
    chosen, rejected = [(-0.01 - np.abs(rng.standard_normal(n))).astype(np.float32) for _ in range(2)]
    grads, odds = [np.empty(n, np.float32) for _ in range(2)], np.empty(n, np.float32)
    policy = [torch.from_numpy(x.copy()).requires_grad_() for x in (chosen, rejected)]
    for f in (library.guerdon_cpo_loss, library.guerdon_simpo_loss, library.guerdon_orpo_loss):
        f.restype = ctypes.c_double

    def compare(name, ours, losses):
        def theirs():
            for p in policy:
                p.grad = None
            value = losses().mean()
            value.backward()
            return float(value.detach())

        value = ours()
        seen.check(name, value, theirs())
        for grad, p in zip(grads, policy):
            seen.check(name + ", gradient", grad, p.grad.numpy())
        if timed:
            row(name, n, best_times(ours, theirs))

    size, gradients = ctypes.c_int64(n), [pointer(g) for g in grads]
    for k, loss in enumerate(("sigmoid", "hinge", "ipo")):
        trainer = stand_in(loss_type=loss, beta=0.1, label_smoothing=0.1 if loss == "sigmoid" else 0.0, alpha=0.0)
        compare(f"cpo_loss, {loss}",
                lambda: library.guerdon_cpo_loss(k, size, pointer(chosen), pointer(rejected), ctypes.c_double(0.1),
                                                 ctypes.c_double(trainer.label_smoothing), *gradients),
                lambda: CPOTrainer.cpo_loss(trainer, *policy)[0])
    for alpha in (0.0, 0.5):
        trainer = stand_in(loss_type="simpo", beta=2.0, simpo_gamma=1.0, label_smoothing=0.0, alpha=alpha)
        compare("simpo_loss" + (", alpha 0.5" if alpha else ""),
                lambda: library.guerdon_simpo_loss(size, pointer(chosen), pointer(rejected), ctypes.c_double(2.0),
                                                   ctypes.c_double(1.0), ctypes.c_double(alpha), *gradients),
                lambda: CPOTrainer.cpo_loss(trainer, *policy)[0])
    trainer = stand_in(beta=0.1)
    compare("orpo_loss",
            lambda: library.guerdon_orpo_loss(size, pointer(chosen), pointer(rejected), ctypes.c_double(0.1),
                                              *gradients, pointer(odds)),
            lambda: -ORPOTrainer.odds_ratio_loss(trainer, *policy)[0])


def single_answers(library, n, seen, timed):
    rng = np.random.default_rng(2)
    logprob, ref = [(-np.abs(rng.standard_normal(n)) * 50).astype(np.float32) for _ in range(2)]
    label = (rng.random(n) < 0.5).astype(np.uint8)
    grad, reward = np.empty(n, np.float32), np.empty(n, np.float32)
    policy = torch.from_numpy(logprob.copy()).requires_grad_()
    inputs = {**sequences(n), "label": torch.from_numpy(label).bool(), "ref_logps": torch.from_numpy(ref),
              "ref_KL_logps": torch.zeros(1)}
    library.guerdon_kto_loss.restype = ctypes.c_double
    for k, loss in enumerate(("kto", "apo_zero_unpaired")):
        trainer = stand_in(loss_type=loss, beta=0.1, desirable_weight=1.5, undesirable_weight=0.75,
                           calculate_KL=loss == "kto", _compute_kl_logps=lambda *_: torch.full((1,), 2.5))

        def ours():
            return library.guerdon_kto_loss(k, ctypes.c_int64(n), pointer(logprob), pointer(ref), pointer(label),
                                            ctypes.c_float(2.5), ctypes.c_double(0.1), ctypes.c_double(1.5),
                                            ctypes.c_double(0.75), pointer(grad), pointer(reward))

        def theirs():
            policy.grad = None
            value = KTOTrainer._compute_loss(trainer, lambda **_: token_outputs(policy), inputs, False)
            value.backward()
            return float(value.detach())

        value = ours()
        seen.check(f"kto_loss, {loss}", value, theirs())
        seen.check(f"kto_loss, {loss}, gradient", grad, policy.grad.numpy())
        if timed:
            row(f"kto_loss, {loss}", n, best_times(ours, theirs))


def row(name, n, times):
    ours, theirs = times
    print(f"| `{name}` | {ours / n * 1e9:.2f} | {theirs / n * 1e9:.1f} | {theirs / ours:.1f} |", flush=True)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    library = ctypes.CDLL(sys.argv[1])
    seen = Comparison()
    for compare in (dpo, without_reference, single_answers):
        compare(library, 4096, seen, False)
    print(f"TRL {trl.__version__}, torch {torch.__version__}, numpy {np.__version__}, float32, one thread")
    print(f"Values and gradients of 4096 pairs agree within {seen.largest:.1e} of the largest (tolerance {TOLERANCE}).\n")
    print(f"| loss and gradient, 1e6 pairs, least of {RUNS} | guerdon, ns per pair | TRL + autograd, ns per pair | "
          "times faster |")
    print("|---|---|---|---|")
    for compare in (dpo, without_reference, single_answers):
        compare(library, 1_000_000, Comparison(), True)


if __name__ == "__main__":
    main()
