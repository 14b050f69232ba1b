#pragma once
// How often a judge of pairs is right when it sees each pair in both orders.
//
// $$\mathrm{acc} = \frac{1}{N} \sum_i \bigl[\, c(v_i, y_i) + c(-w_i, y_i) > 0 \,\bigr], \qquad
//   c(v, y) = [v = y] - [v = -y]$$
//
// for verdict v in the first and w in the second order.
//
// Source: JudgeBench, arXiv:2410.12784, utils/metrics.py.
//
// Details that differ:
// - So right and tie is right, right and wrong is not; an unreadable verdict (NaN) is as a tie.
// - `consistent_accuracy` asks for two right verdicts. `inconsistency` is the share of pairs whose two verdicts differ;
//   two unreadable ones do not.
// - `single_order`: the share of first verdicts that are right; the other two are NaN.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <limits>

namespace guerdon {
namespace op {
struct judge_bench_accuracy : host_kind {
  static constexpr info about{"judge_bench_accuracy", "judge", "A judge of pairs that sees both orders (JudgeBench)",
                              "arXiv:2410.12784", skeleton::host};
  struct inputs {
    view<const double> first_order;   ///< [N] 1 = first listed is better, -1 = second, 0 = tie; NaN: unreadable
    view<const double> second_order;  ///< [N] likewise, the pair being listed the other way
    view<const index_t> label;        ///< [N] 1 or -1, in terms of the first order
  };
  struct outputs {
    double accuracy = 0;             ///< [1]
    double consistent_accuracy = 0;  ///< [1] NaN for a single order
    double inconsistency = 0;        ///< [1] NaN for a single order
  };
  struct options {
    bool single_order = false;  ///< look at first_order only
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("first_order", &I::first_order, "N", integers(-1, 1)),
                      array("second_order", &I::second_order, "N", integers(-1, 1)),
                      array("label", &I::label, "N", integers(-1, 1).together("signs")));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("accuracy", &O::accuracy, "1"),
                      array("consistent_accuracy", &O::consistent_accuracy, "1").or_nan(),
                      array("inconsistency", &O::inconsistency, "1").or_nan());
  }
  static constexpr auto parameters() { return std::tuple(flag("single_order", &options::single_order)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The shares of all pairs.
inline op::judge_bench_accuracy::outputs judge_bench_accuracy(const op::judge_bench_accuracy::inputs& in,
                                                              const op::judge_bench_accuracy::options& o = {}) {
  const auto rule = check<op::judge_bench_accuracy>(in, o);
  rule(in.label.size() > 0, "label", "must not be empty");
  index_t right = 0, consistent = 0, differ = 0, first_right = 0;
  for (index_t i = 0; i < in.label.size(); ++i) {
    rule(in.label[i] == 1 || in.label[i] == -1, "label", "must be 1 or -1");
    const double label = static_cast<double>(in.label[i]), first = in.first_order[i], second = -in.second_order[i];
    const auto credit = [=](double verdict) { return (verdict == label) - (verdict == -label); };
    right += credit(first) + credit(second) > 0;
    first_right += first == label;
    consistent += first == label && second == label;
    differ += first != second && (first == first || second == second);
  }
  const auto share = [&](index_t k) { return static_cast<double>(k) / static_cast<double>(in.label.size()); };
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  if (o.single_order) return {share(first_right), none, none};
  return {share(right), share(consistent), share(differ)};
}

}}  // namespace guerdon
