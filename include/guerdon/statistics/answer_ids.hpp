#pragma once
// Numbers for answers: equal numbers for equal texts, so that votes, entropies and groups can work on arrays.
//
// $$a_i = a_j \iff \text{text}_i = \text{text}_j, \qquad a_i = -1 \text{ where there is none}$$
//
// Numbers are 0, 1, 2, ... in the order of first appearance over the whole array.
//
// Source: Co-Reward, arXiv:2508.00410; the comparison is that of its released code.
//
// Details that differ:
// - Texts are equal byte for byte: "x+1" is not "x + 1", and there is no test of mathematical equivalence. The released
//   code compares what stands in the last \boxed{}, and drops what is empty.
// - What is empty or white space alone is -1. White space is space, tab, line feed, carriage return, vertical tab and
//   form feed; `strip` removes it at both ends first.
//
// Cost: linear in the texts. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <unordered_map>

namespace guerdon {

namespace op {
struct answer_ids : host_kind {
  static constexpr info about{"answer_ids", "statistics", "Numbers for answers, equal for equal texts",
                              "arXiv:2508.00410", skeleton::host};
  struct inputs {
    text_view answer;  ///< [N]
  };
  struct outputs {
    std::vector<index_t> answer_id;  ///< [N] -1: no answer
  };
  struct options {
    bool strip = false;  ///< compare without white space at either end
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("answer", &I::answer, "N", words())); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("answer_id", &O::answer_id, "N")); }
  static constexpr auto parameters() { return std::tuple(flag("strip", &options::strip)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The numbers of all answers.
inline op::answer_ids::outputs answer_ids(const op::answer_ids::inputs& in, const op::answer_ids::options& o = {}) {
  check<op::answer_ids>(in, o);
  constexpr std::string_view blank = " \t\n\r\v\f";
  std::unordered_map<std::string_view, index_t> numbers;
  op::answer_ids::outputs out;
  out.answer_id.reserve(static_cast<std::size_t>(in.answer.size()));
  for (index_t i = 0; i < in.answer.size(); ++i) {
    std::string_view text = in.answer[i];
    const std::size_t first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) {
      out.answer_id.push_back(-1);
      continue;
    }
    if (o.strip) text = text.substr(first, text.find_last_not_of(blank) + 1 - first);
    out.answer_id.push_back(numbers.try_emplace(text, static_cast<index_t>(numbers.size())).first->second);
  }
  return out;
}

}}  // namespace guerdon
