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
    view<const T> reward = {};  ///< [B] learned reward of each answer
    view<const T> ref_reward;   ///< [M] learned rewards of the reference answers, those of answer 0 first
    segments references;        ///< cuts the M references into the B answers' own
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

/// The reward of one answer against its references.
template <class T>
struct lsc_shaping {
  using is_shaping = void;
  using operation = op::lsc_reward;
  operation::inputs<T> in;
  operation::options o;
  double deviations = normal_quantile(o.quantile);

  template <class Backend>
  void rules(const Backend& backend, const call_rules& rule) const { require_references(backend, rule, in.references); }
  GUERDON_HD double operator()(index_t i, double reward) const {
    const index_t begin = in.references.begin(i);
    serial_team alone;
    const moments m =
        segment_moments(alone, in.references.size(i), [&](index_t j) { return double(in.ref_reward[begin + j]); });
    return math::log_sigmoid(reward - (m.mean + (math::sqrt(m.variance(1)) + o.epsilon) * deviations));
  }
};

/// Writes the shaped rewards.
template <real T = float, backend Backend>
void lsc_reward(const Backend& backend, const op::lsc_reward::inputs<T>& in, const op::lsc_reward::outputs<T>& out,
                const op::lsc_reward::options& o) {
  const auto rule = check<op::lsc_reward>(backend, in, out, o);
  const lsc_shaping<T> shaping{in, o};
  shaping.rules(backend, rule);
  backend.each(in.reward.size(),
               [=] GUERDON_HD(index_t i) { out.shaped_reward[i] = T(shaping(i, double(in.reward[i]))); });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto lsc_reward(const Backend& backend, const op::lsc_reward::inputs<T>& in, const op::lsc_reward::options& o = {}) {
  return returned<op::lsc_reward, T>(backend, in, o, [&](auto& out) { lsc_reward(backend, in, out, o); });
}

/// The operation as a part of a pipe.
template <real T = float>
lsc_shaping<T> lsc_reward(const op::lsc_reward::inputs<T>& in, const op::lsc_reward::options& o = {}) {
  return {in, o};
}

}}  // namespace guerdon
