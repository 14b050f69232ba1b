#pragma once
// Whether a completion is a well-formed list of boxes, if there is something to find in the image, and none, if there
// is not.
//
// $$r = \begin{cases} f & n > 0 \\ 1 - f & \text{else} \end{cases}$$
//
// for n objects, where f is 1 if the text is JSON once its fences are taken out: every ```json with a line feed behind
// it, and every three backticks with a line feed before them. It is 0 for a list with an object that has the keys
// bbox_2d and label, and whose bbox_2d is no list of four.
//
// Source: Vision-R1, arXiv:2503.18013 (visionr1_qwen.py).
//
// Details that differ:
// - Anything else that is JSON passes: an object, a number, an empty list, items without boxes.
// - Fences are taken out in one pass from left to right: a line feed before an opening fence takes its backticks
//   along, and leaves the word json, which fails. So does a fence ended by CR LF. Both as released.
// - JSON is read as Python's json.loads does, NaN and Infinity too, nested 512 deep at most.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/core/text.hpp>
#include <guerdon/verify/json_reader.hpp>

#include <algorithm>
#include <span>

namespace guerdon {

namespace op {
struct vision_r1_format_reward : host_kind {
  static constexpr info about{"vision_r1_format_reward", "verify",
                              "Whether boxes are written as asked, if there is anything to find (Vision-R1)",
                              "arXiv:2503.18013", skeleton::host};
  struct inputs {
    std::string_view completion;  ///< of the model
    index_t num_instances;        ///< objects in the image
  };
  struct outputs {
    double format_reward = 0;  ///< 1 or 0
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("completion", &I::completion, "B", words().together("box list")),
                      array("num_instances", &I::num_instances, "B", integers(0, 2)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("format_reward", &O::format_reward, "B")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace box_lists {

/// The text without its fences.
inline std::string without_fences(std::string_view text) {
  constexpr std::string_view opening = "```json\n", closing = "\n```";
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    if (text.starts_with(opening))
      text.remove_prefix(opening.size());
    else if (text.starts_with(closing))
      text.remove_prefix(closing.size());
    else
      out += text.front(), text.remove_prefix(1);
  }
  return out;
}

/// Is the item a box with a label whose corners are not four?
inline bool is_broken_box(const json_text::value& item) {
  const json_text::value* corners = item.is_object() ? item.find("bbox_2d") : nullptr;
  if (!corners || !item.find("label")) return false;
  return corners->kind != json_text::kind::list || corners->items.size() != 4;
}

}  // namespace box_lists

/// One completion.
inline op::vision_r1_format_reward::outputs vision_r1_format_reward(
    const op::vision_r1_format_reward::inputs& in, const op::vision_r1_format_reward::options& o = {}) {
  check<op::vision_r1_format_reward>(in, o);
  const auto json = json_text::read(unicode::trim(box_lists::without_fences(in.completion)));
  const bool listed = json && json->kind == json_text::kind::list;
  const bool formed =
      json && !(listed && std::any_of(json->items.begin(), json->items.end(), box_lists::is_broken_box));
  return {formed == (in.num_instances > 0) ? 1.0 : 0.0};
}

/// A batch, in order.
inline auto vision_r1_format_reward(const host_rows& rows, std::span<const op::vision_r1_format_reward::inputs> in,
                                    const op::vision_r1_format_reward::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return vision_r1_format_reward(row, o); });
}

}}  // namespace guerdon
