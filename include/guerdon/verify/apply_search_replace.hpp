#pragma once
// Files after a list of search/replace edits.
//
// Edits are made in order. Each puts its replacement for every place of its file that begins a line and reads as its
// search text; the last line of the search may be the beginning of one. A file that is not known is empty, so an empty
// search, which meets every line start, makes a new file.
//
// Source: SWE-RL, arXiv:2502.18449, reward.py (apply_code_change).
//
// Details that differ:
// - Edits may multiply a text. Where it would grow beyond 64 MiB the call is refused; the original runs out of memory.
// - Known files without an edit are not returned. Of a file given twice the last counts.
//
// Cost: linear in the file for each edit. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/search_replace.hpp>

#include <span>
#include <unordered_map>

namespace guerdon {
namespace op {
struct apply_search_replace : host_kind {
  static constexpr info about{"apply_search_replace", "verify", "Files after search/replace edits (SWE-RL)",
                              "arXiv:2502.18449", skeleton::host};
  struct inputs {
    text_view context_path;  ///< [N] the files as they are
    text_view context_text;  ///< [N]
    text_view edit_path;     ///< [M] the edits, in order
    text_view edit_search;   ///< [M] is somewhere in the file, and not what replaces it
    text_view edit_replace;  ///< [M]
  };
  struct outputs {
    std::vector<std::string> new_path;  ///< the files that were edited, as they first come
    std::vector<std::string> new_text;
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("context_path", &I::context_path, "N", words()),
                      array("context_text", &I::context_text, "N", words()),
                      array("edit_path", &I::edit_path, "M", words()),
                      array("edit_search", &I::edit_search, "M", words().together("empty text")),
                      array("edit_replace", &I::edit_replace, "M", words().together("whole number")));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("new_path", &O::new_path, "K"), array("new_text", &O::new_text, "K"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace search_replace {

/// Files by name; of a name given twice the last.
using files = std::unordered_map<std::string_view, std::string_view>;
inline files files_of(text_view path, text_view text) {
  files all;
  for (index_t i = 0; i < path.size(); ++i) all[path[i]] = text[i];
  return all;
}
inline std::string_view text_of(const files& all, std::string_view path) {
  const auto at = all.find(path);
  return at == all.end() ? std::string_view() : at->second;
}

struct edited_file {
  std::string_view path;
  std::string text;
};

/// The files that the edits touch, in the order of their first; `why` tells what the first edit that fails lacks.
inline std::vector<edited_file> edited(const files& context, std::span<const edit> edits, fault& why) {
  std::vector<edited_file> all;
  std::unordered_map<std::string_view, std::size_t> place;
  why = fault::none;
  for (const edit& e : edits) {
    const auto [at, fresh] = place.try_emplace(e.path, all.size());
    if (fresh) all.push_back({e.path, "\n" + std::string(text_of(context, e.path))});
    why = apply(all[at->second].text, e.search, e.replace);
    if (why != fault::none) return all;
  }
  for (edited_file& file : all) file.text.erase(0, 1);
  return all;
}

}  // namespace search_replace

/// One snapshot of files.
inline op::apply_search_replace::outputs apply_search_replace(const op::apply_search_replace::inputs& in,
                                                              const op::apply_search_replace::options& o = {}) {
  const auto rule = check<op::apply_search_replace>(in, o);
  std::vector<search_replace::edit> edits;
  for (index_t i = 0; i < in.edit_path.size(); ++i)
    edits.push_back({in.edit_path[i], in.edit_search[i], in.edit_replace[i]});
  search_replace::fault why;
  auto files = search_replace::edited(search_replace::files_of(in.context_path, in.context_text), edits, why);
  rule(why != search_replace::fault::identical, "edit_search", "is identical to what replaces it");
  rule(why != search_replace::fault::missing, "edit_search", "is not in the file at the start of a line");
  rule(why != search_replace::fault::too_long, "edit_replace", "makes a text of more than 64 MiB");
  op::apply_search_replace::outputs out;
  for (auto& file : files) {
    out.new_path.emplace_back(file.path);
    out.new_text.push_back(std::move(file.text));
  }
  return out;
}

/// A batch, in order.
inline auto apply_search_replace(const host_rows& rows, std::span<const op::apply_search_replace::inputs> in,
                                 const op::apply_search_replace::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return apply_search_replace(row, o); });
}

}}  // namespace guerdon
