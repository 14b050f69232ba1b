#pragma once
// Whether a judge's confidence can be trusted: how far it is from the share of right verdicts, bin by bin.
//
// $$\mathrm{ece} = \sum_b \frac{n_b}{N} g_b, \qquad \mathrm{mce} = \max_b g_b, \qquad
//   g_b = \Bigl| \frac{1}{n_b} \sum_{i \in b} (y_i - c_i) \Bigr|, \qquad
//   \mathrm{brier} = \frac{1}{N} \sum_i (c_i - y_i)^2$$
//
// Source: Guo et al., On calibration of modern neural networks, arXiv:1706.04599; Brier, 1950.
//
// Details that differ:
// - Bins are (low, high], and 0 is in the first: bin max(ceil(c bins) - 1, 0). Empty bins do not count.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <cmath>
#include <vector>

namespace guerdon {
namespace op {
struct expected_calibration_error : host_kind {
  static constexpr info about{"expected_calibration_error", "judge", "Confidence against accuracy, bin by bin",
                              "arXiv:1706.04599", skeleton::host};
  struct inputs {
    view<const double> confidence;  ///< [N] in [0, 1]
    view<const flag_t> correct;     ///< [N] 1 = the verdict was right
  };
  struct outputs {
    double ece = 0;                  ///< [1]
    double mce = 0;                  ///< [1] the largest gap
    double brier = 0;                ///< [1]
    std::vector<index_t> bin_count;  ///< [K] how many in each bin
  };
  struct options {
    index_t num_bins = 10;  ///< K, 1 to a million
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("confidence", &I::confidence, "N", within(0, 1).without_nan()),
                      array("correct", &I::correct, "N", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("ece", &O::ece, "1"), array("mce", &O::mce, "1"), array("brier", &O::brier, "1"),
                      array("bin_count", &O::bin_count, "K"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("num_bins", &options::num_bins, whole_within(1, 1e6).drawn(1, 12)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The errors of all verdicts.
inline op::expected_calibration_error::outputs expected_calibration_error(
    const op::expected_calibration_error::inputs& in, const op::expected_calibration_error::options& o = {}) {
  const auto rule = check<op::expected_calibration_error>(in, o);
  rule(in.confidence.size() > 0, "confidence", "must not be empty");
  const auto bins = static_cast<std::size_t>(o.num_bins);
  const double n = static_cast<double>(in.confidence.size());
  op::expected_calibration_error::outputs out;
  out.bin_count.resize(bins);
  std::vector<double> excess(bins);  // right verdicts less confidence
  for (index_t i = 0; i < in.confidence.size(); ++i) {
    const double c = in.confidence[i], y = in.correct[i] != 0 ? 1 : 0;
    const double above = std::ceil(c * static_cast<double>(bins));
    const std::size_t bin = above > 1 ? static_cast<std::size_t>(above) - 1 : 0;
    ++out.bin_count[bin];
    excess[bin] += y - c;
    out.brier += (c - y) * (c - y) / n;
  }
  for (std::size_t b = 0; b < bins; ++b) {
    if (out.bin_count[b] == 0) continue;
    out.ece += math::abs(excess[b]) / n;
    out.mce = math::max(out.mce, math::abs(excess[b]) / static_cast<double>(out.bin_count[b]));
  }
  return out;
}

}}  // namespace guerdon
