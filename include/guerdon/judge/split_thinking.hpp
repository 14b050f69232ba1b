#pragma once
// Thoughts and answer of a completion, apart: a reward model is asked for the answer only.
//
// $$\text{thinking} = t_{[a, b)}, \qquad \text{answer} = t_{[b', n)}$$
//
// where a is behind the first <think>, and the next </think> stands between b and b'.
//
// Source: POLAR, arXiv:2507.05197, src/polar/reward_func.py.
//
// Details that differ:
// - Text before the opening tag is dropped. Both parts are without white space at their ends, Unicode's as well.
// - Without a complete pair of tags there is no thinking, and the answer is the text as it came, blanks included.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/tags.hpp>

#include <span>

namespace guerdon {
namespace op {
struct split_thinking : host_kind {
  static constexpr info about{"split_thinking", "judge", "Thoughts and answer of a completion, apart (POLAR)",
                              "arXiv:2507.05197", skeleton::host};
  struct inputs {
    std::string_view text;
  };
  struct outputs {
    std::string thinking;  ///< empty without a complete pair of tags
    std::string answer;
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("text", &I::text, "B", words())); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("thinking", &O::thinking, "B"), array("answer", &O::answer, "B"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One completion.
inline op::split_thinking::outputs split_thinking(const op::split_thinking::inputs& in,
                                                  const op::split_thinking::options& o = {}) {
  check<op::split_thinking>(in, o);
  const auto thoughts = tags::next_block(in.text, "<think>", "</think>");
  if (!thoughts) return {"", std::string(in.text)};
  return {std::string(unicode::trim(thoughts->content)), std::string(unicode::trim(in.text.substr(thoughts->end)))};
}

/// A batch, in order.
inline auto split_thinking(const host_rows& rows, std::span<const op::split_thinking::inputs> in,
                           const op::split_thinking::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return split_thinking(row, o); });
}

}}  // namespace guerdon
