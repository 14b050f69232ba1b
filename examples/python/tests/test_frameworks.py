"""guerdon.verl and guerdon.trl beside the functions they stand in for: values and gradients on random batches in double.

The originals are read from the installed packages of these versions: pip install --no-deps verl==0.9.1 trl==1.16.0
"""
import importlib.metadata
import pathlib
import sys
import unittest

import numpy as np

import known_answers

try:
    import torch
except ImportError:
    print("PyTorch is not installed: guerdon.verl and guerdon.trl are not tested")
    sys.exit(known_answers.SKIPPED)

NEEDS = {"grpo_advantage", "rloo_advantage", "opo_advantage", "reinforce_pp_baseline_advantage", "masked_gae", "remax_advantage",
         "ppo_clip_loss", "gspo_loss", "cispo_loss", "kl_estimate", "loss_aggregate", "masked_mean"}
if not NEEDS <= set(known_answers.names()):
    print("The module was built without the operations that stand in for verl's and TRL's functions")
    sys.exit(known_answers.SKIPPED)

VERSIONS = {"verl": "0.9.1", "trl": "1.16.0"}
for name, wanted in VERSIONS.items():
    try:
        found = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        found = None
    if found != wanted:
        print(f"{name} {wanted} is not installed ({found or 'no version'} is): what stands in for it is not compared")
        sys.exit(known_answers.SKIPPED)

sys.path.insert(0, str(pathlib.Path(__file__).parents[3] / "bench/peers"))
import recipes  # noqa: E402  the originals, and batches
import guerdon  # noqa: E402
import guerdon.trl  # noqa: E402
import guerdon.verl  # noqa: E402

TOLERANCE = 1e-6  # verl adds 1e-8 to counts
BATCHES = 8
VERL, TRL = recipes.verl_functions(), recipes.trl_loss()


def shuffled(b, x):
    """Responses in an order in which no prompt's stand together."""
    order = torch.randperm(b.rows, generator=torch.Generator().manual_seed(b.rows))
    return x[order]


class Same(unittest.TestCase):
    def assertSame(self, ours, theirs, mask=None):
        if mask is not None:
            ours, theirs = ours * mask, theirs * mask
        self.assertEqual(ours.shape, theirs.shape)
        self.assertEqual(ours.dtype, theirs.dtype)
        scale = max(1.0, float(theirs.detach().abs().max()))
        self.assertLess(float((ours - theirs).detach().abs().max()) / scale, TOLERANCE)


class Verl(Same):
    def advantage(self, name, by_prompt=True, **options):
        for seed in range(BATCHES):
            b = recipes.Batch(seed)
            mask = shuffled(b, torch.tensor(b.mask, dtype=torch.float64))
            reward = torch.zeros(b.mask.shape, dtype=torch.float64)
            reward[torch.arange(b.rows), mask.sum(1).long() - 1] = torch.tensor(b.reward)
            given = dict(token_level_rewards=reward, response_mask=mask, **options)
            if by_prompt:
                prompts = [f"prompt {p}" for p in shuffled(b, torch.tensor(b.prompt)).tolist()]
                given["index"] = np.array(["a prompt with one answer", *prompts[1:]])
            results = [getattr(functions, name)(**{k: x.clone() if isinstance(x, torch.Tensor) else x for k, x in given.items()})
                       for functions in (guerdon.verl, VERL)]
            for ours, theirs in zip(*results):
                self.assertSame(ours, theirs, mask)

    def test_outcome_advantages(self):
        for name in ("grpo", "rloo", "rloo_vectorized", "opo", "reinforce_plus_plus_baseline"):
            with self.subTest(name):
                self.advantage(f"compute_{name}_outcome_advantage")
        self.advantage("compute_grpo_outcome_advantage", norm_adv_by_std_in_grpo=False)
        self.advantage("compute_grpo_outcome_advantage", epsilon=1e-3)

    def test_gae_and_remax(self):
        values = torch.randn(30, 12, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
        self.advantage("compute_gae_advantage_return", by_prompt=False, values=values, gamma=0.99, lam=0.95)
        self.advantage("compute_remax_outcome_advantage", by_prompt=False, reward_baselines=values[:, 0].clone())

    def loss(self, name, mode, weights=False, per_token=False, info=None, **settings):
        for seed in range(BATCHES):
            b = recipes.Batch(seed)
            results = []
            for functions in (guerdon.verl, VERL):
                old, now, advantage, mask = b.tensors()
                if per_token:
                    advantage = advantage * torch.linspace(0.5, 1.5, b.length, dtype=torch.float64)
                config = recipes.Settings(global_batch_info=info or {}, **settings)
                weight = torch.tensor(b.rollout).exp() if weights else None
                loss, metrics = getattr(functions, name)(old, now, advantage, mask, mode, config, weight)
                (2 * loss).backward()
                results.append((loss, now.grad, metrics))
            (loss, grad, metrics), (their_loss, their_grad, their_metrics) = results
            self.assertSame(loss, their_loss)
            self.assertSame(grad, their_grad)
            for key, x in metrics.items():
                self.assertAlmostEqual(x, their_metrics[key], delta=1e-5, msg=key)

    def test_losses(self):
        for mode in ("token-mean", "seq-mean-token-sum", "seq-mean-token-mean", "seq-mean-token-sum-norm", "token-sum"):
            with self.subTest(mode):
                self.loss("compute_policy_loss_vanilla", mode)
        self.loss("compute_policy_loss_vanilla", "token-mean", clip_ratio_high=0.28, clip_ratio_c=3.0)
        self.loss("compute_policy_loss_vanilla", "token-mean", weights=True, per_token=True)
        self.loss("compute_policy_loss_vanilla", "token-mean", info={"dp_size": 2, "batch_num_tokens": 500})
        self.loss("compute_policy_loss_vanilla", "seq-mean-token-mean", info={"dp_size": 2, "global_batch_size": 60})
        self.loss("compute_policy_loss_gspo", "seq-mean-token-mean", clip_ratio_low=3e-2, clip_ratio_high=4e-2)
        self.loss("compute_policy_loss_cispo", "token-mean", clip_ratio_low=0.2)

    def test_kl(self):
        for name in ("kl", "abs", "mse", "low_var_kl", "k3+", "k1+"):
            b = recipes.Batch(3)
            grads, values = [], []
            for functions in (guerdon.verl, VERL):
                now = torch.tensor(b.now, requires_grad=True)
                kl = functions.kl_penalty(now, torch.tensor(b.ref), name)
                weight = torch.linspace(0, 1, kl.numel(), dtype=torch.float64).reshape(kl.shape)
                (kl * weight).sum().backward()
                grads.append(now.grad), values.append(kl)
            with self.subTest(name):
                self.assertSame(*values)
                self.assertSame(*grads)

    def test_aggregation_of_a_loss_of_ones_own(self):
        b = recipes.Batch(4)
        for mode in ("token-mean", "seq-mean-token-sum", "seq-mean-token-mean", "seq-mean-token-sum-norm"):
            grads, values = [], []
            for functions in (guerdon.verl, VERL):
                old, now, advantage, mask = b.tensors()
                values.append(functions.agg_loss(now * now, mask, mode))
                values[-1].backward()
                grads.append(now.grad)
            self.assertSame(*values)
            self.assertSame(*grads)

    def test_registered(self):
        names = guerdon.verl.register(core_algos=VERL)
        self.assertIn("guerdon_grpo", names)
        self.assertIs(VERL.get_adv_estimator_fn("guerdon_grpo"), guerdon.verl.compute_grpo_outcome_advantage)
        self.assertIs(VERL.get_policy_loss_fn("guerdon_vanilla"), guerdon.verl.compute_policy_loss_vanilla)


class Trl(Same):
    def test_losses(self):
        for loss_type, settings in (("grpo", {}), ("bnpo", {}), ("dr_grpo", {}), ("dapo", {}), ("grpo", {"beta": 0.04}),
                                    ("dapo", {"beta": 0.04}), ("grpo", {"delta": 1.3}), ("cispo", {"epsilon_high": 1.2}),
                                    ("grpo", {"current_gradient_accumulation_steps": 4}),
                                    ("dapo", {"current_gradient_accumulation_steps": 4}),
                                    ("grpo", {"importance_sampling_level": "sequence", "epsilon_low": 3e-2, "epsilon_high": 4e-2})):
            for seed in range(BATCHES):
                b = recipes.Batch(seed)
                results = []
                for function in (guerdon.trl.compute_loss, TRL):
                    old, now, advantage, mask = b.tensors()
                    loss = recipes.trl_on(function, b, old, now, advantage, mask, loss_type, **settings)
                    loss.backward()
                    results.append((loss, now.grad))
                with self.subTest(loss_type, **settings):
                    self.assertSame(results[0][0], results[1][0])
                    self.assertSame(results[0][1], results[1][1])

    def test_what_is_not_there(self):
        b = recipes.Batch(0)
        old, now, advantage, mask = b.tensors()
        with self.assertRaisesRegex(ValueError, "has no loss_type=sapo"):
            recipes.trl_on(guerdon.trl.compute_loss, b, old, now, advantage, mask, "sapo")

    def test_group_advantages(self):
        """TRL's lines, in words: less the mean of the prompt, over its deviation and 1e-4."""
        reward = torch.rand(40, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
        grouped = reward.view(-1, 8)
        centred = grouped - grouped.mean(1, keepdim=True)
        self.assertSame(guerdon.trl.group_advantages(reward, 8), (centred / (grouped.std(1, keepdim=True) + 1e-4)).reshape(-1))
        self.assertSame(guerdon.trl.group_advantages(reward, 8, "batch"), (centred / (reward.std() + 1e-4)).reshape(-1))
        self.assertSame(guerdon.trl.group_advantages(reward, 8, "none"), centred.reshape(-1))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
