#pragma once
// Reward against the length-weighted mean of its group: the baseline of least variance where the squared norm of an
// answer's score grows with its length.
//
// $$A_i = r_i - \frac{\sum_j l_j r_j}{\sum_j l_j}$$
//
// over the answers to one prompt, of lengths $l_j$; nothing divides.
//
// Source: OPO, arXiv:2505.23585.
//
// Details that differ:
// - A group without any token: the plain mean is the baseline; verl divides 0 by 0.
// - Constant group: exactly 0, tested as max == min. Group of one: 0, or with `singleton = score` the reward itself.
// - NaN or infinity makes its whole group NaN, of one too. A group may be empty. No gradient: advantages are constants
//   for the loss.
//
// Cost: 16 bytes per answer in float, read from cache four times.

#include <guerdon/advantage/group_rules.hpp>
#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct opo_advantage {
  static constexpr info about{"opo_advantage", "advantage", "Reward less the group's length-weighted mean (OPO)",
                              "arXiv:2505.23585", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward = {};   ///< [N] one reward per answer
    view<const index_t> length;  ///< [N] tokens of the answer, >= 0
    segments groups = {};        ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [N]
  };
  struct options {
    singleton_rule singleton = singleton_rule::zero;  ///< zero or score
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N"), array("length", &I::length, "N", counts(40)),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "N"));
  }
  static constexpr auto parameters() { return std::tuple(choice("singleton", &options::singleton).first(2)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T, reward_shaping Shaping>
struct opo_program {
  static constexpr bool short_segments = true;
  shaped_rewards<T, Shaping> rewards;
  op::opo_advantage::inputs<T> in;
  view<T> advantage;
  singleton_rule singleton;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto reward = rewards.at_group(team, g, begin, n);
    const auto centred = centre_group(team, n, reward, {.singleton = singleton});
    const auto total = team.template reduce<add, add>(n, [&](index_t i) {
      const double tokens = static_cast<double>(in.length[begin + i]);
      return lanes{tokens, tokens * centred(reward(i))};
    });
    const auto weighted = centred.about(centred.group.mean + (total[0] > 0 ? total[1] / total[0] : 0));
    team.each(n, [&](index_t i) { advantage[begin + i] = T(weighted(reward(i))); });
  }
};

/// Writes the advantages of what a shaping makes of the rewards (core/shaping.hpp).
template <real T = float, backend Backend, reward_shaping Shaping>
void opo_advantage(const Backend& backend, const op::opo_advantage::inputs<T>& in,
                   const op::opo_advantage::outputs<T>& out, const op::opo_advantage::options& o,
                   const Shaping& shaping) {
  check<op::opo_advantage>(backend, in, out, o, shaping);
  backend.for_segments(in.groups, opo_program<T, Shaping>{{in.reward, shaping}, in, out.advantage, o.singleton});
}

/// Writes the advantages.
template <real T = float, backend Backend>
void opo_advantage(const Backend& backend, const op::opo_advantage::inputs<T>& in,
                   const op::opo_advantage::outputs<T>& out, const op::opo_advantage::options& o) {
  opo_advantage(backend, in, out, o, unshaped());
}

/// The advantages in an array of the backend's.
template <real T = float, backend Backend>
auto opo_advantage(const Backend& backend, const op::opo_advantage::inputs<T>& in,
                   const op::opo_advantage::options& o = {}) {
  return returned<op::opo_advantage, T>(backend, in, o, [&](auto& out) { opo_advantage(backend, in, out, o); });
}

/// The end of a pipe.
template <real T = float>
auto opo_advantage(const op::opo_advantage::inputs<T>& in, const op::opo_advantage::options& o = {}) {
  return advantage_of<op::opo_advantage>(in, o, [](const auto&... call) { opo_advantage(call...); });
}

}}  // namespace guerdon
