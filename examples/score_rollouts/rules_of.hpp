#pragma once
// How a rule is made of a struct R with
//   options           a struct, and parameters() of the same or of R::list
//   score(options, prompt, response) -> verdict
// and how what stands under a key is read.

#include <guerdon/backend/scalar.hpp>

#include "rules.hpp"

namespace guerdon::examples {

template <class R>
class rule_of : public line_rule {
 public:
  rule_of() { slots = slots_of<typename R::list>(options_); }
  void read(const rollouts& prompt) override {
    if constexpr (requires { R::read(options_, prompt); }) R::read(options_, prompt);
  }
  verdict score(const rollouts& prompt, const response& r) override { return R::score(options_, prompt, r); }

 private:
  typename R::options options_;
};

template <class R>
std::unique_ptr<line_rule> make_rule(const rule&) {
  return std::make_unique<rule_of<R>>();
}

/// Where an operation on arrays is asked for a line at a time: what its own definition says.
inline const scalar_backend one_at_a_time{};

/// Of rules without options.
struct no_options {
  static constexpr auto parameters() { return std::tuple(); }
};

using keys = std::map<std::string, bool>;
/// Keys of the line and of each response, and whether a line must have them; and of the ground truth.
inline wanted_keys reads(keys of_line, keys of_response, wanted_keys::answer answer = wanted_keys::none) {
  return {.ground_truth = answer, .of_line = std::move(of_line), .of_response = std::move(of_response)};
}

// --- what stands under a key: of the type asked for, or a bad_line that says where it is not -------------------------
using nlohmann::json;

[[noreturn]] inline void refuse_value(const keyed_value& v, const std::string& where, const std::string& what) {
  throw bad_line(v.column, v.path + where, what);
}
inline std::string type_of(const json& j) {
  return j.is_null()                     ? "null"
         : j.is_array() || j.is_object() ? "an " + std::string(j.type_name())
                                         : "a " + std::string(j.type_name());
}
/// What stands there, or null.
inline const keyed_value* find(const keyed_values& values, std::string_view key) {
  const auto at = values.find(key);
  return at == values.end() || at->second.value.is_null() ? nullptr : &at->second;
}
inline const keyed_value& at(const keyed_values& values, std::string_view key) {
  const auto found = values.find(key);
  if (found == values.end()) throw bad_line(1, std::string(key), "is missing, and a rule reads it");
  return found->second;
}
inline std::string text_in(const keyed_value& v, const json& j, const std::string& where = "") {
  if (!j.is_string()) refuse_value(v, where, "must be a string, and is " + type_of(j));
  return j.get<std::string>();
}
inline double number_in(const keyed_value& v, const json& j, const std::string& where = "") {
  if (!j.is_number()) refuse_value(v, where, "must be a number, and is " + type_of(j));
  return j.get<double>();
}
inline index_t integer_in(const keyed_value& v, const json& j, const std::string& where = "") {
  if (!j.is_number_integer() || (j.is_number_unsigned() && j.get<std::uint64_t>() > (std::uint64_t{1} << 62)))
    refuse_value(v, where, "must be a whole number, and is " + type_of(j));
  return j.get<index_t>();
}
/// take(v, item, "[0]") of each item.
template <class Take>
auto items_in(const keyed_value& v, const json& j, Take take, const std::string& where = "") {
  std::vector<decltype(take(v, j, where))> items;
  if (!j.is_array()) refuse_value(v, where, "must be an array, and is " + type_of(j));
  for (const json& one : j) items.push_back(take(v, one, where + "[" + std::to_string(items.size()) + "]"));
  return items;
}
template <std::size_t N>
std::array<double, N> numbers_in(const keyed_value& v, const json& j, const std::string& where = "") {
  if (!j.is_array() || j.size() != N) refuse_value(v, where, "must be an array of " + std::to_string(N) + " numbers");
  std::array<double, N> numbers;
  for (std::size_t k = 0; k < N; ++k) numbers[k] = number_in(v, j[k], where + "[" + std::to_string(k) + "]");
  return numbers;
}
/// Of an object {name: text}.
struct named_texts {
  std::vector<std::string> name, text;
};
inline named_texts named_texts_in(const keyed_value& v) {
  named_texts result;
  if (!v.value.is_object()) refuse_value(v, "", "must be an object of texts by name, and is " + type_of(v.value));
  for (const auto& [name, one] : v.value.items()) {
    result.name.push_back(name);
    result.text.push_back(text_in(v, one, "." + name));
  }
  return result;
}
/// A member of an object, or null where it has none.
inline const json& member(const keyed_value& v, const char* name) {
  static const json none;
  if (!v.value.is_object()) refuse_value(v, "", "must be an object, and is " + type_of(v.value));
  const auto found = v.value.find(name);
  return found == v.value.end() ? none : *found;
}
inline std::string text_or_empty(const keyed_value& v, const char* name) {
  const json& j = member(v, name);
  return j.is_null() ? "" : text_in(v, j, std::string(".") + name);
}

}  // namespace guerdon::examples
