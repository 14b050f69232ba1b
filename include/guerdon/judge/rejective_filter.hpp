#pragma once
// Which sampled judgements are worth training on: right ones, of queries that are not too easy.
//
// $$\text{keep}_{qr} = c_{qr} \cdot [\,\text{not all } c_{q\cdot} \text{ hold}\,]$$
//
// Source: DeepSeek-GRM (SPCT), arXiv:2504.02495, rejective fine-tuning with three samples per query.
//
// Details that differ:
// - A hinted sample, whose prompt reveals the best answer, is kept where it is right, however easy its query.
// - No samples: not too easy. Without hinted samples keep_hinted is 0 throughout.
//
// Cost: the flags read twice. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <vector>

namespace guerdon {
namespace op {
struct rejective_filter : host_kind {
  static constexpr info about{"rejective_filter", "judge",
                              "Right judgements of queries that are not too easy (DeepSeek-GRM)",
                              "arXiv:2504.02495", skeleton::host};
  struct inputs {
    index_t queries = 0;                      ///< how many there are, Q
    view<const flag_t> correct;               ///< [Q,R] 1 = this sample is right: grm_rule_reward
    view<const index_t> hinted_correct = {};  ///< [Q] 1 or 0; -1: no hinted sample; left out: none anywhere
  };
  struct outputs {
    std::vector<flag_t> keep;         ///< [Q,R]
    std::vector<flag_t> too_easy;     ///< [Q] 1 = all samples are right
    std::vector<flag_t> keep_hinted;  ///< [Q]
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("queries", &I::queries, "Q"), array("correct", &I::correct, "Q,R", yes_or_no()),
                      optional_array("hinted_correct", &I::hinted_correct, "Q", whole_within(-1, 1)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("keep", &O::keep, "Q,R"), array("too_easy", &O::too_easy, "Q"),
                      array("keep_hinted", &O::keep_hinted, "Q"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// What is kept of all queries.
inline op::rejective_filter::outputs rejective_filter(const op::rejective_filter::inputs& in,
                                                      const op::rejective_filter::options& o = {}) {
  check<op::rejective_filter>(in, o);
  const index_t samples = in.queries > 0 ? in.correct.size() / in.queries : 0;
  op::rejective_filter::outputs out;
  for (index_t q = 0; q < in.queries; ++q) {
    bool easy = samples > 0;
    for (index_t r = 0; r < samples; ++r) easy &= in.correct[q * samples + r] != 0;
    for (index_t r = 0; r < samples; ++r) out.keep.push_back(!easy && in.correct[q * samples + r] != 0);
    out.too_easy.push_back(easy);
    out.keep_hinted.push_back(in.hinted_correct && in.hinted_correct[q] == 1);
  }
  return out;
}

}}  // namespace guerdon
