#!/usr/bin/env python3
"""guerdon beside the ways Python trainers compute the same, in one process, in turn, on one thread.

Needs torch and numpy (pip install torch numpy) and the library guerdon_peer of a Release build:
    python3 bench/peers/compare.py build/bench/lib/libguerdon_peer.so
The eager losses are the formula written as tensor operations, as trainers write it; the group loop is the dictionary
of lists per prompt that they start from. Every peer's result is checked against guerdon's before it is timed.
"""
import ctypes
import statistics
import sys
import time

import numpy as np
import torch

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


def clip_loss(library):
    rows, length, high = 2000, 1000, 0.28
    rng = np.random.default_rng(0)
    logprob = -np.abs(rng.standard_normal((rows, length))).astype(np.float32)
    old = logprob + 0.1 * rng.standard_normal((rows, length)).astype(np.float32)
    advantage = rng.standard_normal((rows, length)).astype(np.float32)
    mask = (rng.random((rows, length)) < 0.875).astype(np.uint8)
    grad = np.empty_like(logprob)
    library.guerdon_ppo_clip_loss.restype = ctypes.c_double

    def ours():
        return library.guerdon_ppo_clip_loss(pointer(logprob), pointer(old), pointer(advantage), pointer(mask),
                                             ctypes.c_int64(rows), ctypes.c_int64(length), ctypes.c_double(high),
                                             pointer(grad))

    t_old, t_advantage = torch.from_numpy(old), torch.from_numpy(advantage)
    t_mask = torch.from_numpy(mask.astype(np.float32))
    t_logprob = torch.from_numpy(logprob.copy()).requires_grad_()

    def eager():
        t_logprob.grad = None
        ratio = torch.exp(torch.clamp(t_logprob - t_old, -20, 20))
        clipped = torch.clamp(ratio, 1 - 0.2, 1 + high)
        token = torch.maximum(-t_advantage * ratio, -t_advantage * clipped)
        loss = (token * t_mask).sum() / t_mask.sum()
        loss.backward()
        return float(loss)

    assert abs(ours() - eager()) < 1e-5
    assert np.abs(t_logprob.grad.numpy() - grad).max() < 1e-6
    mine, theirs = median_times(ours, eager)
    row("clip loss + gradient, 2e6 tokens", "torch eager + autograd", mine, theirs, rows * length)


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

    def vectorised():
        g = t_reward.view(groups, size)
        return ((g - g.mean(1, keepdim=True)) / (g.std(1, keepdim=True) + 1e-6)).view(-1)

    ours()
    assert np.abs(loop().numpy() - advantage).max() < 1e-4
    assert np.abs(vectorised().numpy() - advantage).max() < 1e-4
    mine, looped, at_once = median_times(ours, loop, vectorised)
    row("GRPO advantage, 2048 groups of 8", "Python loop over prompts", mine, looped, groups * size)
    row("GRPO advantage, 2048 groups of 8", "torch eager, equal groups", mine, at_once, groups * size)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    library = ctypes.CDLL(sys.argv[1])
    print(f"torch {torch.__version__}, one thread, median of {RUNS} turns\n")
    print("| what | peer | guerdon, ns per element | peer, ns per element | times faster |")
    print("|---|---|---|---|---|")
    clip_loss(library)
    group_advantage(library)


if __name__ == "__main__":
    main()
