#include "trust.hpp"

#include <guerdon/mdp/alignment_inner_gradient.hpp>
#include <guerdon/mdp/alignment_inner_solve.hpp>
#include <guerdon/mdp/alignment_outer_gradient.hpp>
#include <guerdon/mdp/reinforce_gradient.hpp>
#include <guerdon/mdp/softmax_rows.hpp>

#include <algorithm>

namespace exploration {
namespace {

constexpr index_t places = 9, start = 4, actions = 2, horizon = 14, width = places * actions;

/// Trajectories side by side, as the operations take them.
struct rollouts {
  std::vector<index_t> length, state, action;
  std::vector<double> primary, auxiliary;
  double arrived = 0;

  guerdon::softmax_rollouts view(const std::vector<double>& theta, const std::vector<double>& feature) const {
    return {places, actions, theta, feature, length, state, action};
  }
};

rollouts collect(index_t count, const std::vector<double>& theta, bool misleading, random_source& random) {
  const std::vector<double> policy = guerdon::mdp::softmax_rows(theta.data(), places, actions, 1);
  rollouts r;
  for (index_t m = 0; m < count; ++m) {
    index_t s = start, steps = 0;
    for (index_t t = 0; t < horizon; ++t) {
      const bool going = s != places - 1;
      const index_t a = random.uniform() < policy[std::size_t(s * actions)] ? 0 : 1;  // left, right
      const index_t next = std::clamp<index_t>(s + (a == 1 ? 1 : -1), 0, places - 1);
      const bool paid = misleading ? next < start : next > start;
      r.state.push_back(s), r.action.push_back(a);
      r.primary.push_back(going && next == places - 1), r.auxiliary.push_back(going && paid ? 0.2 : 0);
      if (going) s = next, ++steps;
    }
    r.length.push_back(steps);
    r.arrived += double(s == places - 1) / double(count);
  }
  return r;
}

}  // namespace

std::string name_of(trust t) {
  return t == trust::task_alone ? "task alone" : t == trust::plain_sum ? "plain sum" : "BARFI";
}

trust_result learn_to_trust(bool misleading, trust kind, std::uint64_t seed) {
  random_source random = stream(seed, 31);
  std::vector<double> theta(width, 0.0), feature(width * width, 0.0),
      weight{0, 1, kind == trust::task_alone ? 0.0 : 1.0};
  for (std::size_t k = 0; k < std::size_t(width); ++k) feature[k * (width + 1)] = 1;  // a table
  const guerdon::alignment_discount learning{.gamma = 0.95, .entropy_coeff = 0.05};
  trust_result result{
      .episodes_to_success = trust_rounds * trust_round_episodes, .solved = false, .bonus_weight = {}, .arrived = {}};
  for (index_t round = 0; round < trust_rounds; ++round) {
    // BARFI learns from half of a round's episodes, and judges what it has learnt by the other half.
    const bool learnt = kind == trust::learnt;
    const index_t count = learnt ? trust_round_episodes / 2 : trust_round_episodes;
    const rollouts r = collect(count, theta, misleading, random);
    const auto problem = [&] {
      return guerdon::alignment_problem{r.view(theta, feature), r.primary, r.auxiliary, weight};
    };
    theta =
        guerdon::alignment_inner_solve(problem(), {.learning = learning, .step_size = 0.5, .iterations = 4}).theta;
    double arrived = r.arrived;
    if (learnt) {
      const rollouts fresh = collect(trust_round_episodes - count, theta, misleading, random);
      const auto value = guerdon::reinforce_gradient({fresh.view(theta, feature), fresh.primary}, {.gamma = 0.95});
      const auto inner = guerdon::alignment_inner_gradient(problem(), {learning});
      const auto outer = guerdon::alignment_outer_gradient(
          {value.gradient, inner.hessian, inner.cross, inner.cross_gamma}, {.damping = 4});
      for (std::size_t k = 0; k < 3; ++k) weight[k] += std::clamp(60 * outer.grad_weight[k], -0.2, 0.2);
      arrived = (r.arrived + fresh.arrived) / 2;
    }
    result.bonus_weight.push_back(weight[2]);
    result.arrived.push_back(arrived);
    if (!result.solved && arrived >= 0.8)
      result.solved = true, result.episodes_to_success = (round + 1) * trust_round_episodes;
  }
  return result;
}

}  // namespace exploration
