#pragma once
// The objectives of the recipes. Each returns loss, gradient and, where it clips, the share that it clipped.

#include <guerdon/objective/cispo_loss.hpp>
#include <guerdon/objective/clip_cov_loss.hpp>
#include <guerdon/objective/copo_loss.hpp>
#include <guerdon/objective/dppo_loss.hpp>
#include <guerdon/objective/dro_loss.hpp>
#include <guerdon/objective/gmpo_loss.hpp>
#include <guerdon/objective/gppo_loss.hpp>
#include <guerdon/objective/gspo_loss.hpp>
#include <guerdon/objective/kl_cov_loss.hpp>
#include <guerdon/objective/kl_estimate.hpp>
#include <guerdon/objective/ppo_clip_loss.hpp>
#include <guerdon/objective/preclip_policy_loss.hpp>
#include <guerdon/objective/reinforce_loss.hpp>
#include <guerdon/objective/rollout_correction_weight.hpp>
#include <guerdon/objective/sapo_loss.hpp>
#include <guerdon/objective/topr_loss.hpp>
#include <guerdon/recipes/batch.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace recipes {

inline constexpr aggregation_mode mean_of_tokens = aggregation_mode::token_mean,
                                  mean_of_answers = aggregation_mode::seq_mean_token_mean,
                                  sum_in_answers = aggregation_mode::seq_mean_token_sum,
                                  sum_over_constant = aggregation_mode::seq_mean_token_sum_norm;

namespace objective {

template <class Backend, real T>
using result_of = policy_outputs<T, Backend::template array>;

template <real T>
policy_inputs<T> inputs_of(const tokens<T>& t) {
  return {.rows = t.rows, .logprob = t.logprob, .old_logprob = t.old_logprob, .advantage = t.advantage,
          .token_advantage = t.token_advantage, .mask = t.mask, .groups = t.groups};
}
inline aggregation_options aggregated(aggregation_mode mode, const settings& s) {
  return {.mode = mode,
          .loss_scale_factor = mode == sum_over_constant ? static_cast<double>(s.max_length) : 0,
          .global_num_tokens = s.global_num_tokens,
          .global_batch_size = s.global_batch_size};
}
inline std::string text_of(aggregation_mode mode) { return enumerators(mode)[static_cast<std::size_t>(mode)]; }
/// How far a ratio may go: "0.8 to 1.28".
template <class Bounds>
std::string text_of(const Bounds& clip) {
  std::string text =
      (clip.low == op::range::infinity ? "0" : number_text(1 - clip.low)) + " to " + number_text(1 + clip.high);
  return text;
}

/// PPO's clip.
struct clipped {
  static constexpr reads needs = reads::nothing_more;
  aggregation_mode mode = mean_of_tokens;
  ratio_clip clip = {};
  objective_text text() const { return {"token", "clipped, " + text_of(clip), "", "", text_of(mode)}; }
  template <class Backend, real T>
  auto operator()(const Backend& b, const tokens<T>& t, const settings& s) const {
    return ppo_clip_loss<T>(b, inputs_of(t), {.clip = clip, .aggregation = aggregated(mode, s)});
  }
};
/// The same with a penalty on the distance from the reference, in the same pass.
struct clipped_with_kl {
  static constexpr reads needs = reads::reference_policy;
  aggregation_mode mode = mean_of_answers;
  double coefficient = 0.04;
  ratio_clip clip = {};
  objective_text text() const {
    return {"token", "clipped, " + text_of(clip), "", number_text(coefficient) + " k3", text_of(mode)};
  }
  template <class Backend, real T>
  auto operator()(const Backend& b, const tokens<T>& t, const settings& s) const {
    return policy_objective<T>(b, with_reference<T>(inputs_of(t), t.ref_logprob),
                               (token_ratio{} | guerdon::clipped{clip}) + coefficient * k3_penalty{},
                               {.aggregation = aggregated(mode, s)});
  }
};
/// The same with weights that correct for the engine which sampled.
struct corrected {
  static constexpr reads needs = reads::rollout_policy;
  aggregation_mode mode = mean_of_answers;
  op::rollout_correction_weight::options correction = {};
  ratio_clip clip = {};
  objective_text text() const {
    return {"token", "clipped, " + text_of(clip), call_text<op::rollout_correction_weight>(correction), "",
            text_of(mode)};
  }
  template <class Backend, real T>
  auto operator()(const Backend& b, const tokens<T>& t, const settings& s) const {
    const auto weight = rollout_correction_weight<T>(b, {.rows = t.rows, .logprob = t.old_logprob,
                                                         .rollout_logprob = t.rollout_logprob, .mask = t.mask},
                                                     correction).weight;
    auto in = inputs_of(t);
    in.is_weight = weight;
    return ppo_clip_loss<T>(b, in, {.clip = clip, .aggregation = aggregated(mode, s)});
  }
};
struct gspo {
  static constexpr reads needs = reads::nothing_more;
  op::gspo_loss::options o = {};
  objective_text text() const { return {"answer", "clipped, " + text_of(o.clip), "", "", text_of(o.aggregation.mode)}; }
  template <class Backend, real T>
  auto operator()(const Backend& b, const tokens<T>& t, const settings& s) const {
    auto with = o;
    with.aggregation = aggregated(o.aggregation.mode, s);
    return gspo_loss<T>(b, inputs_of(t), with);
  }
};
struct cispo {
  static constexpr reads needs = reads::nothing_more;
  op::cispo_loss::options o = {};
  objective_text text() const {
    return {"token", "score, weight " + text_of(o.clip) + " (CISPO)", "", "", text_of(o.aggregation.mode)};
  }
  template <class Backend, real T>
  auto operator()(const Backend& b, const tokens<T>& t, const settings& s) const {
    auto with = o;
    with.aggregation = aggregated(o.aggregation.mode, s);
    return cispo_loss<T>(b, inputs_of(t), with);
  }
};
struct gppo {
  static constexpr reads needs = reads::nothing_more;
  op::gppo_loss::options o = {};
  objective_text text() const {
    const std::string beyond = number_text(o.beta_low) + " below, " + number_text(o.beta_high) + " above";
    return {"token", "clipped, " + text_of(o.clip) + ", with bounded gradient beyond, " + beyond + " (GPPO)", "", "",
            text_of(o.aggregation.mode)};
  }
  template <class Backend, real T>
  auto operator()(const Backend& b, const tokens<T>& t, const settings& s) const {
    auto with = o;
    with.aggregation = aggregated(o.aggregation.mode, s);
    return gppo_loss<T>(b, inputs_of(t), with);
  }
};
/// A loss without clip fraction, as what has one.
template <class Backend, real T, class Loss>
result_of<Backend, T> unclipped(Loss loss) {
  return {std::move(loss.loss), std::move(loss.grad_logprob), {}};
}
struct gmpo {
  static constexpr reads needs = reads::nothing_more;
  static constexpr op::gmpo_loss::options o = {};
  static objective_text text() {
    return {"answer, geometric mean of clipped ones",
            "-A r, logarithm -" + number_text(o.clip_low) + " to " + number_text(o.clip_high), "", "",
            text_of(mean_of_answers)};
  }
  template <class Backend, real T>
  auto operator()(const Backend& b, const tokens<T>& t, const settings& s) const {
    auto with = o;
    with.global_batch_size = s.global_batch_size;
    return unclipped<Backend, T>(gmpo_loss<T>(b, {.rows = t.rows, .logprob = t.logprob, .old_logprob = t.old_logprob,
                                                  .advantage = t.advantage, .token_advantage = t.token_advantage,
                                                  .mask = t.mask}, with));
  }
};
struct sapo {
  static constexpr reads needs = reads::nothing_more;
  op::sapo_loss::options o = {};
  objective_text text() const {
    return {"token", "soft gate, " + number_text(o.tau_pos) + " and " + number_text(o.tau_neg) + " (SAPO)", "", "",
            text_of(o.aggregation.mode)};
  }
  template <class Backend, real T>
  auto operator()(const Backend& b, const tokens<T>& t, const settings& s) const {
    auto with = o;
    with.aggregation = aggregated(o.aggregation.mode, s);
    return unclipped<Backend, T>(sapo_loss<T>(b, inputs_of(t), with));
  }
};
struct dppo {
  static constexpr reads needs = reads::nothing_more;
  op::dppo_loss::options o = {};
  objective_text text() const {
    return {"token",
            "probability within -" + number_text(o.threshold_low) + " to " + number_text(o.threshold_high) + " (DPPO)",
            "", "", text_of(o.aggregation.mode)};
  }
  template <class Backend, real T>
  auto operator()(const Backend& b, const tokens<T>& t, const settings& s) const {
    auto with = o;
    with.aggregation = aggregated(o.aggregation.mode, s);
    return unclipped<Backend, T>(dppo_loss<T>(b, inputs_of(t), with));
  }
};
struct dro {
  static constexpr reads needs = reads::nothing_more;
  op::dro_loss::options o = {};
  objective_text text() const {
    return {"none", "score, pulled back by " + number_text(o.beta) + " (DRO)", "", "", text_of(o.aggregation.mode)};
  }
  template <class Backend, real T>
  auto operator()(const Backend& b, const tokens<T>& t, const settings& s) const {
    auto with = o;
    with.aggregation = aggregated(o.aggregation.mode, s);
    return unclipped<Backend, T>(dro_loss<T>(b, inputs_of(t), with));
  }
};
struct clip_cov {
  static constexpr reads needs = reads::nothing_more;
  op::clip_cov_loss::options o = {};
  objective_text text() const {
    return {"token", "clipped, " + text_of(o.clip) + ", none of largest covariance", "", "",
            text_of(o.aggregation.mode)};
  }
  template <class Backend, real T>
  auto operator()(const Backend& b, const tokens<T>& t, const settings& s) const {
    auto with = o;
    with.aggregation = aggregated(o.aggregation.mode, s);
    return unclipped<Backend, T>(clip_cov_loss<T>(b, inputs_of(t), with));
  }
};
struct kl_cov {
  static constexpr reads needs = reads::nothing_more;
  op::kl_cov_loss::options o = {};
  objective_text text() const {
    return {"token", "-A r", "", number_text(o.kl_coef) + " abs, on tokens of largest covariance",
            text_of(o.aggregation.mode)};
  }
  template <class Backend, real T>
  auto operator()(const Backend& b, const tokens<T>& t, const settings& s) const {
    auto with = o;
    with.aggregation = aggregated(o.aggregation.mode, s);
    return unclipped<Backend, T>(kl_cov_loss<T>(b, inputs_of(t), with));
  }
};
struct score {
  static constexpr reads needs = reads::nothing_more;
  aggregation_mode mode = mean_of_tokens;
  objective_text text() const { return {"none", "score", "", "", text_of(mode)}; }
  template <class Backend, real T>
  auto operator()(const Backend& b, const tokens<T>& t, const settings& s) const {
    return unclipped<Backend, T>(reinforce_loss<T>(b, {.rows = t.rows, .logprob = t.logprob, .advantage = t.advantage,
                                                       .token_advantage = t.token_advantage, .mask = t.mask,
                                                       .groups = t.groups}, {.aggregation = aggregated(mode, s)}));
  }
};
struct topr {
  static constexpr reads needs = reads::nothing_more;
  op::topr_loss::options o = {};
  objective_text text() const {
    return {"token",
            "score, weight 1 in good answers, " + number_text(o.ratio_low) + " to " + number_text(o.ratio_high) +
                " in bad (TOPR)",
            "", "", text_of(o.aggregation.mode)};
  }
  template <class Backend, real T>
  auto operator()(const Backend& b, const tokens<T>& t, const settings& s) const {
    auto with = o;
    with.aggregation = aggregated(o.aggregation.mode, s);
    return unclipped<Backend, T>(topr_loss<T>(b, {.rows = t.rows, .logprob = t.logprob, .old_logprob = t.old_logprob,
                                                  .score = t.reward, .advantage = t.advantage,
                                                  .token_advantage = t.token_advantage, .mask = t.mask,
                                                  .groups = t.groups}, with));
  }
};
struct copo {
  static constexpr reads needs = reads::nothing_more;
  op::copo_loss::options o = {};
  objective_text text() const {
    return {"token",
            "clipped, " + number_text(1 - o.clip_low) + " to " + number_text(1 + o.clip_high) + ", dual " +
                number_text(o.clip_ratio_c) + ", blended of two advantages",
            "", "", text_of(o.aggregation.mode)};
  }
  template <class Backend, real T>
  auto operator()(const Backend& b, const tokens<T>& t, const settings& s) const {
    auto with = o;
    with.aggregation = aggregated(o.aggregation.mode, s);
    return unclipped<Backend, T>(copo_loss<T>(b,
                                              {.rows = t.rows,
                                               .logprob = t.logprob,
                                               .old_logprob = t.old_logprob,
                                               .local_advantage = t.advantage,
                                               .global_advantage = t.global_advantage,
                                               .local_weight = t.local_weight,
                                               .mask = t.mask,
                                               .groups = t.groups},
                                              with));
  }
};
struct preclipped {
  static constexpr reads needs = reads::nothing_more;
  static constexpr op::preclip_policy_loss::options o = {};
  static objective_text text() {
    return {"token, " + number_text(o.preclip_min) + " to " + number_text(o.preclip_max),
            "clipped, " + number_text(1 - o.clip_eps) + " to " + number_text(1 + o.clip_eps), "", "",
            text_of(mean_of_answers)};
  }
  template <class Backend, real T>
  auto operator()(const Backend& b, const tokens<T>& t, const settings&) const {
    return unclipped<Backend, T>(preclip_policy_loss<T>(b, {.rows = t.rows, .logprob = t.logprob,
                                                            .old_logprob = t.old_logprob,
                                                            .advantage = t.token_advantage, .mask = t.mask}, o));
  }
};

}  // namespace objective
}}}  // namespace guerdon::recipes
