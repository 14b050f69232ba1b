#pragma once
// Two advantages per answer: against the siblings (local), and of the whole prompt against the other prompts
// (global).
//
// $$A^{local}_i = \frac{r_i - \mathrm{mean}(r_g)}{\mathrm{std}(r_g) + \varepsilon}, \qquad
//   A^{global}_i = \frac{R_g - \mathrm{mean}(R)}{\mathrm{std}(R) + \varepsilon}$$
//
// with $R_g$ from copo_global_reward. A prompt whose answers all agree has no local advantage; its global one
// still says whether it agreed on something good.
//
// Source: COPO, arXiv:2508.04138; the formulas are those of its published code.
//
// Details that differ:
// - Mean and deviation of R run over the prompts that have answers, each once, whatever its size.
// - One such prompt only: global advantage 0; the published code always gives NaN. All R equal: exactly 0.
// - Group of one: local advantage 0, or with `singleton = score` the reward divided by 1 + epsilon (published
//   code).
// - Constant group: exactly 0, tested as max == min. NaN or infinity makes its group's local advantages NaN, of one
//   too, and every global advantage; R itself follows arithmetic and may be infinite.
// - Entropy and R are carried in double between the steps and rounded on output, so that prompts whose R
//   differ by rounding only get next to nothing from it (with an epsilon of 0 they do).
//
// Cost: a sort of the classes and a few passes over the rewards; see outcome_entropy.

#include <guerdon/advantage/group_rules.hpp>
#include <guerdon/advantage/prompt_reward.hpp>
#include <guerdon/statistics/outcome_entropy.hpp>

namespace guerdon {
namespace op {
struct copo_advantage {
  static constexpr info about{"copo_advantage", "advantage",
                              "Advantage inside the prompt and of the prompt among prompts (COPO)", "arXiv:2508.04138",
                              skeleton::sort};
  template <real T>
  struct inputs {
    view<const T> reward = {};       ///< [N] one reward per answer
    view<const index_t> outcome_id;  ///< [N] class of each answer; equal numbers are equal answers
    segments groups = {};            ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> local_advantage;   ///< [N]
    Of<T> global_advantage;  ///< [N] the same for all answers of a prompt
    Of<T> entropy;           ///< [G]
    Of<T> global_reward;     ///< [G]
  };
  struct options {
    bool use_consistency = true;                      ///< discount the prompt's reward by its entropy
    bool norm_by_std = true;                          ///< false: both advantages are differences only
    double epsilon = 1e-6;                            ///< >= 0, added to the deviations
    singleton_rule singleton = singleton_rule::zero;  ///< zero or score: local advantage of a group of one
    double log_base = 2;                              ///< > 1
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N"), array("outcome_id", &I::outcome_id, "N", integers(-1, 4)),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("local_advantage", &O::local_advantage, "N"),
                      array("global_advantage", &O::global_advantage, "N"), array("entropy", &O::entropy, "G"),
                      array("global_reward", &O::global_reward, "G"));
  }
  static constexpr auto parameters() {
    return std::tuple(flag("use_consistency", &options::use_consistency), flag("norm_by_std", &options::norm_by_std),
                      option("epsilon", &options::epsilon, at_least(0, 0.1)),
                      choice("singleton", &options::singleton).first(2),
                      option("log_base", &options::log_base, greater_than(1, 1.5, 10)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Both advantages of one group, given the spread of the prompts' rewards.
template <class T, reward_shaping Shaping>
struct copo_advantage_program {
  static constexpr bool short_segments = true;
  shaped_rewards<T, Shaping> rewards;
  op::copo_advantage::inputs<T> in;
  view<const double> entropy, global_reward;
  view<const moments> batch;
  op::copo_advantage::outputs<T> out;
  op::copo_advantage::options o;

  GUERDON_HD double scale(double variance) const {
    return o.norm_by_std ? spread_scale(variance, double(T(o.epsilon)), epsilon_mode::add_std) : 1;
  }

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto reward = rewards.at_group(team, g, begin, n);
    const auto local = centre_group(team, n, reward, {.singleton = o.singleton});
    const double local_scale = scale(local.lone() ? 1 : local.group.variance(1));
    const centred_group global{batch[0], {}};
    const double shared = math::zero_select_product(global(global_reward[g]), scale(batch[0].variance(1)));
    team.each(n, [&](index_t i) {
      out.local_advantage[begin + i] = T(math::zero_select_product(local(reward(i)), local_scale));
      out.global_advantage[begin + i] = T(shared);
    });
    team.once([&] {
      out.entropy[g] = T(entropy[g]);
      out.global_reward[g] = T(global_reward[g]);
    });
  }
};

/// Writes all four outputs of what a shaping makes of the rewards (core/shaping.hpp).
template <real T = float, backend Backend, reward_shaping Shaping>
void copo_advantage(const Backend& backend, const op::copo_advantage::inputs<T>& in,
                    const op::copo_advantage::outputs<T>& out, const op::copo_advantage::options& o,
                    const Shaping& shaping) {
  check<op::copo_advantage>(backend, in, out, o, shaping);
  const segments groups = in.groups;
  auto scratch = backend.scratch();
  const auto entropy = scratch.template take<double>(groups.count());
  const auto global_reward = scratch.template take<double>(groups.count());
  const auto batch = scratch.template take<moments>(1);
  outcome_entropy<double>(backend, {in.outcome_id, groups}, {entropy}, {.log_base = o.log_base});
  backend.for_segments(groups, prompt_reward<T, double, Shaping>{{in.reward, shaping}, entropy, groups, global_reward,
                                                                 o.use_consistency, o.log_base});
  array_moments(backend, groups.count(), [=] GUERDON_HD(index_t g) {
    return counted_value<double>{global_reward[g], groups.size(g) > 0};
  }, batch);
  backend.for_segments(groups, copo_advantage_program<T, Shaping>{
                                   {in.reward, shaping}, in, entropy, global_reward, batch, out, o});
}

/// Writes all four outputs.
template <real T = float, backend Backend>
void copo_advantage(const Backend& backend, const op::copo_advantage::inputs<T>& in,
                    const op::copo_advantage::outputs<T>& out, const op::copo_advantage::options& o) {
  copo_advantage(backend, in, out, o, unshaped());
}

/// Advantages, entropies and group rewards in arrays of the backend's.
template <real T = float, backend Backend>
auto copo_advantage(const Backend& backend, const op::copo_advantage::inputs<T>& in,
                    const op::copo_advantage::options& o = {}) {
  return returned<op::copo_advantage, T>(backend, in, o, [&](auto& out) { copo_advantage(backend, in, out, o); });
}

/// The end of a pipe.
template <real T = float>
auto copo_advantage(const op::copo_advantage::inputs<T>& in, const op::copo_advantage::options& o = {}) {
  return advantage_of<op::copo_advantage>(in, o, [](const auto&... call) { copo_advantage(call...); });
}

}}  // namespace guerdon
