#pragma once
// Every world, reward and seed over a pool of threads, and what comes of it: table, report, CSV files.

#include "learner.hpp"

#include <atomic>
#include <filesystem>
#include <iosfwd>

namespace guerdon::examples {
class progress;
}

namespace reward_design {

struct world_results {
  world w;
  std::vector<numbers> reward;                   ///< [designs] of the first seed in the end
  std::vector<std::vector<run_result>> runs;     ///< [designs][seeds]
  std::vector<regrets> regret;                   ///< [designs]
  std::vector<std::vector<numbers>> distance;    ///< [distances][designs][designs]
};
struct results {
  settings o;
  int seeds = 0;
  std::vector<world_results> worlds;
};

inline std::int64_t work_units(int worlds, int seeds) {
  return static_cast<std::int64_t>(worlds) * designs * (seeds + 1);
}
/// The number of threads decides when a number is there, never which. Empty where `stop` was set.
results run_all(std::vector<world> worlds, int seeds, const settings& o, int threads, const std::atomic<bool>& stop,
                guerdon::examples::progress* progress);

void print(const results& r, std::ostream& out);
/// Makes the folder and tries what write_files writes; std::runtime_error where that will not do.
void prepare_files(const std::filesystem::path& folder);
/// report.html, episodes.csv, curves.csv, designs.csv, distances.csv.
void write_files(const results& r, const std::filesystem::path& folder);

/// The machine as SVG: states as circles, transitions as arrows with what holds and what is paid.
std::string drawing_of(const task_machine& m);

}  // namespace reward_design
