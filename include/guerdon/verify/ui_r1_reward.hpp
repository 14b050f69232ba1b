#pragma once
// The reward of an action on a screen: its kind, the point that is clicked, and the form of the completion.
//
// $$r = r_{\text{action}} + r_{\text{coordinate}} + r_{\text{format}}$$
//
// each 1 or 0: the actions are equal; so they are and, of a click, the point lies in the true box; the completion is
// <think>...</think><answer>...</answer>, or the answer alone. Actions read 'action': 'click', points [x, y], boxes
// [x1, y1, x2, y2], all in the first answer block.
//
// Source: UI-R1, arXiv:2503.21620, grpo_json_action_coord.py and its variants.
//
// Details that differ:
// - None by intent: the official patterns, without their backtracking. So double quotes are not read, and a point that
//   cannot be read is (0, 0), which lies in a box that holds the origin; with `unread_point = nowhere` it lies in none.
// - think_answer scales the point from the model's pixels to those of the screen and cuts off its fraction; answer_only
//   takes it as it stands, from between braces.
// - Coordinates above 10^18 count as 10^18.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/tags.hpp>

#include <cmath>
#include <span>

namespace guerdon {

enum class ui_r1_template { think_answer, answer_only };
constexpr auto enumerators(ui_r1_template) { return std::array{"think_answer", "answer_only"}; }
/// Where a point is that cannot be read.
enum class unread_point_rule { origin, nowhere };
constexpr auto enumerators(unread_point_rule) { return std::array{"origin", "nowhere"}; }

namespace op {
struct ui_r1_reward : host_kind {
  static constexpr info about{"ui_r1_reward", "verify",
                              "Action, click and form on a screen (UI-R1)", "arXiv:2503.21620", skeleton::host};
  struct inputs {
    std::string_view completion;
    std::string_view solution;    ///< the truth, in the same notation
    std::array<double, 2> scale;  ///< of x and y, > 0: pixels of the screen by pixels of the model
  };
  struct outputs {
    double action_reward = 0;
    double coordinate_reward = 0;
    double format_reward = 0;
    double reward = 0;  ///< their sum
  };
  struct options {
    ui_r1_template form = ui_r1_template::think_answer;
    unread_point_rule unread_point = unread_point_rule::origin;  ///< of a point that is missing or malformed
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("completion", &I::completion, "B", words().together("screen action")),
                      array("solution", &I::solution, "B", words().together("screen action")),
                      array("scale", &I::scale, "B,2", greater_than(0, 0.5, 2)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("action_reward", &O::action_reward, "B"),
                      array("coordinate_reward", &O::coordinate_reward, "B"),
                      array("format_reward", &O::format_reward, "B"), array("reward", &O::reward, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("form", &options::form).in_files("template"),
                      choice("unread_point", &options::unread_point));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// How UI-R1's answers are read.
namespace screen {

constexpr std::size_t skip_space(std::string_view text, std::size_t at) {
  return text.size() - unicode::trim_left(text.substr(at)).size();
}

/// The content of the first answer block.
inline std::optional<std::string_view> answer_of(std::string_view text) {
  const auto block = tags::next_block(text, "<answer>", "</answer>");
  return block ? std::optional(unicode::trim(block->content)) : std::nullopt;
}

/// The word behind the first 'action': that has one, in quotes if any stands in quotes.
inline std::string_view action_of(std::string_view answer) {
  constexpr std::string_view key = "'action':";
  for (const bool quoted : {true, false})
    for (std::size_t at = 0; (at = answer.find(key, at)) != answer.npos;) {
      at += key.size();
      std::size_t begin = skip_space(answer, at);
      if (quoted && !(begin < answer.size() && answer[begin] == '\'')) continue;
      begin += quoted;
      std::size_t end = begin;
      while (end < answer.size()) {
        const auto [c, size] = unicode::decode_at(answer.data() + end, answer.data() + answer.size());
        if (!unicode::is_word(c)) break;
        end += static_cast<std::size_t>(size);
      }
      const bool closed = !quoted || (end < answer.size() && answer[end] == '\'');
      if (end > begin && closed) return answer.substr(begin, end - begin);
    }
  return {};
}

/// "[d, d, ...]" of n numbers at `at`: where it ends, 0 if it is not there.
inline std::size_t numbers_at(std::string_view text, std::size_t at, double* numbers, int n) {
  const auto take = [&](char c) { return at < text.size() && text[at] == c && ++at; };
  if (!take('[')) return 0;
  for (int k = 0; k < n; ++k) {
    if (k > 0) {
      if (!take(',')) return 0;
      at = skip_space(text, at);
    }
    const std::size_t begin = at;
    index_t x = 0;
    constexpr index_t most = 1'000'000'000'000'000'000;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
      x = x > most / 10 ? most : std::min(most, 10 * x + (text[at] - '0'));
    if (at == begin) return 0;
    numbers[k] = static_cast<double>(x);
  }
  return take(']') ? at : 0;
}

/// The first such list of n numbers, else n times `otherwise`.
template <std::size_t n>
std::array<double, n> first_numbers(std::string_view text, double otherwise = 0) {
  std::array<double, n> found, tried{};
  found.fill(otherwise);
  for (std::size_t at = 0; (at = text.find('[', at)) != text.npos; ++at)
    if (numbers_at(text, at, tried.data(), static_cast<int>(n))) return tried;
  return found;
}

/// The last point on the line of a brace, with a closing brace behind it; of the first brace that has one.
inline std::array<double, 2> braced_point(std::string_view text, double otherwise) {
  std::array<double, 2> point{};
  tags::finder line_ends(text, "\n"), braces(text, "}"), brackets(text, "[");
  for (std::size_t open = 0; (open = text.find('{', open)) != text.npos;) {
    const std::size_t line_end = std::min(text.find('\n', open), text.size());
    bool found = false;
    std::array<double, 2> last{};
    for (std::size_t at = open; (at = brackets.from(at)) < line_end; ++at) {
      const std::size_t end = numbers_at(text, at, point.data(), 2);
      if (end == 0) continue;
      // White space may lead on to another line; the brace stands on the line that it leads to, or on one before.
      const std::size_t reached = skip_space(text, end), brace = braces.from(end);
      if (brace < std::min(line_ends.from(reached), text.size())) last = point, found = true;
    }
    if (found) return last;
    open = line_end;  // a later brace of the line has no other points
  }
  return {otherwise, otherwise};
}

inline bool in_form(std::string_view text, ui_r1_template form) {
  constexpr std::string_view think = "<think>", thought = "</think>", answer = "<answer>", answered = "</answer>";
  if (!text.ends_with(answered)) return false;
  const std::size_t end = text.size() - answered.size();
  if (form == ui_r1_template::answer_only) return text.starts_with(answer) && answer.size() <= end;
  if (!text.starts_with(think)) return false;
  for (std::size_t at = think.size(); (at = text.find(thought, at)) != text.npos;) {
    at += thought.size();
    const std::size_t begin = skip_space(text, at);
    if (text.substr(begin).starts_with(answer) && begin + answer.size() <= end) return true;
  }
  return false;
}

}  // namespace screen

/// One completion.
inline op::ui_r1_reward::outputs ui_r1_reward(const op::ui_r1_reward::inputs& in,
                                              const op::ui_r1_reward::options& o = {}) {
  const auto rule = check<op::ui_r1_reward>(in, o);
  rule(in.scale[0] > 0 && in.scale[1] > 0, "scale", "must be greater than 0");
  const bool only = o.form == ui_r1_template::answer_only;
  op::ui_r1_reward::outputs out;
  out.format_reward = screen::in_form(in.completion, o.form);
  const auto answer = screen::answer_of(in.completion), truth = screen::answer_of(in.solution);
  const std::string_view action = answer ? screen::action_of(*answer) : std::string_view();
  if (!action.empty() && truth && action == screen::action_of(*truth)) {
    out.action_reward = 1;
    if (action == "click") {
      const auto [x1, y1, x2, y2] = screen::first_numbers<4>(*truth);
      const double unread = o.unread_point == unread_point_rule::origin ? 0 : std::numeric_limits<double>::quiet_NaN();
      auto [x, y] = only ? screen::braced_point(*answer, unread) : screen::first_numbers<2>(*answer, unread);
      if (!only) x = std::trunc(x * in.scale[0]), y = std::trunc(y * in.scale[1]);
      out.coordinate_reward = x1 <= x && x <= x2 && y1 <= y && y <= y2;
    } else {
      out.coordinate_reward = 1;
    }
  }
  out.reward = out.action_reward + out.coordinate_reward + out.format_reward;
  return out;
}

/// A batch, in order.
inline auto ui_r1_reward(const host_rows& rows, std::span<const op::ui_r1_reward::inputs> in,
                         const op::ui_r1_reward::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return ui_r1_reward(row, o); });
}

}}  // namespace guerdon
