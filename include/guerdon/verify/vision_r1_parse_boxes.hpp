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

/// A decimal integer of 64 bits, a minus before it allowed.
inline std::optional<index_t> digits_of(std::string_view text) {
  index_t x = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
  return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(x) : std::nullopt;
}
/// The same with white space around it, or a plus.
inline std::optional<index_t> integer_of(std::string_view text) {
  text = unicode::trim(text);
  if (text.starts_with("+-")) return {};
  return digits_of(text.substr(text.starts_with('+')));
}

inline void keep(op::vision_r1_parse_boxes::outputs& out, const std::array<index_t, 4>& box, std::string label) {
  if (box[0] >= box[2] || box[1] >= box[3]) return;
  for (const index_t x : box) out.box.push_back(x);
  out.label.push_back(std::move(label));
}

/// The boxes in a list of JSON, from what json_text::reader tells.
class from_json {
 public:
  op::vision_r1_parse_boxes::outputs boxes;

  void null() { value({}); }
  void whole(std::string_view digits) { value(digits_of(digits)); }
  void real(double x) { value(std::abs(x) < 9e18 ? std::optional(static_cast<index_t>(x)) : std::nullopt); }
  void string(std::string_view text) {
    value(is_corner() ? integer_of(text) : std::nullopt);
    if (is_member(member::label)) label_ = unicode::from_generalised(text);
  }
  void list() {
    value({});
    if (depth_ == 0) is_list_ = true;
    if (is_member(member::corners)) corners_ = 0;
    ++depth_;
  }
  void object() {
    value({});
    ++depth_;
  }
  void name(std::string_view text) {
    if (depth_ == 2) member_ = text == "bbox_2d" ? member::corners : text == "label" ? member::label : member::other;
  }
  void end() {
    if (depth_-- == 2 && is_list_ && corners_ == 4) keep(boxes, box_, std::move(label_));
  }

 private:
  enum class member { other, corners, label };
  static constexpr std::size_t no_box = 5;

  bool is_member(member m) const { return depth_ == 2 && member_ == m; }
  bool is_corner() const { return depth_ == 3 && member_ == member::corners; }
  /// One begins, of which x is the integer.
  void value(std::optional<index_t> x) {
    if (is_corner()) {
      if (x && corners_ < 4) box_[corners_++] = *x;
      else corners_ = no_box;
    } else if (depth_ == 2) {
      if (member_ == member::corners) corners_ = no_box;
      if (member_ == member::label) label_.clear();
    } else if (depth_ == 1) {
      member_ = member::other, corners_ = no_box;
      label_.clear();
    }
  }

  int depth_ = 0;  // 1 in the list, 2 in an item, 3 in a member of it
  bool is_list_ = false;
  member member_ = member::other;  // of the item
  std::size_t corners_ = no_box;   // of the item, read so far
  std::array<index_t, 4> box_{};
  std::string label_;
};

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
    box[k] = *digits_of(rest.substr(0, digits));
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
  const std::string_view text = unicode::trim(in.completion), inside = box_lists::without_opening(text);
  box_lists::from_json listed;
  const bool is_json = json_text::reader(inside.substr(0, inside.find(box_lists::fence)), listed).read();
  if (is_json && !listed.boxes.label.empty()) return std::move(listed.boxes);
  op::vision_r1_parse_boxes::outputs out;
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
