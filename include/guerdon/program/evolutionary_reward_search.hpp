#pragma once
// Evolution of reward programs: a round of candidates, the best of which, with what its training showed, is what the
// proposer sees for the next round.
//
// $$k_t = \min \arg\max_k s_{tk}, \qquad \text{context}_{t+1} =
//   \begin{cases} \text{context}_t & \text{none of several ran} \\ (t, k_t) & \text{else} \end{cases}$$
//
// The overall best changes on a strictly greater score only. The operation does this on recorded scores; reward_search
// is the same round by round, a state that is saved and restored; program_search (program_search.hpp) calls a proposer
// and a trainer of the caller's for each of them:
//
//   guerdon::reward_search search;
//   search.update(score, executed);  // of a round; the next one starts from search.context_iteration, context_index
//
// Source: Eureka, arXiv:2310.12931; eureka-research/Eureka, eureka.py.
//
// Details that differ:
// - A round's best replaces the context even if it is worse than an earlier one, as released; a single candidate does
//   even if it failed, so that its error is fed back. {.elitist = true}, this project's own: only the overall best
//   does, or the first there is.
// - One index per candidate. The released code drops candidates whose signature cannot be parsed from one of its lists
//   only, so that indices can point at the wrong program afterwards.
// - The best is retrained with several seeds in the end: checkpoint_score.
//
// Cost: one pass over the candidates.

#include <guerdon/program/candidates.hpp>

#include <vector>

namespace guerdon {

namespace op {
struct evolutionary_reward_search : host_kind {
  static constexpr info about{"evolutionary_reward_search", "program", "Rounds of a search of reward programs (Eureka)",
                              "arXiv:2310.12931", skeleton::host};
  struct inputs {
    index_t candidates = 0;       ///< K >= 1 in a round
    view<const double> score;     ///< [I,K] best task metric reached; NaN: did not run
    view<const flag_t> executed;  ///< [I,K] 1 = the program ran and trained
  };
  struct outputs {
    std::vector<index_t> context_iteration;  ///< [I] whose best was the context at its start; -1: the initial one
    std::vector<index_t> best_index;         ///< [I] -1: none of several ran
    std::vector<double> best_score;          ///< [I]
    std::vector<double> execute_rate;        ///< [I]
    index_t overall_iteration = -1;          ///< [1] -1: no score beat failure_score
    index_t overall_index = -1;              ///< [1]
    double overall_score = 0;                ///< [1] failure_score then
  };
  struct options {
    double failure_score = -10000;  ///< of a candidate that did not run
    bool elitist = false;           ///< only the overall best is the context
    bool negative_fails = false;    ///< execute_rate counts scores of at least 0, as released
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("candidates", &I::candidates, "K"), array("score", &I::score, "I,K"),
                      array("executed", &I::executed, "I,K", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("context_iteration", &O::context_iteration, "I"),
                      array("best_index", &O::best_index, "I"), array("best_score", &O::best_score, "I"),
                      array("execute_rate", &O::execute_rate, "I"),
                      array("overall_iteration", &O::overall_iteration, "1"),
                      array("overall_index", &O::overall_index, "1"), array("overall_score", &O::overall_score, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("failure_score", &options::failure_score, drawn(-3, 0)),
                      flag("elitist", &options::elitist), flag("negative_fails", &options::negative_fails));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// A search, round by round.
struct reward_search {
  op::evolutionary_reward_search::options options = {};
  index_t rounds = 0;                                  ///< taken so far
  index_t context_iteration = -1, context_index = -1;  ///< the program that the proposer sees; -1: the initial task
  index_t overall_iteration = -1, overall_index = -1;  ///< the best of all; -1: none
  double overall_score = options.failure_score;

  static constexpr const char* name = "reward_search";
  static constexpr auto fields() {
    using self = reward_search;
    return std::tuple_cat(
        std::tuple(op::saved("rounds", &self::rounds), op::saved("context_iteration", &self::context_iteration),
                   op::saved("context_index", &self::context_index),
                   op::saved("overall_iteration", &self::overall_iteration),
                   op::saved("overall_index", &self::overall_index), op::saved("overall_score", &self::overall_score)),
        op::saved_options<op::evolutionary_reward_search>(&self::options));
  }

  /// Takes the results of a round of one candidate or more; what has been selected.
  candidates::selection update(view<const double> score, view<const flag_t> executed) {
    require(score.size() > 0, "evolutionary_reward_search", "score", "must hold at least one candidate");
    require(score.size() == executed.size(), "evolutionary_reward_search", "executed",
            "has the wrong shape: it must hold one flag for each candidate");
    const index_t now = rounds++;
    const auto best = candidates::select(score, executed, options.failure_score, options.negative_fails);
    if (!best.any_executed && score.size() > 1) return {-1, options.failure_score, 0, false};
    const bool better = best.best_score > overall_score;
    if (better) overall_iteration = now, overall_index = best.best_index, overall_score = best.best_score;
    if (better || !options.elitist || context_iteration < 0)
      context_iteration = now, context_index = best.best_index;
    return best;
  }
};

inline op::evolutionary_reward_search::outputs evolutionary_reward_search(
    const op::evolutionary_reward_search::inputs& in, const op::evolutionary_reward_search::options& o = {}) {
  const auto rule = check<op::evolutionary_reward_search>(in, o);
  rule(in.candidates > 0, "score", "must hold at least one candidate of each round");
  reward_search search{.options = o};
  op::evolutionary_reward_search::outputs out;
  for (index_t i = 0; i < in.score.size(); i += in.candidates) {
    out.context_iteration.push_back(search.context_iteration);
    const auto best = search.update({in.score.data() + i, in.candidates}, {in.executed.data() + i, in.candidates});
    out.best_index.push_back(best.best_index);
    out.best_score.push_back(best.best_score);
    out.execute_rate.push_back(best.execute_rate);
  }
  out.overall_iteration = search.overall_iteration;
  out.overall_index = search.overall_index;
  out.overall_score = search.overall_score;
  return out;
}

}}  // namespace guerdon
