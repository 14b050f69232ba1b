"""guerdon.distributed: four processes of torch.distributed's (gloo) give the bits of one; what goes wrong ends them,
in time and with a sentence. Called with a rank, it is one of the processes."""
import os
import subprocess
import sys
import tempfile
import time
import unittest

import numpy as np

import known_answers

try:
    import torch
    import torch.distributed
except ImportError:
    print("PyTorch is not installed: guerdon.distributed is not tested")
    sys.exit(known_answers.SKIPPED)
if not torch.distributed.is_available() or not torch.distributed.is_gloo_available():
    print("This PyTorch has no gloo: guerdon.distributed is not tested")
    sys.exit(known_answers.SKIPPED)
if not {"ppo_clip_loss", "grpo_advantage", "running_moments"} <= set(known_answers.names()):
    print("The module was built without the operations that are asked of several ranks")
    sys.exit(known_answers.SKIPPED)

import guerdon
import guerdon.torch as gt
from guerdon import distributed as gd

ROWS, LENGTH = 37, 11
GROUPS = [0, 4, 5, 5, 21, 30, 37]
CUTS = {1: [0, 37], 2: [0, 17, 37], 3: [0, 3, 19, 37], 4: [0, 7, 7, 20, 37]}  # unevenly, one without any


class One:
    """No others."""
    rank, size = 0, 1

    def sum(self, words):
        pass

    def gather(self, mine, everything):
        everything[:] = mine


def answers(ranks, dtype):
    """What the ranks are asked, of a batch that all of them could make whole."""
    rng = np.random.default_rng(0)
    first, last = CUTS[ranks.size][ranks.rank:ranks.rank + 2]
    part = lambda x: torch.tensor(x[first:last])  # noqa: E731
    reward = (1e6 + rng.standard_normal(ROWS)).astype(dtype)
    reward[30:] = 0.1  # a constant group
    old = -np.abs(rng.standard_normal((ROWS, LENGTH))).astype(dtype)
    logprob = part(old + 0.3 * rng.standard_normal(old.shape).astype(dtype)).requires_grad_()
    old, mask = part(old), part((rng.random(old.shape) < 0.875) & (np.arange(ROWS)[:, None] > 0))
    lengths, reward = part(rng.integers(0, 1000, ROWS)), part(reward)
    mine = [g for g in range(len(GROUPS) - 1) if max(GROUPS[g], first) < min(GROUPS[g + 1], last)]
    first_group = mine[0] if mine else 0
    offsets = [0] + [min(GROUPS[g + 1], last) - first for g in range(first_group, mine[-1] + 1 if mine else 0)]

    tokens, sequences = gd.global_counts(ranks, mask)
    groups = dict(group_offsets=offsets, first_group=first_group, total_groups=len(GROUPS) - 1)
    advantage = gd.global_grpo_advantage(ranks, reward, **groups)
    result = {"counts": (tokens, sequences, *gd.global_counts(ranks, mask.reshape(-1), row_offsets=LENGTH)),
              "moments": gd.global_moments(ranks, logprob.detach(), mask),
              "running": gd.global_running_moments(ranks, reward, state=gd.global_running_moments(ranks, old, mask)),
              "quantile": [gd.global_quantile(ranks, lengths, q) for q in (0, 0.5, 0.9)]}
    by_row = {"advantage": advantage, "whitened": gd.global_whiten(ranks, logprob.detach(), mask),
              "by_batch": gd.global_grpo_advantage(ranks, reward, **groups, std_scope="batch", epsilon=1e-6)}
    for name, options in (("token_mean", dict(global_num_tokens=tokens)),
                          ("seq_mean_token_mean", dict(global_batch_size=sequences))):
        logprob.grad = None
        loss = gt.ppo_clip_loss(logprob, old, advantage=advantage, mask=mask, aggregation=name, **options).loss
        loss.backward()
        by_row[name], result[name] = logprob.grad, loss.detach()
    of_groups = gd.global_group_moments(ranks, reward, **groups)
    return result, by_row, of_groups, first_group, first


def bits(x):
    return np.ascontiguousarray(x).tobytes()


def same(ranks):
    for dtype in (np.float64, np.float32):
        result, by_row, of_groups, first_group, first = answers(ranks, dtype)
        whole, whole_rows, whole_groups, _, _ = answers(One(), dtype)
        for name in ("counts", "moments", "running", "quantile"):
            assert bits(result[name]) == bits(whole[name]), f"{name}: {result[name]}, one process: {whole[name]}"
        for name, x in by_row.items():
            assert isinstance(x, torch.Tensor) and x.numpy().dtype == dtype, name
            assert bits(x) == bits(whole_rows[name][first:first + len(x)]), name
        assert bits(of_groups) == bits(whole_groups[first_group:first_group + len(of_groups)]), "moments of groups"
        for name in ("token_mean", "seq_mean_token_mean"):
            total = result[name].double().clone()
            if ranks.size > 1:
                torch.distributed.all_reduce(total)
            assert abs(float(total - whole[name])) < (1e-12 if dtype == np.float64 else 1e-3), name


def process(rank, size, how, store):
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=size)
    if how == "same":
        same(gd.Ranks())
        torch.distributed.destroy_process_group()
        return
    import datetime
    ranks = gd.Ranks(limit=datetime.timedelta(seconds=2))
    torch.distributed.barrier()
    if rank == 1 and how == "dies":
        os._exit(3)
    if rank == 1 and how == "absent":
        time.sleep(20)
        os._exit(0)
    gd.global_group_moments(ranks, torch.ones(4), 2, 0, 7 if rank == 1 else 6)


class Several(unittest.TestCase):
    def run_ranks(self, size, how):
        """The exit codes and what was said of `size` processes."""
        command = [sys.executable, __file__, "--rank"]
        environment = dict(os.environ, GLOO_SOCKET_IFNAME="lo", PYTHONUNBUFFERED="1", TORCH_CPP_LOG_LEVEL="ERROR")
        with tempfile.TemporaryDirectory() as folder:
            started = [subprocess.Popen([*command, str(r), str(size), how, f"{folder}/store"], text=True,
                                        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for r in range(size)]
            try:
                said = [p.communicate(timeout=120)[0] for p in started]
            finally:
                for p in started:
                    p.kill()
            return [p.returncode for p in started], said

    def test_same_bits_as_one_process(self):
        for size in (1, 2, 3, 4):
            with self.subTest(size):
                codes, said = self.run_ranks(size, "same")
                self.assertEqual(codes, [0] * size, "\n".join(said))

    def test_a_wrong_shape_is_told_to_all(self):
        codes, said = self.run_ranks(4, "shape")
        self.assertEqual(codes, [1] * 4)
        for text in said:
            self.assertIn("total_groups must be the same on all ranks: it is 6 on rank 0 and 7 on rank 1", text)

    def test_a_rank_that_dies_ends_the_job(self):
        codes, said = self.run_ranks(4, "dies")
        self.assertEqual(codes[1], 3)
        for rank in (0, 2, 3):
            self.assertNotEqual(codes[rank], 0)
            self.assertIn("or lost one: one has died, or does not make this call", said[rank])

    def test_a_rank_that_stays_away_ends_the_job(self):
        begun = time.monotonic()
        codes, said = self.run_ranks(3, "absent")
        self.assertEqual([codes[0], codes[2]], [1, 1])
        for rank in (0, 2):
            self.assertIn(f"guerdon: rank {rank} of 3 has no answer from the others within 2 seconds", said[rank])
        self.assertLess(time.monotonic() - begun, 60)


class Alone(unittest.TestCase):
    """One rank: what the operations themselves say, and refusals."""

    def test_what_ranks_compute_is_what_operations_compute(self):
        reward = np.random.default_rng(1).standard_normal(24)
        mask = np.arange(24) % 5 > 0
        for scope in ("group", "batch", "none"):
            np.testing.assert_allclose(gd.global_grpo_advantage(One(), reward, 8, 0, 3, std_scope=scope),
                                       guerdon.grpo_advantage(reward, 8, std_scope=scope), rtol=1e-12, atol=1e-12)
        count, mean, m2, low, high = gd.global_moments(One(), reward, mask)
        kept = reward[mask]
        np.testing.assert_allclose([count, mean, m2, low, high],
                                   [len(kept), kept.mean(), kept.var() * len(kept), kept.min(), kept.max()], rtol=1e-12)
        np.testing.assert_allclose(gd.global_running_moments(One(), reward),
                                   guerdon.running_moments(reward, [0, 0, 0, np.inf, -np.inf]), rtol=1e-12)
        lengths = np.random.default_rng(2).integers(0, 99, 17)
        self.assertEqual(gd.global_quantile(One(), lengths, 0.3), np.quantile(lengths, 0.3))

    def test_refusals(self):
        reward = np.ones(4)
        for sentence, call in (
                ("global_moments: value must be float32 or float64, and is int64",
                 lambda: gd.global_moments(One(), np.arange(3))),
                ("global_moments: mask has another size", lambda: gd.global_moments(One(), reward, np.ones(3, bool))),
                ("global_moments: value must be contiguous", lambda: gd.global_moments(One(), np.ones(8)[::2])),
                ("group_offsets must divide the 4", lambda: gd.global_group_moments(One(), reward, 3, 0, 2)),
                ("group_offsets", lambda: gd.global_group_moments(One(), reward, [0, 5], 0, 1)),
                ("total_groups", lambda: gd.global_group_moments(One(), reward, 2, 1, 2)),
                ("mask must be of shape", lambda: gd.global_counts(One(), np.ones(4, bool))),
                ("baseline must be mean",
                 lambda: gd.global_grpo_advantage(One(), reward, 2, 0, 2, baseline="leave_one_out")),
                ("q must lie", lambda: gd.global_quantile(One(), np.arange(3), 2))):
            with self.assertRaisesRegex(ValueError, sentence):
                call()
        with self.assertRaisesRegex(TypeError, "no argument 'std'"):
            gd.global_grpo_advantage(One(), reward, 2, 0, 2, std=1)
        with self.assertRaisesRegex(RuntimeError, "no process group yet"):
            gd.Ranks()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--rank"]:
        process(int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
    else:
        unittest.main(argv=sys.argv[:1])
