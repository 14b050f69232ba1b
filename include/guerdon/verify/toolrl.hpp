#pragma once
// What the rewards of ToolRL (arXiv:2504.13958) share.

#include <guerdon/core/config.hpp>

#include <array>

namespace guerdon {

/// How the bounds of a reward move with the step of the training.
enum class toolrl_schedule { none, two_stage, smooth };
constexpr auto enumerators(toolrl_schedule) { return std::array{"none", "two_stage", "smooth"}; }

/// What makes tool calls alike: name, parameters and values by parts (full), or with lists of names that count as a
/// whole (strict_names), or call by call as a whole, or all calls as a whole.
enum class toolrl_match { full, strict_names, whole_call, exact };
constexpr auto enumerators(toolrl_match) { return std::array{"full", "strict_names", "whole_call", "exact"}; }

inline namespace GUERDON_ABI { namespace toolrl {

struct bounds {
  double least, most;
};

}}}  // namespace guerdon::toolrl
