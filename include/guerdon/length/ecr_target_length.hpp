#pragma once
// The target length of each difficulty: the shortest at which one may still expect a right answer among the rollouts.
//
// $$E_{b,m} = P_{b,m}\,C_b, \qquad L_b = \min\{\tau_m : E_{b,m} \ge e,\ \tau_m < L_{fallback}\}$$
//
// with the coverage P of length_coverage and the fewest right answers of a bucket, $C = 1, n/3, 2n/3$ of n rollouts,
// rounded.
//
// Training measures again and again; what has been counted is a value, which several workers fill and merge:
//
//   guerdon::ecr_target_lengths lengths{.thresholds = {1024, 2048, 4096}, .options = {.fallback_length = 16384}};
//   lengths.update(correct, length, prompts);
//   const std::vector<double> target = lengths.targets();  // then laser_d_reward's target_length
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
// - The value counts every rollout, right or wrong, in the bucket of its prompt by `rule = monitor`, as length_coverage
//   does of one batch; counts are integers, so merged parts are the whole bit for bit, in any order. Before the first
//   update the targets are the fallback; the released code begins with one setting for all three. It measures afresh
//   every 20 steps: begin with a new value.
//
// Cost: 3M comparisons; an update compares each length with each threshold. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/core/value.hpp>
#include <guerdon/length/difficulty_bucket.hpp>
#include <guerdon/length/length_coverage.hpp>

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

}  // namespace GUERDON_ABI

/// How many rollouts of hard, medium and easy prompts there were, and how many of them would fit each length.
struct ecr_target_lengths {
  std::vector<index_t> thresholds = {};         ///< [M] the lengths that one may choose from
  op::ecr_target_length::options options = {};  ///< how one is chosen
  std::vector<index_t> rollouts = {0, 0, 0};    ///< [3] so far, of each difficulty
  std::vector<index_t> fitting = {};            ///< [3,M] those not longer; empty before the first update

  static constexpr const char* name = "ecr_target_lengths";
  static constexpr auto fields() {
    using self = ecr_target_lengths;
    return std::tuple_cat(
        std::tuple(op::saved("thresholds", &self::thresholds), op::saved("rollouts", &self::rollouts),
                   op::saved("fitting", &self::fitting)),
        op::saved_options<op::ecr_target_length>(&self::options));
  }

  /// Counts the rollouts of a batch, cut into those of each prompt; what lies behind padded groups is none.
  [[gnu::always_inline]] void update(view<const flag_t> correct, view<const index_t> length, segments groups) {
    check<op::difficulty_bucket>(op::difficulty_bucket::inputs<double>{correct, groups},
                                 op::difficulty_bucket::options{});
    serial_team team;
    std::vector<index_t> bucket;
    for (index_t g = 0; g < groups.count(); ++g) {
      const index_t n = groups.size(g);
      bucket.push_back(
          difficulty_bucket_of(count_correct(team, correct, groups.begin(g), n), n, difficulty_rule::monitor));
    }
    check<op::length_coverage>(op::length_coverage::inputs<double>{bucket, length, groups, thresholds},
                               op::length_coverage::options{});
    fitting.resize(3 * thresholds.size());
    for (std::size_t g = 0; g < bucket.size(); ++g) {
      const auto b = static_cast<std::size_t>(bucket[g]);
      const view<const index_t> own(length.data() + groups.begin(index_t(g)), groups.size(index_t(g)));
      rollouts[b] += own.size();
      for (std::size_t m = 0; m < thresholds.size(); ++m)
        for (const index_t n : own) fitting[b * thresholds.size() + m] += n <= thresholds[m];
    }
  }
  /// Takes all that another one has counted for the same lengths.
  [[gnu::always_inline]] void merge(const ecr_target_lengths& other) {
    require(thresholds == other.thresholds, name, "other", "must count for the same thresholds");
    fitting.resize(3 * thresholds.size());
    for (std::size_t k = 0; k < rollouts.size(); ++k) rollouts[k] += other.rollouts[k];
    for (std::size_t k = 0; k < other.fitting.size(); ++k) fitting[k] += other.fitting[k];
  }

  /// [3,M] What length_coverage says of all rollouts together.
  [[gnu::always_inline]] std::vector<double> coverage() const {
    std::vector<double> share(3 * thresholds.size());
    for (std::size_t k = 0; k < fitting.size(); ++k) {
      const index_t all = rollouts[k / thresholds.size()];
      share[k] = all > 0 ? static_cast<double>(fitting[k]) / static_cast<double>(all) : 0;
    }
    return share;
  }
  /// [3] The targets of hard, medium and easy prompts.
  [[gnu::always_inline]] std::vector<double> targets() const {
    const std::vector<double> lengths(thresholds.begin(), thresholds.end()), share = coverage();
    return ecr_target_length({share, lengths}, options).target_length;
  }
};

}  // namespace guerdon
