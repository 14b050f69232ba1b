#include "learner.hpp"

#include <guerdon/exploration/oni_mix_reward.hpp>

#include <algorithm>
#include <deque>

namespace exploration {
namespace {

index_t drawn(const double* p, index_t n, random_source& random) {
  const double u = random.uniform();
  double sum = 0;
  for (index_t k = 0; k < n; ++k)
    if (sum += p[k]; sum > u) return k;
  return n - 1;
}

/// Of the greatest values one at random, and rarely any.
index_t chosen(const double* q, index_t n, double random_action, random_source& random) {
  if (random.uniform() < random_action) return index_t(random.below(std::size_t(n)));
  const double best = *std::max_element(q, q + n);
  index_t equals = std::count(q, q + n, best), pick = index_t(random.below(std::size_t(equals)));
  for (index_t a = 0;; ++a)
    if (q[a] == best && pick-- == 0) return a;
}

std::string remark(random_source& random) {
  static const char* const kinds[] = {"a leaf falls, number ", "the wind hums tune ", "a bird sings verse "};
  const std::string kind = kinds[random.below(3)];
  return kind + std::to_string(random.below(40));
}

episode play(const world& w, const std::vector<double>& q, double random_action, random_source& random) {
  episode e;
  index_t s = drawn(w.initial.data(), w.states, random);
  e.states.push_back(s);
  for (index_t t = 0; t < w.horizon && !w.final[std::size_t(s)]; ++t) {
    const index_t a = chosen(q.data() + s * w.actions, w.actions, random_action, random);
    const index_t pair = (s * w.actions + a) * w.states, next = drawn(w.transition.data() + pair, w.states, random);
    e.actions.push_back(a);
    e.rewards.push_back(w.reward[std::size_t(pair + next)]);
    e.states.push_back(s = next);
    e.feature.insert(e.feature.end(), w.feature.begin() + s * w.dimensions, w.feature.begin() + (s + 1) * w.dimensions);
    for (index_t d = 0; d < w.noise_dimensions; ++d) e.feature.push_back(2 * random.uniform() - 1);
    const std::string& said = w.message[std::size_t(s)];
    e.message.push_back(said.empty() ? remark(random) : said);
  }
  return e;
}

}  // namespace

run_result train(const world& w, const method& m, std::uint64_t seed, bool to_the_end, const learner_options& o) {
  random_source random = stream(seed, 1);
  const auto judge = m.make(w, seed);
  std::vector<double> q(std::size_t(w.states * w.actions), 0.0);
  std::vector<flag_t> seen(std::size_t(w.states), 0);
  std::deque<bool> last;
  double usual = 0;  // bonus per step: what is less new than usual is worse than what was never tried, which is at 0
  run_result result{.episodes_to_success = w.budget, .solved = false, .mean_bonus = {}, .states_seen = {}};
  for (index_t k = 0; k < w.budget; ++k) {
    const episode e = play(w, q, o.random_action, random);
    const judgement j = judge->judge(e);
    std::vector<double> intrinsic = j.intrinsic;
    double bonuses = 0;
    for (std::size_t t = 0; t < intrinsic.size(); ++t) bonuses += intrinsic[t] *= j.weight[t];
    bonuses /= double(std::max<index_t>(e.steps(), 1));
    usual = k == 0 ? bonuses : 0.9 * usual + 0.1 * bonuses;
    for (double& b : intrinsic) b -= usual;
    const std::vector<double> one(intrinsic.size(), 1.0);
    const auto reward = guerdon::oni_mix_reward<double>(
        cpu, {.extrinsic = e.rewards, .intrinsic = intrinsic, .weight = one}, {.intrinsic_coeff = m.coefficient});
    for (index_t t = e.steps(); t-- > 0;) {  // from its end, so that what it found is known at once along the way
      const index_t next = e.states[std::size_t(t + 1)];
      const double* const ahead = q.data() + next * w.actions;
      const double value = w.final[std::size_t(next)] ? 0 : *std::max_element(ahead, ahead + w.actions);
      double& x = q[std::size_t(e.states[std::size_t(t)] * w.actions + e.actions[std::size_t(t)])];
      x += o.learning_rate * (reward[t] + o.discount * value - x);
    }
    for (const index_t s : e.states) seen[std::size_t(s)] = 1;
    result.mean_bonus.push_back(bonuses);
    result.states_seen.push_back(double(std::count(seen.begin(), seen.end(), 1)));
    last.push_back(e.total() >= w.success_return);
    if (last.size() > 10) last.pop_front();
    if (!result.solved && std::count(last.begin(), last.end(), true) >= 8) {
      result.solved = true, result.episodes_to_success = k + 1;
      if (!to_the_end) break;
    }
  }
  return result;
}

}  // namespace exploration
