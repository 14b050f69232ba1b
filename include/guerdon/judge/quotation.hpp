#pragma once
// Which bytes of a text are quoted: what somebody else has said, in the marks of many languages.
//
// - An apostrophe, ASCII or not, is a mark only at the border of a word: none opens in don't, or behind students'. Such
//   a quotation goes on to the last mark that can close it before another can open.
// - Marks that do not close themselves nest. Backticks are closed by as many as have opened.
// - What is not closed goes on to the end. Lines that begin with > are quoted.

#include <guerdon/core/text.hpp>
#include <guerdon/core/unicode.hpp>
#include <guerdon/judge/judge_text.hpp>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace guerdon { inline namespace GUERDON_ABI { namespace judge_text {

struct quotation_mark {
  std::string_view open, close, other_close = close;
  bool at_border = false;

  constexpr bool opens(std::string_view text, std::size_t at) const {
    return text.substr(at).starts_with(open) &&
           (!at_border || (!unicode::is_word(before(text, at)) && !is_blank(behind(text, at + open.size()))));
  }
  constexpr bool closes(std::string_view text, std::size_t at) const {
    const std::string_view rest = text.substr(at);
    return (rest.starts_with(close) || rest.starts_with(other_close)) &&
           (!at_border || (!is_blank(before(text, at)) && !unicode::is_word(behind(text, at + close.size()))));
  }

  /// Behind the closer of what opens at `begin`.
  constexpr std::size_t end_of(std::string_view text, std::size_t begin) const {
    if (open == "`") {
      const std::size_t run = std::min(text.find_first_not_of('`', begin), text.size()) - begin;
      const std::size_t at = text.find(text.substr(begin, run), begin + run);
      return at == text.npos ? at : at + run;
    }
    const bool nests = !at_border && open != close && open != other_close;
    std::size_t depth = 1, end = text.npos;
    for (std::size_t at = begin + open.size(); at < text.size(); ++at) {
      if (closes(text, at)) {
        if (nests && --depth > 0) continue;
        end = at + close.size();
        if (!at_border) break;
      } else if (opens(text, at)) {
        if (at_border && end != text.npos) break;
        depth += nests;
      }
    }
    return end;
  }

 private:
  /// The code points that end and begin here; blanks around the text.
  static constexpr char32_t before(std::string_view text, std::size_t at) {
    return at == 0 ? U' ' : unicode::decode_before(text.data(), text.data() + at).code_point;
  }
  static constexpr char32_t behind(std::string_view text, std::size_t at) {
    return at >= text.size() ? U' ' : unicode::decode_at(text.data() + at, text.data() + text.size()).code_point;
  }
};

/// Follows a text byte by byte, in one pass: is what stands here quoted?
class quotation {
 public:
  constexpr bool holds(std::string_view text, std::size_t at) {
    const std::string_view rest = text.substr(at);
    if (at == 0 || text[at - 1] == '\n') line_ = trim_left(rest.substr(0, rest.find('\n'))).starts_with('>');
    if (at >= end_ && may_begin_mark(rest[0])) {
      const auto mark = std::find_if(std::begin(marks), std::end(marks), [&](auto& m) { return m.opens(text, at); });
      if (mark != std::end(marks)) end_ = mark->end_of(text, at);
    }
    return line_ || at < end_;
  }

 private:
  static constexpr quotation_mark marks[] = {
      {"\"", "\""}, {"＂", "＂"}, {"“", "”"}, {"”", "”"}, {"„", "“", "”"}, {"«", "»"}, {"»", "«", "»"}, {"‹", "›"},
      {"›", "‹", "›"}, {"「", "」"}, {"『", "』"}, {"`", "`"}, {"'", "'", "'", true}, {"‘", "’", "’", true},
      {"’", "’", "’", true}, {"‚", "‘", "’", true}};

  static constexpr bool may_begin_mark(char c) {
    return c == '"' || c == '\'' || c == '`' || static_cast<unsigned char>(c) >= 0x80;
  }

  std::size_t end_ = 0;
  bool line_ = false;
};

}}}  // namespace guerdon::judge_text
