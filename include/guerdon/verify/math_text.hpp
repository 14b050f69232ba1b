#pragma once
// The normal form of short TeX answers by which the graders of MATH compare them.
//
// Works on generalised text (core/text.hpp), so that ill-formed bytes that come together stay what they were.

#include <guerdon/verify/tags.hpp>

#include <array>

namespace guerdon {

/// Whether a unit in \text{...} behind an answer is left out, or is part of it.
enum class answer_units { dropped, kept };
constexpr auto enumerators(answer_units) { return std::array{"dropped", "kept"}; }

inline namespace GUERDON_ABI { namespace math_text {

/// The first code point of generalised text that is not empty.
constexpr std::string_view first_of(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  return text.substr(0, lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4);
}

inline std::string without(std::string_view text, std::string_view word) { return tags::replaced(text, word, ""); }

/// "\sqrt3" as "\sqrt{3}"; nothing where a root has no radicand.
inline std::optional<std::string> brace_roots(std::string_view text) {
  constexpr std::string_view root = "\\sqrt";
  std::string out;
  std::size_t at = 0;
  for (std::size_t next; (next = text.find(root, at)) != text.npos;) {
    out.append(text.substr(at, next + root.size() - at));
    at = next + root.size();
    const std::string_view rest = text.substr(at);
    if (rest.empty() || rest.starts_with(root)) return std::nullopt;
    if (rest[0] == '{') continue;
    const std::string_view radicand = first_of(rest);
    out.append("{").append(radicand).append("}");
    at += radicand.size();
  }
  return out.append(text.substr(at));
}

/// "\frac12" as "\frac{1}{2}". A fraction of fewer than two characters leaves the whole text as it was; nothing where a
/// fraction has no parts at all.
inline std::optional<std::string> brace_fractions(std::string_view text) {
  constexpr std::string_view fraction = "\\frac";
  std::size_t next = text.find(fraction);
  std::string out(text.substr(0, next));
  while (next != text.npos) {
    const std::size_t at = next + fraction.size();
    next = text.find(fraction, at);
    const std::string_view piece = text.substr(at, next - at);
    if (piece.empty()) return std::nullopt;
    out += fraction;
    if (piece[0] == '{') {
      out += piece;
      continue;
    }
    const std::string_view a = first_of(piece), rest = piece.substr(a.size());
    if (rest.empty()) return std::string(text);
    out.append("{").append(a).append("}");
    if (rest[0] == '{') {
      out += rest;
    } else {
      const std::string_view b = first_of(rest);
      out.append("{").append(b).append("}").append(rest.substr(b.size()));
    }
  }
  return out;
}

/// An integer as printed: no plus, no zero in front, no -0.
constexpr bool is_plain_integer(std::string_view text) {
  if (text == "0") return true;
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text[0] != '0' && text.find_first_not_of("0123456789") == text.npos;
}

/// The normal form; nothing where a rule fails.
inline std::optional<std::string> normalized(std::string_view text, answer_units unit = answer_units::dropped) {
  std::string s = without(without(text, "\n"), "\\!");
  s = tags::replaced(s, "\\\\", "\\");
  s = tags::replaced(tags::replaced(s, "tfrac", "frac"), "dfrac", "frac");
  s = without(without(s, "\\left"), "\\right");
  s = without(without(s, "^{\\circ}"), "^\\circ");
  s = without(s, "\\$");
  if (const std::size_t units = s.find("\\text{ "); units != s.npos && unit == answer_units::dropped) {
    if (tags::count(s, "\\text{ ", 2) > 1) return std::nullopt;
    s.resize(units);
  }
  s = without(without(s, "\\\\%"), "\\%");
  s = tags::replaced(tags::replaced(s, " .", " 0."), "{.", "{0.");
  if (s.empty()) return s;
  if (s[0] == '.') s.insert(0, "0");
  if (tags::count(s, "=", 2) == 1) {
    const std::size_t equals = s.find('=');
    if (unicode::count_code_points(unicode::from_generalised(std::string_view(s).substr(0, equals))) <= 2)
      s.erase(0, equals + 1);
  }
  auto rooted = brace_roots(s);
  if (!rooted) return std::nullopt;
  auto fractions = brace_fractions(without(*rooted, " "));
  if (!fractions) return std::nullopt;
  s = std::move(*fractions);
  if (s == "0.5") return "\\frac{1}{2}";
  if (tags::count(s, "/", 2) == 1) {
    const std::size_t slash = s.find('/');
    const std::string_view a = std::string_view(s).substr(0, slash), b = std::string_view(s).substr(slash + 1);
    if (is_plain_integer(a) && is_plain_integer(b))
      return std::string("\\frac{").append(a).append("}{").append(b).append("}");
  }
  return s;
}

/// Whether two answers have one normal form, or, where one has none, are the same text.
inline bool equal(std::string_view a, std::string_view b, answer_units unit) {
  if (a == b) return true;
  const auto x = normalized(unicode::generalised(a), unit), y = normalized(unicode::generalised(b), unit);
  return x && y && *x == *y;
}

}}}  // namespace guerdon::math_text
