"""What every function of the module does with arrays, options, threads and mistakes; by means of a few operations."""
import threading
import unittest

import numpy as np

import guerdon
from guerdon import _guerdon

try:
    import torch
except ImportError:
    torch = None

REWARD = np.array([1.0, 0, 0, 1, 1, 1, 0, 0.5])


class Arrays(unittest.TestCase):
    def test_groups_are_offsets_or_one_size(self):
        by_offsets = guerdon.grpo_advantage(REWARD, np.array([0, 4, 8]))
        np.testing.assert_array_equal(by_offsets, guerdon.grpo_advantage(REWARD, 4))
        np.testing.assert_array_equal(by_offsets, guerdon.grpo_advantage(REWARD.tolist(), [0, 4, 8]))
        self.assertEqual(by_offsets.dtype, np.float64)

    def test_nothing_is_copied(self):
        """What is read lies where it lay: a result may be the argument's own memory."""
        reward = REWARD.astype(np.float32)
        expected = guerdon.grpo_advantage(reward, 4)
        self.assertEqual(expected.dtype, np.float32)
        out = np.full(8, 7, dtype=np.float32)
        self.assertIs(guerdon.grpo_advantage(reward, 4, out=out), out)
        np.testing.assert_array_equal(out, expected)
        reward.flags.writeable = False
        np.testing.assert_array_equal(guerdon.grpo_advantage(reward, 4), expected)

    def test_one_number_has_no_dimension(self):
        logprob = np.zeros((2, 3))
        loss, grad, clipped = guerdon.ppo_clip_loss(logprob, logprob, advantage=np.ones(2))
        self.assertEqual((np.shape(loss), grad.shape, np.shape(clipped)), ((), (2, 3), ()))
        self.assertAlmostEqual(float(loss), -1)

    def test_alternatives_have_one_name(self):
        logprob = np.zeros((2, 3))
        per_row = guerdon.ppo_clip_loss(logprob, logprob, advantage=np.array([1.0, -2]))
        per_token = guerdon.ppo_clip_loss(logprob, logprob, advantage=np.array([[1.0] * 3, [-2.0] * 3]))
        np.testing.assert_array_equal(per_row.grad_logprob, per_token.grad_logprob)

    def test_rows_are_ragged_or_padded(self):
        padded = np.array([[-0.1, -0.2, -9.0], [-0.3, -0.4, -0.5]])
        flat = np.array([-0.1, -0.2, -0.3, -0.4, -0.5])
        advantage = np.array([1.0, -1])
        by_lengths = guerdon.ppo_clip_loss(padded, padded, advantage=advantage, row_lengths=[2, 3])
        by_offsets = guerdon.ppo_clip_loss(flat, flat, advantage=advantage, row_offsets=[0, 2, 5])
        by_mask = guerdon.ppo_clip_loss(padded, padded, advantage=advantage, mask=np.array([[1, 1, 0], [1, 1, 1]], bool))
        self.assertEqual(float(by_lengths.loss), float(by_offsets.loss))
        self.assertEqual(float(by_lengths.loss), float(by_mask.loss))

    @unittest.skipIf(torch is None, "PyTorch is not installed")
    def test_tensors_come_back_as_tensors(self):
        reward = torch.tensor(REWARD, dtype=torch.float32)
        advantage = guerdon.grpo_advantage(reward, 4)
        self.assertIsInstance(advantage, torch.Tensor)
        self.assertEqual(advantage.dtype, torch.float32)
        np.testing.assert_array_equal(advantage.numpy(), guerdon.grpo_advantage(reward.numpy(), 4))
        out = torch.empty(8)
        guerdon.grpo_advantage(reward, 4, out=out)
        self.assertTrue(torch.equal(out, advantage))

    @unittest.skipIf(torch is None, "PyTorch is not installed")
    def test_tensors_of_every_form(self):
        reward = torch.tensor(REWARD)
        expected = guerdon.grpo_advantage(REWARD, 4)
        held = torch.cat((torch.zeros(3, dtype=torch.float64), reward))
        for same in (reward, held[3:], torch.nn.Parameter(reward, requires_grad=False)):
            np.testing.assert_array_equal(guerdon.grpo_advantage(same, 4).numpy(), expected)
        for wrong, words in ((held[1::1].flip(0)[:16:2], "must be contiguous"), (reward.to("meta"), "reward"),
                             (reward.half(), "must be float32 or float64, and is float16")):
            with self.assertRaisesRegex(ValueError, words):
                guerdon.grpo_advantage(wrong, 4 if len(wrong) % 4 == 0 else len(wrong))
        loss, grad, clipped = guerdon.ppo_clip_loss(torch.zeros(2, 3), torch.zeros(2, 3), advantage=torch.ones(2))
        self.assertEqual((loss.shape, grad.shape, clipped.shape), ((), (2, 3), ()))
        self.assertFalse(grad.requires_grad)
        grad.mul_(2)  # is memory of PyTorch's own
        empty = guerdon.grpo_advantage(torch.zeros(0), [0])
        self.assertEqual((empty.shape, empty.dtype), ((0,), torch.float32))

    def test_whatever_has_dlpack(self):
        class Held:
            def __init__(self, array):
                self.array = array

            def __dlpack__(self, **how):
                return self.array.__dlpack__(**how)

            def __dlpack_device__(self):
                return self.array.__dlpack_device__()

        result = guerdon.grpo_advantage(Held(REWARD.copy()), 4)
        self.assertFalse(isinstance(result, np.ndarray))
        np.testing.assert_array_equal(np.from_dlpack(result), guerdon.grpo_advantage(REWARD, 4))


class Texts(unittest.TestCase):
    def test_one_row_and_many(self):
        self.assertEqual(guerdon.exact_match("Paris", ["paris", "Lutetia"]), True)
        many = guerdon.exact_match(["Paris", "x"], [["paris", "Lutetia"], ["y"]])
        self.assertEqual(many.tolist(), [True, False])
        flat = guerdon.exact_match(["Paris", "x"], ["paris", "Lutetia", "y"], reference_offsets=[0, 2, 3])
        self.assertEqual(many.tolist(), flat.tolist())

    def test_values_are_numbers(self):
        result = guerdon.adaptive_kl_coefficient(coef=0.2, kl=12.0, n_steps=256, target=6.0)
        self.assertGreater(float(result if np.isscalar(result) else result[0]), 0.2)


class Mistakes(unittest.TestCase):
    def refused(self, words, *args, **options):
        with self.assertRaises(ValueError) as caught:
            guerdon.grpo_advantage(*args, **options)
        self.assertIn("grpo_advantage", str(caught.exception))
        self.assertIn(words, str(caught.exception))

    def test_sentences(self):
        self.refused("is not one of its alternatives", REWARD, 4, std_scope="group or so")
        self.refused("epsilon", REWARD, 4, epsilon=-1)
        self.refused("offsets must end at the size", REWARD, [0, 4, 7])
        self.refused("does not divide", REWARD, 3)
        self.refused("must be contiguous", np.ones((8, 2))[:, 0], 4)
        self.refused("must be float32 or float64, and is int64", np.arange(8), 4)
        self.refused("must be int64, and is int32", REWARD, np.array([0, 8], dtype=np.int32))
        self.refused("must be an array", "reward", 4)
        self.refused("wrong shape", REWARD, 4, out=np.empty(7))
        self.refused("must be an array that can be written to", REWARD, 4, out=np.broadcast_to(np.float64(1), 8))
        self.refused("must be a number", REWARD, 4, epsilon=[])

    def test_nothing_is_written_before_a_refusal(self):
        out = np.full(8, 7.0)
        self.refused("epsilon", REWARD, 4, epsilon=-1, out=out)
        self.assertTrue((out == 7).all())

    def test_unknown_names(self):
        with self.assertRaisesRegex(TypeError, "has no argument 'epsilom'; it takes def grpo_advantage"):
            guerdon.grpo_advantage(REWARD, 4, epsilom=1)
        with self.assertRaisesRegex(TypeError, "twice"):
            guerdon.grpo_advantage(REWARD, 4, reward=REWARD)
        with self.assertRaisesRegex(TypeError, "positional"):
            guerdon.grpo_advantage(*[REWARD] * 20)


class Threads(unittest.TestCase):
    def test_results_do_not_depend_on_threads(self):
        rng = np.random.default_rng(0)
        logprob, old = rng.standard_normal((2, 64, 999))
        arguments = dict(logprob=logprob, old_logprob=old, advantage=rng.standard_normal(64))
        once = guerdon.ppo_clip_loss(**arguments)
        guerdon.set_num_threads(3)
        try:
            self.assertEqual(guerdon.get_num_threads(), 3)
            again = guerdon.ppo_clip_loss(**arguments)
        finally:
            guerdon.set_num_threads(1)
        np.testing.assert_array_equal(once.grad_logprob, again.grad_logprob)
        self.assertEqual(float(once.loss), float(again.loss))
        with self.assertRaises(ValueError):
            guerdon.set_num_threads(0)

    def test_callers_at_once(self):
        rng = np.random.default_rng(1)
        rewards = rng.random((4, 100, 400))
        expected = [guerdon.grpo_advantage(r.reshape(-1), 8) for r in rewards]
        wrong = []

        def work(k):
            for _ in range(20):
                if not np.array_equal(guerdon.grpo_advantage(rewards[k].reshape(-1), 8), expected[k]):
                    wrong.append(k)

        workers = [threading.Thread(target=work, args=(k,)) for k in range(4)]
        for w in workers:
            w.start()
        for w in workers:
            w.join(60)
        self.assertEqual(wrong, [])

    def test_other_threads_run_meanwhile(self):
        """While an operation computes, Python goes on."""
        reward = np.random.default_rng(2).random(1 << 22)
        running, ticks = threading.Event(), []

        def tick():
            while not running.is_set():
                ticks.append(1)
                running.wait(0.0005)

        ticker = threading.Thread(target=tick)
        ticker.start()
        before = len(ticks)
        for _ in range(10):
            guerdon.grpo_advantage(reward, 8)
        running.set()
        ticker.join(60)
        self.assertGreater(len(ticks), before + 1)


class Documents(unittest.TestCase):
    def test_docstrings(self):
        text = guerdon.grpo_advantage.__doc__
        for words in ("grpo_advantage(reward: Array, group_offsets: Offsets, *", "Args:", "Returns:", "epsilon", "Source:"):
            self.assertIn(words, text)

    def test_stubs_are_python(self):
        import ast
        import pathlib
        stubs = ast.parse((pathlib.Path(_guerdon.__file__).parent / "_guerdon.pyi").read_text())
        functions = {f.name: f for f in stubs.body if isinstance(f, ast.FunctionDef)}
        for name in _guerdon._names:
            known = _guerdon._describe(name)
            arguments = functions[name].args
            given = {a.arg.rstrip("_") for a in arguments.args + arguments.kwonlyargs}
            expected = {n for n, _, _ in known["inputs"]} | set(known["options"])
            self.assertEqual(given - {"out", "dtype"}, {n.rstrip("_") for n in expected}, name)
            self.assertIsNotNone(ast.get_docstring(functions[name]), name)


if __name__ == "__main__":
    import sys
    unittest.main(argv=sys.argv[:1])
