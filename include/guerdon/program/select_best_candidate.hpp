#pragma once
// The best of the reward programs of one round, by what the policies trained with them have reached.
//
// $$k^* = \min \arg\max_k s_k', \qquad s_k' = \begin{cases} s_k & \text{k ran} \\ f & \text{else} \end{cases}$$
//
// with the score f of a failure. A candidate has run if it is flagged and its score is not NaN.
//
// Source: Eureka, arXiv:2310.12931; eureka-research/Eureka, eureka.py.
//
// Details that differ:
// - The execution rate counts the candidates that ran, whatever the sign of their scores. The released code counts the
//   scores of at least 0: {.negative_fails = true}, under which a negative task metric is a failure, and failures count
//   where their score is at least 0.
//
// Cost: one pass over the candidates.

#include <guerdon/program/candidates.hpp>

namespace guerdon {

namespace op {
struct select_best_candidate : host_kind {
  static constexpr info about{"select_best_candidate", "program", "Best reward program of a round (Eureka)",
                              "arXiv:2310.12931", skeleton::host};
  struct inputs {
    view<const double> score;     ///< [K] best task metric reached in training, K >= 1; NaN: did not run
    view<const flag_t> executed;  ///< [K] 1 = the program ran and trained
  };
  struct outputs {
    index_t best_index = 0;    ///< [1] the lowest, of equals
    double best_score = 0;     ///< [1]
    double execute_rate = 0;   ///< [1] share of the candidates that ran
    flag_t any_executed = 0;   ///< [1] 1 = one ran
  };
  struct options {
    double failure_score = -10000;  ///< of a candidate that did not run
    bool negative_fails = false;    ///< the rate counts scores of at least 0, as released
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("score", &I::score, "K"), array("executed", &I::executed, "K", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("best_index", &O::best_index, "1"), array("best_score", &O::best_score, "1"),
                      array("execute_rate", &O::execute_rate, "1"), array("any_executed", &O::any_executed, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("failure_score", &options::failure_score, drawn(-3, 1)),
                      flag("negative_fails", &options::negative_fails));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::select_best_candidate::outputs select_best_candidate(const op::select_best_candidate::inputs& in,
                                                                const op::select_best_candidate::options& o = {}) {
  const auto rule = check<op::select_best_candidate>(in, o);
  rule(in.score.size() > 0, "score", "must hold at least one candidate");
  const auto s = candidates::select(in.score, in.executed, o.failure_score, o.negative_fails);
  return {s.best_index, s.best_score, s.execute_rate, s.any_executed};
}

}}  // namespace guerdon
