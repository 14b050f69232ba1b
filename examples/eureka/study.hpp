#pragma once
// The search on both worlds, and its results as text, as a page, as rows.

#include "agent.hpp"

#include "progress.hpp"
#include "report.hpp"

#include <atomic>

namespace eureka {

struct study_options {
  index_t rounds = 5, candidates = 16;  ///< the paper's
  index_t runs = 16;                    ///< training runs that score a candidate
  index_t evaluations = 20;             ///< of the start and of the best, with seeds that the search has not seen
  std::uint64_t seed = 1;               ///< of the search
  unsigned threads = 2;
  training_options training = {};
};

struct round_result {
  std::vector<guerdon::trained_program<program>> candidates;
  guerdon::candidates::selection selected;
  double overall = 0;  ///< best score so far
};
struct world_result {
  world where;
  guerdon::trained_program<program> start, best;  ///< best: the start where nothing beat it
  std::vector<round_result> rounds;
  trained_runs start_again, best_again;              ///< under the same fresh seeds
  guerdon::examples::interval better;  ///< mean of the best's scores less the start's, over pairs of a seed
};

index_t trainings_of(const study_options& o);

/// The same bits for any number of threads. Fewer worlds than there are once `interrupted` is set.
std::vector<world_result> run_study(const study_options& o, guerdon::examples::progress& bar,
                                    const std::atomic<bool>& interrupted);

/// Round by round: how many ran, the best and its reflection.
std::string story(const world_result& r);
guerdon::examples::table final_table(const std::vector<world_result>& all);
guerdon::examples::page report(const std::vector<world_result>& all, const study_options& o);
/// A row a candidate.
std::string csv(const std::vector<world_result>& all);

}  // namespace eureka
