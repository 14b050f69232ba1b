// Shaping by potentials moves no optimum: what an action is worth against the others stays, whatever the policy. What
// pays the potential of terminal states moves it.
#include <guerdon/backend/scalar.hpp>
#include <guerdon/mdp/env_garnet.hpp>
#include <guerdon/mdp/mdp_policy_evaluation.hpp>
#include <guerdon/mdp/mdp_value_iteration.hpp>
#include <guerdon/mdp/rm_potential.hpp>
#include <guerdon/mdp/rm_product_mdp.hpp>
#include <guerdon/mdp/rm_shaped_rewards.hpp>
#include <guerdon/shaping/dynamic_potential_shaping.hpp>
#include <guerdon/shaping/look_ahead_advice.hpp>
#include <guerdon/shaping/look_back_advice.hpp>
#include <guerdon/shaping/plan_potential.hpp>
#include <guerdon/shaping/potential_shaping.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace {

using namespace guerdon;
using numbers = std::vector<double>;

constexpr index_t states = 8, actions = 3;
std::size_t at(index_t i) { return static_cast<std::size_t>(i); }

numbers random_policy(std::mt19937& random) {
  numbers policy(at(states * actions));
  std::uniform_real_distribution<double> share(0.05, 1);
  for (index_t s = 0; s < states; ++s) {
    double sum = 0;
    for (index_t a = 0; a < actions; ++a) sum += policy[at(s * actions + a)] = share(random);
    for (index_t a = 0; a < actions; ++a) policy[at(s * actions + a)] /= sum;
  }
  return policy;
}

/// Every transition as one step: the potentials of its two ends, and the reward of its state and action.
struct steps {
  numbers reward, before, after;
  std::vector<flag_t> ends, cut;

  template <class Before, class After>
  steps(const numbers& base, Before potential, After next) {
    for (index_t sa = 0; sa < states * actions; ++sa)
      for (index_t t = 0; t < states; ++t) {
        reward.push_back(base[at(sa)]);
        before.push_back(potential(sa));
        after.push_back(next(t));
      }
    ends.assign(reward.size(), 0);
    cut.assign(reward.size(), 0);
  }
};

auto evaluate(const numbers& transition, const numbers& transition_reward, const numbers& policy, double gamma) {
  return mdp_policy_evaluation({.mdp = {.transition = transition, .reward = {}, .transition_reward = transition_reward,
                                        .states = states, .actions = actions},
                                .policy = policy},
                               {.gamma = gamma});
}

TEST_CASE("potentials leave the advantages of every policy as they are, and lower its values by themselves") {
  const scalar_backend cpu;
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  for (unsigned seed = 0; seed < 20; ++seed) {
    const double gamma = seed % 2 == 0 ? 0.9 : 0.5, scale = 2;
    const auto garnet = env_garnet({.num_states = states, .num_actions = actions, .branching = 3,
                                    .seed = std::to_string(seed)});
    const numbers policy = random_policy(random);
    numbers potential(at(states)), advice(at(states * actions));
    for (double& x : potential) x = normal(random);
    for (double& x : advice) x = normal(random);
    const auto of_state = [&](index_t s) { return potential[at(s)]; };
    const auto here = [&](index_t sa) { return of_state(sa / actions); };

    const steps plain(garnet.reward, here, of_state);
    const auto want = evaluate(garnet.transition, plain.reward, policy, gamma);
    const auto same = [&](const numbers& shaped, auto lowered) {
      const auto got = evaluate(garnet.transition, shaped, policy, gamma);
      for (index_t sa = 0; sa < states * actions; ++sa)
        CHECK(got.action_value[at(sa)] == doctest::Approx(want.action_value[at(sa)] - lowered(sa)).epsilon(1e-9));
    };
    same(potential_shaping<double>(cpu, {plain.reward, plain.before, plain.after, plain.ends},
                                   {.gamma = gamma, .scale = scale}).shaped_reward,
         [&](index_t sa) { return scale * here(sa); });
    const auto flat = time_major(1, static_cast<index_t>(plain.reward.size()));
    same(dynamic_potential_shaping<double>(cpu, {flat, plain.reward, plain.before, plain.after, plain.ends, plain.cut},
                                           {.gamma = gamma, .verify = true}).shaped_reward, here);

    // Advice: what is paid for the next action is its mean under the policy.
    const auto of_pair = [&](index_t sa) { return advice[at(sa)]; };
    const auto next = [&](index_t t) {
      double mean = 0;
      for (index_t a = 0; a < actions; ++a) mean += policy[at(t * actions + a)] * advice[at(t * actions + a)];
      return mean;
    };
    const steps advised(garnet.reward, of_pair, next);
    same(look_ahead_advice<double>(cpu, {advised.reward, advised.before, advised.after, advised.ends},
                                   {.gamma = gamma}).shaped_reward, of_pair);
  }
}

/// Whether the actions that are best under one reward are those under another, state by state.
bool same_best_actions(const finite_mdp& one, view<const double> other, double gamma) {
  const auto solve = [&](view<const double> reward) {
    finite_mdp m = one;
    m.transition_reward = reward;
    return mdp_value_iteration({m}, {.gamma = gamma}).action_value;
  };
  const numbers a = solve(one.transition_reward), b = solve(other);
  const auto best = [&](const numbers& q, index_t s, index_t action) {
    double most = q[at(s * one.actions)];
    for (index_t k = 1; k < one.actions; ++k) most = std::max(most, q[at(s * one.actions + k)]);
    return q[at(s * one.actions + action)] > most - 1e-8;
  };
  for (index_t s = 0; s < one.states; ++s)
    for (index_t k = 0; k < one.actions; ++k)
      if (best(a, s, k) != best(b, s, k)) return false;
  return true;
}

TEST_CASE("where episodes end, potentials keep the best actions; paying the terminal potential does not, nor a bonus") {
  // The last two states of a Garnet world end the episode: they lead to themselves and pay nothing.
  const scalar_backend cpu;
  std::mt19937 random(7);
  std::normal_distribution<double> normal;
  int kept = 0, bonus_kept = 0;
  constexpr int worlds = 40;
  for (int seed = 0; seed < worlds; ++seed) {
    const double gamma = 0.9;
    auto garnet = env_garnet({.num_states = states, .num_actions = actions, .branching = 3,
                              .seed = std::to_string(seed)});
    const index_t first_end = states - 2;
    for (index_t s = first_end; s < states; ++s)
      for (index_t a = 0; a < actions; ++a)
        for (index_t t = 0; t < states; ++t) garnet.transition[at((s * actions + a) * states + t)] = s == t;
    numbers potential(at(states));
    for (double& x : potential) x = 3 * normal(random);
    steps plain(garnet.reward, [&](index_t sa) { return potential[at(sa / actions)]; },
                [&](index_t t) { return potential[at(t)]; });
    std::vector<flag_t> inside(plain.reward.size());
    for (index_t i = 0; i < static_cast<index_t>(plain.reward.size()); ++i) {
      const index_t s = i / (actions * states), t = i % states;
      plain.ends[at(i)] = t >= first_end;
      if (s >= first_end) plain.reward[at(i)] = 0, inside[at(i)] = 1;
    }
    const finite_mdp world{.transition = garnet.transition, .transition_reward = plain.reward, .states = states,
                           .actions = actions};
    const auto keeps = [&](numbers shaped) {
      for (std::size_t i = 0; i < shaped.size(); ++i)
        if (inside[i]) shaped[i] = 0;  // an episode that has ended is not shaped
      return same_best_actions(world, shaped, gamma);
    };
    const auto shaped = [&](terminal_potential terminal) {
      return potential_shaping<double>(cpu, {plain.reward, plain.before, plain.after, plain.ends},
                                       {.gamma = gamma, .terminal = terminal}).shaped_reward;
    };
    CHECK(keeps(shaped(terminal_potential::zero)));
    const auto flat = time_major(1, static_cast<index_t>(plain.reward.size()));
    CHECK(keeps(dynamic_potential_shaping<double>(
                    cpu, {flat, plain.reward, plain.before, plain.after, plain.ends, plain.cut}, {.gamma = gamma})
                    .shaped_reward));
    kept += keeps(shaped(terminal_potential::keep));
    numbers bonus = plain.reward;  // the same potential, paid for arriving and never taken back
    for (std::size_t i = 0; i < bonus.size(); ++i) bonus[i] += gamma * plain.after[i];
    bonus_kept += keeps(bonus);
  }
  CHECK(kept < 3 * worlds / 4);
  CHECK(bonus_kept < worlds / 2);
}

TEST_CASE("advice that looks back lowers all actions of a state alike, by what was paid on the way there") {
  // The state holds the action before it, so that the advice is a reward of transitions: (s', a') -> (s, a).
  const scalar_backend cpu;
  std::mt19937 random(11);
  std::normal_distribution<double> normal;
  constexpr index_t pairs = states * actions, wide = pairs * states;  // (pair before, state now)
  for (unsigned seed = 0; seed < 3; ++seed) {
    const double gamma = 0.8;
    const auto garnet = env_garnet({.num_states = states, .num_actions = actions, .branching = 3,
                                    .seed = std::to_string(seed)});
    const numbers policy = random_policy(random);
    numbers advice(at(pairs));
    for (double& x : advice) x = normal(random);
    numbers transition(at(wide * actions * wide)), wide_policy, reward, potential;
    for (index_t before = 0; before < pairs; ++before)
      for (index_t s = 0; s < states; ++s)
        for (index_t a = 0; a < actions; ++a) {
          const index_t from = (before * states + s) * actions + a, now = s * actions + a;
          for (index_t t = 0; t < states; ++t)
            transition[at(from * wide + now * states + t)] = garnet.transition[at(now * states + t)];
          wide_policy.push_back(policy[at(now)]);
          reward.push_back(0), reward.push_back(garnet.reward[at(now)]);  // two steps: the one before, and this
          potential.push_back(advice[at(before)]), potential.push_back(advice[at(now)]);
        }
    std::vector<flag_t> start(reward.size());
    for (std::size_t i = 0; i < start.size(); i += 2) start[i] = 1;
    const auto advised = look_back_advice<double>(cpu, {batch_major(wide * actions, 2), reward, potential, start},
                                                  {.gamma = gamma}).shaped_reward;
    const auto evaluated = [&](const numbers& of) {
      numbers now;
      for (std::size_t i = 1; i < of.size(); i += 2) now.push_back(of[i]);
      return mdp_policy_evaluation({.mdp = {.transition = transition, .reward = now, .states = wide,
                                            .actions = actions},
                                    .policy = wide_policy},
                                   {.gamma = gamma}).action_value;
    };
    const numbers want = evaluated(reward), got = evaluated(advised);
    for (index_t i = 0; i < wide * actions; ++i)
      CHECK(got[at(i)] == doctest::Approx(want[at(i)] - advice[at(i / (states * actions))] / gamma).epsilon(1e-9));
  }
}

TEST_CASE("the potential of a reward machine keeps the best actions of its task, with either sign") {
  // Fetch "a", then "b"; "c" on the way ends it. Six places whose moves are random.
  constexpr index_t places = 6;
  const std::vector<index_t> from{0, 0, 0, 1, 1, 1}, to{1, -1, 0, -1, -1, 1};
  const std::vector<std::string> formula{"a & !c", "c", "!a & !c", "b & !c", "c", "!b & !c"};
  const std::vector<std::string> label{"", "a", "", "b", "c", ""};
  const numbers pays{0.1, -1, 0, 1, -0.5, 0}, start(at(places), 1.0 / places);
  const machine_transitions machine{from, to, formula, pays};
  const double gamma = 0.9;
  for (int seed = 0; seed < 20; ++seed) {
    const auto garnet = env_garnet({.num_states = places, .num_actions = actions, .branching = 2,
                                    .seed = std::to_string(seed)});
    const auto product = rm_product_mdp({{garnet.transition, places, actions}, start, label, machine},
                                        {.rules = {.num_states = 2}});
    const index_t n = product.num_states;
    const finite_mdp world{.transition = product.transition, .transition_reward = product.reward, .states = n,
                           .actions = actions};
    for (const double sign : {1.0, -1.0}) {
      const numbers potential = rm_potential({machine}, {.num_states = 2, .shaping_gamma = gamma, .sign = sign})
                                    .potential;
      numbers shaped = product.reward;
      for (index_t s = 0; s + 1 < n; ++s)
        for (index_t a = 0; a < actions; ++a)
          for (index_t t = 0; t < n; ++t) {
            const std::size_t i = at((s * actions + a) * n + t);
            if (product.transition[i] == 0) continue;
            // One step of the machine, on the label of the place that is entered; its end has no label of its own.
            if (t + 1 == n) {
              shaped[i] -= potential[at(s % 2)];
              continue;
            }
            const std::vector<std::string> entered{label[at(t / 2)]};
            const auto step = rm_shaped_rewards({machine, entered}, {.rules = {.num_states = 2, .initial_state = s % 2},
                                                                     .gamma = gamma, .sign = sign});
            REQUIRE(step.states[1] == t % 2);
            shaped[i] = step.rewards[0];
          }
      CHECK(same_best_actions(world, shaped, gamma));
    }
  }
}

TEST_CASE("the potential of a terminal state, if it is paid, makes another action the best") {
  // State 0 chooses between the ends 1, worth 1, and 2, worth nothing but of a high potential.
  const scalar_backend cpu;
  const numbers reward{1, 0}, before{0, 0}, after{0, 5};
  const std::vector<flag_t> ends{1, 1};
  const auto zero = potential_shaping<double>(cpu, {reward, before, after, ends}, {.gamma = 0.9});
  const auto keep = potential_shaping<double>(cpu, {reward, before, after, ends},
                                              {.gamma = 0.9, .terminal = terminal_potential::keep});
  CHECK(zero.shaped_reward == reward);
  CHECK(keep.shaped_reward[1] > keep.shaped_reward[0]);
}

// --- Episodes of a fixed length: what is best depends on the time left ---------------------------------------------

/// A world of moves that are random, for `horizon` steps; entry (t, s, a, s') is where() of an array of all of them.
struct timed_world {
  index_t count, horizon;
  numbers transition;  ///< [s, a, s']
  std::size_t where(index_t t, index_t s, index_t a, index_t next) const {
    return at(((t * count + s) * actions + a) * count + next);
  }
  numbers everywhere() const { return numbers(at(horizon * count * actions * count)); }
  template <class F>
  void each(const F& f) const {
    for (index_t t = 0; t < horizon; ++t)
      for (index_t s = 0; s < count; ++s)
        for (index_t a = 0; a < actions; ++a)
          for (index_t next = 0; next < count; ++next) f(t, s, a, next, where(t, s, a, next));
  }
  /// What each action is worth at each time, by induction from the end.
  numbers solve(const numbers& reward) const {
    numbers worth(at(horizon * count * actions)), value(at(count));
    for (index_t t = horizon; t-- > 0;) {
      numbers now(at(count), -1e300);
      for (index_t s = 0; s < count; ++s)
        for (index_t a = 0; a < actions; ++a) {
          double& q = worth[at((t * count + s) * actions + a)];
          for (index_t next = 0; next < count; ++next)
            q += transition[at((s * actions + a) * count + next)] *
                 (reward[where(t, s, a, next)] + discount * value[at(next)]);
          now[at(s)] = std::max(now[at(s)], q);
        }
      value = now;
    }
    return worth;
  }
  /// Whether the same actions are best, at each time and in each state.
  bool same_best(const numbers& one, const numbers& other) const {
    const numbers a = solve(one), b = solve(other);
    for (std::size_t s = 0; s < a.size(); s += at(actions)) {
      const auto best = [&](const numbers& q, std::size_t k) {
        return q[s + k] > *std::max_element(q.begin() + index_t(s), q.begin() + index_t(s) + actions) - 1e-9;
      };
      for (std::size_t k = 0; k < at(actions); ++k)
        if (best(a, k) != best(b, k)) return false;
    }
    return true;
  }
  static constexpr double discount = 0.9;
};

TEST_CASE("a potential that moves keeps what is best at each time, unless both ends are taken from one moment") {
  const scalar_backend cpu;
  std::mt19937 random(13);
  std::normal_distribution<double> normal;
  constexpr index_t places = 6, horizon = 5;
  int static_kept = 0;
  constexpr int worlds = 40;
  for (int seed = 0; seed < worlds; ++seed) {
    const auto garnet = env_garnet({.num_states = places, .num_actions = actions, .branching = 3,
                                    .seed = std::to_string(seed)});
    const timed_world world{places, horizon, garnet.transition};
    numbers potential(at((horizon + 1) * places));
    for (double& x : potential) x = 2 * normal(random);
    const auto phi = [&](index_t s, index_t t) { return potential[at(t * places + s)]; };
    numbers reward = world.everywhere(), before = reward, after = reward, stale = reward;
    std::vector<flag_t> ends(reward.size()), cut(reward.size());
    world.each([&](index_t t, index_t s, index_t a, index_t next, std::size_t i) {
      reward[i] = garnet.reward[at(s * actions + a)];
      before[i] = phi(s, t), after[i] = phi(next, t + 1), stale[i] = phi(next, t);
      ends[i] = t + 1 == horizon;
    });
    const auto flat = time_major(1, static_cast<index_t>(reward.size()));
    const auto shaped = dynamic_potential_shaping<double>(cpu, {flat, reward, before, after, ends, cut},
                                                          {.gamma = timed_world::discount});
    CHECK(world.same_best(reward, shaped.shaped_reward));
    const numbers want = world.solve(reward), got = world.solve(shaped.shaped_reward);
    for (std::size_t i = 0; i < want.size(); ++i)
      CHECK(got[i] == doctest::Approx(want[i] - phi(index_t(i) / actions % places, index_t(i) / (actions * places))));

    // The rule for a potential that stands still, given one that moves.
    const auto still = potential_shaping<double>(cpu, {reward, before, stale, ends}, {.gamma = timed_world::discount});
    static_kept += world.same_best(reward, still.shaped_reward);
  }
  CHECK(static_kept < worlds / 4);

  // `verify` tells the two apart, along an episode.
  const numbers zero(3), entered{1, 5, 2}, arriving{5, 2, 0}, stale{4, 2, 0};
  const std::vector<flag_t> ends{0, 0, 1}, cut(3);
  const op::dynamic_potential_shaping::options o{.gamma = 0.9, .verify = true};
  dynamic_potential_shaping<double>(cpu, {time_major(3, 1), zero, entered, arriving, ends, cut}, o);
  CHECK_THROWS_AS(dynamic_potential_shaping<double>(cpu, {time_major(3, 1), zero, entered, stale, ends, cut}, o),
                  std::invalid_argument);
}

TEST_CASE("the potential of a plan keeps what is best at each time, in states that remember how far it went") {
  const scalar_backend cpu;
  constexpr index_t places = 5, marks = 4, horizon = 5;  // last step of the plan: none, 0, 1 or 2
  const std::vector<index_t> plan{-1, 0, -1, 2, 1};
  const auto moved = [&](index_t mark, index_t place) { return plan[at(place)] < 0 ? mark : plan[at(place)] + 1; };
  for (int seed = 0; seed < 20; ++seed) {
    const auto garnet = env_garnet({.num_states = places, .num_actions = actions, .branching = 3,
                                    .seed = std::to_string(seed)});
    timed_world world{places * marks, horizon, numbers(at(places * marks * actions * places * marks))};
    numbers reward = world.everywhere(), before = reward, after = reward;
    std::vector<flag_t> ends(reward.size());
    for (index_t s = 0; s < places * marks; ++s)
      for (index_t next = 0; next < places; ++next) {
        const index_t mark = s / places, to = moved(moved(mark, s % places), next) * places + next;
        // The operation sees the step of the plan that is remembered, this place and the next.
        const std::vector<index_t> seen{mark - 1, plan[at(s % places)], plan[at(next)]};
        const std::vector<flag_t> start{1, 0, 0};
        const auto potential = plan_potential<double>(cpu, {time_major(3, 1), seen, start}, {.scale = 1.5});
        for (index_t a = 0; a < actions; ++a) {
          world.transition[at((s * actions + a) * places * marks + to)] =
              garnet.transition[at((s % places * actions + a) * places + next)];
          for (index_t t = 0; t < horizon; ++t) {
            const std::size_t i = world.where(t, s, a, to);
            reward[i] = garnet.reward[at(s % places * actions + a)];
            before[i] = potential[1], after[i] = potential[2], ends[i] = t + 1 == horizon;
          }
        }
      }
    const auto shaped = [&](terminal_potential terminal) {
      return potential_shaping<double>(cpu, {reward, before, after, ends},
                                       {.gamma = timed_world::discount, .terminal = terminal}).shaped_reward;
    };
    CHECK(world.same_best(reward, shaped(terminal_potential::zero)));
    CHECK(!world.same_best(reward, shaped(terminal_potential::keep)));
  }
}

TEST_CASE("over an episode the shaping of a plan comes to minus the potential it began with") {
  const scalar_backend cpu;
  const std::vector<index_t> plan{0, 1, -1, 3, 2, -1};
  const std::vector<flag_t> start{1, 0, 0, 0, 0, 0}, ends{0, 0, 0, 0, 0, 1};
  const auto potential = plan_potential<double>(cpu, {time_major(6, 1), plan, start}, {.scale = 0.5});
  numbers next(potential.begin() + 1, potential.end());
  next.push_back(100);  // behind the end: not looked at
  const auto shaped = potential_shaping<double>(cpu, {numbers(6), potential, next, ends}, {.gamma = 0.9});
  double sum = 0, discount = 1;
  for (const double f : shaped.shaping) sum += discount * f, discount *= 0.9;
  CHECK(sum == doctest::Approx(-potential[0]));
}

}  // namespace
