#pragma once
// What the runs say together: table, CSV, report.

#include <filesystem>
#include <string>
#include <vector>

#include "statistics.hpp"
#include "table.hpp"
#include "training.hpp"

namespace control {

struct results {
  settings s;
  std::vector<const world*> worlds;
  std::vector<const recipe*> recipes;
  std::vector<std::uint64_t> seeds;  ///< those that every agent finished
  std::vector<run_result> runs;      ///< of these seeds
  std::size_t planned_seeds = 0;
};

/// The runs of one agent, by seed in order.
std::vector<const run_result*> runs_of(const results& r, const world& w, sight seen, const recipe& who);

/// Interquartile mean over seeds with its 95 % bootstrap interval.
guerdon::examples::interval middle(const std::vector<double>& of_seeds);

/// One row an agent: share of the optimum at the end and on the way, with intervals, and against the baseline by seeds.
guerdon::examples::table comparison(const results& r, const world& w, sight seen);

void write_csv(const results& r, const std::filesystem::path& path);
void write_report(const results& r, const std::filesystem::path& path, double seconds, int threads);

}  // namespace control
