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

#include <guerdon/core/element_numbers.hpp>
#include <guerdon/core/host_operation.hpp>

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
  const auto is_blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  element_numbers<std::string_view> numbers;
  op::answer_ids::outputs out;
  out.answer_id.reserve(static_cast<std::size_t>(in.answer.size()));
  for (index_t i = 0; i < in.answer.size(); ++i) {
    const std::string_view text = in.answer[i];
    const char *first = text.data(), *end = first + text.size();
    while (first != end && is_blank(*first)) ++first;
    if (first == end) {
      out.answer_id.push_back(-1);
      continue;
    }
    while (is_blank(end[-1])) --end;
    const std::string_view stripped(first, static_cast<std::size_t>(end - first));
    out.answer_id.push_back(numbers.of(o.strip ? stripped : text));
  }
  return out;
}

}}  // namespace guerdon
