#pragma once
// Whether a predicted action on a screen is the annotated one: kind, point, text.
//
//   click, long_press           the point lies in the box, or near its centre (`distance`)
//   type                        one text holds the other
//   open, terminate             so it does, or the F1 of their sets of words exceeds 0.5
//   swipe, system_button        one text holds the other
//   wait                        nothing more
//
// $$\|p - \mathrm{centre}\| \le f \sqrt{w^2 + h^2} \qquad (\text{distance})$$
//
// Kinds are compared in lower case, texts without white space around them and in lower case.
//
// Source: UI-Genie, arXiv:2505.21496, section 3; eval_results_androidcontrol.py of its release for the rules.
//
// Details that differ:
// - The paper asks for the box, its script for the distance. The script also rounds and rescales coordinates and turns
//   swipes around: do that before.
// - To the script an empty text is in every text, so that typing nothing always matches: `empty_text = anything`.
// - One letter is in most texts, and a text that lists everything holds most: `text = equal` asks for the same text.
// - A NaN lies nowhere. A kind that is not listed never matches.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/sets.hpp>
#include <guerdon/verify/words.hpp>

#include <cmath>
#include <span>

namespace guerdon {

enum class spatial_match { box, distance };
constexpr auto enumerators(spatial_match) { return std::array{"box", "distance"}; }
/// What a text that is empty matches: an empty one, or anything.
enum class empty_text_rule { empty, anything };
constexpr auto enumerators(empty_text_rule) { return std::array{"empty", "anything"}; }
/// When two texts match: one holds the other, or they are equal.
enum class screen_text { contained, equal };
constexpr auto enumerators(screen_text) { return std::array{"contained", "equal"}; }

namespace op {
struct ui_genie_action_match : host_kind {
  static constexpr info about{"ui_genie_action_match", "verify",
                              "Predicted against annotated screen actions (UI-Genie)",
                              "arXiv:2505.21496", skeleton::host};
  static constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  struct inputs {
    std::string_view predicted_type;
    std::string_view gold_type;
    std::array<double, 2> predicted_point;  ///< x, y
    std::array<double, 4> gold_box;         ///< x1, y1, x2, y2; a point is a box of no size
    std::string_view predicted_text;        ///< what is typed, the app, the direction, the button, the status
    std::string_view gold_text;
    std::array<double, 2> screen_size = {nan, nan};  ///< width and height, of distance
  };
  struct outputs {
    bool type_match = false;
    bool match = false;
  };
  struct options {
    spatial_match spatial = spatial_match::box;
    double distance_fraction = 0.14;  ///< >= 0, of the screen's diagonal
    empty_text_rule empty_text = empty_text_rule::empty;
    screen_text text = screen_text::contained;
  };

  template <class I>
  static constexpr auto arguments() {
    constexpr range type = words().together("screen action kind"), field = words().together("labels");
    return std::tuple(array("predicted_type", &I::predicted_type, "B", type),
                      array("gold_type", &I::gold_type, "B", type),
                      array("predicted_point", &I::predicted_point, "B,2", drawn(0, 4)),
                      array("gold_box", &I::gold_box, "B,4", drawn(0, 4)),
                      array("predicted_text", &I::predicted_text, "B", field),
                      array("gold_text", &I::gold_text, "B", field),
                      optional_array("screen_size", &I::screen_size, "B,2", drawn(1, 4)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("type_match", &O::type_match, "B"), array("match", &O::match, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("spatial", &options::spatial),
                      option("distance_fraction", &options::distance_fraction, at_least(0, 1)),
                      choice("empty_text", &options::empty_text), choice("text", &options::text));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace screen_actions {

/// Of two texts that were normalised, does one hold the other, or are they equal?
inline bool match(std::string_view a, std::string_view b, const op::ui_genie_action_match::options& o) {
  if (a.empty() || b.empty()) return o.empty_text == empty_text_rule::anything || a == b;
  if (o.text == screen_text::equal) return a == b;
  return unicode::contains(a, b) || unicode::contains(b, a);
}

/// F1 of two sets of words.
inline double set_f1(std::string_view a, std::string_view b) {
  const auto x = sets::of(words_of(a)), y = sets::of(words_of(b));
  const index_t common = sets::count_common(x, y);
  return common == 0 ? 0 : 2 * static_cast<double>(common) / static_cast<double>(x.size() + y.size());
}

}  // namespace screen_actions

/// One action.
inline op::ui_genie_action_match::outputs ui_genie_action_match(const op::ui_genie_action_match::inputs& in,
                                                                const op::ui_genie_action_match::options& o = {}) {
  const auto rule = check<op::ui_genie_action_match>(in, o);
  const bool no_screen = in.screen_size[0] != in.screen_size[0] && in.screen_size[1] != in.screen_size[1];
  rule(o.spatial == spatial_match::box || !no_screen, "screen_size", "must be given for distance");
  const std::string type = unicode::lower(in.predicted_type);
  if (type.empty() || type != unicode::lower(in.gold_type)) return {};
  if (type.find("click") != type.npos || type.find("long_press") != type.npos) {
    const auto [x, y] = in.predicted_point;
    const auto [x1, y1, x2, y2] = in.gold_box;
    if (o.spatial == spatial_match::box) return {true, x1 <= x && x <= x2 && y1 <= y && y <= y2};
    const double reach = o.distance_fraction * std::hypot(in.screen_size[0], in.screen_size[1]);
    return {true, std::hypot(x - (x1 + x2) / 2, y - (y1 + y2) / 2) <= reach};
  }
  if (type == "wait") return {true, true};
  const std::string a = unicode::lower(unicode::trim(in.predicted_text));
  const std::string b = unicode::lower(unicode::trim(in.gold_text));
  if (type == "type")
    return {true, screen_actions::match(joined_words(a), joined_words(b), o)};
  const bool held = screen_actions::match(a, b, o);
  if (type == "open" || type == "terminate")
    return {true, held || (o.text == screen_text::contained && screen_actions::set_f1(a, b) > 0.5)};
  return {true, held && (type == "swipe" || type == "system_button")};
}

/// A batch, in order.
inline auto ui_genie_action_match(const host_rows& rows, std::span<const op::ui_genie_action_match::inputs> in,
                                  const op::ui_genie_action_match::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return ui_genie_action_match(row, o); });
}

}}  // namespace guerdon
