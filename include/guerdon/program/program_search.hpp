#pragma once
// A search among reward programs of a caller's own type, between a proposer and a trainer of the caller's (Eureka).
//
//   guerdon::program_search<my_program> search{.context = {.program = written_by_hand}};
//   for (int round = 0; round < 5; ++round) search.round(16, propose, train);
//
// propose(context, K) returns K programs for the program that a round starts from, with what its training has shown:
// there a language model reads, or a generator draws. train(program) returns a training_record. Both are called on the
// caller's thread, in order. What an exception leaves is the search as it was before the round.
//
// Which program is the context, and which is the best, says reward_search (evolutionary_reward_search.hpp), whose
// options stand in search.rule; reward_reflection and diagnose_components make of a record what a proposer is shown.

#include <guerdon/program/evolutionary_reward_search.hpp>

#include <string>
#include <utility>

namespace guerdon { inline namespace GUERDON_ABI {

/// What training with a program has shown.
struct training_record {
  double score = std::numeric_limits<double>::quiet_NaN();  ///< best task metric reached; NaN: it did not run
  index_t components = 0;                                   ///< C
  std::vector<double> trace = {};                           ///< [C,T] mean of each component per training epoch
  std::string failure = {};                                 ///< why it did not run, for the proposer
};

template <class Program>
struct trained_program {
  Program program = {};
  training_record record = {};
};

template <class Program>
struct program_search {
  reward_search rule = {};
  trained_program<Program> context = {};  ///< what the proposer sees; at first the program to start from
  trained_program<Program> best = {};     ///< of all rounds, once rule.overall_iteration is not -1

  /// What became of a round: its candidates in the order of the proposals, and which has been selected.
  struct results {
    std::vector<trained_program<Program>> candidates;
    candidates::selection selected;
  };

  /// Asks for so many programs, trains each, and takes over the best by the rule.
  template <class Propose, class Train>
  results round(index_t candidates, Propose&& propose, Train&& train) {
    require(candidates > 0, "program_search", "candidates", "must be at least 1");
    std::vector<Program> programs = propose(std::as_const(context), candidates);
    require(index_t(programs.size()) == candidates, "program_search", "propose",
            "must return as many programs as it was asked for");
    results r;
    std::vector<double> score;
    std::vector<flag_t> executed;
    for (Program& program : programs) {
      training_record record = train(std::as_const(program));
      score.push_back(record.score);
      executed.push_back(record.failure.empty());
      r.candidates.push_back({std::move(program), std::move(record)});
    }
    reward_search next = rule;
    r.selected = next.update(score, executed);
    trained_program<Program> new_context = context, new_best = best;
    if (next.context_iteration == rule.rounds)
      new_context = r.candidates[static_cast<std::size_t>(next.context_index)];
    if (next.overall_iteration == rule.rounds) new_best = r.candidates[static_cast<std::size_t>(next.overall_index)];
    rule = next, context = std::move(new_context), best = std::move(new_best);
    return r;
  }
};

}}  // namespace guerdon
