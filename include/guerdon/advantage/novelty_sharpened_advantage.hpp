#pragma once
// A bonus for right answers that the policy thought less likely than its others.
//
// $$b_i = \min\Bigl(\max\bigl(\lambda (1 - e^{s_i - \bar s}),\ 0\bigr),\ \kappa A_i\Bigr), \qquad A_i' = A_i + b_i$$
//
// where $A_i > 0$, and nothing elsewhere; $s_i$ is the answer's mean log-probability per token and $\bar s$ the mean of
// the group.
//
// Source: XRPO, arXiv:2510.06672, as grpo-composer restates it.
//
// Details that differ:
// - The advantages may be any estimator's; no answer gains more than kappa of what it had.
// - A log-probability that is not finite makes the bonus of every positive answer of its group NaN. A NaN advantage
//   stays its own. A group may be empty. No gradient: advantages are constants for the loss.
//
// Cost: 16 bytes per answer in float, read from cache three times.

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon {
namespace op {
struct novelty_sharpened_advantage {
  static constexpr info about{"novelty_sharpened_advantage", "advantage",
                              "Bonus for right answers of low probability (XRPO)", "arXiv:2510.06672",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> advantage;  ///< [N] any estimator's
    view<const T> logprob;    ///< [N] mean log-probability per token of the answer
    segments groups;          ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [N] with the bonus
    Of<T> bonus;      ///< [N] >= 0
  };
  struct options {
    double novelty_weight = 1;  ///< >= 0
    double clip_fraction = 1;   ///< >= 0, the most of its advantage that an answer gains
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("advantage", &I::advantage, "N"), array("logprob", &I::logprob, "N", drawn(-3, 0)),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "N"), array("bonus", &O::bonus, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("novelty_weight", &options::novelty_weight, at_least(0, 2)),
                      option("clip_fraction", &options::clip_fraction, at_least(0, 2)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct novelty_program {
  static constexpr bool short_segments = true;
  op::novelty_sharpened_advantage::inputs<T> in;
  op::novelty_sharpened_advantage::outputs<T> out;
  op::novelty_sharpened_advantage::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto logprob = [&](index_t i) { return double(in.logprob[begin + i]); };
    const moments m = segment_moments(team, n, logprob);
    const double mean = m.finite() ? m.mean : std::numeric_limits<double>::quiet_NaN();
    team.each(n, [&](index_t i) {
      const double advantage = double(in.advantage[begin + i]);
      const double likelier = math::expm1(logprob(i) - mean);
      const double novelty = math::max(-math::zero_select_product(o.novelty_weight, likelier), 0.0);
      const double most = math::zero_select_product(o.clip_fraction, advantage);
      const double bonus = advantage > 0 ? math::min(novelty, most) : 0;
      out.bonus[begin + i] = T(bonus);
      out.advantage[begin + i] = T(advantage + bonus);
    });
  }
};

/// Writes them.
template <real T = float, backend Backend>
void novelty_sharpened_advantage(const Backend& backend, const op::novelty_sharpened_advantage::inputs<T>& in,
                                 const op::novelty_sharpened_advantage::outputs<T>& out,
                                 const op::novelty_sharpened_advantage::options& o) {
  check<op::novelty_sharpened_advantage>(backend, in, out, o);
  backend.for_segments(in.groups, novelty_program<T>{in, out, o});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto novelty_sharpened_advantage(const Backend& backend, const op::novelty_sharpened_advantage::inputs<T>& in,
                                 const op::novelty_sharpened_advantage::options& o = {}) {
  return returned<op::novelty_sharpened_advantage, T>(
      backend, in, o, [&](auto& out) { novelty_sharpened_advantage(backend, in, out, o); });
}

}}  // namespace guerdon
