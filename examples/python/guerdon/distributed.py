"""Statistics of a batch that lies on several processes, exact: the same bits on one rank, two, three or four, since
what is exchanged are integers. Over torch.distributed, whatever its backend.

    from guerdon import distributed as gd
    ranks = gd.Ranks()                                            # of the default process group
    tokens, sequences = gd.global_counts(ranks, mask)
    loss = gt.ppo_clip_loss(..., global_num_tokens=tokens).loss   # losses and gradients of ranks add up

Every rank makes the same calls in the same order; where ranks disagree, all raise ValueError with the same sentence. A
rank that waits for the others longer than `limit` raises RuntimeError, since one has died or does not make this call;
left alone, that ends the process.
"""
import datetime as _datetime

import torch as _torch
import torch.distributed as _distributed

from guerdon import _guerdon

__all__ = ["Ranks"]
for _name in ("counts", "moments", "running_moments", "group_moments", "quantile", "whiten", "grpo_advantage"):
    globals()[f"global_{_name}"] = getattr(_guerdon, f"_global_{_name}")
    __all__.append(f"global_{_name}")


class Ranks:
    """The processes of a group of torch.distributed's. Exchanges go through memory that its backend reads: with NCCL
    that is `device`'s, by itself the current one."""

    def __init__(self, group=None, limit=_datetime.timedelta(minutes=5), device=None):
        if not _distributed.is_initialized():
            raise RuntimeError("guerdon: torch.distributed has no process group yet: call init_process_group() first")
        if limit <= _datetime.timedelta():
            raise ValueError("Ranks: limit must be longer than nothing")
        self.rank, self.size = _distributed.get_rank(group), _distributed.get_world_size(group)
        self._group, self._limit = group, limit
        self._device = device or ("cuda" if _distributed.get_backend(group) == "nccl" else "cpu")

    def sum(self, words):
        """Integers become their sums over all ranks."""
        there = _torch.from_numpy(words).to(self._device)
        self._wait(lambda: _distributed.all_reduce(there, group=self._group, async_op=True))
        _torch.from_numpy(words).copy_(there)

    def gather(self, mine, everything):
        """The bytes of all ranks, in order."""
        there = _torch.from_numpy(mine).to(self._device)
        parts = [_torch.empty_like(there) for _ in range(self.size)]
        self._wait(lambda: _distributed.all_gather(parts, there, group=self._group, async_op=True))
        _torch.from_numpy(everything).copy_(_torch.cat(parts))

    def _wait(self, begin):
        try:
            done = begin().wait(self._limit)
        except RuntimeError as error:
            raise self._alone(str(error).splitlines()[0]) from error
        if not done:
            raise self._alone("no answer")

    def _alone(self, reason):
        return RuntimeError(f"guerdon: rank {self.rank} of {self.size} has no answer from the others within "
                            f"{self._limit.total_seconds():g} seconds, or lost one: one has died, or does not make "
                            f"this call ({reason})")
