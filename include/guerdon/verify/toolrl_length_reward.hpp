#pragma once
// A reward for thinking at length, up to a number of words.
//
// $$r = \min\bigl(1, \mathrm{round}_2(w / w^*)\bigr)\,(r_{\max} - r_{\min}) + r_{\min}$$
//
// with w the words of the thought, which stands behind the last <think> up to the next </think>, and $w^*$ `max_words`,
// or 384 + 256 t / 105 at step t with `schedule_length`. $r_{\min}$ where one of the two tags is missing.
//
// Source: ToolRL, arXiv:2504.13958, rlla.py (compute_length_reward).
//
// Details that differ:
// - The share is rounded to two decimals before it is capped, half to even on what it is exactly, as Python's round
//   does.
// - The schedule has no upper end.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/decimal.hpp>
#include <guerdon/verify/words.hpp>

#include <span>

namespace guerdon {
namespace op {
struct toolrl_length_reward : host_kind {
  static constexpr info about{"toolrl_length_reward", "verify", "Reward for the words of the thought (ToolRL)",
                              "arXiv:2504.13958", skeleton::host};
  struct inputs {
    std::string_view completion;
  };
  struct outputs {
    double reward = 0;
  };
  struct options {
    index_t step = 0;              ///< >= 0, of the training
    bool schedule_length = false;  ///< the target grows with the step
    index_t max_words = 512;       ///< >= 1, the target otherwise
    double max_reward = 1;
    double min_reward = 0;
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("completion", &I::completion, "B", words())); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("step", &options::step, counts(160)), flag("schedule_length", &options::schedule_length),
                      option("max_words", &options::max_words, counts_from(1, 600)),
                      option("max_reward", &options::max_reward), option("min_reward", &options::min_reward));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One completion.
inline op::toolrl_length_reward::outputs toolrl_length_reward(const op::toolrl_length_reward::inputs& in,
                                                              const op::toolrl_length_reward::options& o = {}) {
  check<op::toolrl_length_reward>(in, o);
  constexpr std::string_view opener = "<think>", closer = "</think>";
  const std::size_t begin = in.completion.rfind(opener);
  if (begin == in.completion.npos || in.completion.find(closer) == in.completion.npos) return {o.min_reward};
  std::string_view thought = in.completion.substr(begin + opener.size());
  thought = thought.substr(0, thought.find(closer));
  double words = 0;
  for_each_word(thought, [&](std::string_view) { ++words; });
  const double target =
      o.schedule_length ? 384 + 256 * static_cast<double>(o.step) / 105 : static_cast<double>(o.max_words);
  const double share = std::min(1.0, rounded_to_decimals(words / target, 2));
  return {share * (o.max_reward - o.min_reward) + o.min_reward};
}

/// A batch, in order.
inline auto toolrl_length_reward(const host_rows& rows, std::span<const op::toolrl_length_reward::inputs> in,
                                 const op::toolrl_length_reward::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return toolrl_length_reward(row, o); });
}

}}  // namespace guerdon
