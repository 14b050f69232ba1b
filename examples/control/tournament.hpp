#pragma once
// All runs, over threads; which number of them changes nothing.

#include <atomic>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include "progress.hpp"
#include "results.hpp"

namespace control {

struct tournament_options {
  settings s;
  std::vector<const world*> worlds;
  std::vector<const recipe*> recipes;
  std::vector<std::uint64_t> seeds;
  int threads = 1;
  std::atomic<bool>* stop = nullptr;
  guerdon::examples::progress* progress = nullptr;
};

struct job {
  std::uint64_t seed;
  const world* where;
  sight seen;
  const recipe* who;
};

/// Seed by seed, so that what is finished when it is stopped can be compared.
inline std::vector<job> jobs_of(const tournament_options& o) {
  std::vector<job> jobs;
  for (const std::uint64_t seed : o.seeds)
    for (const world* w : o.worlds)
      for (const sight seen : {sight::tabular, sight::tiles})
        for (const recipe* who : o.recipes)
          if (seen == sight::tabular || !who->tabular_only()) jobs.push_back({seed, w, seen, who});
  return jobs;
}

inline results hold_tournament(const tournament_options& o) {
  const std::vector<job> jobs = jobs_of(o);
  std::vector<std::optional<run_result>> done(jobs.size());
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const auto go_on = [&] { return !failed && !(o.stop && o.stop->load()); };
  const auto work = [&] {
    for (std::size_t i; go_on() && (i = next++) < jobs.size();) {
      const job& j = jobs[i];
      try {
        auto curve = train(o.s, *j.where, j.seen, *j.who, j.seed, go_on);
        if (curve.empty()) return;
        done[i] = run_result{j.where->key, name(j.seen), j.who->key, j.seed, std::move(curve)};
        if (o.progress)
          o.progress->advance(1, j.where->title + ", " + j.who->title + ", seed " + std::to_string(j.seed));
      } catch (...) {
        const std::lock_guard lock(failure_mutex);
        if (!failed.exchange(true)) failure = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> crew;
    for (int k = 0; k < o.threads; ++k) crew.emplace_back(work);
  }
  if (failure) std::rethrow_exception(failure);

  results r{.s = o.s,
            .worlds = o.worlds,
            .recipes = o.recipes,
            .seeds = {},
            .runs = {},
            .planned_seeds = o.seeds.size()};
  const std::size_t of_seed = jobs.size() / std::max<std::size_t>(1, o.seeds.size());
  for (std::size_t k = 0; k < o.seeds.size(); ++k) {
    const auto begin = done.begin() + static_cast<std::ptrdiff_t>(k * of_seed);
    const auto end = begin + static_cast<std::ptrdiff_t>(of_seed);
    if (!std::all_of(begin, end, [](const auto& run) { return run.has_value(); })) continue;
    r.seeds.push_back(o.seeds[k]);
    for (auto run = begin; run != end; ++run) r.runs.push_back(std::move(**run));
  }
  return r;
}

}  // namespace control
