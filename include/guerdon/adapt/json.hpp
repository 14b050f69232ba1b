#pragma once
// Values saved as JSON (nlohmann-json) and restored: every double comes back bit for bit, NaN and infinities too, which
// stand as "nan", "inf" and "-inf".
//
//   nlohmann::json saved = beta;                                   // {"clip": 0.2, "coef": 0.2, ...}
//   auto again = saved.get<guerdon::adaptive_kl_coefficient>();    // std::invalid_argument where something is missing,
//                                                                  // unknown or of another kind; nothing is half read
//
// Any struct of this namespace with `name` and `fields()` (core/value.hpp) can be saved. Alternatives stand by
// name, options left out as null, tables as [[key, count], ...] with ascending keys.

#include <guerdon/core/value.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace guerdon { inline namespace GUERDON_ABI {
namespace detail {

using nlohmann::json;

// --- one member to JSON ---------------------------------------------------------------------------------------------
template <class T>
json to_saved(const T& x) {
  if constexpr (std::is_same_v<T, double>) {
    if (x != x) return "nan";
    if (!math::is_finite(x)) return x > 0 ? "inf" : "-inf";
    return x;
  } else if constexpr (std::is_same_v<T, bool> || std::is_integral_v<T> || std::is_same_v<T, std::string>) {
    return x;
  } else if constexpr (std::is_enum_v<T>) {
    return op::list::names_of<T>[static_cast<std::size_t>(x)];
  } else if constexpr (op::saved_value<T>) {
    return x;  // to_json below
  } else {
    static_assert(sizeof(T) == 0, "guerdon/adapt/json.hpp does not know how to save a member of this type");
  }
}
/// A table, whose entries are pairs of a key and a number.
template <class Table>
  requires requires(const Table& t) { t.ascending(); }
json to_saved(const Table& table) {
  json j = json::array();
  for (const auto& [key, x] : table.ascending()) j.push_back(json::array({to_saved(key), to_saved(x)}));
  return j;
}
template <class T>
json to_saved(const std::optional<T>& x) { return x ? to_saved(*x) : json(nullptr); }
template <class T>
json to_saved(const std::vector<T>& all) {
  json j = json::array();
  for (const auto& x : all) j.push_back(to_saved(x));
  return j;
}

// --- and back -------------------------------------------------------------------------------------------------------
/// What is being read, for the sentence that refuses it.
struct saved_place {
  std::string_view value, field;
  [[noreturn]] void refuse(std::string_view problem) const { guerdon::refuse(value, field, problem); }
};

template <class T>
void from_saved(const json& j, T& x, const saved_place& here) {
  if constexpr (std::is_same_v<T, double>) {
    if (j.is_number()) x = j.get<double>();
    else if (j == "nan") x = std::numeric_limits<double>::quiet_NaN();
    else if (j == "inf") x = std::numeric_limits<double>::infinity();
    else if (j == "-inf") x = -std::numeric_limits<double>::infinity();
    else here.refuse("must be a number, \"nan\", \"inf\" or \"-inf\" in what was saved");
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!j.is_boolean()) here.refuse("must be true or false in what was saved");
    x = j.get<bool>();
  } else if constexpr (std::is_integral_v<T>) {
    // A number beyond 64 bits is read as a double, one beyond the signed half as unsigned.
    const bool fits = j.is_number_integer() && !(j.is_number_unsigned() && !std::in_range<T>(j.get<std::uint64_t>())) &&
                      (j.is_number_unsigned() || std::in_range<T>(j.get<std::int64_t>()));
    if (!fits) here.refuse("must be an integer in what was saved");
    x = j.get<T>();
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!j.is_string()) here.refuse("must be a text in what was saved");
    x = j.get<std::string>();
  } else if constexpr (std::is_enum_v<T>) {
    const auto& names = op::list::names_of<T>;
    const auto at = std::find_if(names.begin(), names.end(), [&](const char* name) { return j == name; });
    if (at == names.end()) here.refuse("is not one of its alternatives in what was saved");
    x = static_cast<T>(at - names.begin());
  } else {
    x = j.get<T>();  // from_json below
  }
}
template <class Table>
  requires requires(const Table& t) { t.ascending(); }
void from_saved(const json& j, Table& table, const saved_place& here) {
  if (!j.is_array()) here.refuse("must be an array of pairs in what was saved");
  table = {};
  for (const json& pair : j) {
    if (!pair.is_array() || pair.size() != 2) here.refuse("must be an array of pairs in what was saved");
    typename decltype(table.ascending())::value_type entry;
    from_saved(pair[0], entry.first, here);
    from_saved(pair[1], entry.second, here);
    if (!table.emplace(entry.first, entry.second)) here.refuse("holds a key twice in what was saved");
  }
}
template <class T>
void from_saved(const json& j, std::optional<T>& x, const saved_place& here) {
  if (j.is_null()) return void(x.reset());
  from_saved(j, x.emplace(), here);
}
template <class T>
void from_saved(const json& j, std::vector<T>& all, const saved_place& here) {
  if (!j.is_array()) here.refuse("must be an array in what was saved");
  all.clear();
  for (const json& one : j) {
    T x{};
    from_saved(one, x, here);
    all.push_back(std::move(x));
  }
}

}  // namespace detail

/// nlohmann::json j = value;
template <op::saved_value V>
void to_json(nlohmann::json& j, const V& value) {
  j = nlohmann::json::object();
  std::apply([&](const auto&... f) { ((j[f.name] = detail::to_saved(op::list::at(value, f.member))), ...); },
             V::fields());
}

/// j.get<V>(), j.get_to(value).
template <op::saved_value V>
void from_json(const nlohmann::json& j, V& value) {
  if (!j.is_object()) refuse(V::name, "what was saved", "is no JSON object");
  V read{};
  std::apply([&](const auto&... f) {
    for (const auto& [key, unused] : j.items())
      if (!((key == f.name) || ...)) refuse(V::name, key, "is no part of what is saved of it");
    const auto take = [&](const auto& field) {
      const auto at = j.find(field.name);
      if (at == j.end()) refuse(V::name, field.name, "is missing in what was saved");
      detail::from_saved(*at, op::list::at(read, field.member), {V::name, field.name});
    };
    (take(f), ...);
  }, V::fields());
  value = std::move(read);
}

}}  // namespace guerdon
