#include "experience.hpp"

#include <guerdon/mdp/mdp_sample_trajectory.hpp>

namespace control {

collector::collector(const world& w, index_t columns, std::uint64_t seed)
    : world_(w),
      model_{w.initial.size(), static_cast<std::size_t>(w.actions), w.transition.data(), {}},
      successors_(model_),
      random_(seed),
      age_(static_cast<std::size_t>(columns)) {
  for (index_t b = 0; b < columns; ++b) state_.push_back(start());
}

std::size_t collector::start() { return guerdon::mdp::drawn_index(world_.initial, random_.uniform()); }

batch collector::collect(const numbers& policy, index_t steps) {
  batch x;
  x.time = guerdon::time_major(steps, static_cast<index_t>(state_.size()));
  const std::size_t n = static_cast<std::size_t>(x.time.size()), columns = state_.size();
  for (auto* y : {&x.state, &x.action, &x.next_state, &x.next_action}) y->resize(n);
  for (auto* y : {&x.reward, &x.discount, &x.behaviour}) y->resize(n);
  x.next_behaviour.resize(n, 1);
  x.truncated.resize(n);
  const std::size_t actions = static_cast<std::size_t>(world_.actions);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t b = i % columns, s = state_[b];
    const std::size_t a = guerdon::mdp::drawn_index({policy.data() + s * actions, actions}, random_.uniform());
    const std::size_t pair = s * actions + a;
    std::size_t k = successors_.begin[pair];
    for (double u = random_.uniform() - successors_.all[k].probability; u >= 0 && k + 1 < successors_.begin[pair + 1];)
      u -= successors_.all[++k].probability;
    const std::size_t to = successors_.all[k].state;
    x.state[i] = static_cast<index_t>(s);
    x.action[i] = static_cast<index_t>(a);
    x.next_state[i] = static_cast<index_t>(to);
    x.reward[i] = world_.reward[pair * world_.initial.size() + to];
    x.behaviour[i] = policy[pair];
    const bool ended = world_.final[to] != 0;
    x.discount[i] = ended ? 0 : world_.gamma;
    x.truncated[i] = !ended && ++age_[b] >= world_.time_limit;
    if (i >= columns && !x.truncated[i - columns] && x.discount[i - columns] > 0) {
      x.next_action[i - columns] = x.action[i];
      x.next_behaviour[i - columns] = x.behaviour[i];
    }
    state_[b] = to;
    if (ended || x.truncated[i]) {
      state_[b] = start();
      age_[b] = 0;
    }
  }
  return x;
}

}  // namespace control
