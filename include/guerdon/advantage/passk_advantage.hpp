#pragma once
// pass@k advantage: only the best answer of a prompt gets credit, by how far it is ahead of the second best.
//
// $$A_{best} = \frac{r_{(1)} - r_{(2)}}{\mathrm{std}(r_g) + \varepsilon}, \qquad A_i = 0$$
//
// for the others.
//
// Source: arXiv:2503.19595 (training on the maximum over k samples).
//
// Details that differ:
// - Of several best answers the first counts as the best; it is ahead by 0, so that its whole group gets 0.
// - A group of one has no second best and is an error, as in the authors' code. A backend whose memory the
//   host cannot read checks that for uniform groups only and writes 0 for such a group of a ragged batch. An
//   empty group is skipped.
// - NaN or an infinite reward makes its whole group NaN. No gradient: advantages are constants for the loss.
//
// Cost: one pass over the rewards, read from cache five times.

#include <guerdon/core/shaping.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon {
namespace op {
struct passk_advantage {
  static constexpr info about{"passk_advantage", "advantage",
                              "Credit for the best answer only, by its lead over the second best (pass@k)",
                              "arXiv:2503.19595", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward;  ///< [N] one reward per answer
    segments groups;       ///< cuts the N answers into G prompts of two or more (or none)
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [N]
  };
  struct options {
    bool normalize_std = true;  ///< divide by the group's deviation
    index_t ddof = 1;           ///< 0 or 1: the variance divides by n - ddof
    double epsilon = 1e-6;      ///< >= 0, added to the deviation
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
    return std::tuple(flag("normalize_std", &options::normalize_std), option("ddof", &options::ddof, within(0, 1)),
                      option("epsilon", &options::epsilon, at_least(0, 0.1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T, reward_shaping Shaping>
struct passk_program {
  static constexpr bool short_segments = true;
  shaped_rewards<T, Shaping> rewards;
  op::passk_advantage::inputs<T> in;
  view<T> advantage;
  op::passk_advantage::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    constexpr double inf = std::numeric_limits<double>::infinity();
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto r = rewards.at_group(team, g, begin, n);
    const moments m = segment_moments(team, n, r);
    // The first of the best, how many there are of them, and the best of the others.
    const auto best = team.template reduce<lowest_number, add_narrow, highest_number>(n, [&](index_t i) {
      const double x = r(i);
      const bool top = x == m.high;
      return lanes{math::select(top, double(i), inf), math::select(top, 1.0, 0.0), math::select(top, -inf, x)};
    });
    const double first = best[0], second = best[1] > 1 ? m.high : best[2];
    const double epsilon = double(T(o.epsilon)), variance = m.variance(double(o.ddof));
    const double scale = o.normalize_std ? spread_scale(variance, epsilon, epsilon_mode::add_std) : 1;
    const double other = m.finite() ? 0 : std::numeric_limits<double>::quiet_NaN();
    const double ahead = n > 1 ? math::zero_select_product(m.high - second, scale) + other : other;
    team.each(n, [&](index_t i) {
      advantage[begin + i] = T(math::select(double(i) == first, ahead, other));
    });
  }
};

/// Writes the advantages of what a shaping makes of the rewards (core/shaping.hpp).
template <real T = float, backend Backend, reward_shaping Shaping>
void passk_advantage(const Backend& backend, const op::passk_advantage::inputs<T>& in,
                     const op::passk_advantage::outputs<T>& out, const op::passk_advantage::options& o,
                     const Shaping& shaping) {
  const auto rule = check<op::passk_advantage>(backend, in, out, o, shaping);
  const segments& groups = in.groups;
  bool lone = !groups.ragged() && !groups.padded() && groups.stride() == 1 && groups.count() > 0;
  if constexpr (Backend::on_host)
    for (index_t g = 0; g < groups.count(); ++g) lone |= groups.size(g) == 1;
  rule(!lone, "groups", "hold a group of one, which has no second best");
  backend.for_segments(groups, passk_program<T, Shaping>{{in.reward, shaping}, in, out.advantage, o});
}

/// Writes the advantages.
template <real T = float, backend Backend>
void passk_advantage(const Backend& backend, const op::passk_advantage::inputs<T>& in,
                     const op::passk_advantage::outputs<T>& out, const op::passk_advantage::options& o) {
  passk_advantage(backend, in, out, o, unshaped());
}

/// The advantages in an array of the backend's.
template <real T = float, backend Backend>
auto passk_advantage(const Backend& backend, const op::passk_advantage::inputs<T>& in,
                     const op::passk_advantage::options& o = {}) {
  return returned<op::passk_advantage, T>(backend, in, o, [&](auto& out) { passk_advantage(backend, in, out, o); });
}

/// The end of a pipe.
inline auto passk_advantage(const op::passk_advantage::options& o = {}) {
  return advantage_of<op::passk_advantage>(o, [](const auto&... call) { passk_advantage(call...); });
}

}}  // namespace guerdon
