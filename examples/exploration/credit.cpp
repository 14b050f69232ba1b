#include "credit.hpp"

#include <guerdon/shaping/ircr_guidance.hpp>
#include <guerdon/shaping/lare_linear_fit.hpp>
#include <guerdon/shaping/lare_redistribute.hpp>
#include <guerdon/shaping/uniform_redistribution.hpp>

#include <algorithm>
#include <deque>
#include <numeric>

namespace exploration {
namespace {

constexpr index_t callers = 10, answers = 4, steps = 20, remembered = 60;  // episodes that LaRe's decoder is fitted to

/// What an encoder of latent factors would say of a step: who called and what was answered.
void append_factors(std::vector<double>& factor, index_t pair) {
  for (index_t k = 0; k < callers * answers; ++k) factor.push_back(k == pair);
}

}  // namespace

std::string name_of(redistribution r) {
  switch (r) {
    case redistribution::at_the_end:
      return "at the end";
    case redistribution::uniform:
      return "uniform";
    case redistribution::ircr:
      return "IRCR";
    case redistribution::lare:
      return "LaRe";
    case redistribution::told_at_once:
      return "told at once";
  }
  return {};
}
std::vector<redistribution> all_redistributions() {
  return {redistribution::at_the_end, redistribution::uniform, redistribution::ircr, redistribution::lare,
          redistribution::told_at_once};
}

credit_result learn_errands(redistribution r, std::uint64_t seed) {
  random_source setting = stream(seed, 11), random = stream(seed, 12);
  std::vector<index_t> right(callers);
  for (index_t& a : right) a = index_t(setting.below(answers));
  std::vector<double> sum(callers * answers, 0.0), count(callers * answers, 0.0);
  std::vector<double> factor, returns;  // of the remembered episodes
  double lowest = 0, highest = 0;
  std::deque<double> last;
  for (index_t k = 0; k < credit_budget; ++k) {
    std::vector<index_t> pairs;
    std::vector<double> earned;
    for (index_t t = 0; t < steps; ++t) {
      const index_t caller = index_t(setting.below(callers));
      index_t answer = index_t(random.below(answers));
      if (random.uniform() >= 0.1) {  // the best so far; what was never tried is as good as what is best
        double best = -1e300;
        for (index_t a = 0; a < answers; ++a) {
          const std::size_t at = std::size_t(caller * answers + a);
          const double value = count[at] > 0 ? sum[at] / count[at] : 1e300;
          if (value > best) best = value, answer = a;
        }
      }
      pairs.push_back(caller * answers + answer);
      earned.push_back(answer == right[std::size_t(caller)]);
    }
    const std::vector<double> total{std::accumulate(earned.begin(), earned.end(), 0.0)};
    const std::vector<index_t> offsets{0, steps};
    lowest = k == 0 ? total[0] : std::min(lowest, total[0]), highest = k == 0 ? total[0] : std::max(highest, total[0]);

    std::vector<double> reward(std::size_t(steps), 0.0);
    switch (r) {
      case redistribution::at_the_end:
        reward.back() = total[0];
        break;
      case redistribution::uniform:
        reward = guerdon::uniform_redistribution({total, offsets}).reward;
        break;
      case redistribution::ircr:
        reward = guerdon::ircr_guidance({total, offsets}, {.min_return = lowest, .max_return = highest}).reward;
        break;
      case redistribution::told_at_once:
        reward = earned;
        break;
      case redistribution::lare: {
        std::vector<double> now;
        for (const index_t pair : pairs) append_factors(now, pair);
        factor.insert(factor.end(), now.begin(), now.end());
        returns.push_back(total[0]);
        if (index_t(returns.size()) > remembered) {
          factor.erase(factor.begin(), factor.begin() + index_t(now.size()));
          returns.erase(returns.begin());
        }
        std::vector<index_t> cuts;
        for (index_t e = 0; e <= index_t(returns.size()); ++e) cuts.push_back(e * steps);
        const auto fit = guerdon::lare_linear_fit(
            {.factors = callers * answers, .factor = factor, .episode_offsets = cuts, .episode_return = returns},
            {.ridge = 1e-4});
        reward = guerdon::lare_redistribute({.factors = callers * answers,
                                             .factor = now,
                                             .episode_offsets = offsets,
                                             .weight = fit.weight,
                                             .episode_return = total},
                                            {.preserve_return = true})
                     .reward;
        break;
      }
    }
    for (std::size_t t = 0; t < pairs.size(); ++t) {
      double& n = count[std::size_t(pairs[t])];
      double& s = sum[std::size_t(pairs[t])];
      n = 0.98 * n + 1, s = 0.98 * s + reward[t];  // older decodings fade
    }
    last.push_back(total[0] / double(steps));
    if (last.size() > 10) last.pop_front();
    // A tenth of the answers is random, of which a quarter is right by chance: 0.925 is what the best earn.
    if (last.size() == 10 && std::accumulate(last.begin(), last.end(), 0.0) / 10 >= 0.9 * 0.925) return {k + 1, true};
  }
  return {credit_budget, false};
}

}  // namespace exploration
