#pragma once
// How many rollouts would fit each of several lengths, by the difficulty of their prompt: what LASER-D's targets are
// chosen from.
//
// $$P_{b,m} = \frac{\#\{i : b(g_i) = b,\ L_i \le \tau_m\}}{\#\{i : b(g_i) = b\}}$$
//
// over all rollouts, right or wrong, of the prompts in bucket b.
//
// Source: LASER-D, arXiv:2505.15612.
//
// Details that differ:
// - Pooled over rollouts, not averaged over prompts. A bucket without rollouts: 0.
// - The released code measures on about 500 training prompts, their buckets by difficulty_bucket with `rule =
//   monitor`, and on a grid from a lower bound to 16384 in steps of 1024. Here thresholds may come in any order.
//
// Cost: the lengths are read once per bucket and threshold.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct length_coverage {
  static constexpr info about{"length_coverage", "length",
                              "Share of the rollouts of each difficulty that are short enough (LASER-D)",
                              "arXiv:2505.15612", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const index_t> bucket;      ///< [G] of each prompt: 0 hard, 1 medium, 2 easy
    view<const index_t> length;      ///< [B] tokens of the response, >= 0
    segments groups;                 ///< cuts the B responses into G prompts
    view<const index_t> thresholds;  ///< [M] lengths in tokens, in any order
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> coverage;  ///< [3,M] for hard, medium and easy prompts
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("bucket", &I::bucket, "G", whole_within(0, 2)),
                      array("length", &I::length, "B", counts(40)),
                      cuts("groups", &I::groups, "G", "B").in_files("group_offsets"),
                      array("thresholds", &I::thresholds, "M", integers(0, 40)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("coverage", &O::coverage, "3,M")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The bucket of each response.
struct spread_buckets {
  static constexpr bool short_segments = true;
  view<const index_t> bucket;
  segments groups;
  view<index_t> bucket_of;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = groups.begin(g);
    team.each(groups.size(g), [&](index_t k) { bucket_of[begin + k] = bucket[g]; });
  }
};

/// One bucket under one threshold.
template <class T>
struct coverage_program {
  static constexpr bool long_segments = true;
  view<const index_t> bucket_of, length, thresholds;
  view<T> coverage;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t cell) const {
    const index_t bucket = cell / thresholds.size(), threshold = thresholds[cell % thresholds.size()];
    const auto count = team.template reduce<add, add>(length.size(), [&](index_t i) {
      const bool here = bucket_of[i] == bucket;
      return lanes{here ? 1.0 : 0.0, here && length[i] <= threshold ? 1.0 : 0.0};
    });
    team.once([&] { coverage[cell] = T(count[0] > 0 ? count[1] / count[0] : 0); });
  }
};

/// Writes the shares.
template <real T = float, backend Backend>
void length_coverage(const Backend& backend, const op::length_coverage::inputs<T>& in,
                     const op::length_coverage::outputs<T>& out, const op::length_coverage::options& o) {
  check<op::length_coverage>(backend, in, out, o);
  const index_t responses = in.length.size();
  auto scratch = backend.scratch();
  const auto bucket_of = scratch.template take<index_t>(responses);
  backend.each(responses, [=] GUERDON_HD(index_t i) { bucket_of[i] = -1; });  // what lies behind padded groups has none
  backend.for_segments(in.groups, spread_buckets{in.bucket, in.groups, bucket_of});
  backend.for_segments(segments::uniform(out.coverage.size(), responses),
                       coverage_program<T>{bucket_of, in.length, in.thresholds, out.coverage});
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto length_coverage(const Backend& backend, const op::length_coverage::inputs<T>& in,
                     const op::length_coverage::options& o = {}) {
  return returned<op::length_coverage, T>(backend, in, o, [&](auto& out) { length_coverage(backend, in, out, o); });
}

}}  // namespace guerdon
