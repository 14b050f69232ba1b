"""The extension beside the same loss in PyTorch's operations, and what it says of tensors that do not fit."""
import unittest

import torch

import guerdon_clip_loss


class ClipLoss(unittest.TestCase):
    def setUp(self):
        noise = torch.Generator().manual_seed(0)
        self.offsets = torch.tensor([0, 3, 3, 11, 20], dtype=torch.int32)
        self.logprob = -torch.rand(20, generator=noise)
        self.old = self.logprob + 0.3 * torch.randn(20, generator=noise)
        self.advantage = torch.randn(4, generator=noise)
        self.mask = torch.rand(20, generator=noise) < 0.8

    def call(self, **changed):
        given = dict(logprob=self.logprob, old=self.old, advantage=self.advantage, offsets=self.offsets, mask=self.mask)
        return guerdon_clip_loss.clip_loss(*(given | changed).values(), 0.28)

    def test_values_and_gradient(self):
        rows = torch.repeat_interleave(torch.arange(4), self.offsets.diff())
        for mask in (self.mask, None):
            now, advantage = self.logprob.double().requires_grad_(), self.advantage.double()[rows]
            ratio = torch.exp(now - self.old)
            loss = torch.maximum(-advantage * ratio, -advantage * ratio.clamp(0.8, 1.28))
            loss = loss.mean() if mask is None else (loss * mask).sum() / mask.sum()
            loss.backward()
            ours, gradient = self.call(mask=mask)
            self.assertAlmostEqual(float(ours), float(loss), places=6)
            self.assertLess(float((gradient - now.grad).abs().max()), 1e-7)
            self.assertEqual(gradient.shape, self.logprob.shape)

    def test_offsets_of_both_widths(self):
        wide = self.call(offsets=self.offsets.long())
        for ours, theirs in zip(self.call(), wide):
            self.assertTrue(torch.equal(ours, theirs))

    def test_what_does_not_fit_is_told_why(self):
        for changed, sentence in (({"logprob": self.logprob.double()}, "clip_loss: logprob must be float32, and is"),
                                  ({"old": self.old.repeat(2)[::2]}, "clip_loss: old_logprob must be contiguous"),
                                  ({"mask": self.mask.float()}, "clip_loss: mask must be bool or uint8, and is"),
                                  ({"advantage": self.advantage.to("meta")}, "clip_loss: advantage lies on meta"),
                                  ({"offsets": self.offsets[:-1]}, "ppo_clip_loss: rows")):
            with self.assertRaisesRegex(ValueError, sentence):
                self.call(**changed)


if __name__ == "__main__":
    unittest.main()
