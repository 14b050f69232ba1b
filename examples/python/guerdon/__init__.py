"""Rewards, advantages, losses and their closed-form gradients: the operations of guerdon, on arrays of NumPy's, tensors
of PyTorch's on the CPU, and whatever has __dlpack__, where they lie.

    import guerdon
    advantage = guerdon.grpo_advantage(reward, 8, epsilon=1e-6)         # groups of eight; or offsets
    loss, grad, clipped = guerdon.ppo_clip_loss(logprob, old_logprob, advantage=advantage, mask=mask, clip_high=0.28)

Arguments are named as on the operation's page, options are keywords, enumerators are strings. Results are of the kind
that came in. What guerdon refuses is a ValueError with its sentence. `guerdon.torch` has the losses as functions that
`loss.backward()` goes through; `guerdon.verl` and `guerdon.trl` those frameworks' own signatures.
"""
from guerdon import _guerdon
from guerdon._guerdon import *  # noqa: F401,F403

__all__ = [*_guerdon._names, "get_num_threads", "set_num_threads"]
__version__ = "0.1.0"
