#!/usr/bin/env python3
"""The Python module beside PyTorch's eager operations, and guerdon.verl beside verl's own functions where verl is
installed (pip install --no-deps verl): calls from Python, outputs made, autograd included, one thread.

Needs torch and the module (./run python, and pip install of the wheel it names):
    python3 bench/peers/module.py
Both results are checked against each other before they are timed. Processor time, least of many turns, interleaved.
"""
import importlib.metadata
import importlib.util
import sys
import time

import numpy as np
import torch

import guerdon
import guerdon.torch as gt
import guerdon.verl
import recipes

torch.set_num_threads(1)
guerdon.set_num_threads(1)
HIGH = 0.28


def best_times(tokens, *functions):
    """Least processor times of a call, interleaved, in turns of about as many tokens each."""
    calls = max(1, min(2000, 400000 // tokens))
    best = [float("inf")] * len(functions)
    for _ in range(15):
        for i, f in enumerate(functions):
            start = time.process_time()
            for _ in range(calls):
                f()
            best[i] = min(best[i], (time.process_time() - start) / calls)
    return best


def clip_loss(tokens):
    noise = torch.Generator().manual_seed(0)
    rows, length = max(1, tokens // 1000), min(tokens, 1000)
    logprob = -torch.rand(rows, length, generator=noise)
    old = logprob + 0.1 * torch.randn(rows, length, generator=noise)
    advantage = torch.randn(rows, length, generator=noise)
    keep = torch.rand(rows, length, generator=noise) < 0.875
    mask, logprob = keep.float(), logprob.requires_grad_()

    def eager():
        logprob.grad = None
        ratio = torch.exp(torch.clamp(logprob - old, -20, 20))
        inside, outside = -advantage * ratio, -advantage * torch.clamp(ratio, 0.8, 1 + HIGH)
        valid = mask.sum()
        clip_fraction = (torch.gt(outside, inside).float() * mask).sum() / valid
        loss = (torch.maximum(inside, outside) * mask).sum() / valid
        loss.backward()
        return loss, clip_fraction

    def ours():
        logprob.grad = None
        result = gt.ppo_clip_loss(logprob, old, advantage=advantage, mask=keep, clip_high=HIGH)
        result.loss.backward()
        return result.loss, result.clip_fraction

    theirs, their_grad = eager(), logprob.grad
    for a, b in zip((*ours(), logprob.grad), (*theirs, their_grad)):
        assert torch.allclose(a, b, atol=1e-6)
    return rows * length, ours, eager


def grpo(tokens):
    reward = torch.randn(tokens // 8 * 8, generator=torch.Generator().manual_seed(1))

    def eager():
        g = reward.view(-1, 8)
        return ((g - g.mean(1, keepdim=True)) / (g.std(1, keepdim=True) + 1e-6)).view(-1)

    def ours():
        return guerdon.grpo_advantage(reward, 8, epsilon=1e-6)

    assert torch.allclose(ours(), eager(), atol=1e-4)
    return reward.numel(), ours, eager


def verl_clip_loss(originals, rows, length):
    """The whole of verl's loss, its metrics too, and backward()."""
    noise = torch.Generator().manual_seed(2)
    old = -torch.rand(rows, length, generator=noise)
    logprob = (old + 0.1 * torch.randn(rows, length, generator=noise)).requires_grad_()
    advantage = torch.randn(rows, 1, generator=noise).expand(rows, length)
    mask = (torch.rand(rows, length, generator=noise) < 0.875).float()
    config = recipes.Settings(clip_ratio_low=0.2, clip_ratio_high=HIGH, clip_ratio_c=3.0)

    def call(functions):
        def step():
            logprob.grad = None
            loss, _ = functions.compute_policy_loss_vanilla(old, logprob, advantage, mask, "token-mean", config)
            loss.backward()
            return loss
        return step

    ours, theirs = call(guerdon.verl), call(originals)
    assert torch.allclose(ours(), theirs(), atol=1e-6)
    return ours, theirs


def verl_grpo(originals, rows, length):
    """Responses of eight to a prompt, the reward at the last token, an advantage of each token."""
    noise = torch.Generator().manual_seed(3)
    reward = torch.zeros(rows, length)
    reward[:, -1] = torch.randn(rows, generator=noise)
    mask = (torch.rand(rows, length, generator=noise) < 0.875).float()
    prompt = np.repeat([str(i) for i in range(rows // 8)], 8)
    ours, theirs = (lambda functions=f: functions.compute_grpo_outcome_advantage(reward, mask, prompt)[0]
                    for f in (guerdon.verl, originals))
    assert torch.allclose(ours(), theirs(), atol=1e-5)
    return ours, theirs


def overhead():
    """A call of five arrays of one token, which is all overhead; and with autograd."""
    one = torch.zeros(1, 1)
    keep, given = torch.ones(1, 1, dtype=torch.bool), one.clone().requires_grad_()
    array = np.zeros((1, 1), np.float32)
    flags = np.ones((1, 1), bool)
    return best_times(1, lambda: guerdon.ppo_clip_loss(array, array, advantage=array, mask=flags, is_weight=array),
                      lambda: guerdon.ppo_clip_loss(one, one, advantage=one, mask=keep, is_weight=one),
                      lambda: gt.ppo_clip_loss(given, one, advantage=one, mask=keep, is_weight=one),
                      lambda: gt.ppo_clip_loss(given, one, advantage=one, mask=keep, is_weight=one).loss.backward())


def main():
    print(f"torch {torch.__version__}, numpy {np.__version__}, one thread each, processor time, least of 15 turns\n")
    print("| what | tokens or rewards | guerdon, us | eager, us | times |\n|---|--:|--:|--:|--:|")
    for what, make in (("clip loss, backward()", clip_loss), ("GRPO advantage", grpo)):
        for tokens in (256, 1024, 4096, 16000, 64000, 256000, 1000000):
            n, *functions = make(tokens)
            ours, theirs = best_times(n, *functions)
            print(f"| {what} | {n} | {ours * 1e6:.1f} | {theirs * 1e6:.1f} | {theirs / ours:.1f} |")
    if importlib.util.find_spec("verl"):
        originals = recipes.verl_functions()
        version = importlib.metadata.version("verl")
        print(f"\n| guerdon.verl beside verl {version} | responses, tokens each | guerdon, us | verl, us | times |\n"
              "|---|--:|--:|--:|--:|")
        for what, make in (("compute_policy_loss_vanilla, backward()", verl_clip_loss),
                           ("compute_grpo_outcome_advantage", verl_grpo)):
            for rows, length in ((1000, 1000), (8192, 122)):
                ours, theirs = best_times(rows * length, *make(originals, rows, length))
                print(f"| {what} | {rows}, {length} | {ours * 1e6:.1f} | {theirs * 1e6:.1f} | {theirs / ours:.1f} |")
    numpy, tensors, recorded, backward = (1e6 * t for t in overhead())
    print(f"\na call of five arrays: {numpy:.1f} us with NumPy's, {tensors:.1f} us with tensors, "
          f"{recorded:.1f} us under autograd, {backward:.1f} us with backward()")


if __name__ == "__main__":
    sys.exit(main())
