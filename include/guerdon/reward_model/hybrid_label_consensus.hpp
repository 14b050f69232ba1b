#pragma once
// Labels for training a verifier: what a rule checker and a judge agree on.
//
// $$y_i = \begin{cases} a_i & a_i = b_i \ne -1 \\ -1 & \text{else: dropped} \end{cases}$$
//
// for rule label a and judge label b; -1 is no verdict. `policy = rule_positive` takes a rule's 1 as it is, since rules
// are precise when they say "right", and else the judge's label where it has one.
//
// Source: Cooper, arXiv:2508.05613, which keeps 58.7 of 65 thousand samples.
//
// Details that differ:
// - That agreement is the criterion is our reading; the authors' code for labels was not published. rule_positive is
//   this project's.
//
// Cost: three numbers per sample.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class label_policy { agree, rule_positive };
constexpr auto enumerators(label_policy) { return std::array{"agree", "rule_positive"}; }

namespace op {
struct hybrid_label_consensus {
  static constexpr info about{"hybrid_label_consensus", "reward_model", "Labels that rule and judge agree on (Cooper)",
                              "arXiv:2508.05613", skeleton::map};
  template <real T>
  struct inputs {
    view<const index_t> rule_label;   ///< [N] 1 = right, 0 = wrong, -1 = no verdict
    view<const index_t> judge_label;  ///< [N] likewise
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<index_t> label;  ///< [N] 1, 0, or -1: dropped
    Of<flag_t> keep;    ///< [N] 1 = not dropped
  };
  struct options {
    label_policy policy = label_policy::agree;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("rule_label", &I::rule_label, "N", whole_within(-1, 1)),
                      array("judge_label", &I::judge_label, "N", whole_within(-1, 1)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("label", &O::label, "N"), array("keep", &O::keep, "N")); }
  static constexpr auto parameters() { return std::tuple(choice("policy", &options::policy)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes labels and what is kept.
template <real T = float, backend Backend>
void hybrid_label_consensus(const Backend& backend, const op::hybrid_label_consensus::inputs<T>& in,
                            const op::hybrid_label_consensus::outputs<T>& out,
                            const op::hybrid_label_consensus::options& o) {
  check<op::hybrid_label_consensus>(backend, in, out, o);
  const bool agree = o.policy == label_policy::agree;
  backend.each(in.rule_label.size(), [=] GUERDON_HD(index_t i) {
    const index_t by_rule = in.rule_label[i], by_judge = in.judge_label[i];
    const index_t label = agree ? (by_rule == by_judge ? by_rule : -1) : (by_rule == 1 ? 1 : by_judge);
    out.label[i] = label;
    out.keep[i] = flag_t(label >= 0);
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto hybrid_label_consensus(const Backend& backend, const op::hybrid_label_consensus::inputs<T>& in,
                            const op::hybrid_label_consensus::options& o = {}) {
  return returned<op::hybrid_label_consensus, T>(backend, in, o,
                                                 [&](auto& out) { hybrid_label_consensus(backend, in, out, o); });
}

}}  // namespace guerdon
