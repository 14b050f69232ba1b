#pragma once
// The pieces of evidence in a completion, each with the judgement that follows it.
//
// For every <information>...</information> the first <judge>Yes</judge> or <judge>No</judge> behind its end; where none
// follows the piece is dropped. Two pieces may share one judgement.
//
// Source: ReSeek, arXiv:2510.00568, reseek_regex.py.
//
// Details that differ:
// - None by intent: judge tags are read without regard to ASCII case, information tags as they stand.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/judge_pairs.hpp>

#include <span>

namespace guerdon {
namespace op {
struct extract_judge_pairs : host_kind {
  static constexpr info about{"extract_judge_pairs", "verify", "Evidence and its judgements in a completion (ReSeek)",
                              "arXiv:2510.00568", skeleton::host};
  struct inputs {
    std::string_view completion;
  };
  struct outputs {
    std::vector<std::string> information;  ///< without white space around it
    std::vector<flag_t> judge;             ///< 1 = yes
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("completion", &I::completion, "B", words().together("judged turns")));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(list_of("information", &O::information, "K", "pair_offsets"),
                      list_of("judge", &O::judge, "K", "pair_offsets"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One completion.
inline op::extract_judge_pairs::outputs extract_judge_pairs(const op::extract_judge_pairs::inputs& in,
                                                            const op::extract_judge_pairs::options& o = {}) {
  check<op::extract_judge_pairs>(in, o);
  op::extract_judge_pairs::outputs out;
  for (const judge_pair& pair : judge_pairs(in.completion)) {
    out.information.emplace_back(pair.information);
    out.judge.push_back(pair.useful);
  }
  return out;
}

/// A batch, in order.
inline auto extract_judge_pairs(const host_rows& rows, std::span<const op::extract_judge_pairs::inputs> in,
                                const op::extract_judge_pairs::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return extract_judge_pairs(row, o); });
}

}}  // namespace guerdon
