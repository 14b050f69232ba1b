#pragma once
// Whether a rule is any good: how often the preferred answer of a pair satisfies it better, and how often it tells at
// all.
//
// $$\mathrm{agreement}_k = \frac{|\{ n : c_{nk} > r_{nk} \}|}{|\{ n : c_{nk} \ne r_{nk} \}|}, \qquad
//   \mathrm{coverage}_k = \frac{|\{ n : c_{nk} \ne r_{nk} \}|}{N}$$
//
// Source: AutoRule, arXiv:2506.15651, reports such agreement; its statistic is not known: derived.
//
// Details that differ:
// - A pair with NaN on either side tells nothing, and stays in N. A rule that never tells has agreement NaN and
//   coverage 0; without pairs both are NaN.
//
// Cost: both tables read once. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <vector>

namespace guerdon {
namespace op {
struct rule_preference_agreement : host_kind {
  static constexpr info about{"rule_preference_agreement", "judge", "How rules agree with preferences (AutoRule)",
                              "arXiv:2506.15651", skeleton::host, 1e-5, true};
  struct inputs {
    index_t rules = 0;                      ///< how many there are, K
    view<const double> chosen_satisfied;    ///< [N,K] of the preferred answers
    view<const double> rejected_satisfied;  ///< [N,K] of the others
  };
  struct outputs {
    std::vector<double> agreement;  ///< [K] 0 to 1; NaN: the rule never tells
    std::vector<double> coverage;   ///< [K] 0 to 1; NaN: no pairs
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("rules", &I::rules, "K"),
                      array("chosen_satisfied", &I::chosen_satisfied, "N,K", integers(0, 1)),
                      array("rejected_satisfied", &I::rejected_satisfied, "N,K", integers(0, 1)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("agreement", &O::agreement, "K").or_nan(), array("coverage", &O::coverage, "K").or_nan());
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Agreement and coverage of every rule.
inline op::rule_preference_agreement::outputs rule_preference_agreement(
    const op::rule_preference_agreement::inputs& in, const op::rule_preference_agreement::options& o = {}) {
  check<op::rule_preference_agreement>(in, o);
  const index_t pairs = in.rules > 0 ? in.chosen_satisfied.size() / in.rules : 0;
  op::rule_preference_agreement::outputs out;
  for (index_t k = 0; k < in.rules; ++k) {
    double agrees = 0, tells = 0;
    for (index_t n = 0; n < pairs; ++n) {
      const double chosen = in.chosen_satisfied[n * in.rules + k], rejected = in.rejected_satisfied[n * in.rules + k];
      agrees += chosen > rejected;
      tells += chosen > rejected || chosen < rejected;
    }
    out.agreement.push_back(agrees / tells);  // 0 / 0: NaN
    out.coverage.push_back(tells / static_cast<double>(pairs));
  }
  return out;
}

}}  // namespace guerdon
