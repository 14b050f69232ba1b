#pragma once
// How difficult each prompt was: hard, medium or easy, by the share of its answers that are right.
//
// $$\mathrm{accuracy}_g = c / n, \qquad
//   b(g) = \begin{cases} 2 & 3c \ge 2n \\ 1 & 3c \ge n \\ 0 & \text{else} \end{cases}$$
//
// with c of the n answers of group g right: bucket 0 is hard, 2 is easy. `rule = monitor` puts exactly one and exactly
// two thirds into the harder bucket: 0 where $3c \le n$, 1 where $3c \le 2n$, else 2.
//
// Source: LASER-D, arXiv:2505.15612.
//
// Details that differ:
// - The released code shapes by the one rule and measures length coverage by the other.
// - Integers decide, so a third is a third. A prompt without answers has accuracy 0 and is hard.
//
// Cost: one flag read per response.

#include <guerdon/length/laser_rules.hpp>

namespace guerdon {
namespace op {
struct difficulty_bucket {
  static constexpr info about{"difficulty_bucket", "length",
                              "How difficult each prompt was, by its right answers (LASER-D)", "arXiv:2505.15612",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const flag_t> correct;  ///< [B] 1 = the answer is right
    segments groups;             ///< cuts the B responses into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> accuracy;      ///< [G] share of right answers
    Of<index_t> bucket;  ///< [G] 0 hard, 1 medium, 2 easy
  };
  struct options {
    difficulty_rule rule = difficulty_rule::train;  ///< where one and two thirds fall
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("correct", &I::correct, "B", yes_or_no()),
                      cuts("groups", &I::groups, "G", "B").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("accuracy", &O::accuracy, "G"), array("bucket", &O::bucket, "G"));
  }
  static constexpr auto parameters() { return std::tuple(choice("rule", &options::rule)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct difficulty_program {
  static constexpr bool short_segments = true;
  op::difficulty_bucket::inputs<T> in;
  op::difficulty_bucket::outputs<T> out;
  difficulty_rule rule;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t n = in.groups.size(g), correct = count_correct(team, in.correct, in.groups.begin(g), n);
    team.once([&] {
      out.accuracy[g] = T(n > 0 ? double(correct) / double(n) : 0);
      out.bucket[g] = difficulty_bucket_of(correct, n, rule);
    });
  }
};

/// Writes accuracies and buckets.
template <real T = float, backend Backend>
void difficulty_bucket(const Backend& backend, const op::difficulty_bucket::inputs<T>& in,
                       const op::difficulty_bucket::outputs<T>& out, const op::difficulty_bucket::options& o) {
  check<op::difficulty_bucket>(backend, in, out, o);
  backend.for_segments(in.groups, difficulty_program<T>{in, out, o.rule});
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto difficulty_bucket(const Backend& backend, const op::difficulty_bucket::inputs<T>& in,
                       const op::difficulty_bucket::options& o = {}) {
  return returned<op::difficulty_bucket, T>(backend, in, o, [&](auto& out) { difficulty_bucket(backend, in, out, o); });
}

}}  // namespace guerdon
