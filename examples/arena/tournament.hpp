#pragma once
// All variants times all seeds over a pool of threads. Every run is a job of its own on one thread, so the number
// of threads decides when a number is there, never which. A finished run is a file that appears whole.

#include <atomic>
#include <condition_variable>
#include <exception>
#include <filesystem>
#include <fstream>
#include <future>
#include <limits>
#include <mutex>
#include <thread>

#include "atomic_file.hpp"
#include "progress.hpp"
#include "trainer.hpp"

namespace arena {

namespace fs = std::filesystem;

struct tournament_options {
  arena::settings settings;
  std::vector<const variant*> variants;
  std::vector<std::uint64_t> seeds;
  int threads = 2;
  fs::path out;
  bool resume = false;
  const std::atomic<bool>* stop = nullptr;  // set from outside (Ctrl-C) to end early
  guerdon::examples::progress* progress = nullptr;
};

// Progress in units of one warm-up step; a step of reinforcement learning takes some ten of them.
inline constexpr index_t units_per_step = 10;
inline std::int64_t work_units(const tournament_options& o) {
  const auto seeds = static_cast<std::int64_t>(o.seeds.size()),
             variants = static_cast<std::int64_t>(o.variants.size());
  return seeds * (o.settings.warm_up_steps + variants * o.settings.steps * units_per_step);
}

inline fs::path run_file(const fs::path& out, const variant& v, std::uint64_t seed) {
  return out / "runs" / (v.key + "-" + std::to_string(seed) + ".json");
}

// What arena.cpp makes of the runs.
inline constexpr std::array products{"report.html", "steps.csv", "evaluations.csv"};

// Makes the folders and tries every file, so that one that cannot be written is known before the training.
inline void prepare_output(const tournament_options& o) {
  guerdon::examples::prepare_folder(o.out / "runs");
  std::vector<fs::path> files(products.begin(), products.end());
  for (fs::path& file : files) file = o.out / file;
  for (const variant* v : o.variants) {
    for (const std::uint64_t seed : o.seeds) files.push_back(run_file(o.out, *v, seed));
  }
  for (const fs::path& file : files) guerdon::examples::try_file(file);
}

inline void save_run(const tournament_options& o, const variant& v, const run_result& run) {
  const nlohmann::json file{{"settings", o.settings}, {"recipe", v.row}, {"run", run}};
  guerdon::examples::write_atomically(run_file(o.out, v, run.seed), file.dump() + '\n');
}

// JSON has no NaN: it was written as null. A loss may report no clip fraction, and a run may diverge.
inline void read_null_as_nan(nlohmann::json& steps) {
  for (nlohmann::json& step : steps) {
    for (const char* key : {"clip_fraction", "kl", "loss", "gradient_norm"}) {
      if (step.at(key).is_null()) step[key] = std::numeric_limits<double>::quiet_NaN();
    }
  }
}

// The run as an earlier call left it; nothing if there is none. One made under other settings, or by another recipe of
// that name, is an error.
inline std::optional<run_result> load_run(const tournament_options& o, const variant& v, std::uint64_t seed) {
  const fs::path path = run_file(o.out, v, seed);
  if (!fs::exists(path)) return std::nullopt;
  const auto refuse = [&](const std::string& why) -> void {
    throw std::runtime_error("'" + path.string() + "' " + why + ", or give another --out");
  };
  std::ifstream in(path);
  if (!in) refuse("cannot be read; make it readable");
  std::optional<run_result> run;
  bool same = false;
  try {
    nlohmann::json file = nlohmann::json::parse(in);
    same = file.at("settings") == nlohmann::json(o.settings) && file.value("recipe", "") == v.row;
    read_null_as_nan(file.at("run").at("steps"));
    run = file.at("run").get<run_result>();
  } catch (const nlohmann::json::exception&) {
    refuse("is no run of the arena; remove it");
  }
  if (run->variant != v.key || run->seed != seed)
    refuse("holds the run of " + run->variant + " with seed " + std::to_string(run->seed) + "; remove it");
  if (!same)
    refuse(
        "was made with other settings or another recipe of that name; repeat them, leave out --resume to "
        "start over");
  if (!is_whole(o.settings, *run)) refuse("is no run of the arena, or a damaged one; remove it");
  return run;
}

// The finished runs, seed by seed in the order of the variants. Fewer than all only if stopped.
inline std::vector<run_result> hold_tournament(const tournament_options& o) {
  prepare_output(o);
  const std::size_t variant_count = o.variants.size(), seed_count = o.seeds.size();
  std::vector<std::optional<run_result>> results(variant_count * seed_count);
  const auto stopped = [&] { return o.stop && o.stop->load(); };
  const auto advance = [&](std::int64_t units, const std::string& note = {}) {
    if (o.progress) o.progress->advance(units, note);
  };

  // The jobs: the warm-ups that are still needed, then the runs. A run waits for the warm-up of its seed, which
  // was taken from the queue before it, so that some thread is at it or done.
  struct job {
    std::size_t seed;
    std::optional<std::size_t> variant;  // nothing: the warm-up
  };
  std::vector<job> warm_ups, runs;
  for (std::size_t seed = 0; seed < seed_count; ++seed) {
    const std::size_t before = runs.size();
    for (std::size_t v = 0; v < variant_count; ++v) {
      std::optional<run_result>& result = results[seed * variant_count + v];
      if (o.resume) result = load_run(o, *o.variants[v], o.seeds[seed]);
      if (!result)
        runs.push_back({seed, v});
      else if (o.progress)
        o.progress->skip(o.settings.steps * units_per_step);
    }
    if (runs.size() > before)
      warm_ups.push_back({seed, std::nullopt});
    else if (o.progress)
      o.progress->skip(o.settings.warm_up_steps);
  }
  // Should this call be interrupted, those of an earlier one must not pass for its own.
  for (const char* product : products) fs::remove(o.out / product);

  std::vector<job> queue = warm_ups;
  queue.insert(queue.end(), runs.begin(), runs.end());

  using warm_weights = std::optional<weights<float>>;
  std::vector<std::promise<warm_weights>> promises(seed_count);
  std::vector<std::shared_future<warm_weights>> warmed_up;
  for (auto& promise : promises) warmed_up.push_back(promise.get_future().share());

  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  std::once_flag first_finished;
  const auto do_job = [&](const job& j) {
    const std::uint64_t seed = o.seeds[j.seed];
    const std::string seed_note = "seed " + std::to_string(seed);
    if (!j.variant) {
      promises[j.seed].set_value(warm_up(o.settings, seed, [&](index_t) {
        advance(1, "warm-up, " + seed_note);
        return !stopped() && !failed;
      }));
      return;
    }
    const warm_weights& start = warmed_up[j.seed].get();
    if (!start) return;
    const variant& v = *o.variants[*j.variant];
    auto result = train(o.settings, v, seed, *start, [&](index_t) {
      advance(units_per_step, v.title + ", " + seed_note);
      return !stopped() && !failed;
    });
    if (!result) return;
    // Starting over, an earlier call's runs are kept until there is one to put in their place.
    std::call_once(first_finished, [&] {
      for (const job& run : runs) fs::remove(run_file(o.out, *o.variants[*run.variant], o.seeds[run.seed]));
    });
    save_run(o, v, *result);
    results[j.seed * variant_count + *j.variant] = std::move(result);
  };
  const auto work = [&] {
    for (std::size_t i; !failed && !stopped() && (i = next++) < queue.size();) {
      try {
        do_job(queue[i]);
      } catch (...) {
        const std::lock_guard lock(failure_mutex);
        if (!failed.exchange(true)) failure = std::current_exception();
        if (!queue[i].variant) promises[queue[i].seed].set_value(std::nullopt);
      }
    }
  };
  {
    std::vector<std::jthread> crew;
    for (int k = 0; k < o.threads; ++k) crew.emplace_back(work);
  }
  if (failure) std::rethrow_exception(failure);

  std::vector<run_result> finished;
  for (auto& result : results) {
    if (result) finished.push_back(std::move(*result));
  }
  return finished;
}

}  // namespace arena
