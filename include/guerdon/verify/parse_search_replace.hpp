#pragma once
// The search/replace edits that a completion contains.
//
// A block is three backticks and the rest of their line, then "### " and a path, "<<<<<<< SEARCH", the text to find,
// "=======", the text to put there, ">>>>>>> REPLACE" and three backticks, on lines of their own. Blocks are taken from
// the left, each as short as it can be.
//
// Source: SWE-RL, arXiv:2502.18449, reward.py; the form is that of Agentless, arXiv:2407.01489.
//
// Details that differ:
// - None by intent: the blocks of the official pattern, without its backtracking. So an empty search needs an empty
//   line between its markers, a block without its end swallows the next one, and paths keep blanks and carriage
//   returns.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/search_replace.hpp>

#include <span>

namespace guerdon {
namespace op {
struct parse_search_replace : host_kind {
  static constexpr info about{"parse_search_replace", "verify", "Search/replace edits in a completion (SWE-RL)",
                              "arXiv:2502.18449; arXiv:2407.01489", skeleton::host};
  struct inputs {
    std::string_view text;
  };
  struct outputs {
    std::vector<std::string> path;
    std::vector<std::string> search;
    std::vector<std::string> replace;
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("text", &I::text, "B", words())); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(list_of("path", &O::path, "K", "block_offsets"),
                      list_of("search", &O::search, "K", "block_offsets"),
                      list_of("replace", &O::replace, "K", "block_offsets"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One text.
inline op::parse_search_replace::outputs parse_search_replace(const op::parse_search_replace::inputs& in,
                                                              const op::parse_search_replace::options& o = {}) {
  check<op::parse_search_replace>(in, o);
  op::parse_search_replace::outputs out;
  for (const search_replace::edit& e : search_replace::parse(in.text)) {
    out.path.emplace_back(e.path);
    out.search.emplace_back(e.search);
    out.replace.emplace_back(e.replace);
  }
  return out;
}

/// A batch, in order.
inline auto parse_search_replace(const host_rows& rows, std::span<const op::parse_search_replace::inputs> in,
                                 const op::parse_search_replace::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return parse_search_replace(row, o); });
}

}}  // namespace guerdon
