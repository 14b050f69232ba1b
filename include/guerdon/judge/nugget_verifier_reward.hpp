#pragma once
// Reward for training a verifier that labels nuggets: how right its labels are, whether it reasons, and its form.
//
// $$r = 0.35\,\mathrm{F}_{\text{macro}} + 0.35\,[\text{all labels right}] + 0.2\,s_{\text{reasoning}} +
//   0.1\,s_{\text{format}}$$
//
// with F the mean of the F1 of the three classes, and 0 where the number of labels is wrong or no class is met.
//
// Source: Search-Gen-V, arXiv:2510.14660, verl/utils/reward_score/search_gen_v.py.
//
// Details that differ:
// - A class on neither side counts as F1 = 1, as released: labels that are all wrong still earn where they use two
//   classes. `gate_all_wrong` pays nothing unless one label is right.
// - Nothing labelled, lengths that differ, or another number of labels than expected: all three results are 0.
// - The soft penalty of long texts is soft_overlong_punishment's.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <span>

namespace guerdon {
namespace op {
struct nugget_verifier_reward : host_kind {
  static constexpr info about{"nugget_verifier_reward", "judge",
                              "Labels, reasoning and form of a verifier (Search-Gen-V)",
                              "arXiv:2510.14660", skeleton::host};
  struct inputs {
    view<const index_t> pred_label;  ///< the verifier's: 2 = supported, 1 = in part, 0 = not; unreadable ones left out
    view<const index_t> true_label;  ///< the reference's
    double reasoning_score = 0;      ///< of reasoning_tag_score
    double format_score = 0;         ///< 1 = the labels are written as asked
    index_t expected_count = -1;     ///< how many labels there should be; -1: not checked
  };
  struct outputs {
    double reward = 0;
    double macro_f1 = 0;
    double exact_match = 0;  ///< 1 = all labels are right
  };
  struct options {
    double f1_weight = 0.35;
    double match_weight = 0.35;
    double reasoning_weight = 0.2;
    double format_weight = 0.1;
    bool gate_all_wrong = false;  ///< nothing is paid where no label is right
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(list_of("pred_label", &I::pred_label, "P", "pred_offsets", whole_within(0, 2)),
                      list_of("true_label", &I::true_label, "Q", "true_offsets", whole_within(0, 2)),
                      array("reasoning_score", &I::reasoning_score, "B", drawn(0, 1)),
                      array("format_score", &I::format_score, "B", drawn(0, 1)),
                      optional_array("expected_count", &I::expected_count, "B", integers(-1, 3)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reward", &O::reward, "B"), array("macro_f1", &O::macro_f1, "B"),
                      array("exact_match", &O::exact_match, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("f1_weight", &options::f1_weight, drawn(0, 1)),
                      option("match_weight", &options::match_weight, drawn(0, 1)),
                      option("reasoning_weight", &options::reasoning_weight, drawn(0, 1)),
                      option("format_weight", &options::format_weight, drawn(0, 1)),
                      flag("gate_all_wrong", &options::gate_all_wrong));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One answer.
inline op::nugget_verifier_reward::outputs nugget_verifier_reward(const op::nugget_verifier_reward::inputs& in,
                                                                  const op::nugget_verifier_reward::options& o = {}) {
  check<op::nugget_verifier_reward>(in, o);
  const index_t n = in.pred_label.size();
  if (n == 0 || n != in.true_label.size() || (in.expected_count >= 0 && in.expected_count != n)) return {};
  double met[3] = {}, given[3] = {}, wanted[3] = {}, right = 0;
  for (index_t i = 0; i < n; ++i) {
    const index_t p = in.pred_label[i], y = in.true_label[i];
    ++given[p], ++wanted[y];
    if (p == y) ++met[p], ++right;
  }
  op::nugget_verifier_reward::outputs out;
  for (int c = 0; c < 3; ++c) {
    const double both = given[c] + wanted[c];
    out.macro_f1 += (both == 0 ? 1 : 2 * met[c] / both) / 3;
  }
  out.exact_match = right == static_cast<double>(n) ? 1 : 0;
  if (out.macro_f1 == 0 || (o.gate_all_wrong && right == 0)) return out;
  out.reward = o.f1_weight * out.macro_f1 + o.match_weight * out.exact_match +
               o.reasoning_weight * in.reasoning_score + o.format_weight * in.format_score;
  return out;
}

/// A batch, in order.
inline auto nugget_verifier_reward(const host_rows& rows, std::span<const op::nugget_verifier_reward::inputs> in,
                                   const op::nugget_verifier_reward::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return nugget_verifier_reward(row, o); });
}

}}  // namespace guerdon
