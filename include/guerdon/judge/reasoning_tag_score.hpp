#pragma once
// Whether a verifier reasons before it labels: one block <reasoning>...</reasoning>, and something behind it.
//
// $$s = \begin{cases} 1 & \text{one block, not blank, and text behind it} \\ 1/2 & \text{one block} \\ 0 & \text{else}
//   \end{cases}$$
//
// Source: Search-Gen-V, arXiv:2510.14660, nugget_eval/metrics.py.
//
// Details that differ:
// - One block is exactly one opening and one closing tag, in this order. Text before it may be; tags mind capitals.
// - White space is Unicode's.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/tags.hpp>

#include <span>

namespace guerdon {
namespace op {
struct reasoning_tag_score : host_kind {
  static constexpr info about{"reasoning_tag_score", "judge",
                              "Whether a verifier reasons before it labels (Search-Gen-V)",
                              "arXiv:2510.14660", skeleton::host};
  struct inputs {
    std::string_view text;
  };
  struct outputs {
    double score = 0;  ///< 0, 0.5 or 1
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("text", &I::text, "B", words())); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("score", &O::score, "B")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One text.
inline op::reasoning_tag_score::outputs reasoning_tag_score(const op::reasoning_tag_score::inputs& in,
                                                            const op::reasoning_tag_score::options& o = {}) {
  check<op::reasoning_tag_score>(in, o);
  constexpr std::string_view opener = "<reasoning>", closer = "</reasoning>";
  if (!tags::occurs_once(in.text, opener) || !tags::occurs_once(in.text, closer)) return {0};
  const auto reasons = tags::next_block(in.text, opener, closer);
  if (!reasons) return {0};
  const bool both = !unicode::trim(reasons->content).empty() && !unicode::trim(in.text.substr(reasons->end)).empty();
  return {both ? 1 : 0.5};
}

/// A batch, in order.
inline auto reasoning_tag_score(const host_rows& rows, std::span<const op::reasoning_tag_score::inputs> in,
                                const op::reasoning_tag_score::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return reasoning_tag_score(row, o); });
}

}}  // namespace guerdon
