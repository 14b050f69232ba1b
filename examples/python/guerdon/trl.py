"""TRL's GRPO loss and its group advantages, computed by guerdon on the CPU.

    from guerdon import trl as gt
    class Trainer(gt.GRPOLoss, trl.GRPOTrainer): pass      # or: trainer._compute_loss = functools.partial(gt.compute_loss, trainer)

`compute_loss(trainer, model, inputs)` is GRPOTrainer._compute_loss of TRL 1.16.0 for the loss types grpo, bnpo, dr_grpo,
dapo and cispo, on both levels of importance sampling, with beta and delta; the gradient is the closed form. What it does
not compute (entropy masks and bonuses, off-policy masks, corrections for vLLM, a router's loss) it refuses.
"""
import torch as _torch

import guerdon as _guerdon
from guerdon import torch as _losses

__all__ = ["GRPOLoss", "compute_loss", "group_advantages"]


def group_advantages(rewards, num_generations, scale_rewards="group"):
    """The advantages of `num_generations` answers to each prompt: `scale_rewards` as in GRPOConfig."""
    if scale_rewards not in ("group", "batch", "none"):
        raise ValueError(f"guerdon.trl: scale_rewards must be group, batch or none, and is {scale_rewards!r}")
    return _guerdon.grpo_advantage(rewards.contiguous(), int(num_generations), std_scope=scale_rewards, epsilon=1e-4,
                                   nan_policy="exclude")


def _refuse_what_is_not_here(trainer):
    wanted = {"top_entropy_quantile": getattr(trainer, "top_entropy_quantile", 1.0) < 1.0,
              "off_policy_mask_threshold": getattr(trainer, "off_policy_mask_threshold", None) is not None,
              "vllm_importance_sampling_correction": trainer.use_vllm and trainer.vllm_importance_sampling_correction,
              "an entropy bonus": trainer._entropy_bonus_enabled,
              "a router's auxiliary loss": trainer.aux_loss_enabled,
              "use_bias_correction_kl": trainer.beta != 0.0 and trainer.args.use_bias_correction_kl,
              f"loss_type={trainer.loss_type}": trainer.loss_type not in ("grpo", "bnpo", "dr_grpo", "dapo", "cispo")}
    for name, is_wanted in wanted.items():
        if is_wanted:
            raise ValueError(f"guerdon.trl: compute_loss has no {name}; take TRL's own")


def _aggregation(trainer, inputs, rows, training):
    """Which mean of the token losses TRL's loss is."""
    steps = trainer.current_gradient_accumulation_steps if training else 1.0
    if trainer.loss_type == "grpo":
        return {"aggregation": "seq_mean_token_mean", "global_batch_size": rows}, steps
    if trainer.loss_type == "bnpo":
        return {"aggregation": "token_mean"}, steps
    if trainer.loss_type == "dr_grpo":
        return {"aggregation": "seq_mean_token_sum_norm", "global_batch_size": rows,
                "loss_scale_factor": float(trainer.max_completion_length)}, steps
    tokens = inputs["num_items_in_batch"].clamp(min=1.0) / trainer.accelerator.num_processes
    if training:
        tokens = tokens * steps / trainer.args.steps_per_generation
    return {"aggregation": "token_sum"}, float(tokens)


def compute_loss(trainer, model, inputs):
    _refuse_what_is_not_here(trainer)
    completion_ids = inputs["completion_ids"]
    mask = inputs["completion_mask"]
    if "tool_mask" in inputs:
        mask = mask * inputs["tool_mask"]
    logprob, entropies, _ = trainer._get_per_token_logps_and_entropies(
        model, _torch.cat([inputs["prompt_ids"], completion_ids], dim=1),
        _torch.cat([inputs["prompt_mask"], inputs["completion_mask"]], dim=1), completion_ids.size(1), compute_entropy=True,
        compute_aux_loss=False,
        **{name: inputs.get(name) for name in ("pixel_values", "image_grid_thw", "num_images", "pixel_attention_mask",
                                               "spatial_shapes", "num_tiles", "image_sizes", "token_type_ids",
                                               "mm_token_type_ids", "image_position_ids")})
    logprob, valid = logprob.contiguous(), mask.bool().contiguous()
    old = inputs.get("old_per_token_logps")
    old = logprob.detach() if old is None else old.detach().contiguous()
    training = trainer.model.training
    mode = "train" if training else "eval"
    aggregation, normalizer = _aggregation(trainer, inputs, logprob.shape[0], training)
    infinity = float("inf")
    given = dict(logprob=logprob, old_logprob=old, advantage=inputs["advantages"].detach().contiguous(), mask=valid, **aggregation)
    if trainer.importance_sampling_level not in ("token", "sequence"):
        raise ValueError(f"guerdon.trl: importance_sampling_level must be token or sequence, and is {trainer.importance_sampling_level!r}")
    by_sequence = trainer.importance_sampling_level == "sequence"
    if trainer.loss_type == "cispo":
        result = _losses.cispo_loss(**given, clip_high=float(trainer.epsilon_high), upper_is_absolute=True,
                                    log_ratio_clamp=infinity, level=trainer.importance_sampling_level)
    else:
        clip = dict(clip_low=float(trainer.epsilon_low), clip_high=float(trainer.epsilon_high))
        if trainer.args.delta is not None:
            clip["delta"] = float(trainer.args.delta)
        if by_sequence:
            result = _losses.gspo_loss(**given, **clip, level="sequence", log_ratio_max=infinity)
        else:
            result = _losses.ppo_clip_loss(**given, **clip, log_ratio_clamp=infinity)
    loss = result.loss
    if trainer.beta != 0.0:
        kl = _losses.kl_estimate(logprob, inputs["ref_per_token_logps"].detach().contiguous()).kl
        how = aggregation.pop("aggregation")
        loss = loss + trainer.beta * _losses.loss_aggregate(token_loss=kl, mask=valid, mode=how, **aggregation).loss
        trainer._metrics[mode]["kl"].append(_mean(trainer, kl.detach(), valid))
    trainer._metrics[mode]["entropy"].append(_mean(trainer, entropies.detach(), valid))
    trainer._metrics[mode]["clip_ratio"].append(float(result.clip_fraction))
    return loss / normalizer


def _mean(trainer, x, mask):
    """Over the tokens of all ranks, as TRL logs it."""
    totals = trainer.accelerator.reduce(_torch.stack([(x * mask).sum(), mask.sum().to(x.dtype)]), reduction="sum")
    return (totals[0] / totals[1].clamp(min=1.0)).item()


class GRPOLoss:
    """Stands before GRPOTrainer among the bases of a trainer."""

    def _compute_loss(self, model, inputs):
        return compute_loss(self, model, inputs)
