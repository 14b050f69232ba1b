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
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
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

/// Tells what it reads, in the order of the text: null(), whole(digits) of an integer, true or false, real(number) of
/// another number, string(text), list(), object(), name(text) before each of its members, end() of either. Texts are
/// generalised (core/text.hpp), and last until the next one.
template <class Events>
class reader {
 public:
  reader(std::string_view text, Events& events)
      : at_(text.data()), end_(text.data() + text.size()), events_(events) {}

  /// The whole text as one value; false where it is none, whatever was told by then.
  bool read() {
    if (!read(0)) return false;
    blanks();
    return at_ == end_;
  }

 private:
  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    return ++at_, true;
  }
  bool take(std::string_view word) {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
  }

  bool read(int depth) {
    blanks();
    if (at_ == end_) return false;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    switch (*at_) {
      case '{': return depth < deepest && object(depth + 1);
      case '[': return depth < deepest && list(depth + 1);
      case '"': return string([&](std::string_view text) { events_.string(text); });
      case 'n': return events_.null(), take("null");
      case 't': return events_.whole("1"), take("true");
      case 'f': return events_.whole("0"), take("false");
      case 'N': return events_.real(std::numeric_limits<double>::quiet_NaN()), take("NaN");
      case 'I': return events_.real(infinity), take("Infinity");
      default: break;
    }
    if (take("-Infinity")) return events_.real(-infinity), true;
    return number();
  }

  bool list(int depth) {
    events_.list();
    ++at_;
    blanks();
    if (take(']')) return events_.end(), true;
    while (true) {
      if (!read(depth)) return false;
      blanks();
      if (take(']')) return events_.end(), true;
      if (!take(',')) return false;
    }
  }

  bool object(int depth) {
    events_.object();
    ++at_;
    blanks();
    if (take('}')) return events_.end(), true;
    while (true) {
      blanks();
      if (at_ == end_ || *at_ != '"' || !string([&](std::string_view text) { events_.name(text); })) return false;
      blanks();
      if (!take(':') || !read(depth)) return false;
      blanks();
      if (take('}')) return events_.end(), true;
      if (!take(',')) return false;
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

  bool escape() {
    if (at_ == end_) return false;
    constexpr std::string_view from = "\"\\/bfnrt", to = "\"\\/\b\f\n\r\t";
    const char c = *at_++;
    if (const std::size_t k = from.find(c); k != from.npos) return text_ += to[k], true;
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
    unicode::append_generalised(text_, unit);
    return true;
  }

  /// To the next byte that is a quote, a backslash, a control or no ASCII. Eight bytes at a time.
  void skip_plain() {
    constexpr std::uint64_t ones = 0x0101010101010101u, high = 0x80 * ones;
    for (; end_ - at_ >= 8; at_ += 8) {
      std::uint64_t eight;
      std::memcpy(&eight, at_, 8);
      const std::uint64_t quote = eight ^ '"' * ones, backslash = eight ^ '\\' * ones;
      // The high bits of the bytes that are one. Borrows make false ones, but only above a true one.
      const std::uint64_t found = (eight | (eight - ' ' * ones) | (quote - ones) | (backslash - ones)) & high;
      if (found == 0) continue;
      if constexpr (std::endian::native == std::endian::little) at_ += std::countr_zero(found) / 8;
      break;
    }
    const auto plain = [](char c) { return c >= ' ' && !(c & 0x80) && c != '"' && c != '\\'; };
    while (at_ != end_ && plain(*at_)) ++at_;
  }

  /// f(text), which is a piece of what is read where nothing in it is written otherwise.
  template <class F>
  bool string(F f) {
    const char* from = ++at_;  // of what is not yet in text_
    const auto piece = [&] { return std::string_view(from, static_cast<std::size_t>(at_ - from)); };
    skip_plain();
    if (at_ != end_ && *at_ == '"') return f(piece()), ++at_, true;
    for (text_.clear(); at_ != end_; skip_plain()) {
      const auto [c, size] = unicode::decode_at(at_, end_);
      if (c < 0x20) return false;
      if (c >= 0x80 && !unicode::is_lone_byte(c)) {
        at_ += size;
        continue;
      }
      text_ += piece();
      at_ += size;
      if (c == '"') return f(std::string_view(text_)), true;
      if (c != '\\') unicode::append_generalised(text_, c);
      else if (!escape()) return false;
      from = at_;
    }
    return false;
  }

  bool number() {
    const char* const begin = at_;
    const auto digits = [&] {
      const char* const first = at_;
      while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
      return at_ - first;
    };
    const auto written = [&] { return std::string_view(begin, static_cast<std::size_t>(at_ - begin)); };
    const bool negative = take('-');
    if (!take('0') && digits() == 0) return false;
    if (at_ == end_ || (*at_ != '.' && *at_ != 'e' && *at_ != 'E'))
      return events_.whole(written() == "-0" ? "0" : written()), true;
    if (take('.') && digits() == 0) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (digits() == 0) return false;
    }
    const auto x = decimal_number(written());
    if (!x || *x != std::trunc(*x)) {
      constexpr double infinity = std::numeric_limits<double>::infinity();
      return events_.real(x ? *x : negative ? -infinity : infinity), true;
    }
    char exact[400];  // what is whole is compared by its digits
    const auto end = std::to_chars(exact, exact + sizeof exact, *x == 0 ? 0.0 : *x, std::chars_format::fixed, 0).ptr;
    events_.whole(std::string_view(exact, static_cast<std::size_t>(end - exact)));
    return true;
  }

  const char *at_, *end_;
  Events& events_;
  std::string text_;
};

/// What a reader tells, as a value.
class builder {
 public:
  value result;

  void null() { next(kind::null); }
  void whole(std::string_view digits) { next(kind::number).text = digits; }
  void real(double number) { next(kind::number).number = number; }
  void string(std::string_view text) { next(kind::string).text = text; }
  void list() { open_.push_back(&next(kind::list)); }
  void object() { open_.push_back(&next(kind::object)); }
  void name(std::string_view text) { open_.back()->names.emplace_back(text); }
  void end() {
    if (open_.back()->is_object()) open_.back()->settle();
    open_.pop_back();
  }

 private:
  value& next(json_text::kind kind) {
    value& v = open_.empty() ? result : open_.back()->items.emplace_back();
    v.kind = kind;
    return v;
  }

  std::vector<value*> open_;  // lists and objects, each in the one before it
};

inline std::optional<value> read(std::string_view text) {
  builder built;
  if (!reader(text, built).read()) return std::nullopt;
  return std::move(built.result);
}

}}}  // namespace guerdon::json_text
