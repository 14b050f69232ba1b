#pragma once
// The log-probability of beating a high quantile of the reference answers, which are taken to be normal.
//
// $$r_i' = \log \sigma(r_i - c_i), \qquad c_i = m_i + (s_i + \varepsilon)\,\Phi^{-1}(q)$$
//
// with mean and sample deviation of the rewards of the answer's references, all of them.
//
// Source: log-sigmoid centring, Transforming and Combining Rewards, arXiv:2402.00742; as a baseline of
// arXiv:2502.18770.
//
// Details that differ:
// - Computed with a linear tail; the direct form of arXiv:2502.18770's code underflows to -inf. Unbounded below.
// - Of one reference the deviation is 0.
// - Every answer needs a reference (checked on host backends). NaN in an answer's reward or references makes that
//   answer NaN and no other.
//
// Cost: the references are read twice.

#include <guerdon/shaping/reference_rewards.hpp>
#include <guerdon/statistics/moments.hpp>
#include <guerdon/statistics/normal_quantile.hpp>

namespace guerdon {
namespace op {
struct lsc_reward {
  static constexpr info about{"lsc_reward", "shaping",
                              "Log-sigmoid of the reward over a quantile of the references (LSC)",
                              "arXiv:2502.18770; arXiv:2402.00742", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward;      ///< [B] learned reward of each answer
    view<const T> ref_reward;  ///< [M] learned rewards of the reference answers, those of answer 0 first
    segments references;       ///< cuts the M references into the B answers' own
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;  ///< [B] at most 0
  };
  struct options {
    double quantile = 0.85;  ///< q in (0, 1), of the references
    double epsilon = 1e-5;   ///< >= 0, added to the deviation
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "B"), array("ref_reward", &I::ref_reward, "M"),
                      cuts("references", &I::references, "B", "M").in_files("ref_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("shaped_reward", &O::shaped_reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("quantile", &options::quantile,
                             range{.low = 0, .high = 1, .open_low = true, .open_high = true}.drawn(0.05, 0.95)),
                      option("epsilon", &options::epsilon, at_least(0, 0.1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One answer against its references.
template <class T>
struct lsc_program {
  static constexpr bool short_segments = true;
  op::lsc_reward::inputs<T> in;
  view<T> shaped;
  double deviations, epsilon;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t i) const {
    const index_t begin = in.references.begin(i);
    const moments m =
        segment_moments(team, in.references.size(i), [&](index_t j) { return double(in.ref_reward[begin + j]); });
    const double centre = m.mean + (math::sqrt(m.variance(1)) + epsilon) * deviations;
    team.once([&] { shaped[i] = T(math::log_sigmoid(double(in.reward[i]) - centre)); });
  }
};

/// Writes the shaped rewards.
template <real T = float, backend Backend>
void lsc_reward(const Backend& backend, const op::lsc_reward::inputs<T>& in, const op::lsc_reward::outputs<T>& out,
                const op::lsc_reward::options& o) {
  const auto rule = check<op::lsc_reward>(backend, in, out, o);
  require_references(backend, rule, in.references);
  backend.for_segments(in.references, lsc_program<T>{in, out.shaped_reward, normal_quantile(o.quantile), o.epsilon});
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto lsc_reward(const Backend& backend, const op::lsc_reward::inputs<T>& in, const op::lsc_reward::options& o = {}) {
  return returned<op::lsc_reward, T>(backend, in, o, [&](auto& out) { lsc_reward(backend, in, out, o); });
}

}}  // namespace guerdon
