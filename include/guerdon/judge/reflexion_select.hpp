#pragma once
// Try again until an attempt is good enough: which attempt is returned, and how many were made.
//
// $$i^* = \min \{ i < m : s_i > \theta \}$$
//
// of the first m = `max_attempts` attempts of a task; where none passes, `fallback` says which.
//
// Source: ARMAP, arXiv:2502.12130; Reflexion, arXiv:2303.11366.
//
// Details that differ:
// - The released code falls back on the first attempt, not on the best. NaN never passes, and is never the best.
// - A task without attempts: -1, none made, not accepted.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <algorithm>
#include <vector>

namespace guerdon {

/// Which attempt is returned where none passes.
enum class attempt_fallback { first, best, last };
constexpr auto enumerators(attempt_fallback) { return std::array{"first", "best", "last"}; }

namespace op {
struct reflexion_select : host_kind {
  static constexpr info about{"reflexion_select", "judge", "The first attempt that is good enough (ARMAP, Reflexion)",
                              "arXiv:2502.12130; arXiv:2303.11366", skeleton::host};
  struct inputs {
    view<const double> attempt_score;  ///< [N] the reward model's, in the order of the attempts
    segments tasks;                    ///< cuts the N attempts into T tasks
  };
  struct outputs {
    std::vector<index_t> chosen;    ///< [T] counted inside the task; -1: there was no attempt
    std::vector<index_t> attempts;  ///< [T] how many were made
    std::vector<flag_t> accepted;   ///< [T] 1 = the chosen one passed
  };
  struct options {
    double threshold = 0.5;    ///< a passing score is higher
    index_t max_attempts = 5;  ///< >= 0
    attempt_fallback fallback = attempt_fallback::first;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("attempt_score", &I::attempt_score, "N"),
                      cuts("tasks", &I::tasks, "T", "N").in_files("task_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("chosen", &O::chosen, "T"), array("attempts", &O::attempts, "T"),
                      array("accepted", &O::accepted, "T"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("threshold", &options::threshold, drawn(0, 1)),
                      option("max_attempts", &options::max_attempts, counts_from(0, 6)),
                      choice("fallback", &options::fallback));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The choice for every task.
inline op::reflexion_select::outputs reflexion_select(const op::reflexion_select::inputs& in,
                                                      const op::reflexion_select::options& o = {}) {
  check<op::reflexion_select>(in, o);
  op::reflexion_select::outputs out;
  for (index_t t = 0; t < in.tasks.count(); ++t) {
    const index_t begin = in.tasks.begin(t), n = std::min(in.tasks.size(t), o.max_attempts);
    const auto score = [&](index_t i) { return in.attempt_score[begin + i]; };
    index_t best = 0, made = 0, passed = -1;
    for (; made < n && passed < 0; ++made) {
      if (score(made) > o.threshold) passed = made;
      const bool first_number = score(best) != score(best) && score(made) == score(made);
      if (score(made) > score(best) || first_number) best = made;
    }
    const index_t otherwise[] = {0, best, n - 1};
    out.chosen.push_back(passed >= 0 ? passed : n == 0 ? -1 : otherwise[static_cast<int>(o.fallback)]);
    out.attempts.push_back(made);
    out.accepted.push_back(passed >= 0);
  }
  return out;
}

}}  // namespace guerdon
