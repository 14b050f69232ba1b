#pragma once
// Refusing bad input: one sentence that names the operation and the argument, before anything is written.

#include <guerdon/core/config.hpp>

#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace guerdon {

/// Default of an option that the caller must give: `index_t target_length = required;`.
struct required_t {
  [[gnu::always_inline]] constexpr operator double() const { return std::numeric_limits<double>::quiet_NaN(); }
  [[gnu::always_inline]] constexpr operator index_t() const { return std::numeric_limits<index_t>::min(); }
  template <class E>
    requires std::is_enum_v<E>
  [[gnu::always_inline]] constexpr operator E() const { return static_cast<E>(-1); }
};
inline constexpr required_t required{};

inline namespace GUERDON_ABI {

/// True where a `required` option was left as it was.
constexpr bool is_missing(double value) { return value != value; }
constexpr bool is_missing(index_t value) { return value == std::numeric_limits<index_t>::min(); }

/// A sentence from its parts, texts and numbers. One function appends: sentences cost a user little compile time.
class sentence {
 public:
  [[gnu::cold, gnu::noinline]] sentence& operator<<(std::string_view part) {
    text_.append(part.data(), part.size());
    return *this;
  }
  [[gnu::cold, gnu::noinline]] sentence& operator<<(index_t number) {
    return *this << std::string_view(std::to_string(number));
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// Throws std::invalid_argument "<operation>: <argument> <problem>".
[[noreturn, gnu::cold, gnu::noinline]] inline void refuse(std::string_view operation, std::string_view argument,
                                                          std::string_view problem) {
  throw std::invalid_argument((sentence() << operation << ": " << argument << " " << problem).text());
}

inline void require(bool holds, std::string_view operation, std::string_view argument, std::string_view problem) {
  if (!holds) refuse(operation, argument, problem);
}

}}  // namespace guerdon
