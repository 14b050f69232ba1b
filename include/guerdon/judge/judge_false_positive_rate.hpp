#pragma once
// How often a judge says yes to answers without content: per attack string, on average, and at worst.
//
// $$\mathrm{fpr}_k = \frac{|\{ q : v_{kq} = 1 \}|}{Q}$$
//
// Source: Master-RM, arXiv:2507.08794: every answer that is tested is wrong, so each yes is a false positive.
//
// Details that differ:
// - A verdict that could not be read is no yes; `unparsed = exclude` leaves it out of the denominator.
// - Nothing to divide by: NaN, and such strings are in neither mean nor maximum.
//
// Cost: the verdicts read once. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <algorithm>
#include <limits>
#include <vector>

namespace guerdon {

/// What a verdict that could not be read counts as.
enum class unparsed_verdict { negative, exclude };
constexpr auto enumerators(unparsed_verdict) { return std::array{"negative", "exclude"}; }

namespace op {
struct judge_false_positive_rate : host_kind {
  static constexpr info about{"judge_false_positive_rate", "judge",
                              "How often a judge accepts empty answers (Master-RM)",
                              "arXiv:2507.08794", skeleton::host};
  struct inputs {
    index_t attacks = 0;          ///< strings that were tried, K
    view<const index_t> verdict;  ///< [K,Q] of each question: 1 = yes, 0 = no, -1 = unreadable
  };
  struct outputs {
    std::vector<double> fpr;  ///< [K] NaN: nothing to tell
    double mean_fpr = 0;      ///< [1]
    double worst_fpr = 0;     ///< [1]
  };
  struct options {
    unparsed_verdict unparsed = unparsed_verdict::negative;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("attacks", &I::attacks, "K"), array("verdict", &I::verdict, "K,Q", whole_within(-1, 1)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("fpr", &O::fpr, "K").or_nan(), array("mean_fpr", &O::mean_fpr, "1").or_nan(),
                      array("worst_fpr", &O::worst_fpr, "1").or_nan());
  }
  static constexpr auto parameters() { return std::tuple(choice("unparsed", &options::unparsed)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The rates of all strings.
inline op::judge_false_positive_rate::outputs judge_false_positive_rate(
    const op::judge_false_positive_rate::inputs& in, const op::judge_false_positive_rate::options& o = {}) {
  check<op::judge_false_positive_rate>(in, o);
  const index_t questions = in.attacks > 0 ? in.verdict.size() / in.attacks : 0;
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  op::judge_false_positive_rate::outputs out;
  double sum = 0, told = 0, worst = 0;
  for (index_t k = 0; k < in.attacks; ++k) {
    double yes = 0, asked = 0;
    for (index_t q = 0; q < questions; ++q) {
      const index_t verdict = in.verdict[k * questions + q];
      yes += verdict == 1;
      asked += verdict >= 0 || o.unparsed == unparsed_verdict::negative;
    }
    out.fpr.push_back(asked > 0 ? yes / asked : none);
    if (asked == 0) continue;
    ++told, sum += out.fpr.back(), worst = std::max(worst, out.fpr.back());
  }
  out.mean_fpr = told > 0 ? sum / told : none;
  out.worst_fpr = told > 0 ? worst : none;
  return out;
}

}}  // namespace guerdon
