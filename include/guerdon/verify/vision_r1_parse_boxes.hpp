#pragma once
// The labelled boxes in a completion: from its JSON, and failing that, from what looks like them.
//
// 1. The trimmed text, without a first line that begins with ```json, up to the next three backticks, read as JSON. Of
//    a list, each item that is an object with a bbox_2d of four integers gives a box, if x1 < x2 and y1 < y2.
// 2. Only if that gave none: each {"bbox_2d": [a, b, c, d], "label": "name"} in the text, with these very blanks, of
//    up to three digits or 1000 each and a name of one character or more.
//
// $$\mathrm{boxes} = \{(x_1, y_1, x_2, y_2, \text{label}) : x_1 < x_2,\ y_1 < y_2\}$$
//
// Source: Vision-R1, arXiv:2503.18013 (visionr1_qwen.py).
//
// Details that differ:
// - Numbers are cut to integers towards 0; texts that spell an integer, true and false count too. What is anything
//   else, not finite, or beyond 64 bits loses its item.
// - A label that is missing or no text is empty; the official code keeps such a value, which then names the background.
// - JSON is read as Python's json.loads does, NaN and Infinity too, nested 512 deep at most.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/core/text.hpp>
#include <guerdon/verify/json_reader.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace guerdon {

namespace op {
struct vision_r1_parse_boxes : host_kind {
  static constexpr info about{"vision_r1_parse_boxes", "verify", "Labelled boxes out of what a model wrote (Vision-R1)",
                              "arXiv:2503.18013", skeleton::host};
  struct inputs {
    std::string_view completion;  ///< of the model
  };
  struct outputs {
    std::vector<index_t> box;        ///< [P,4] x1, y1, x2, y2
    std::vector<std::string> label;  ///< [P]
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("completion", &I::completion, "B", words().together("box list")));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(list_of("box", &O::box, "P,4", "box_offsets"), list_of("label", &O::label, "P", "box_offsets"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace box_lists {

constexpr std::string_view fence = "```";

/// The text without a first line that opens a fence of JSON.
inline std::string_view without_opening(std::string_view text) {
  if (!text.starts_with("```json")) return text;
  const std::size_t end = text.find_first_of("\r\n");
  if (end == text.npos) return {};
  return text.substr(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
}

/// A decimal integer of 64 bits, white space around it and a sign allowed.
inline std::optional<index_t> integer_of(std::string_view text) {
  text = unicode::trim(text);
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return {};
  }
  index_t x = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
  return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(x) : std::nullopt;
}
inline std::optional<index_t> integer_of(const json_text::value& v) {
  if (v.kind == json_text::kind::string || (v.kind == json_text::kind::number && !v.text.empty()))
    return integer_of(v.text);
  if (v.kind != json_text::kind::number || !(std::abs(v.number) < 9e18)) return {};
  return static_cast<index_t>(v.number);
}

inline void keep(op::vision_r1_parse_boxes::outputs& out, const std::array<index_t, 4>& box, std::string label) {
  if (box[0] >= box[2] || box[1] >= box[3]) return;
  out.box.insert(out.box.end(), box.begin(), box.end());
  out.label.push_back(std::move(label));
}

inline void keep_item(op::vision_r1_parse_boxes::outputs& out, const json_text::value& item) {
  const json_text::value* corners = item.is_object() ? item.find("bbox_2d") : nullptr;
  if (!corners || corners->kind != json_text::kind::list || corners->items.size() != 4) return;
  std::array<index_t, 4> box;
  for (std::size_t k = 0; k < 4; ++k) {
    const auto x = integer_of(corners->items[k]);
    if (!x) return;
    box[k] = *x;
  }
  const json_text::value* label = item.find("label");
  keep(out, box, label && label->is_string() ? unicode::from_generalised(label->text) : std::string());
}

/// Reads the pattern of step 2 at the beginning of `text`, and takes it away from there.
inline bool take_pattern(std::string_view& text, std::array<index_t, 4>& box, std::string_view& label) {
  std::string_view rest = text;
  const auto take = [&](std::string_view word) {
    if (!rest.starts_with(word)) return false;
    rest.remove_prefix(word.size());
    return true;
  };
  for (std::size_t k = 0; k < 4; ++k) {
    if (!take(k == 0 ? "{\"bbox_2d\": [" : ", ")) return false;
    std::size_t digits = 0;
    while (digits < rest.size() && digits < 4 && rest[digits] >= '0' && rest[digits] <= '9') ++digits;
    if (digits == 0 || (digits == 4 && !rest.starts_with("1000"))) return false;
    box[k] = *integer_of(rest.substr(0, digits));
    rest.remove_prefix(digits);
  }
  if (!take("], \"label\": \"")) return false;
  const std::size_t end = rest.find('"');
  if (end == rest.npos || end == 0) return false;
  label = rest.substr(0, end);
  rest.remove_prefix(end);
  if (!take("\"}")) return false;
  text = rest;
  return true;
}

}  // namespace box_lists

/// One completion.
inline op::vision_r1_parse_boxes::outputs vision_r1_parse_boxes(const op::vision_r1_parse_boxes::inputs& in,
                                                                const op::vision_r1_parse_boxes::options& o = {}) {
  check<op::vision_r1_parse_boxes>(in, o);
  op::vision_r1_parse_boxes::outputs out;
  const std::string_view text = unicode::trim(in.completion), inside = box_lists::without_opening(text);
  if (const auto json = json_text::read(inside.substr(0, inside.find(box_lists::fence)));
      json && json->kind == json_text::kind::list)
    for (const json_text::value& item : json->items) box_lists::keep_item(out, item);
  if (!out.label.empty()) return out;
  std::array<index_t, 4> box;
  std::string_view label;
  for (std::string_view rest = text; !(rest = rest.substr(std::min(rest.find('{'), rest.size()))).empty();) {
    if (box_lists::take_pattern(rest, box, label))
      box_lists::keep(out, box, std::string(label));
    else
      rest.remove_prefix(1);
  }
  return out;
}

/// A batch, in order.
inline auto vision_r1_parse_boxes(const host_rows& rows, std::span<const op::vision_r1_parse_boxes::inputs> in,
                                  const op::vision_r1_parse_boxes::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return vision_r1_parse_boxes(row, o); });
}

}}  // namespace guerdon
