#pragma once
// The target length of each difficulty: the shortest at which one may still expect a right answer among the rollouts.
//
// $$E_{b,m} = P_{b,m}\,C_b, \qquad L_b = \min\{\tau_m : E_{b,m} \ge e,\ \tau_m < L_{fallback}\}$$
//
// with the coverage P of length_coverage and the fewest right answers of a bucket, $C = 1, n/3, 2n/3$ of n rollouts,
// rounded.
//
// Source: LASER-D, arXiv:2505.15612.
//
// Details that differ:
// - `floor` rounds C and the product down, as the released code does, after adding 1e-9 to the product, so that (1/49)
//   49 is 1. `ceil` rounds C up and leaves the product alone. Both compare with 1e-9 to spare.
// - No threshold qualifies: the fallback, in the released code the longest response of the current batch. Hard prompts
//   have C = 1, so they keep it unless every rollout fits; with two rollouts `floor` leaves medium prompts C = 0, and
//   they never qualify.
// - A NaN coverage never qualifies.
//
// Cost: 3M comparisons. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <cmath>
#include <span>
#include <vector>

namespace guerdon {

enum class ecr_rounding { floor, ceil };
constexpr auto enumerators(ecr_rounding) { return std::array{"floor", "ceil"}; }

namespace op {
struct ecr_target_length : host_kind {
  static constexpr info about{"ecr_target_length", "length", "Target lengths from expected correct responses (LASER-D)",
                              "arXiv:2505.15612", skeleton::host};
  struct inputs {
    view<const double> coverage;    ///< [3,M] for hard, medium and easy prompts
    view<const double> thresholds;  ///< [M] the lengths it was measured for
  };
  struct outputs {
    std::vector<double> target_length;               ///< [3] for hard, medium and easy prompts
    std::vector<double> expected_correct_responses;  ///< [3,M] E
  };
  struct options {
    index_t n_rollout = 8;                     ///< n >= 1, responses per prompt
    double expected_correct = 1;               ///< e >= 1
    ecr_rounding round = ecr_rounding::floor;  ///< how C, and for floor E too, become whole
    double fallback_length = required;         ///< >= 0, where no threshold qualifies
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("coverage", &I::coverage, "3,M", drawn(0, 1)),
                      array("thresholds", &I::thresholds, "M", integers(0, 40)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("target_length", &O::target_length, "3"),
                      array("expected_correct_responses", &O::expected_correct_responses, "3,M"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("n_rollout", &options::n_rollout, counts_from(1, 16)),
                      option("expected_correct", &options::expected_correct, at_least(1, 4)),
                      choice("round", &options::round),
                      option("fallback_length", &options::fallback_length, at_least(0, 40)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One measurement.
inline op::ecr_target_length::outputs ecr_target_length(const op::ecr_target_length::inputs& in,
                                                        const op::ecr_target_length::options& o = {}) {
  check<op::ecr_target_length>(in, o);
  const index_t n = o.n_rollout, up = o.round == ecr_rounding::ceil ? 2 : 0, columns = in.thresholds.size();
  const double fewest[3] = {1, double(n / 3 + (n % 3 + up) / 3), double(n / 3 * 2 + (n % 3 * 2 + up) / 3)};
  op::ecr_target_length::outputs out;
  for (index_t b = 0; b < 3; ++b) {
    double target = o.fallback_length;
    for (index_t m = 0; m < columns; ++m) {
      const double product = in.coverage[b * columns + m] * fewest[b];
      const double expected = o.round == ecr_rounding::floor ? std::floor(product + 1e-9) : product;
      out.expected_correct_responses.push_back(expected);
      if (expected >= o.expected_correct - 1e-9 && in.thresholds[m] < target) target = in.thresholds[m];
    }
    out.target_length.push_back(target);
  }
  return out;
}

/// A batch, in order.
inline auto ecr_target_length(const host_rows& rows, std::span<const op::ecr_target_length::inputs> in,
                              const op::ecr_target_length::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return ecr_target_length(row, o); });
}

}}  // namespace guerdon
