"""verl's advantage estimators and policy losses, with their signatures, computed by guerdon on the CPU.

    import guerdon.verl
    guerdon.verl.register()        # beside verl's own: adv_estimator="guerdon_grpo", loss_mode="guerdon_vanilla"

Each function can be called in place of verl's of the same name; the numbers are verl 0.9.1's, but for the 1e-8 that it
adds to counts. Gradients of the losses are the closed forms. Tensors must lie on the CPU.
"""
import numpy as _np
import torch as _torch

import guerdon as _guerdon
from guerdon import torch as _losses

__all__ = ["register", "agg_loss", "kl_penalty"]
ADVANTAGES, LOSSES = {}, {}  # by verl's names


def _named(table, *names):
    def decorator(function):
        for name in names:
            table[name] = function
        __all__.append(function.__name__)
        return function
    return decorator


def _mask(response_mask):
    return response_mask.bool().contiguous()


class _Groups:
    """Responses sorted by prompt, where `index` tells the prompt of each."""

    def __init__(self, index):
        index = _np.asarray(index)
        _, prompt, counts = _np.unique(index, return_inverse=True, return_counts=True)
        self.offsets = _np.concatenate(([0], _np.cumsum(counts))).astype(_np.int64)
        order = _np.argsort(prompt, kind="stable")
        self.order = None if (order[:-1] <= order[1:]).all() else _torch.from_numpy(order)

    def sort(self, x):
        return x if self.order is None else x.index_select(0, self.order).contiguous()

    def unsort(self, x):
        if self.order is None:
            return x
        back = _torch.empty_like(x)
        back[self.order] = x
        return back


@_torch.no_grad()
def _outcome(operation, token_level_rewards, response_mask, index, **options):
    """An advantage of each response, at each of its tokens."""
    groups = _Groups(index)
    scores = groups.unsort(operation(groups.sort(token_level_rewards.sum(dim=-1)), groups.offsets, **options))
    scores = scores.unsqueeze(-1) * response_mask
    return scores, scores


@_named(ADVANTAGES, "grpo", "grpo_vectorized")
def compute_grpo_outcome_advantage(token_level_rewards, response_mask, index, epsilon=1e-6, norm_adv_by_std_in_grpo=True,
                                   config=None, **kwargs):
    return _outcome(_guerdon.grpo_advantage, token_level_rewards, response_mask, index, epsilon=epsilon, singleton="score",
                    std_scope="group" if norm_adv_by_std_in_grpo else "none")


@_named(ADVANTAGES, "rloo")
def compute_rloo_outcome_advantage(token_level_rewards, response_mask, index, epsilon=1e-6, config=None, **kwargs):
    return _outcome(_guerdon.rloo_advantage, token_level_rewards, response_mask, index, singleton="score")


@_named(ADVANTAGES, "rloo_vectorized")
def compute_rloo_vectorized_outcome_advantage(token_level_rewards, response_mask, index, epsilon=1e-6, config=None, **kwargs):
    return _outcome(_guerdon.rloo_advantage, token_level_rewards, response_mask, index)


@_named(ADVANTAGES, "opo")
def compute_opo_outcome_advantage(token_level_rewards, response_mask, index, epsilon=1e-6, config=None, **kwargs):
    groups = _Groups(index)
    length = groups.sort(response_mask.sum(dim=-1).to(_torch.int64))
    return _outcome(lambda reward, offsets: _guerdon.opo_advantage(reward, length, offsets, singleton="score"),
                    token_level_rewards, response_mask, index)


@_named(ADVANTAGES, "reinforce_plus_plus_baseline")
@_torch.no_grad()
def compute_reinforce_plus_plus_baseline_outcome_advantage(token_level_rewards, response_mask, index, epsilon=1e-6,
                                                           config=None, **kwargs):
    groups = _Groups(index)
    advantages = groups.unsort(_guerdon.reinforce_pp_baseline_advantage(
        reward=groups.sort(token_level_rewards.sum(dim=-1)), group_offsets=groups.offsets,
        mask=groups.sort(_mask(response_mask)), singleton="score"))
    return advantages, advantages


@_named(ADVANTAGES, "gae")
@_torch.no_grad()
def compute_gae_advantage_return(token_level_rewards, values, response_mask, gamma, lam):
    """Where the mask is 0 the advantage and the return are 0, which no loss reads; verl's go through the same map."""
    result = _guerdon.masked_gae(token_reward=token_level_rewards.contiguous(), values=values.contiguous(),
                                 mask=_mask(response_mask), gamma=float(gamma), lambda_=float(lam), whiten=True)
    return result.advantage, result.returns


@_named(ADVANTAGES, "remax")
@_torch.no_grad()
def compute_remax_outcome_advantage(token_level_rewards, reward_baselines, response_mask, config=None, **kwargs):
    result = _guerdon.remax_advantage(token_reward=token_level_rewards.contiguous(),
                                      baseline_reward=reward_baselines.contiguous(), mask=_mask(response_mask))
    return result.advantage, result.returns


# --- Losses -----------------------------------------------------------------------------------------------------------
def _aggregation(mode, dp_size=1, batch_num_tokens=None, global_batch_size=None, loss_scale_factor=None, **unused):
    return {"aggregation": mode.replace("-", "_"), "dp_size": float(dp_size),
            "global_num_tokens": None if batch_num_tokens is None else int(batch_num_tokens),
            "global_batch_size": None if global_batch_size is None else int(global_batch_size),
            "loss_scale_factor": None if loss_scale_factor is None else float(loss_scale_factor)}


def agg_loss(loss_mat, loss_mask, loss_agg_mode, dp_size=1, batch_num_tokens=None, global_batch_size=None,
             loss_scale_factor=None):
    settings = _aggregation(loss_agg_mode, dp_size, batch_num_tokens, global_batch_size, loss_scale_factor)
    return _losses.loss_aggregate(token_loss=loss_mat.contiguous(), mask=_mask(loss_mask),
                                  mode=settings.pop("aggregation"), **settings)[0]


def _range(config):
    low = config.clip_ratio_low if config.clip_ratio_low is not None else config.clip_ratio
    high = config.clip_ratio_high if config.clip_ratio_high is not None else config.clip_ratio
    return {"clip_low": float(low), "clip_high": float(high)}


def _per_row(advantages):
    """One advantage for each row where all tokens have the same, as outcome rewards give: verl hands on [B, T]."""
    if advantages.dim() == 2 and advantages.stride(1) == 0 and advantages.shape[1] > 0:
        return advantages[:, 0].contiguous()
    return advantages.contiguous()


def _policy_loss(operation, old_log_prob, log_prob, advantages, response_mask, loss_agg_mode, config, rollout_is_weights,
                 kl_clamp, **options):
    if config is None:
        raise ValueError("guerdon.verl: config must be given")
    mask = _mask(response_mask)
    weights = None if rollout_is_weights is None else rollout_is_weights.detach().contiguous()
    old_log_prob = old_log_prob.detach().contiguous()
    result = operation(logprob=log_prob.contiguous(), old_logprob=old_log_prob, advantage=_per_row(advantages.detach()),
                       mask=mask, is_weight=weights, **_range(config), **options,
                       **_aggregation(loss_agg_mode, **config.global_batch_info))
    with _torch.no_grad():
        difference = old_log_prob - log_prob.detach()
        if kl_clamp:
            difference.clamp_(-kl_clamp, kl_clamp)
        metrics = {"actor/pg_clipfrac": float(result.clip_fraction),
                   "actor/ppo_kl": float(_guerdon.masked_mean(difference.contiguous(), mask))}
    return result.loss, metrics


@_named(LOSSES, "vanilla")
def compute_policy_loss_vanilla(old_log_prob, log_prob, advantages, response_mask, loss_agg_mode="token-mean", config=None,
                                rollout_is_weights=None):
    """`actor/pg_clipfrac_lower` is not among the metrics."""
    dual = float(config.get("clip_ratio_c", 3.0)) if config is not None else 3.0
    return _policy_loss(_losses.ppo_clip_loss, old_log_prob, log_prob, advantages, response_mask, loss_agg_mode, config,
                        rollout_is_weights, 20.0, dual_clip=dual)


@_named(LOSSES, "gspo")
def compute_policy_loss_gspo(old_log_prob, log_prob, advantages, response_mask, loss_agg_mode="seq-mean-token-mean",
                             config=None, rollout_is_weights=None):
    return _policy_loss(_losses.gspo_loss, old_log_prob, log_prob, advantages, response_mask, loss_agg_mode, config,
                        rollout_is_weights, None)


@_named(LOSSES, "cispo")
def compute_policy_loss_cispo(old_log_prob, log_prob, advantages, response_mask, loss_agg_mode="token-mean", config=None,
                              rollout_is_weights=None):
    return _policy_loss(_losses.cispo_loss, old_log_prob, log_prob, advantages, response_mask, loss_agg_mode, config,
                        rollout_is_weights, 20.0)


def kl_penalty(logprob, ref_logprob, kl_penalty):
    """verl's estimators by their names, the straight-through ones ("k3+") among them; not "full"."""
    name, straight = kl_penalty.removesuffix("+"), kl_penalty.endswith("+")
    kinds = {"kl": "k1", "k1": "k1", "abs": "abs", "mse": "k2", "k2": "k2", "low_var_kl": "k3", "k3": "k3"}
    if name not in kinds:
        raise NotImplementedError(f"guerdon.verl has no kl_penalty {kl_penalty!r}")
    clamps = {"input_clamp": 20.0, "output_clamp": 10.0} if kinds[name] == "k3" else {}
    return _losses.kl_estimate(logprob.contiguous(), ref_logprob.detach().contiguous(), estimator=kinds[name],
                               straight_through=straight, **clamps).kl


def register(prefix="guerdon_", core_algos=None):
    """Enters all of them into verl's own registries, as `prefix` and verl's name. Returns the names."""
    if core_algos is None:
        from verl.trainer.ppo import core_algos
    names = []
    for name, function in ADVANTAGES.items():
        core_algos.register_adv_est(prefix + name)(function)
        names.append(prefix + name)
    for name, function in LOSSES.items():
        core_algos.register_policy_loss(prefix + name)(function)
        names.append(prefix + name)
    return names
