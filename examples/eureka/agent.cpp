#include "agent.hpp"

#include <guerdon/program/checkpoint_score.hpp>

#include <algorithm>
#include <atomic>
#include <thread>

namespace eureka {
namespace {

/// The best action; one of the best where there are several.
index_t best_action(const double* q, index_t actions, random_source& random) {
  const double best = *std::max_element(q, q + actions);
  std::size_t pick = random.below(std::size_t(std::count(q, q + actions, best)));
  for (index_t a = 0;; ++a)
    if (q[a] == best && pick-- == 0) return a;
}

/// The share of starts from which the task is done; of equal actions the first is taken.
double success_rate(const world& w, const std::vector<double>& q) {
  index_t done = 0;
  for (index_t s : w.start)
    for (index_t t = 0; t < w.horizon; ++t) {
      const double* const row = q.data() + s * w.actions;
      const index_t at = s * w.actions + index_t(std::max_element(row, row + w.actions) - row);
      if (w.done[std::size_t(at)]) {
        ++done;
        break;
      }
      s = w.next[std::size_t(at)];
    }
  return double(done) / double(w.start.size());
}

}  // namespace

std::vector<double> train(const world& w, const payment& pay, std::uint64_t seed, const training_options& o) {
  random_source random = stream(seed, 2);
  const std::size_t all = std::size_t(w.transitions()), parts = pay.component.size() / all;
  std::vector<double> q(all, 0.0);
  std::vector<double> trace((parts + 1) * std::size_t(o.epochs));
  std::vector<std::size_t> taken;
  for (std::size_t epoch = 0; epoch < std::size_t(o.epochs); ++epoch) {
    double steps = 0;
    std::vector<double> sum(parts);
    for (index_t k = 0; k < o.episodes; ++k) {
      taken.clear();
      index_t s = w.start[random.below(w.start.size())];
      for (index_t t = 0; t < w.horizon && (taken.empty() || !w.done[taken.back()]); ++t) {
        const bool at_random = random.uniform() < o.random_action;
        const index_t a = at_random ? index_t(random.below(std::size_t(w.actions)))
                                    : best_action(q.data() + s * w.actions, w.actions, random);
        taken.push_back(std::size_t(s * w.actions + a));
        s = w.next[taken.back()];
      }
      for (std::size_t t = taken.size(); t-- > 0;) {  // from its end, so that what it found is known along the way
        const std::size_t at = taken[t];
        const double* const ahead = q.data() + w.next[at] * w.actions;
        const double value = w.done[at] ? 0 : *std::max_element(ahead, ahead + w.actions);
        q[at] += o.learning_rate * (pay.reward[at] + o.discount * value - q[at]);
        for (std::size_t c = 0; c < parts; ++c) sum[c] += pay.component[c * all + at];
      }
      steps += double(taken.size());
    }
    for (std::size_t c = 0; c < parts; ++c) trace[c * std::size_t(o.epochs) + epoch] = sum[c] / steps;
    trace[parts * std::size_t(o.epochs) + epoch] = success_rate(w, q);
  }
  return trace;
}

trained_runs train_all(const world& w, const program& p, const std::vector<std::uint64_t>& seeds, unsigned threads,
                       const training_options& o) {
  payment pay;
  try {
    pay = paid(p, w);
  } catch (const std::invalid_argument& refused) {
    return {{.failure = refused.what()}, {}, {}};
  }
  std::vector<std::vector<double>> traces(seeds.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t k; (k = next++) < seeds.size();) traces[k] = train(w, pay, seeds[k], o);
  };
  {
    std::vector<std::jthread> crew;
    for (std::size_t t = 1; t < std::min<std::size_t>(threads, seeds.size()); ++t) crew.emplace_back(work);
    work();
  }
  const std::size_t rows = p.components.size() + 1, epochs = std::size_t(o.epochs);
  trained_runs r{{.components = index_t(rows), .trace = std::vector<double>(rows * epochs)}, {}, {}};
  for (const std::vector<double>& trace : traces) {
    for (std::size_t k = 0; k < trace.size(); ++k) r.record.trace[k] += trace[k] / double(traces.size());
    r.success.insert(r.success.end(), trace.end() - std::ptrdiff_t(epochs), trace.end());
  }
  auto score = guerdon::checkpoint_score({index_t(seeds.size()), r.success});
  r.record.score = score.mean, r.score = std::move(score.per_run);
  return r;
}

}  // namespace eureka
