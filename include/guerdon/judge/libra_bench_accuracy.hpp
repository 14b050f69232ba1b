#pragma once
// Accuracy of a judge that says correct or incorrect: over all, by subset, and by what is true.
//
// $$\mathrm{acc} = \frac{|\{ i : v_i = y_i \}|}{N}, \qquad \text{balanced} = \frac{\mathrm{TPR} + \mathrm{TNR}}{2}$$
//
// with TPR and TNR the accuracy where the label is 1 and where it is 0; macro is the mean over subsets.
//
// Source: Libra, arXiv:2507.21645 (Libra Bench).
//
// Details that differ:
// - A verdict that could not be read is wrong. What nothing falls into is NaN, empty subsets are not in the mean.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <limits>
#include <vector>

namespace guerdon {
namespace op {
struct libra_bench_accuracy : host_kind {
  static constexpr info about{"libra_bench_accuracy", "judge", "Accuracy of right-or-wrong verdicts (Libra Bench)",
                              "arXiv:2507.21645", skeleton::host};
  struct inputs {
    view<const index_t> verdict;         ///< [N] 1 = correct, 0 = incorrect, -1 = unreadable
    view<const index_t> label;           ///< [N] 1 or 0
    view<const index_t> subset_id = {};  ///< [N] 0..num_subsets-1; left out: all 0
  };
  struct outputs {
    double accuracy = 0;                  ///< [1] NaN, like the others, where there is nothing to tell
    std::vector<double> subset_accuracy;  ///< [S]
    double macro_accuracy = 0;            ///< [1]
    double true_positive_rate = 0;        ///< [1]
    double true_negative_rate = 0;        ///< [1]
    double balanced_accuracy = 0;         ///< [1]
  };
  struct options {
    index_t num_subsets = 1;  ///< S, 1 to a million
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("verdict", &I::verdict, "N", integers(-1, 1)),
                      array("label", &I::label, "N", whole_within(0, 1)),
                      optional_array("subset_id", &I::subset_id, "N", counts(0)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("accuracy", &O::accuracy, "1").or_nan(),
                      array("subset_accuracy", &O::subset_accuracy, "S").or_nan(),
                      array("macro_accuracy", &O::macro_accuracy, "1").or_nan(),
                      array("true_positive_rate", &O::true_positive_rate, "1").or_nan(),
                      array("true_negative_rate", &O::true_negative_rate, "1").or_nan(),
                      array("balanced_accuracy", &O::balanced_accuracy, "1").or_nan());
  }
  static constexpr auto parameters() {
    return std::tuple(option("num_subsets", &options::num_subsets, whole_within(1, 1e6).drawn(1, 4)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The accuracies of all verdicts.
inline op::libra_bench_accuracy::outputs libra_bench_accuracy(const op::libra_bench_accuracy::inputs& in,
                                                              const op::libra_bench_accuracy::options& o = {}) {
  const auto rule = check<op::libra_bench_accuracy>(in, o);
  struct tally {
    double right = 0, all = 0;
    void add(bool is_right) { right += is_right, ++all; }
    double share() const { return all > 0 ? right / all : std::numeric_limits<double>::quiet_NaN(); }
  };
  tally whole, by_label[2], subsets_told;
  std::vector<tally> subsets(static_cast<std::size_t>(o.num_subsets));
  for (index_t i = 0; i < in.label.size(); ++i) {
    const index_t subset = in.subset_id ? in.subset_id[i] : 0;
    rule(subset < o.num_subsets, "subset_id", "must be below num_subsets");
    const bool right = in.verdict[i] == in.label[i];
    whole.add(right), by_label[in.label[i]].add(right), subsets[static_cast<std::size_t>(subset)].add(right);
  }
  op::libra_bench_accuracy::outputs out;
  for (const tally& s : subsets) {
    out.subset_accuracy.push_back(s.share());
    if (s.all > 0) subsets_told.right += s.share(), ++subsets_told.all;
  }
  out.accuracy = whole.share(), out.macro_accuracy = subsets_told.share();
  out.true_positive_rate = by_label[1].share(), out.true_negative_rate = by_label[0].share();
  out.balanced_accuracy = (out.true_positive_rate + out.true_negative_rate) / 2;
  return out;
}

}}  // namespace guerdon
