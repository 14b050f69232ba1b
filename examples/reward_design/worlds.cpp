#include "worlds.hpp"

#include <guerdon/mdp/env_gridworld.hpp>
#include <guerdon/mdp/env_river_swim.hpp>
#include <guerdon/mdp/epic_distance.hpp>
#include <guerdon/mdp/explicable_reward_design.hpp>
#include <guerdon/mdp/explicable_state_selection.hpp>
#include <guerdon/mdp/expected_reward.hpp>
#include <guerdon/mdp/ltlf_automaton.hpp>
#include <guerdon/mdp/mdp_discounted_return.hpp>
#include <guerdon/mdp/mdp_occupancy.hpp>
#include <guerdon/mdp/mdp_policy_evaluation.hpp>
#include <guerdon/mdp/optimal_policy_regret.hpp>
#include <guerdon/mdp/optimality_gap.hpp>
#include <guerdon/mdp/potential_shape.hpp>
#include <guerdon/mdp/rm_potential.hpp>
#include <guerdon/mdp/rm_product_mdp.hpp>
#include <guerdon/mdp/starc_distance.hpp>
#include <guerdon/mdp/worst_case_regret.hpp>

#include <bit>

namespace reward_design {

using namespace guerdon;

namespace {

/// Sets of letters as conjunctions of literals: the largest ones that fit, until all letters are in one.
std::string formula_of(const std::vector<char>& letters, const std::vector<std::string>& names) {
  struct cube {
    std::size_t care, value;
  };
  std::vector<cube> cubes;
  for (std::size_t care = 0; care < letters.size(); ++care)
    for (std::size_t value = 0; value < letters.size(); ++value)
      if ((value & ~care) == 0) cubes.push_back({care, value});
  std::stable_sort(cubes.begin(), cubes.end(),
                   [](const cube& x, const cube& y) { return std::popcount(x.care) < std::popcount(y.care); });
  std::vector<char> left = letters;
  std::string text;
  for (const cube& c : cubes) {
    bool inside = true, useful = false;
    for (std::size_t k = 0; k < letters.size(); ++k)
      if ((k & c.care) == c.value) inside = inside && letters[k], useful = useful || left[k];
    if (!inside || !useful) continue;
    for (std::size_t k = 0; k < letters.size(); ++k)
      if ((k & c.care) == c.value) left[k] = 0;
    std::string literals;
    for (std::size_t k = 0; k < names.size(); ++k)
      if (c.care >> k & 1)
        literals += (literals.empty() ? "" : " & ") + std::string(c.value >> k & 1 ? "" : "!") + names[k];
    text += (text.empty() ? "" : " | ") + (literals.empty() ? "True" : literals);
  }
  return text;
}

finite_dynamics dynamics(const world& w) { return {w.transition, w.states, w.actions}; }
finite_mdp task_of(const world& w) {
  return {.transition = w.transition, .reward = {}, .transition_reward = w.reward, .states = w.states,
          .actions = w.actions};
}
machine_transitions transitions(const task_machine& m) { return {m.from, m.to, m.formula, m.reward}; }
auto product_of(const world& w, const task_machine& m) {
  return rm_product_mdp({{w.environment, w.places, w.actions}, w.start, w.labels, transitions(m)},
                        {.rules = {.num_states = m.states, .unmatched = unmatched_rule::error}});
}

void solve(world& w) {
  w.machine = machine_of(w.task, 1, 0);
  auto product = product_of(w, w.machine);
  w.states = product.num_states;
  w.transition = std::move(product.transition), w.reward = std::move(product.reward);
  w.initial = std::move(product.initial);
  const auto best = optimality_gap({task_of(w)}, {.gamma = w.gamma});
  w.gap = best.gap, w.optimal = best.optimal_mask, w.policy = best.policy;
  numbers chosen(static_cast<std::size_t>(w.states * w.actions));
  for (index_t s = 0; s < w.states; ++s)
    chosen[static_cast<std::size_t>(s * w.actions + w.policy[static_cast<std::size_t>(s)])] = 1;
  auto values = mdp_policy_evaluation({task_of(w), chosen}, {.gamma = w.gamma});
  w.value = std::move(values.value), w.advantage = std::move(values.advantage);
  for (index_t s = 0; s < w.states; ++s)
    w.best_return += w.initial[static_cast<std::size_t>(s)] * w.value[static_cast<std::size_t>(s)];
}

/// A grid in which letters name what holds there: g goal, p plant, c coffee, o office.
world grid(std::string name, std::string title, std::string task, std::vector<std::string> map, double slip,
           int steps) {
  world w{.name = std::move(name), .title = std::move(title), .task = std::move(task), .map = map, .labels = {},
          .environment = {}, .start = {}, .machine = {}, .actions = 4, .steps = steps, .gamma = 0.95};
  for (std::string& row : map)
    for (char& c : row)
      if (c != '#' && c != 'S') c = '.';
  auto out = env_gridworld({map}, {.slip = slip});
  w.places = out.num_states, w.environment = std::move(out.transition), w.start = std::move(out.initial);
  for (std::size_t s = 0; s < out.cell_row.size(); ++s)
    switch (w.map[static_cast<std::size_t>(out.cell_row[s])][static_cast<std::size_t>(out.cell_col[s])]) {
      case 'g': w.labels.emplace_back("goal"); break;
      case 'p': w.labels.emplace_back("plant"); break;
      case 'c': w.labels.emplace_back("coffee"); break;
      case 'o': w.labels.emplace_back("office"); break;
      default: w.labels.emplace_back("");
    }
  solve(w);
  return w;
}

world river() {
  auto out = env_river_swim({.num_states = 7});
  world w{.name = "river", .title = "A chain: swim up the river", .task = "F upstream", .map = {}, .labels = {},
          .environment = std::move(out.transition), .start = std::move(out.initial), .machine = {},
          .places = out.num_states, .actions = 2, .steps = 60, .gamma = 0.95};
  w.labels.assign(static_cast<std::size_t>(w.places), "");
  w.labels.back() = "upstream";
  solve(w);
  return w;
}

/// EXPRD on the states from which the task is paid and the two, of those an optimal policy passes, that help most.
numbers explicable(const world& w) {
  const auto mean = expected_reward({task_of(w)}).expected_reward;
  numbers chosen(mean.size());
  for (index_t s = 0; s < w.states; ++s)
    chosen[static_cast<std::size_t>(s * w.actions + w.policy[static_cast<std::size_t>(s)])] = 1;
  const auto visits = mdp_occupancy({dynamics(w), chosen, w.initial}, {.gamma = w.gamma}).state_occupancy;
  std::vector<index_t> goals, candidates;
  for (index_t s = 0; s < w.end(); ++s) {
    double paid = 0;
    for (index_t a = 0; a < w.actions; ++a) paid += mean[static_cast<std::size_t>(s * w.actions + a)];
    if (paid > 0) goals.push_back(s);
    else if (visits[static_cast<std::size_t>(s)] > 0.1) candidates.push_back(s);
  }
  const std::vector<index_t> horizons{1, 4, 8};
  const design_task task{.transition = w.transition, .policies = w.policy, .optimal_mask = w.optimal, .gap = w.gap,
                         .horizons = horizons, .states = w.states, .actions = w.actions};
  const design_goals asked{.gamma = w.gamma, .reward_max = 10};
  const auto active = explicable_state_selection(
      {task, goals, candidates}, {asked, std::min<index_t>(2, static_cast<index_t>(candidates.size()))});
  return for_every_successor(w, explicable_reward_design({task, active.active_states}, {asked}).reward);
}

}  // namespace

task_machine machine_of(const std::string& text, double success, double failure) {
  const ltlf_automaton automaton(ltlf_formula(text, "reward_design"), "reward_design");
  const auto decided = [&](std::uint32_t u) { return automaton.verdict(u) >= ltlf_verdict::never; };
  task_machine m;
  std::vector<index_t> number(automaton.states(), -1);
  for (std::uint32_t u = 0; u < automaton.states(); ++u)
    if (!decided(u)) number[u] = m.states++;
  for (std::uint32_t u = 0; u < automaton.states(); ++u) {
    if (decided(u)) continue;
    for (std::uint32_t v = 0; v < automaton.states(); ++v) {
      std::vector<char> letters(automaton.letters());
      bool any = false;
      for (std::size_t k = 0; k < letters.size(); ++k)
        if (automaton.next(u, k) == v) letters[k] = any = true;
      if (!any) continue;
      m.from.push_back(number[u]), m.to.push_back(number[v]);
      m.formula.push_back(formula_of(letters, automaton.names().names()));
      m.reward.push_back(!decided(v) ? 0 : automaton.accepts(v) ? success : failure);
    }
  }
  return m;
}

std::vector<world> all_worlds() {
  std::vector<world> all;
  all.push_back(river());
  all.push_back(grid("rooms", "Two rooms and a door", "F goal",
                     {"###########",  //
                      "#S...#....#",  //
                      "#....#....#",  //
                      "#.........#",  //
                      "#....#...g#",  //
                      "###########"},
                     0.1, 60));
  all.push_back(grid("errand", "Coffee, then the office, and never the plant",
                     "!plant U (coffee & (!plant U office))",
                     {"########",  //
                      "#S.p..c#",  //
                      "#......#",  //
                      "#.p..p.#",  //
                      "#o.....#",  //
                      "########"},
                     0.1, 80));
  return all;
}

const char* name_of(design d) {
  constexpr const char* names[] = {"sparse", "potential", "machine_potential", "counterfactual",
                                   "ltlf",   "explicable", "adaptive",         "exploration"};
  return names[static_cast<std::size_t>(d)];
}
const char* what_is(design d) {
  constexpr const char* texts[] = {
      "1 where the task is done, nothing else",
      "sparse, shaped by the optimal value as potential",
      "sparse, shaped by the potential of the reward machine's states",
      "sparse, and each step is learned from in every state of the machine",
      "1 where the formula is satisfied for ever, -1 where it is violated for ever",
      "EXPRD: a linear programme, on the paid states and two more",
      "ExpAdaRD: a linear programme for the learner as it is, every 25 episodes",
      "ExploRS: sparse, with what the learner's returns and visits add"};
  return texts[static_cast<std::size_t>(d)];
}

numbers for_every_successor(const world& w, const numbers& reward) {
  numbers wide(w.transition.size());
  for (std::size_t k = 0; k < wide.size(); ++k) wide[k] = reward[k / static_cast<std::size_t>(w.states)];
  return wide;
}

numbers first_reward(const world& w, design d) {
  const auto shaped = [&](const numbers& potential) {
    return potential_shape({w.states, w.actions, w.reward, potential}, {.gamma = w.gamma}).shaped_reward;
  };
  switch (d) {
    case design::potential: return shaped(w.value);
    case design::machine_potential: {
      const auto of_machine = rm_potential({transitions(w.machine)},
                                           {.num_states = w.machine.states, .shaping_gamma = w.gamma}).potential;
      numbers potential(static_cast<std::size_t>(w.states));  // the end keeps 0
      for (std::size_t s = 0; s + 1 < potential.size(); ++s) potential[s] = of_machine[s % of_machine.size()];
      return shaped(potential);
    }
    case design::ltlf: return product_of(w, machine_of(w.task, 1, -1)).reward;
    case design::explicable: return explicable(w);
    case design::sparse: case design::counterfactual: case design::adaptive: case design::exploration: break;
  }
  return w.reward;
}

double exact_return(const world& w, const std::vector<index_t>& policy) {
  numbers chosen(static_cast<std::size_t>(w.states * w.actions));
  for (index_t s = 0; s < w.states; ++s)
    chosen[static_cast<std::size_t>(s * w.actions + policy[static_cast<std::size_t>(s)])] = 1;
  return mdp_discounted_return({task_of(w), chosen, w.initial}, {.gamma = w.gamma}).expected_return;
}

regrets regrets_of(const world& w, const numbers& reward) {
  const reward_pair pair{.transition = w.transition, .reward_a = {}, .transition_reward_a = w.reward, .reward_b = {},
                         .transition_reward_b = reward, .initial = w.initial, .states = w.states, .actions = w.actions};
  return {optimal_policy_regret({pair}, {.gamma = w.gamma}).normalized_regret,
          worst_case_regret({pair}, {.gamma = w.gamma}).normalized_regret};
}

double distance_between(const world& w, distance kind, const numbers& a, const numbers& b) {
  switch (kind) {
    case distance::epic: return epic_distance({dynamics(w), a, b}, {.gamma = w.gamma}).distance;
    case distance::starc: return starc_distance({dynamics(w), a, b}, {.form = {.gamma = w.gamma}}).distance;
    case distance::dard: break;
  }
  return starc_distance({dynamics(w), a, b}, {.form = {.gamma = w.gamma, .canonicalization = canonicalization::dard}})
      .distance;
}

}  // namespace reward_design
