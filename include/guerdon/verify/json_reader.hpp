#pragma once
// JSON as Python's json.loads reads it, for rules that look at what a model wrote: RFC 8259 and the literals NaN,
// Infinity and -Infinity; of a key given twice the last value; whatever is no such text is nothing.
//
// Written out here because the rules need what JSON libraries refuse or round: lone surrogates in escapes, ill-formed
// bytes in strings, integers of any length, the order in which members stand. Equality is Python's: 1, 1.0, 1e0 and
// true are one number, NaN equals nothing, members have no order.
//
// Cost: linear, and n log n in the members of an object. Values may be nested 512 deep; deeper text is refused.

#include <guerdon/core/text.hpp>
#include <guerdon/verify/decimal.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI { namespace json_text {

enum class kind { null, number, string, list, object };

class value {
 public:
  json_text::kind kind = json_text::kind::null;
  std::string text;           ///< of a string, generalised (core/text.hpp); of a whole number its digits
  double number = 0;          ///< of a number without such digits
  std::vector<value> items;   ///< of a list; the values of an object's members
  std::vector<std::string> names;  ///< of an object's members, as written

  bool is_object() const { return kind == json_text::kind::object; }
  bool is_string() const { return kind == json_text::kind::string; }
  /// A member's value, nullptr if there is none of that name.
  const value* find(std::string_view name) const {
    const auto at = std::lower_bound(by_name.begin(), by_name.end(), name,
                                     [&](std::uint32_t k, std::string_view n) { return names[k] < n; });
    return at != by_name.end() && names[*at] == name ? &items[*at] : nullptr;
  }

  friend bool operator==(const value& a, const value& b) {
    if (a.kind != b.kind) return false;
    switch (a.kind) {
      case json_text::kind::null: return true;
      case json_text::kind::number: return a.text == b.text && (!a.text.empty() || a.number == b.number);
      case json_text::kind::string: return a.text == b.text;
      case json_text::kind::list: return a.items == b.items;
      case json_text::kind::object: break;
    }
    return std::equal(a.by_name.begin(), a.by_name.end(), b.by_name.begin(), b.by_name.end(),
                      [&](std::uint32_t i, std::uint32_t j) {
                        return a.names[i] == b.names[j] && a.items[i] == b.items[j];
                      });
  }

  /// Of an object whose members are all read: the last of those of one name, in the place of the first.
  void settle() {
    by_name.resize(names.size());
    for (std::uint32_t k = 0; k < by_name.size(); ++k) by_name[k] = k;
    std::stable_sort(by_name.begin(), by_name.end(), [&](auto i, auto j) { return names[i] < names[j]; });
    std::vector<bool> again(names.size());
    for (std::size_t k = 0, first = 0; k < by_name.size(); ++k) {
      if (names[by_name[k]] != names[by_name[first]]) first = k;
      if (k == first) continue;
      items[by_name[first]] = std::move(items[by_name[k]]);
      again[by_name[k]] = true;
    }
    if (std::find(again.begin(), again.end(), true) == again.end()) return;
    std::vector<std::uint32_t> place(names.size());
    std::uint32_t kept = 0;
    for (std::size_t k = 0; k < names.size(); ++k) {
      place[k] = kept;
      if (again[k]) continue;
      if (kept != k) names[kept] = std::move(names[k]), items[kept] = std::move(items[k]);
      ++kept;
    }
    std::erase_if(by_name, [&](std::uint32_t k) { return again[k]; });
    for (std::uint32_t& k : by_name) k = place[k];
    names.resize(kept), items.resize(kept);
  }

  std::vector<std::uint32_t> by_name;  ///< of an object: its members by ascending name
};

inline constexpr int deepest = 512;

class reader {
 public:
  explicit reader(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  /// The whole text as one value.
  std::optional<value> read() {
    value v;
    if (!read(v, 0)) return std::nullopt;
    blanks();
    if (at_ != end_) return std::nullopt;
    return v;
  }

 private:
  bool take(std::string_view word) {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
  }

  bool read(value& v, int depth) {
    blanks();
    if (at_ == end_) return false;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    switch (*at_) {
      case '{': return depth < deepest && object(v, depth + 1);
      case '[': return depth < deepest && list(v, depth + 1);
      case '"': v.kind = kind::string; return string(v.text);
      case 'n': return take("null");
      case 't': v.kind = kind::number, v.text = "1"; return take("true");
      case 'f': v.kind = kind::number, v.text = "0"; return take("false");
      case 'N': v.kind = kind::number, v.number = std::numeric_limits<double>::quiet_NaN(); return take("NaN");
      case 'I': v.kind = kind::number, v.number = infinity; return take("Infinity");
      default: break;
    }
    v.kind = kind::number;
    if (take("-Infinity")) return v.number = -infinity, true;
    return number(v);
  }

  bool list(value& v, int depth) {
    v.kind = kind::list;
    ++at_;
    blanks();
    if (take("]")) return true;
    while (true) {
      if (!read(v.items.emplace_back(), depth)) return false;
      blanks();
      if (take("]")) return true;
      if (!take(",")) return false;
    }
  }

  bool object(value& v, int depth) {
    v.kind = kind::object;
    ++at_;
    blanks();
    if (take("}")) return true;
    while (true) {
      blanks();
      if (at_ == end_ || *at_ != '"' || !string(v.names.emplace_back())) return false;
      blanks();
      if (!take(":") || !read(v.items.emplace_back(), depth)) return false;
      blanks();
      if (take("}")) return v.settle(), true;
      if (!take(",")) return false;
    }
  }

  bool hex(char32_t& c) {
    if (end_ - at_ < 4) return false;
    c = 0;
    for (int k = 0; k < 4; ++k) {
      const char d = *at_++;
      const bool letter = (d >= 'a' && d <= 'f') || (d >= 'A' && d <= 'F');
      if (!letter && (d < '0' || d > '9')) return false;
      c = c << 4 | static_cast<char32_t>(letter ? (d & 7) + 9 : d - '0');
    }
    return true;
  }

  bool escape(std::string& out) {
    if (at_ == end_) return false;
    constexpr std::string_view from = "\"\\/bfnrt", to = "\"\\/\b\f\n\r\t";
    const char c = *at_++;
    if (const std::size_t k = from.find(c); k != from.npos) return out += to[k], true;
    char32_t unit;
    if (c != 'u' || !hex(unit)) return false;
    if (unit >= 0xD800 && unit <= 0xDBFF && end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u') {
      const char* const behind = at_;
      at_ += 2;
      char32_t low;
      if (!hex(low)) return false;
      if (low >= 0xDC00 && low <= 0xDFFF) unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
      else at_ = behind;
    }
    unicode::append_generalised(out, unit);
    return true;
  }

  bool string(std::string& out) {
    ++at_;
    while (at_ != end_) {
      const auto [c, size] = unicode::decode_at(at_, end_);
      at_ += size;
      if (c == '"') return true;
      if (c < 0x20) return false;
      if (c != '\\') unicode::append_generalised(out, c);
      else if (!escape(out)) return false;
    }
    return false;
  }

  bool number(value& v) {
    const char* const begin = at_;
    const auto digits = [&] {
      const char* const first = at_;
      while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
      return at_ - first;
    };
    const bool negative = take("-");
    if (!take("0") && digits() == 0) return false;
    bool whole = true;
    if (at_ != end_ && *at_ == '.') {
      ++at_, whole = false;
      if (digits() == 0) return false;
    }
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_, whole = false;
      if (!take("+")) take("-");
      if (digits() == 0) return false;
    }
    const std::string_view written(begin, static_cast<std::size_t>(at_ - begin));
    if (whole) {
      v.text = written == "-0" ? "0" : written;
      return true;
    }
    const auto x = decimal_number(written);
    v.number = x ? *x : negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
    if (!x || *x != std::trunc(*x)) return true;
    char exact[400];  // what is whole is compared by its digits
    const auto end = std::to_chars(exact, exact + sizeof exact, *x == 0 ? 0.0 : *x, std::chars_format::fixed, 0).ptr;
    v.text.assign(exact, end);
    v.number = 0;
    return true;
  }

  const char *at_, *end_;
};

inline std::optional<value> read(std::string_view text) { return reader(text).read(); }

}}}  // namespace guerdon::json_text
