#pragma once
// Edits in search/replace form, as language models write them, and their effect on files.
//
//   ```python
//   ### path/of/file.py
//   <<<<<<< SEARCH
//   lines as they are
//   =======
//   lines as they shall be
//   >>>>>>> REPLACE
//   ```

#include <guerdon/verify/tags.hpp>

#include <vector>

namespace guerdon { inline namespace GUERDON_ABI { namespace search_replace {

struct edit {
  std::string_view path, search, replace;
};

/// All edits of a text, from the left. One pass: what a block could end with is looked for once.
inline std::vector<edit> parse(std::string_view text) {
  constexpr std::string_view fence = "```", head = "### ", opener = "<<<<<<< SEARCH\n", divider = "\n=======\n",
                             closer = "\n>>>>>>> REPLACE\n```";
  tags::finder fences(text, fence), line_ends(text, "\n"), path_ends(text, "\n"), dividers(text, divider),
      closers(text, closer);
  std::vector<edit> edits;
  for (std::size_t at = 0; (at = fences.from(at)) != text.npos;) {
    const std::size_t line_end = line_ends.from(at + fence.size());
    ++at;
    if (line_end == text.npos) break;
    const std::size_t path = line_end + 1 + head.size();
    if (!text.substr(line_end + 1).starts_with(head)) continue;
    const std::size_t path_end = path_ends.from(path);
    if (path_end == text.npos) break;
    if (!text.substr(path_end + 1).starts_with(opener)) continue;
    const std::size_t search = path_end + 1 + opener.size(), search_end = dividers.from(search);
    if (search_end == text.npos) break;
    const std::size_t replace = search_end + divider.size(), replace_end = closers.from(replace);
    if (replace_end == text.npos) break;
    edits.push_back({text.substr(path, path_end - path), text.substr(search, search_end - search),
                     text.substr(replace, replace_end - replace)});
    at = replace_end + closer.size();
  }
  return edits;
}

enum class fault { none, identical, missing, too_long };

/// Edits may double a text each: beyond this size they are refused.
inline constexpr std::size_t longest_text = std::size_t(1) << 26;

/// Puts `replace` for every occurrence of `search` that begins a line of `content`, which begins with a line break
/// itself. Linear whatever the texts are.
inline fault apply(std::string& content, std::string_view search, std::string_view replace) {
  if (search == replace) return fault::identical;
  const std::string from = "\n" + std::string(search), to = "\n" + std::string(replace);
  // A place inside a character is none: ill-formed bytes of the search meet ill-formed bytes only.
  const auto splits = [&](std::size_t at) {
    if (at == content.size() || (static_cast<unsigned char>(content[at]) & 0xC0) != 0x80) return false;
    std::size_t lead = at;
    while (lead > 0 && at - lead < 3 && (static_cast<unsigned char>(content[lead]) & 0xC0) == 0x80) --lead;
    const char* const end = content.data() + content.size();
    return static_cast<std::size_t>(unicode::decode_at(content.data() + lead, end).size) > at - lead;
  };
  std::vector<std::size_t> places;
  std::size_t free = 0;
  unicode::contains(content, from, [&](std::size_t begin, std::size_t end) {
    if (begin >= free && !splits(end)) places.push_back(begin), free = end;
    return false;
  });
  if (places.empty()) return fault::missing;
  if (to.size() > from.size() && (to.size() - from.size()) * places.size() > longest_text) return fault::too_long;
  std::string out;
  std::size_t at = 0;
  for (const std::size_t place : places) {
    out.append(content, at, place - at).append(to);
    at = place + from.size();
  }
  out.append(content, at);
  if (out.size() > longest_text && out.size() > content.size()) return fault::too_long;
  content = std::move(out);
  return fault::none;
}

}}}  // namespace guerdon::search_replace
