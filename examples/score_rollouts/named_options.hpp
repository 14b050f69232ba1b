#pragma once
// NAME,OPTION=VALUE,...: a thing of a list with its own options, which are those of the operation behind it, by the
// names that its header and its reference page give them.

#include <guerdon/core/host_operation.hpp>

#include <charconv>
#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace guerdon::examples {

/// One option of a struct of options: what its list says of it, and how to read and set it there.
struct option_slot {
  op::option_info info;
  std::function<void(double)> set_number;               ///< of numbers, integers, flags and choices
  std::function<void(std::string_view)> set_text = {};  ///< of texts
  std::string standard;                                 ///< its value before anything is set
};

namespace detail {

inline std::string shortest(double x) {
  char digits[40];
  return {digits, std::to_chars(digits, digits + sizeof digits, x).ptr};
}

template <class Options, class Member>
option_slot slot_of(Options& options, const op::option_field<Member>& field) {
  auto& value = op::list::at(options, field.member);
  using type = std::remove_cvref_t<decltype(value)>;
  option_slot slot{field.info, {}, {}, ""};
  if constexpr (std::is_same_v<type, std::string_view>) {
    slot.standard = value;
    // The struct looks at a text; here is where it stays.
    slot.set_text = [&value, kept = std::make_shared<std::string>()](std::string_view text) { value = *kept = text; };
  } else if constexpr (std::is_same_v<type, std::optional<double>>) {
    slot.set_number = [&value](double x) { value = x; };
  } else {
    slot.set_number = [&value](double x) { value = static_cast<type>(x); };
    if (field.info.required) return slot;
    if constexpr (std::is_enum_v<type>)
      slot.standard = field.info.names[static_cast<std::size_t>(value)];
    else if constexpr (std::is_same_v<type, double>)
      slot.standard = value == value ? shortest(value) : "";
    else
      slot.standard = std::to_string(static_cast<index_t>(value));
  }
  return slot;
}

}  // namespace detail

/// All options of a struct; they refer to it.
template <class List, class Options>
std::vector<option_slot> slots_of(Options& options) {
  std::vector<option_slot> slots;
  std::apply([&](const auto&... f) { (slots.push_back(detail::slot_of(options, f)), ...); }, List::parameters());
  return slots;
}

/// NAME,OPTION=VALUE,... taken apart.
struct named {
  std::string name;
  std::vector<std::pair<std::string, std::string>> options;
};

/// Throws std::invalid_argument.
inline named take_apart(std::string_view text) {
  named result;
  for (bool first = true; first || !text.empty(); first = false) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string part(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (first) {
      result.name = part;
      continue;
    }
    const std::size_t equals = part.find('=');
    if (equals == part.npos) throw std::invalid_argument("'" + part + "' must be OPTION=VALUE");
    result.options.emplace_back(part.substr(0, equals), part.substr(equals + 1));
  }
  return result;
}

/// Sets one option by name. Throws std::invalid_argument with the sentence that says what would do.
inline void set_option(const std::vector<option_slot>& slots, const std::string& name, const std::string& text) {
  const auto refuse = [&](const std::string& why) { throw std::invalid_argument("option " + name + " " + why); };
  for (const option_slot& slot : slots) {
    if (slot.info.name != name) continue;
    if (slot.set_text) return slot.set_text(text);
    if (slot.info.kind == op::option_info::choice) {
      std::string all;
      for (int k = 0; k < slot.info.alternatives; ++k) {
        if (slot.info.names[k] == text) return slot.set_number(k);
        all += (k ? ", " : "") + std::string(slot.info.names[k]);
      }
      refuse("must be one of " + all + ", and is '" + text + "'");
    }
    if (slot.info.kind == op::option_info::flag) {
      if (text == "true" || text == "1") return slot.set_number(1);
      if (text == "false" || text == "0") return slot.set_number(0);
      refuse("must be true or false, and is '" + text + "'");
    }
    double x = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(x))
      refuse("must be a finite number, and is '" + text + "'");
    if (slot.info.kind == op::option_info::integer && (x != std::trunc(x) || std::abs(x) > 0x1p53))
      refuse("must be a whole number, and is " + text);
    if (!slot.info.range.holds(x)) {
      std::string limits;
      if (slot.info.range.low > -op::range::infinity)
        limits = (slot.info.range.open_low ? "greater than " : "at least ") + detail::shortest(slot.info.range.low);
      if (slot.info.range.high < op::range::infinity)
        limits += (limits.empty() ? "" : " and ") + std::string(slot.info.range.open_high ? "less than " : "at most ") +
                  detail::shortest(slot.info.range.high);
      refuse("must be " + limits + ", and is " + text);
    }
    return slot.set_number(x);
  }
  std::string all;
  for (const option_slot& slot : slots) all += (all.empty() ? "" : ", ") + std::string(slot.info.name);
  refuse(all.empty() ? "is not known: there are none" : "is not known; there are " + all);
}

/// Sets all that were named. Throws std::invalid_argument, also where one that is required is missing.
inline void set_options(const std::vector<option_slot>& slots, const named& words) {
  for (const auto& [name, value] : words.options) set_option(slots, name, value);
  for (const option_slot& slot : slots) {
    bool given = !slot.info.required;
    for (const auto& [name, value] : words.options) given = given || name == slot.info.name;
    if (!given)
      throw std::invalid_argument("needs " + std::string(slot.info.name) + "=VALUE, for which no value fits all data");
  }
}

/// "mode=exact|contains, alpha=0.5, target_length (required)", for --list.
inline std::string described(const std::vector<option_slot>& slots) {
  std::string text;
  for (const option_slot& slot : slots) {
    text += (text.empty() ? "" : ", ") + std::string(slot.info.name);
    if (slot.info.kind == op::option_info::choice) {
      // The default stands first.
      std::string others;
      for (int k = 0; k < slot.info.alternatives; ++k)
        if (slot.info.names[k] != slot.standard) others += "|" + std::string(slot.info.names[k]);
      text += "=" + (slot.info.required ? others.substr(1) : slot.standard + others);
    } else if (slot.info.kind == op::option_info::flag) {
      text += slot.standard == "1" ? "=true|false" : "=false|true";
    } else if (!slot.standard.empty()) {
      text += "=" + slot.standard;
    }
    if (slot.info.required) text += " (required)";
  }
  return text;
}

}  // namespace guerdon::examples
