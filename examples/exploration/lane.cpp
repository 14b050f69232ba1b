#include "lane.hpp"

#include <guerdon/shaping/carl_reward.hpp>
#include <guerdon/shaping/carl_soft_factor.hpp>
#include <guerdon/shaping/lane_keeping_factor.hpp>
#include <guerdon/shaping/penalty_timer.hpp>

#include <algorithm>
#include <deque>

namespace exploration {
namespace {

namespace g = guerdon;

constexpr index_t length = 30, horizon = 40, most_speed = 3, limit = 2, no_car = 5;
constexpr index_t actions = 5;  // slower, keep, faster, left, right

struct drive {
  std::vector<index_t> states, chosen;
  std::vector<double> completion, overspeed;
  std::vector<flag_t> off_lane, near, terminated;
  bool arrived = false, collided = false;
};

/// Lane 0 is one's own, lane 1 beside it is not; the gap to the slow car ahead counts up to 4 cells.
index_t state_of(index_t lane, index_t speed, index_t gap) {
  return (lane * (most_speed + 1) + speed) * (no_car + 1) + gap;
}
constexpr index_t states = 2 * (most_speed + 1) * (no_car + 1);

drive play(const std::vector<double>& q, double random_action, random_source& random) {
  drive d;
  index_t position = 0, lane = 0, speed = 0, ahead = 6 + index_t(random.below(8));
  const auto gap = [&] { return ahead < position || ahead - position > 4 ? no_car : ahead - position; };
  index_t s = state_of(lane, speed, gap());
  for (index_t t = 0; t < horizon && !d.arrived && !d.collided; ++t) {
    index_t a = index_t(random.below(actions));
    if (random.uniform() >= random_action) {
      const double* const row = q.data() + s * actions;
      const double best = *std::max_element(row, row + actions);
      index_t pick = index_t(random.below(std::size_t(std::count(row, row + actions, best))));
      for (a = 0;; ++a)
        if (row[a] == best && pick-- == 0) break;
    }
    speed = std::clamp<index_t>(speed + (a == 2) - (a == 0), 0, most_speed);
    if (a == 3) lane = 1;
    if (a == 4) lane = 0;
    const index_t before = position;
    position += speed;
    if (random.uniform() < 0.5) ++ahead;
    d.collided = lane == 0 && before < ahead && position >= ahead;
    d.arrived = !d.collided && position >= length;
    d.states.push_back(s), d.chosen.push_back(a);
    d.completion.push_back(std::min(double(position) / double(length), 1.0));
    d.overspeed.push_back(double(speed - limit));
    d.off_lane.push_back(lane == 1);
    d.near.push_back(lane == 0 && ahead > position && ahead - position <= 1 && speed > 0);
    d.terminated.push_back(d.collided);
    s = state_of(lane, speed, gap());
  }
  d.states.push_back(s);
  return d;
}

double share(const std::vector<flag_t>& x) {
  return x.empty() ? 0 : double(std::count(x.begin(), x.end(), 1)) / double(x.size());
}
double share_above_limit(const drive& d) {
  return double(std::count_if(d.overspeed.begin(), d.overspeed.end(), [](double v) { return v > 0; })) /
         double(d.overspeed.size());
}
/// It arrives, below the limit, and out of its lane for no longer than overtaking takes.
bool is_clean(const drive& d) { return d.arrived && share_above_limit(d) == 0 && share(d.off_lane) <= 0.5; }

std::vector<double> rewards(const drive& d, lane_reward kind) {
  const std::size_t steps = d.chosen.size();
  std::vector<flag_t> start(steps, 0), none(steps, 0);
  start[0] = 1;
  std::vector<double> factor(steps, 1.0);
  if (kind == lane_reward::carl) {
    const std::vector<double> lane =
        g::lane_keeping_factor({1, d.off_lane, none, start}, {.grace_ticks = 8, .penalty = 0.5}).factor;
    const std::vector<flag_t> near = g::penalty_timer({1, d.near, start}, {.ticks = 3}).active;
    const std::vector<index_t> comfort(steps, 0);
    const auto soft = g::carl_soft_factor<double>(cpu,
                                                  {.overspeed = d.overspeed,
                                                   .ttc_active = near,
                                                   .comfort_violations = comfort,
                                                   .lane_factor = lane,
                                                   .outside_lanes = none},
                                                  {.max_overspeed = 1});
    factor.assign(soft.factor.begin(), soft.factor.end());
  }
  std::vector<double> reward = g::carl_reward({1, d.completion, start, factor, d.terminated, d.terminated},
                                              {.terminal_hint = kind == lane_reward::progress ? 0.0 : 1.0})
                                   .reward;
  if (kind == lane_reward::additive_penalties)
    for (std::size_t t = 0; t < steps; ++t)
      reward[t] -= 0.05 * (d.overspeed[t] > 0) + 0.05 * double(d.near[t]) + 0.02 * double(d.off_lane[t]);
  return reward;
}

}  // namespace

std::string name_of(lane_reward r) {
  return r == lane_reward::progress ? "progress alone" : r == lane_reward::carl ? "CaRL" : "additive penalties";
}

lane_result learn_to_drive(lane_reward kind, std::uint64_t seed) {
  random_source random = stream(seed, 21);
  std::vector<double> q(std::size_t(states * actions), 0.0);
  std::deque<bool> last;
  lane_result result{.episodes_to_success = lane_budget};
  for (index_t k = 0; k < lane_budget; ++k) {
    const drive d = play(q, 0.05, random);
    const std::vector<double> reward = rewards(d, kind);
    for (std::size_t t = reward.size(); t-- > 0;) {
      const double* const row = q.data() + d.states[t + 1] * actions;
      const bool ended = t + 1 == reward.size() && (d.arrived || d.collided);
      double& x = q[std::size_t(d.states[t] * actions + d.chosen[t])];
      x += 0.1 * (reward[t] + 0.95 * (ended ? 0 : *std::max_element(row, row + actions)) - x);
    }
    last.push_back(is_clean(d));
    if (last.size() > 10) last.pop_front();
    if (!result.solved && std::count(last.begin(), last.end(), true) >= 8)
      result.solved = true, result.episodes_to_success = k + 1;
  }
  constexpr int drives = 50;
  for (int k = 0; k < drives; ++k) {
    const drive d = play(q, 0, random);
    result.arrived += double(d.arrived) / drives;
    result.collided += double(d.collided) / drives;
    result.overspeed += share_above_limit(d) / drives;
    result.off_lane += share(d.off_lane) / drives;
  }
  return result;
}

}  // namespace exploration
