#!/usr/bin/env python3
"""guerdon beside the ways Python trainers compute the same, in one process, in turn, on one thread.

Needs torch and numpy (pip install torch numpy) and the library guerdon_peer of a Release build:
    python3 bench/peers/compare.py build/bench/lib/libguerdon_peer.so
The eager losses are the formula written as tensor operations, as trainers write it, with the same three results (loss,
gradient, clip fraction); the group loop is the dictionary of lists per prompt that they start from. Where verl can be
imported, its own functions are timed too. Every peer's result is checked against guerdon's before it is timed.
"""
import ctypes
import sys

import numpy as np
import torch

from timing import RUNS, best_times

try:
    from verl.trainer.ppo import core_algos as verl
except ImportError as missing:
    verl = None
    print(f"verl is left out: {missing}", file=sys.stderr)

torch.set_num_threads(1)
def pointer(x):
    return x.ctypes.data_as(ctypes.c_void_p)


def row(name, peer, ours, theirs, elements):
    print(f"| {name} | {peer} | {ours / elements * 1e9:.2f} | {theirs / elements * 1e9:.1f} | {theirs / ours:.0f} |")


def clip_loss(library, rows):
    length, high = 1000, 0.28
    rng = np.random.default_rng(0)
    logprob = -np.abs(rng.standard_normal((rows, length))).astype(np.float32)
    old = logprob + 0.1 * rng.standard_normal((rows, length)).astype(np.float32)
    advantage = rng.standard_normal((rows, length)).astype(np.float32)
    mask = (rng.random((rows, length)) < 0.875).astype(np.uint8)
    grad = np.empty_like(logprob)
    clip_fraction = ctypes.c_float()
    library.guerdon_ppo_clip_loss.restype = ctypes.c_double

    def ours():
        return library.guerdon_ppo_clip_loss(pointer(logprob), pointer(old), pointer(advantage), pointer(mask),
                                             ctypes.c_int64(rows), ctypes.c_int64(length), ctypes.c_double(high),
                                             pointer(grad), ctypes.byref(clip_fraction))

    t_old, t_advantage = torch.from_numpy(old), torch.from_numpy(advantage)
    t_mask = torch.from_numpy(mask.astype(np.float32))
    t_logprob = torch.from_numpy(logprob.copy()).requires_grad_()

    def eager():
        t_logprob.grad = None
        ratio = torch.exp(torch.clamp(t_logprob - t_old, -20, 20))
        clipped = torch.clamp(ratio, 1 - 0.2, 1 + high)
        inside, outside = -t_advantage * ratio, -t_advantage * clipped
        valid = t_mask.sum()
        clip_fraction = (torch.gt(outside, inside).float() * t_mask).sum() / valid
        loss = (torch.maximum(inside, outside) * t_mask).sum() / valid
        loss.backward()
        return float(loss), float(clip_fraction)

    def framework():
        t_logprob.grad = None
        loss, metrics = verl.compute_policy_loss_vanilla(t_old, t_logprob, t_advantage, t_mask, config=config)
        loss.backward()
        return float(loss), metrics["actor/pg_clipfrac"]

    class Config(dict):
        clip_ratio, clip_ratio_low, clip_ratio_high, global_batch_info = 0.2, 0.2, high, {}

    config = Config()
    peers = {"torch eager + autograd": eager}
    if verl:
        peers["verl compute_policy_loss_vanilla + autograd"] = framework
    for name, peer in peers.items():
        loss, fraction = peer()
        assert abs(ours() - loss) < 1e-5 and abs(clip_fraction.value - fraction) < 1e-5, name
        assert np.abs(t_logprob.grad.numpy() - grad).max() < 1e-6, name
    mine, *theirs = best_times(ours, *peers.values())
    for name, time_of_peer in zip(peers, theirs):
        row(f"clip loss + gradient, {rows * length:.0e} tokens".replace("e+0", "e"), name, mine, time_of_peer, rows * length)


def group_loop(reward, prompt):
    members = {}
    for i, p in enumerate(prompt):
        members.setdefault(p, []).append(reward[i])
    statistics_of = {p: (torch.stack(m).mean(), torch.stack(m).std()) for p, m in members.items()}
    out = torch.empty_like(reward)
    for i, p in enumerate(prompt):
        mean, std = statistics_of[p]
        out[i] = (reward[i] - mean) / (std + 1e-6)
    return out


def group_advantage(library, groups, size, loop):
    """Equal groups, of which the Python loop has few: it takes the same time for each."""
    reward = np.random.default_rng(1).standard_normal(groups * size).astype(np.float32)
    advantage = np.empty_like(reward)
    count = (ctypes.c_int64(groups), ctypes.c_int64(size))

    def grpo():
        library.guerdon_grpo_advantage(pointer(reward), *count, None, pointer(advantage))

    def rloo():
        library.guerdon_rloo_advantage(pointer(reward), *count, pointer(advantage))

    t_reward = torch.from_numpy(reward)
    prompt = [i // size for i in range(groups * size)]

    def framework():
        return verl.compute_grpo_outcome_advantage(t_reward.view(-1, 1).clone(), torch.ones(groups * size, 1), index)[0]

    def eager_grpo():
        g = t_reward.view(groups, size)
        return ((g - g.mean(1, keepdim=True)) / (g.std(1, keepdim=True) + 1e-6)).view(-1)

    def eager_rloo():
        g = t_reward.view(groups, size)
        return (g - (g.sum(1, keepdim=True) - g) / (size - 1)).view(-1)

    index = np.array(prompt)
    rows = [("GRPO advantage", grpo, "torch eager, equal groups", eager_grpo),
            ("RLOO advantage", rloo, "torch eager, equal groups", eager_rloo)]
    if loop:
        rows.append(("GRPO advantage", grpo, "Python loop over prompts", lambda: group_loop(t_reward, prompt)))
        if verl:
            rows.append(("GRPO advantage", grpo, "verl compute_grpo_outcome_advantage", framework))
    for what, ours, name, peer in rows:
        ours()
        assert np.abs(peer().numpy().reshape(-1) - advantage).max() < 1e-4, name
        mine, theirs = best_times(ours, peer)
        row(f"{what}, {groups} groups of {size}", name, mine, theirs, groups * size)


def ragged_group_advantage(library):
    rng = np.random.default_rng(2)
    offsets = np.concatenate([[0], np.cumsum(rng.integers(4, 65, 480))]).astype(np.int64)
    n = int(offsets[-1])
    reward = rng.standard_normal(n).astype(np.float32)
    advantage = np.empty_like(reward)
    prompt = np.repeat(np.arange(480), np.diff(offsets)).tolist()
    t_reward = torch.from_numpy(reward)

    def ours():
        library.guerdon_grpo_advantage(pointer(reward), ctypes.c_int64(480), ctypes.c_int64(0), pointer(offsets),
                                       pointer(advantage))

    ours()
    assert np.abs(group_loop(t_reward, prompt).numpy() - advantage).max() < 1e-4
    mine, theirs = best_times(ours, lambda: group_loop(t_reward, prompt))
    row("GRPO advantage, 480 groups of 4 to 64", "Python loop over prompts", mine, theirs, n)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    library = ctypes.CDLL(sys.argv[1])
    print(f"torch {torch.__version__}, one thread, processor time, least of {RUNS} turns\n")
    print("| what | peer | guerdon, ns per element | peer, ns per element | times faster |")
    print("|---|---|---|---|---|")
    clip_loss(library, 2000)
    clip_loss(library, 10000)
    group_advantage(library, 2048, 8, loop=True)
    group_advantage(library, 125000, 8, loop=False)
    ragged_group_advantage(library)


if __name__ == "__main__":
    main()
