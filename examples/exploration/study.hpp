#pragma once
// The comparison: every method in every setting under the same seeds; its results as rows, as a page, as tables.

#include "credit.hpp"
#include "lane.hpp"
#include "learner.hpp"
#include "trust.hpp"

#include "progress.hpp"
#include "report.hpp"

#include <atomic>
#include <map>

namespace exploration {

struct study_options {
  index_t seeds = 20;
  std::uint64_t first_seed = 1;
  unsigned threads = 2;
};

/// One training run.
struct run_row {
  std::string study, setting, method;
  std::uint64_t seed = 0;
  index_t episodes = 0;  ///< to success; the budget where there was none
  bool solved = false;
  std::map<std::string, std::vector<double>> course = {};  ///< what a figure draws, by its name
  std::map<std::string, double> measures = {};             ///< what a table says beside, by its name
};

/// All runs in a fixed order, whatever the threads. Stops between runs, with what is done, once `interrupted` is set.
std::vector<run_row> run_study(const study_options& o, guerdon::examples::progress& bar,
                               const std::atomic<bool>& interrupted);
index_t runs_of(const study_options& o);

/// Median episodes to success and the interval of it; against the first method of a setting, over pairs of one seed.
struct summary_row {
  std::string study, setting, method;
  guerdon::examples::interval episodes, saved;  ///< saved: median of the first method's less this one's
  index_t solved = 0, runs = 0;
};
std::vector<summary_row> summarize(const std::vector<run_row>& rows);

guerdon::examples::table summary_table(const std::vector<summary_row>& rows, const std::string& study);
guerdon::examples::page report(const std::vector<run_row>& rows, const study_options& o);
std::string csv(const std::vector<run_row>& rows);

}  // namespace exploration
