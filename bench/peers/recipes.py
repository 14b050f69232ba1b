#!/usr/bin/env python3
"""guerdon's recipes beside verl's and TRL's own functions: advantages, losses, gradients on random batches, in double.

Needs torch and numpy, and the packages of verl and TRL, of which only the files with the functions are read:
    pip install torch numpy && pip install --no-deps verl trl
    python3 bench/peers/recipes.py build/bench/lib/libguerdon_recipes_peer.so
Differences of arrays are relative to the largest element, those of losses, means of numbers of about 1 that may cancel,
to the loss or 1. Exit status 1 if one exceeds TOLERANCE.
"""
import ast
import collections
import ctypes
import importlib.metadata
import importlib.util
import pathlib
import sys
import types

import numpy as np
import torch

TOLERANCE = 1e-6  # verl adds 1e-8 to counts, TRL has SAPO's temperature in float: they depart by about that
BATCHES = 20


def module(name, **members):
    made = types.ModuleType(name)
    made.__dict__.update(members)
    sys.modules[name] = made
    return made


def folder_of(package):
    spec = importlib.util.find_spec(package)
    if spec is None:
        sys.exit(f"{package} is not installed: pip install --no-deps {package}")
    return pathlib.Path(spec.submodule_search_locations[0])


def load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    spec.loader.exec_module(made)
    return made


class Settings:
    """A config of verl's: attributes, and get()."""

    def __init__(self, **values):
        self.__dict__.update(dict(clip_ratio=0.2, clip_ratio_low=None, clip_ratio_high=None, clip_ratio_c=1e30,
                                  global_batch_info={}), **values)

    def get(self, name, otherwise=None):
        return getattr(self, name, otherwise)


def verl_functions():
    """verl/trainer/ppo/core_algos.py, without what its package imports beside."""
    folder = folder_of("verl")
    for package in ("verl", "verl.trainer", "verl.trainer.ppo", "verl.workers"):
        module(package, __path__=[])
    anything = type("anything", (), {})
    utils = module("verl.utils", __path__=[])
    module("tensordict", TensorDict=anything)
    module("transformers", PreTrainedTokenizer=anything)
    module("omegaconf", DictConfig=anything)
    module("verl.utils.device", get_device_name=lambda: "cpu", get_torch_device=lambda: torch)
    module("verl.utils.import_utils", deprecated=lambda *a, **k: (lambda f: f))
    module("verl.trainer.config", AlgoConfig=type("AlgoConfig", (), {}))
    module("verl.workers.config", ActorConfig=Settings)
    utils.torch_functional = load("verl.utils.torch_functional", folder / "utils/torch_functional.py")
    utils.as_torch_index = utils.group_mean_std = None  # of the vectorised forms, which are not called
    return load("verl.trainer.ppo.core_algos", folder / "trainer/ppo/core_algos.py")


def trl_loss():
    """GRPOTrainer._compute_loss of TRL, cut out of its file: a function of self, model and inputs."""
    text = (folder_of("trl") / "trainer/grpo_trainer.py").read_text()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name == "_compute_loss":
            names = {"torch": torch, "nanmin": torch.min, "nanmax": torch.max}
            exec(compile(ast.Module([node], []), "grpo_trainer.py", "exec"), names)
            return names["_compute_loss"]
    sys.exit("TRL's GRPOTrainer has no _compute_loss any more")


def trl_on(loss_function, b, old, now, advantage, mask, loss_type, **settings):
    """TRL's loss, or what stands in for it, of a batch: called with a trainer of these settings."""
    keep = types.SimpleNamespace(gather=lambda x: x, gather_for_metrics=lambda x: x, num_processes=1,
                                 reduce=lambda x, reduction: x, sync_gradients=True)
    values = dict(loss_type=loss_type, beta=0.0, epsilon_low=0.2, epsilon_high=0.2,
                  top_entropy_quantile=1.0, off_policy_mask_threshold=None, use_vllm=False,
                  importance_sampling_level="token",
                  vllm_importance_sampling_correction=False, current_gradient_accumulation_steps=1,
                  max_completion_length=b.length, _entropy_bonus_enabled=False, aux_loss_enabled=False,
                  accelerator=keep, model=types.SimpleNamespace(training=True),
                  _metrics=collections.defaultdict(lambda: collections.defaultdict(list)),
                  args=types.SimpleNamespace(delta=settings.pop("delta", None), steps_per_generation=1,
                                             use_bias_correction_kl=False, sapo_temperature_pos=1.0,
                                             sapo_temperature_neg=1.05))
    values.update(settings)
    trainer = types.SimpleNamespace(**values)
    trainer._get_per_token_logps_and_entropies = lambda *x, **y: (now, torch.zeros_like(now), None)
    ids = torch.zeros(mask.shape, dtype=torch.long)
    return loss_function(trainer, None, {"prompt_ids": ids, "prompt_mask": ids, "completion_ids": ids,
                                         "completion_mask": mask, "advantages": advantage[:, 0], "old_per_token_logps": old,
                                         "ref_per_token_logps": torch.tensor(b.ref),
                                         "num_items_in_batch": mask.sum()})


class Batch:
    def __init__(self, seed, groups=6, group=5, length=12):
        rng = np.random.default_rng(seed)
        self.groups, self.group, self.length, self.rows = groups, group, length, groups * group
        lengths = rng.integers(1, length + 1, self.rows)
        self.mask = (np.arange(length)[None, :] < lengths[:, None]).astype(np.uint8)
        self.mask[:, 0] = 1
        self.lengths = self.mask.sum(1).astype(np.int64)
        self.reward = rng.random(self.rows)
        self.old = -np.abs(rng.standard_normal((self.rows, length))) - 0.01
        self.now = np.minimum(self.old + 0.3 * rng.standard_normal(self.old.shape), -1e-3)
        self.ref = self.old + 0.1 * rng.standard_normal(self.old.shape)
        self.rollout = self.old + 0.5 * rng.standard_normal(self.old.shape)
        self.advantage = rng.standard_normal(self.rows)
        self.prompt = np.repeat(np.arange(groups), group)

    def tensors(self):
        mask = torch.tensor(self.mask, dtype=torch.float64)
        logprob = torch.tensor(self.now, requires_grad=True)
        return torch.tensor(self.old), logprob, torch.tensor(self.advantage)[:, None].expand(-1, self.length), mask


def pointer(x):
    return np.ascontiguousarray(x).ctypes.data_as(ctypes.c_void_p)


def our_advantage(library, name, b):
    out = np.empty(b.mask.shape)
    if not library.guerdon_recipe_advantage(name.encode(), pointer(b.reward), pointer(b.mask), pointer(b.lengths),
                                            ctypes.c_int64(b.groups), ctypes.c_int64(b.group), ctypes.c_int64(b.length),
                                            pointer(out)):
        sys.exit(f"no recipe {name}")
    return out


def our_loss(library, name, b):
    loss, gradient = np.empty(1), np.empty(b.mask.shape)
    arrays = (b.now, b.old, b.ref, b.rollout, b.advantage, b.mask)
    if not library.guerdon_recipe_loss(name.encode(), *map(pointer, arrays),
                                       ctypes.c_int64(b.groups), ctypes.c_int64(b.group), ctypes.c_int64(b.length),
                                       pointer(loss), pointer(gradient)):
        sys.exit(f"no recipe {name}")
    return loss[0], gradient


def difference(ours, theirs):
    return float(np.max(np.abs(np.asarray(ours) - np.asarray(theirs))) / max(1e-30, np.max(np.abs(theirs))))


def main():
    library = ctypes.CDLL(sys.argv[1])
    trl = trl_loss()
    verl = verl_functions()

    advantages = {
        "grpo": (verl.compute_grpo_outcome_advantage, {}),
        "dr_grpo": (verl.compute_grpo_outcome_advantage, {"norm_adv_by_std_in_grpo": False}),
        "rloo": (verl.compute_rloo_outcome_advantage, {}),
        "reinforce_pp_baseline": (verl.compute_reinforce_plus_plus_baseline_outcome_advantage, {}),
        "opo": (verl.compute_opo_outcome_advantage, {}),
        "passk": (verl.compute_grpo_passk_outcome_advantage, {"config": Settings()}),
    }

    def verl_advantage(name, b):
        f, more = advantages[name]
        token_reward = torch.zeros(b.mask.shape, dtype=torch.float64)
        token_reward[torch.arange(b.rows), torch.tensor(b.lengths) - 1] = torch.tensor(b.reward)
        return f(token_reward, torch.tensor(b.mask, dtype=torch.float64), index=b.prompt, **more)[0].numpy()

    def with_gradient(f, b):
        old, logprob, advantage, mask = b.tensors()
        loss = f(old, logprob, advantage, mask)
        loss.backward()
        return loss.item(), logprob.grad.numpy()

    def verl_loss(f, mode, **settings):
        return lambda b: with_gradient(lambda old, now, a, mask: f(old, now, a, mask, mode, Settings(**settings))[0], b)

    def with_kl(b):
        def loss(old, now, a, mask):
            first = verl.compute_policy_loss_vanilla(old, now, a, mask, "seq-mean-token-mean", Settings())[0]
            kl = verl.kl_penalty(now, torch.tensor(b.ref), "low_var_kl")
            return first + 0.04 * verl.agg_loss(kl, mask, "seq-mean-token-mean")
        return with_gradient(loss, b)

    def with_weights(b):
        weight = torch.exp(torch.clamp(torch.tensor(b.old - b.rollout), -20, 20)).clamp(max=2)
        return with_gradient(lambda old, now, a, mask: verl.compute_policy_loss_vanilla(
            old, now, a, mask, "seq-mean-token-mean", Settings(), weight)[0], b)

    def trl_of(loss_type, **settings):
        return lambda b: with_gradient(lambda old, now, a, mask: trl_on(trl, b, old, now, a, mask, loss_type, **settings), b)

    losses = [
        ("grpo", "verl", verl_loss(verl.compute_policy_loss_vanilla, "seq-mean-token-mean")),
        ("dr_grpo", "verl", verl_loss(verl.compute_policy_loss_vanilla, "seq-mean-token-sum-norm")),
        ("rloo", "verl", verl_loss(verl.compute_policy_loss_vanilla, "seq-mean-token-sum")),
        ("reinforce_pp_baseline", "verl", verl_loss(verl.compute_policy_loss_vanilla, "token-mean")),
        ("gspo", "verl", verl_loss(verl.compute_policy_loss_gspo, "seq-mean-token-mean", clip_ratio_low=3e-4,
                                   clip_ratio_high=4e-4)),
        ("cispo", "verl", verl_loss(verl.compute_policy_loss_cispo, "token-mean", clip_ratio_low=1.0)),
        ("gmpo", "verl", verl_loss(verl.compute_policy_loss_geo_mean, "", clip_ratio_low=0.4, clip_ratio_high=0.4)),
        ("sapo", "verl", verl_loss(verl.compute_policy_loss_sapo, "", tau_pos=1.0, tau_neg=1.05)),
        ("dppo", "verl", verl_loss(verl.compute_policy_loss_dppo_tv, "token-mean", clip_ratio_c=20.0)),
        ("kl_cov", "verl", verl_loss(verl.compute_policy_loss_kl_cov, "token-mean",
                                     policy_loss=Settings(kl_cov_ratio=2e-4, ppo_kl_coef=1.0))),
        ("gpg", "verl", verl_loss(verl.compute_policy_loss_gpg, "token-mean")),
        ("kl", "verl", with_kl),
        ("tis", "verl", with_weights),
        ("grpo", "TRL", trl_of("grpo")),
        ("dr_grpo", "TRL", trl_of("dr_grpo")),
        ("reinforce_pp_baseline", "TRL dapo", trl_of("dapo")),
        ("kl", "TRL", trl_of("grpo", beta=0.04)),
        ("sapo", "TRL", trl_of("sapo")),
        ("cispo", "TRL", trl_of("cispo", epsilon_high=1.2)),
        ("gspo", "TRL", trl_of("grpo", importance_sampling_level="sequence", epsilon_low=3e-4, epsilon_high=4e-4)),
    ]

    versions = {name: importlib.metadata.version(name) for name in ("verl", "trl", "torch")}
    print(f"{BATCHES} batches of 30 answers of 1 to 12 tokens, double; "
          + ", ".join(f"{name} {version}" for name, version in versions.items()))
    print("\n| recipe | peer | advantage | loss | gradient |\n|---|---|--:|--:|--:|")
    worst = 0.0
    for name in advantages:
        gap = max(difference(our_advantage(library, name, b), verl_advantage(name, b))
                  for b in map(Batch, range(BATCHES)))
        worst = max(worst, gap)
        print(f"| `{name}` | verl | {gap:.1e} | | |")
    for name, peer, run in losses:
        gaps = []
        for b in map(Batch, range(BATCHES)):
            (loss, gradient), (their_loss, their_gradient) = our_loss(library, name, b), run(b)
            gaps.append((abs(loss - their_loss) / max(1.0, abs(their_loss)), difference(gradient, their_gradient)))
        loss_gap, gradient_gap = (max(g) for g in zip(*gaps))
        worst = max(worst, loss_gap, gradient_gap)
        print(f"| `{name}` | {peer} | | {loss_gap:.1e} | {gradient_gap:.1e} |")
    print(f"\nlargest difference {worst:.1e}, tolerance {TOLERANCE:.0e}")
    return 0 if worst <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
