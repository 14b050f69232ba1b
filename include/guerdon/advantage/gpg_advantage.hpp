#pragma once
// Centred reward, scaled up by the share of the batch from which nothing can be learnt.
//
// $$A_i = \alpha\,\frac{r_i - \mathrm{mean}(r_g)}{F}, \qquad \alpha = \frac{N}{N_{inf}}$$
//
// with $N_{inf}$ of the N answers in groups of two and more that are not constant, and $\alpha = 1$ where there are
// none: groups of equal rewards have no gradient, and the mean over the batch would shrink with them.
//
// Source: GPG, arXiv:2504.02546. The loss that goes with it is REINFORCE's.
//
// Details that differ:
// - verl counts the rewards that are not 0 instead (`alpha_mode = nonzero_reward`, N over at least 1). It is the same
//   only for rewards 0 and 1 without groups that are all right, and for rewards -1 and 1 it is always 1.
// - Constant group: exactly 0, tested as max == min. Group of one: 0, or with `singleton = score` its reward in place
//   of the centred one.
// - NaN or infinity makes its whole group NaN, of one too, and no other group. A group may be empty. No gradient:
//   advantages are constants for the loss.
//
// Cost: one pass over the rewards, read from cache three times, and one over what they left.

#include <guerdon/advantage/group_rules.hpp>
#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class gpg_alpha_mode { informative_groups, nonzero_reward, none };
constexpr auto enumerators(gpg_alpha_mode) { return std::array{"informative_groups", "nonzero_reward", "none"}; }

namespace op {
struct gpg_advantage {
  static constexpr info about{"gpg_advantage", "advantage", "Centred reward over the share of informative groups (GPG)",
                              "arXiv:2504.02546", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward;  ///< [N] one reward per answer
    segments groups;       ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [N]
  };
  struct options {
    gpg_alpha_mode alpha_mode = gpg_alpha_mode::informative_groups;  ///< what the batch is weighed against
    double f_norm = 1;                                               ///< > 0, divides
    singleton_rule singleton = singleton_rule::zero;                 ///< zero or score
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N"), cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("alpha_mode", &options::alpha_mode),
                      option("f_norm", &options::f_norm, greater_than(0, 0.5, 2)),
                      choice("singleton", &options::singleton).first(2));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T, reward_shaping Shaping>
struct gpg_program {
  static constexpr bool short_segments = true;
  shaped_rewards<T, Shaping> rewards;
  op::gpg_advantage::inputs<T> in;
  view<double> centred_reward;
  view<double> counted;  // [G] answers of the group that alpha divides by
  op::gpg_advantage::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto reward = rewards.at_group(team, g, begin, n);
    const auto centred = centre_group(team, n, reward, {.singleton = o.singleton});
    team.each(n, [&](index_t i) { centred_reward[begin + i] = centred(reward(i)); });
    double count = n > 1 && !centred.group.constant() ? double(n) : 0;
    if (o.alpha_mode == gpg_alpha_mode::nonzero_reward) count = team.sum(n, [&](index_t i) { return reward(i) != 0; });
    team.once([&] { counted[g] = count; });
  }
};

/// Writes the advantages of what a shaping makes of the rewards (core/shaping.hpp).
template <real T = float, backend Backend, reward_shaping Shaping>
void gpg_advantage(const Backend& backend, const op::gpg_advantage::inputs<T>& in,
                   const op::gpg_advantage::outputs<T>& out, const op::gpg_advantage::options& o,
                   const Shaping& shaping) {
  check<op::gpg_advantage>(backend, in, out, o, shaping);
  const segments groups = in.groups;
  const auto advantage = out.advantage;
  auto scratch = backend.scratch();
  const auto centred = scratch.template take<double>(in.reward.size());
  const auto counted = scratch.template take<double>(groups.count());
  const auto alpha = scratch.template take<double>(1);
  backend.for_segments(groups, gpg_program<T, Shaping>{{in.reward, shaping}, in, centred, counted, o});
  reduce_few<add, add>(
      backend, groups.count(), [=] GUERDON_HD(index_t g) { return lanes{double(groups.size(g)), counted[g]}; },
      [=] GUERDON_HD(const lanes<double, 2>& total) {
        const double divisor = o.alpha_mode == gpg_alpha_mode::nonzero_reward ? math::max(total[1], 1.0) : total[1];
        alpha[0] = o.alpha_mode == gpg_alpha_mode::none || divisor == 0 ? 1 : total[0] / divisor;
      });
  const double divisor = double(T(o.f_norm));
  backend.each(in.reward.size(), [=] GUERDON_HD(index_t i) {
    if (groups.holds(i)) advantage[i] = T(alpha[0] * centred[i] / divisor);
  });
}

/// Writes the advantages.
template <real T = float, backend Backend>
void gpg_advantage(const Backend& backend, const op::gpg_advantage::inputs<T>& in,
                   const op::gpg_advantage::outputs<T>& out, const op::gpg_advantage::options& o) {
  gpg_advantage(backend, in, out, o, unshaped());
}

/// The advantages in an array of the backend's.
template <real T = float, backend Backend>
auto gpg_advantage(const Backend& backend, const op::gpg_advantage::inputs<T>& in,
                   const op::gpg_advantage::options& o = {}) {
  return returned<op::gpg_advantage, T>(backend, in, o, [&](auto& out) { gpg_advantage(backend, in, out, o); });
}

/// The end of a pipe.
inline auto gpg_advantage(const op::gpg_advantage::options& o = {}) {
  return advantage_of<op::gpg_advantage>(o, [](const auto&... call) { gpg_advantage(call...); });
}

}}  // namespace guerdon
