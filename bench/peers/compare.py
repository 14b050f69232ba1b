#!/usr/bin/env python3
"""guerdon beside the ways Python trainers compute the same, in one process, in turn, on one thread.

Needs torch and numpy (pip install torch numpy) and the library guerdon_peer of a Release build:
    python3 bench/peers/compare.py build/bench/lib/libguerdon_peer.so
The eager losses are the formula written as tensor operations, as trainers write it, with the same three results (loss,
gradient, clip fraction); the group loop is the dictionary of lists per prompt that they start from. Where verl can be
imported, its own functions are timed too. Every peer's result is checked against guerdon's before it is timed.
"""
import ctypes
import statistics
import sys
import time

import numpy as np
import torch

try:
    from verl.trainer.ppo import core_algos as verl
except ImportError as missing:
    verl = None
    print(f"verl is left out: {missing}", file=sys.stderr)

torch.set_num_threads(1)
RUNS = 7


def pointer(x):
    return x.ctypes.data_as(ctypes.c_void_p)


def median_times(*functions):
    """Medians over RUNS turns, the functions interleaved so that drift meets all of them."""
    times = [[] for _ in functions]
    for _ in range(RUNS):
        for f, t in zip(functions, times):
            start = time.perf_counter()
            f()
            t.append(time.perf_counter() - start)
    return [statistics.median(t) for t in times]


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
    mine, *theirs = median_times(ours, *peers.values())
    for name, time_of_peer in zip(peers, theirs):
        row(f"clip loss + gradient, {rows * length:.0e} tokens".replace("e+0", "e"), name, mine, time_of_peer, rows * length)


def group_advantage(library):
    groups, size = 2048, 8
    reward = np.random.default_rng(1).standard_normal(groups * size).astype(np.float32)
    advantage = np.empty_like(reward)

    def ours():
        library.guerdon_grpo_advantage(pointer(reward), ctypes.c_int64(groups), ctypes.c_int64(size),
                                       pointer(advantage))

    t_reward = torch.from_numpy(reward)
    prompt = [i // size for i in range(groups * size)]

    def loop():
        members = {}
        for i, p in enumerate(prompt):
            members.setdefault(p, []).append(t_reward[i])
        statistics_of = {p: (torch.stack(m).mean(), torch.stack(m).std()) for p, m in members.items()}
        out = torch.empty_like(t_reward)
        for i, p in enumerate(prompt):
            mean, std = statistics_of[p]
            out[i] = (t_reward[i] - mean) / (std + 1e-6)
        return out

    def framework():
        return verl.compute_grpo_outcome_advantage(t_reward.view(-1, 1).clone(), torch.ones(groups * size, 1), index)[0]

    def vectorised():
        g = t_reward.view(groups, size)
        return ((g - g.mean(1, keepdim=True)) / (g.std(1, keepdim=True) + 1e-6)).view(-1)

    index = np.array(prompt)
    peers = {"Python loop over prompts": loop, "torch eager, equal groups": vectorised}
    if verl:
        peers["verl compute_grpo_outcome_advantage"] = framework
    ours()
    for name, peer in peers.items():
        assert np.abs(peer().numpy().reshape(-1) - advantage).max() < 1e-4, name
    mine, *theirs = median_times(ours, *peers.values())
    for name, time_of_peer in zip(peers, theirs):
        row("GRPO advantage, 2048 groups of 8", name, mine, time_of_peer, groups * size)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    library = ctypes.CDLL(sys.argv[1])
    print(f"torch {torch.__version__}, one thread, median of {RUNS} turns\n")
    print("| what | peer | guerdon, ns per element | peer, ns per element | times faster |")
    print("|---|---|---|---|---|")
    clip_loss(library, 2000)
    clip_loss(library, 10000)
    group_advantage(library)


if __name__ == "__main__":
    main()
