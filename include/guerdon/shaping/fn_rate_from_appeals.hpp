#pragma once
// How often a rule checker rejects right answers, estimated from rejected answers that a judge has looked at again.
//
// $$\rho_1 = \min\Bigl(\rho_{max},\ \frac{F + p_{fn}}{F + a + p_{fn} + p_{tp}}\Bigr), \qquad F = m\,f / k$$
//
// where the judge has overturned f of k appealed rejections, of m rejections and a acceptances in all.
//
// Source: appeals, arXiv:2510.00915; the estimator is this project's.
//
// Details that differ:
// - Acceptances count as right: the checker is taken to have no false positives. The verdicts on what it accepted are
//   not looked at.
// - No appeal: F = 0. A divisor of 0: 0. A reward that is NaN is neither accepted nor rejected.
// - Smooth it over training steps; the authors' window was not found.
//
// Cost: 6 bytes per response in float.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct fn_rate_from_appeals {
  static constexpr info about{"fn_rate_from_appeals", "shaping",
                              "Rate of false negatives of a rule checker, from answers checked again",
                              "arXiv:2510.00915", skeleton::global_reduce, 1e-5, true};
  template <real T>
  struct inputs {
    view<const T> reward;              ///< [N] of the checker: 0 = rejected
    view<const flag_t> appealed;       ///< [N] 1 = looked at again
    view<const flag_t> appeal_result;  ///< [N] 1 = the judge accepts it
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> rate;         ///< [1] estimated rho1
    Of<index_t> flips;  ///< [1] rejections that were overturned
  };
  struct options {
    double prior_fn = 0;  ///< >= 0, pseudo-count of false negatives
    double prior_tp = 0;  ///< >= 0, pseudo-count of true positives
    double max_rate = 1;  ///< the most that is returned
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N", drawn(0, 1)), array("appealed", &I::appealed, "N", yes_or_no()),
                      array("appeal_result", &I::appeal_result, "N", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("rate", &O::rate, "1"), array("flips", &O::flips, "1")); }
  static constexpr auto parameters() {
    return std::tuple(option("prior_fn", &options::prior_fn, at_least(0, 5)),
                      option("prior_tp", &options::prior_tp, at_least(0, 5)),
                      option("max_rate", &options::max_rate, drawn(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes rate and flips.
template <real T = float, backend Backend>
void fn_rate_from_appeals(const Backend& backend, const op::fn_rate_from_appeals::inputs<T>& in,
                          const op::fn_rate_from_appeals::outputs<T>& out, const op::fn_rate_from_appeals::options& o) {
  check<op::fn_rate_from_appeals>(backend, in, out, o);
  reduce_array<add, add, add, add>(
      backend, in.reward.size(),
      [=] GUERDON_HD(index_t i) {
        const double reward = double(in.reward[i]);
        const bool rejected = reward == 0, appealed = rejected && in.appealed[i],
                   flipped = appealed && in.appeal_result[i];
        const bool accepted = reward == reward && !rejected;
        return lanes{rejected ? 1.0 : 0.0, accepted ? 1.0 : 0.0, appealed ? 1.0 : 0.0, flipped ? 1.0 : 0.0};
      },
      [=] GUERDON_HD(const lanes<double, 4>& count) {
        const double hidden = count[2] > 0 ? count[0] * count[3] / count[2] : 0;
        const double right = hidden + count[1] + o.prior_fn + o.prior_tp;
        out.rate[0] = T(right > 0 ? math::min((hidden + o.prior_fn) / right, o.max_rate) : 0);
        out.flips[0] = static_cast<index_t>(count[3]);
      });
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto fn_rate_from_appeals(const Backend& backend, const op::fn_rate_from_appeals::inputs<T>& in,
                          const op::fn_rate_from_appeals::options& o = {}) {
  return returned<op::fn_rate_from_appeals, T>(backend, in, o,
                                               [&](auto& out) { fn_rate_from_appeals(backend, in, out, o); });
}

}}  // namespace guerdon
