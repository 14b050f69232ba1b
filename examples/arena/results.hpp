#pragma once
// What the runs say: the table, the sentences under it, the CSV files and the report.
//
// Statistics in the manner of rliable (arXiv:2108.13264): a score is the accuracy on one task under one seed. Variants
// are compared by the interquartile mean of their scores, with stratified bootstrap intervals, and by the probability
// that a run of one beats a run of another. Variants share seeds, so differences are taken seed by seed.

#include <filesystem>

#include "table.hpp"
#include "trainer.hpp"

namespace arena {

struct results {
  arena::settings settings;
  std::vector<const variant*> variants;
  std::vector<std::uint64_t> seeds;
  std::vector<run_result> runs;  // of every variant at least one
  std::size_t planned = 0;       // more than there are runs: the training was interrupted
};

// What is there: variants and seeds without a finished run are left out.
results results_of(const settings& s, const std::vector<const variant*>& variants,
                   const std::vector<std::uint64_t>& seeds, std::vector<run_result> runs);

// One row per variant, the warmed-up policy first.
guerdon::examples::table comparison(const results& r);

// Whether every variant learned and the length rewards shortened, in sentences; first, what is missing.
std::string findings(const results& r);

// steps.csv and evaluations.csv.
void write_csv(const results& r, const std::filesystem::path& folder);

// The page with the curves, the recipes and what the policy writes.
void write_report(const results& r, const std::filesystem::path& path, double seconds, int threads);

}  // namespace arena
