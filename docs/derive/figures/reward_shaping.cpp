// Reward shaping: over-optimisation of a flawed reward, potentials, process rewards, normalisation.

#include "figure.hpp"

#include <guerdon/process/prm_clip.hpp>
#include <guerdon/process/prm_clip_delta.hpp>
#include <guerdon/process/prm_delta.hpp>
#include <guerdon/process/process_outcome_return.hpp>
#include <guerdon/shaping/centered_reward.hpp>
#include <guerdon/shaping/meanstd_reward.hpp>
#include <guerdon/shaping/minmax_reward.hpp>
#include <guerdon/shaping/normalize_reward.hpp>
#include <guerdon/shaping/par_reward.hpp>
#include <guerdon/shaping/potential_shaping.hpp>
#include <guerdon/shaping/running_clip_reward.hpp>
#include <guerdon/statistics/ema_moments.hpp>

#include <algorithm>
#include <random>

namespace {

using namespace guerdon;
using namespace guerdon::docs;
using numbers = std::vector<double>;

const scalar_backend cpu;

struct dice {
  std::mt19937_64 bits;
  double uniform() { return (static_cast<double>(bits() >> 11) + 0.5) * 0x1p-53; }
  double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(6.283185307179586 * uniform()); }
};

// --- A reward model that can be fooled ------------------------------------------------------------------------------
/// Answers of true quality q, which the model scores by q + h: most have no hack, a few have one that pleases the
/// model, the more the rarer, and costs quality.
struct pool {
  numbers proxy, truth;
};
pool answers(int n) {
  dice d{std::mt19937_64(2)};
  pool p;
  for (int i = 0; i < n; ++i) {
    const double quality = d.normal(), hack = d.uniform() < 0.02 ? -2 * std::log(d.uniform()) : 0;
    p.proxy.push_back(quality + hack);
    p.truth.push_back(quality - hack);
  }
  return p;
}
/// Quality of the policies e^{f(r)/beta} / Z, the best there are under the reward f(r) - beta KL, over their KL.
line optimised(const char* title, const pool& p, const numbers& reward) {
  line l{title, {}, {}};
  for (double beta = 100; beta > 0.005; beta *= 0.9) {
    const double most = *std::max_element(reward.begin(), reward.end());
    double z = 0, truth = 0, mean = 0;
    for (std::size_t i = 0; i < reward.size(); ++i) {
      const double w = std::exp((reward[i] - most) / beta);
      z += w, truth += w * p.truth[i], mean += w * (reward[i] - most) / beta;
    }
    const double kl = mean / z - std::log(z / double(reward.size()));
    if (kl > 7) break;
    l.x.push_back(kl);
    l.y.push_back(truth / z);
  }
  return l;
}

// --- A chain with a reward at its end -------------------------------------------------------------------------------
/// Steps to the goal at cell 20 of 21, by episode, of a Q-learner that begins in the middle; the mean of 40 learners.
/// What a step pays beside the goal's 1 is told by `pays(reward, from, to, ends)`.
line learned(const char* title, const std::function<double(double, int, int, bool)>& pays) {
  constexpr int cells = 21, goal = 20, episodes = 60, cap = 400, runs = 40;
  line l{title, {}, numbers(episodes)};
  for (int e = 0; e < episodes; ++e) l.x.push_back(e + 1);
  for (int run = 0; run < runs; ++run) {
    dice d{std::mt19937_64(static_cast<unsigned>(run))};
    double q[cells][2] = {};
    for (int e = 0; e < episodes; ++e) {
      int at = 10, steps = 0;
      while (at != goal && steps < cap) {
        const bool tie = q[at][0] == q[at][1], explore = d.uniform() < 0.1;
        const int a = tie || explore ? d.uniform() < 0.5 : q[at][1] > q[at][0];
        const int to = std::max(0, at + (a == 1 ? 1 : -1));
        const bool ends = to == goal;
        const double next = ends ? 0 : std::max(q[to][0], q[to][1]);
        q[at][a] += 0.3 * (pays(ends, at, to, ends) + 0.95 * next - q[at][a]);
        at = to, ++steps;
      }
      l.y[static_cast<std::size_t>(e)] += double(steps) / runs;
    }
  }
  return l;
}
double potential_of(int cell) { return 0.05 * cell; }

}  // namespace

int main() {
  const pool p = answers(20000);
  const auto all = segments::uniform(index_t(p.proxy.size()), 4);
  numbers references;  // four answers of the first policy's for each
  dice d{std::mt19937_64(4)};
  for (std::size_t i = 0; i < 4 * p.proxy.size(); ++i)
    references.push_back(p.proxy[std::size_t(d.bits() % p.proxy.size())]);
  running_moments seen;
  const view<const running_moments> state(&seen, 1);
  const numbers minmax = minmax_reward<double>(cpu, {p.proxy, state}).shaped_reward,
                clipped = running_clip_reward<double>(cpu, {p.proxy, state}).shaped_reward;
  picture("reward_shaping_hacking", 720, 380);
  labels("KL from the first policy", "true quality");
  std::printf("set xrange [0:7]\n");
  plot({optimised("the score itself", p, p.proxy), optimised("centered_reward", p, centered_reward<double>(
                                                                  cpu, {p.proxy, references, all}, {})),
        optimised("minmax_reward", p, minmax), optimised("running_clip_reward", p, clipped),
        optimised("par_reward", p, par_reward<double>(cpu, {p.proxy, references, all}, {}))});

  picture("reward_shaping_potential", 720, 380);
  labels("episode", "steps to the goal, 400 at most");
  std::printf("set xrange [1:60]\nset yrange [0:400]\n");
  plot({learned("the goal alone", [](double r, int, int, bool) { return r; }),
        learned("potential_shaping", [](double r, int from, int to, bool ends) {
          const numbers reward{r}, before{potential_of(from)}, after{potential_of(to)};
          const std::vector<flag_t> end{ends};
          return potential_shaping<double>(cpu, {reward, before, after, end}, {.gamma = 0.95}).shaped_reward[0];
        }),
        learned("the potential as a bonus", [](double r, int, int to, bool) { return r + potential_of(to); })});

  // A trace as process reward models score them: a slip at step 4, then eight steps that say it again.
  const numbers score{0.92, 0.9, 0.88, 0.35, 0.62, 0.85, 0.86, 0.85, 0.86, 0.85, 0.86, 0.85, 0.86, 0.8};
  const segments steps = segments::uniform(1, index_t(score.size()));
  const numbers success{1}, x = between(1, double(score.size()), int(score.size()));
  std::vector<panel> panels;
  const auto show = [&](const char* title, const numbers& reward) {
    const numbers to_come = process_outcome_return<double>(cpu, {reward, steps, success}, {}).step_return;
    panels.push_back({title, {{"reward of the step", x, reward, "linespoints lw 2 pt 7 ps 0.4"},
                              {"return from it on, success included", x, to_come, "linespoints lw 2 pt 7 ps 0.4"}}});
  };
  show("the scores as rewards", score);
  show("prm_clip", prm_clip<double>(cpu, {score}, {.eta = 0.8}));
  show("prm_delta", prm_delta<double>(cpu, {score, steps}, {}));
  show("prm_clip_delta", prm_clip_delta<double>(cpu, {score, steps}, {.eta = 0.8}));
  small_multiples("reward_shaping_process", 2, panels, "set xrange [1:14]\nset xtics 1,3\n", 170);

  // Rewards whose mean and scale jump at batch 100: what each normaliser makes of them, the mean of a batch and a
  // deviation of it on either side.
  constexpr int batches = 200, size = 64;
  dice r{std::mt19937_64(9)};
  running_moments by_mean, by_range;
  normalize_reward by_return{.options = {.gamma = 0}};
  ema_moments recent{.options = {.decay = 0.95}};
  numbers t;
  struct track {
    numbers mean, up, down;
    void take(const numbers& v) {
      double sum = 0, squares = 0;
      for (const double y : v) sum += y, squares += y * y;
      const double m = sum / double(v.size()), s = std::sqrt(squares / double(v.size()) - m * m);
      mean.push_back(m), up.push_back(m + s), down.push_back(m - s);
    }
  };
  track raw, meanstd, range, divided, moving;
  for (int b = 0; b < batches; ++b) {
    numbers reward;
    for (int i = 0; i < size; ++i) reward.push_back(b < 100 ? 0.2 + 0.5 * r.normal() : 2 + 2 * r.normal());
    t.push_back(b);
    raw.take(reward);
    auto one = meanstd_reward<double>(cpu, {reward, {&by_mean, 1}});
    by_mean = one.new_state[0];
    meanstd.take(one.shaped_reward);
    auto two = minmax_reward<double>(cpu, {reward, {&by_range, 1}});
    by_range = two.new_state[0];
    range.take(two.shaped_reward);
    const std::vector<flag_t> none(size, 0);
    divided.take(by_return.update(reward, none, none));
    const auto now = recent.update(reward);
    for (double& y : reward) y = (y - now.mean) / std::sqrt(now.var);
    moving.take(reward);
  }
  std::vector<panel> normalised;
  const auto normaliser = [&](const char* title, const track& of) {
    normalised.push_back({title, {{"mean of the batch", t, of.mean, "lines lw 2"},
                                  {"a deviation above", t, of.up, "lines lw 0.8"},
                                  {"and below", t, of.down, "lines lw 0.8"}}});
  };
  normaliser("raw", raw);
  normaliser("meanstd_reward", meanstd);
  normaliser("ema_moments, decay 0.95", moving);
  normaliser("minmax_reward", range);
  normaliser("normalize_reward, sb3", divided);
  small_multiples("reward_shaping_normalisation", 3, normalised, "set xrange [0:200]\nset xtics 0,100\n");
}
