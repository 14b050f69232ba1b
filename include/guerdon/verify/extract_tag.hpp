#pragma once
// What stands between <tag> and </tag>: in the last such block, or in the first.
//
// Blocks are the shortest stretches from an opener to a closer, from the left, without overlap; openers inside a block
// are text.
//
// Source: this project's own definition of what verl, search_r1_like_qa_em.py (extract_solution), and others do.
//
// Details that differ:
// - verl asks for two answer blocks, since its prompt contains one; hand over the completion without the prompt.
// - Tags are case-sensitive, without attributes or blanks.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/tags.hpp>

#include <span>

namespace guerdon {

enum class which_block { last, first };
constexpr auto enumerators(which_block) { return std::array{"last", "first"}; }

namespace op {
struct extract_tag : host_kind {
  static constexpr info about{"extract_tag", "verify", "The content of the last or first block of a tag", "",
                              skeleton::host, 1e-5, true};
  struct inputs {
    std::string_view completion;
  };
  struct outputs {
    std::string content;  ///< empty where nothing was found
    bool found = false;
  };
  struct options {
    std::string_view tag = "answer";  ///< the name without its brackets
    which_block which = which_block::last;
    bool strip = true;  ///< without white space around the content
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("completion", &I::completion, "B", words())); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("content", &O::content, "B"), array("found", &O::found, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(text("tag", &options::tag), choice("which", &options::which), flag("strip", &options::strip));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One completion.
inline op::extract_tag::outputs extract_tag(const op::extract_tag::inputs& in, const op::extract_tag::options& o = {}) {
  check<op::extract_tag>(in, o);
  const std::string name(o.tag), opener = "<" + name + ">", closer = "</" + name + ">";
  const auto block = o.which == which_block::last ? tags::last_block(in.completion, opener, closer)
                                                  : tags::next_block(in.completion, opener, closer);
  if (!block) return {};
  return {std::string(o.strip ? unicode::trim(block->content) : block->content), true};
}

/// A batch, in order.
inline auto extract_tag(const host_rows& rows, std::span<const op::extract_tag::inputs> in,
                        const op::extract_tag::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return extract_tag(row, o); });
}

}}  // namespace guerdon
