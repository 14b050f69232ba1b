#pragma once
// A random Markov decision process of given size and branching (Garnet).
//
// From every state every action leads to b states, drawn without replacement. Their probabilities are the gaps that
// b - 1 uniform cut points leave in [0, 1]; the reward is uniform in [0, 1); the start is uniform over all states:
//
// $$P(s_k \mid s, a) = u_{(k)} - u_{(k-1)}, \qquad R(s, a) \sim U[0, 1), \qquad \mu(s) = 1/S$$
//
// Source: Archibald, McKinnon and Thomas (1995); Bhatnagar et al. (2009).
//
// Details that differ:
// - The order of draws is this project's own. One stream (split_mix.hpp) serves all (s, a), in order: b steps of a
//   Fisher-Yates shuffle of 0..S-1, then b - 1 cut points, then the reward.
//
// Cost: S^2 A; with gamma, that for each sweep of value iteration. No gradient.

#include <guerdon/mdp/finite_mdp.hpp>
#include <guerdon/mdp/split_mix.hpp>

#include <numeric>

namespace guerdon {

namespace op {
struct env_garnet : host_kind {
  static constexpr info about{"env_garnet", "mdp", "Random finite MDP of a given branching (Garnet)", "",
                              skeleton::host, 1e-5, true};
  struct inputs {};
  struct outputs {
    std::vector<double> transition;     ///< [S,A,S]
    std::vector<double> reward;         ///< [S,A]
    std::vector<double> initial;        ///< [S]
    index_t num_states = 0;             ///< S
    std::vector<double> optimal_value;  ///< [S], if gamma is given
    std::vector<double> optimal_return; ///< [1], if gamma is given
  };
  struct options {
    index_t num_states = required;   ///< S >= 1
    index_t num_actions = required;  ///< A >= 1
    index_t branching = required;    ///< b, 1 to S
    std::string_view seed = {};      ///< required: a decimal number below 2^64
    double gamma = std::numeric_limits<double>::quiet_NaN();  ///< in [0, 1]: solve it too
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("transition", &O::transition, "S,A,S"), array("reward", &O::reward, "S,A"),
                      array("initial", &O::initial, "S"), array("num_states", &O::num_states, "1"),
                      array("optimal_value", &O::optimal_value, "S"),
                      array("optimal_return", &O::optimal_return, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("num_states", &options::num_states, counts_from(1, 12).drawn(4, 12)),
                      option("num_actions", &options::num_actions, counts_from(1, 4)),
                      option("branching", &options::branching, counts_from(1, 4)),
                      text("seed", &options::seed, words().together("whole number")),
                      option_or_nan("gamma", &options::gamma, within(0, 1).drawn(0, 0.9)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::env_garnet::outputs env_garnet(const op::env_garnet::options& o) {
  const auto rule = check<op::env_garnet>(op::env_garnet::inputs{}, o);
  rule(o.branching <= o.num_states, "branching", "must be at most num_states");
  rule(o.num_states <= mdp::most_numbers / o.num_states &&
           o.num_actions <= mdp::most_numbers / (o.num_states * o.num_states),
       "num_states", "and num_actions make more than 2^27 transitions");
  const auto seed = read_seed(o.seed);
  rule(seed.has_value(), "seed", "must be a decimal number of 64 bits");
  const auto states = static_cast<std::size_t>(o.num_states), pairs = states * static_cast<std::size_t>(o.num_actions),
             branching = static_cast<std::size_t>(o.branching);

  op::env_garnet::outputs out;
  out.num_states = o.num_states;
  out.transition.resize(pairs * states);
  out.initial.assign(states, 1 / static_cast<double>(states));
  split_mix random(*seed);
  std::vector<std::size_t> next(states);
  std::vector<double> cuts(branching + 1);
  for (std::size_t sa = 0; sa < pairs; ++sa) {
    std::iota(next.begin(), next.end(), std::size_t(0));
    for (std::size_t i = 0; i < branching; ++i) {
      const double rest = static_cast<double>(states - i);
      std::swap(next[i], next[i + static_cast<std::size_t>(random.uniform() * rest)]);
    }
    cuts.front() = 0, cuts.back() = 1;
    for (std::size_t k = 1; k < branching; ++k) cuts[k] = random.uniform();
    std::sort(cuts.begin() + 1, cuts.end() - 1);
    for (std::size_t k = 0; k < branching; ++k) out.transition[sa * states + next[k]] = cuts[k + 1] - cuts[k];
    out.reward.push_back(random.uniform());
  }
  if (o.gamma == o.gamma) {
    out.optimal_value = mdp::optimal_value(rule, {states, pairs / states, out.transition.data(), out.reward}, o.gamma);
    out.optimal_return = {std::inner_product(out.initial.begin(), out.initial.end(), out.optimal_value.begin(), 0.0)};
  }
  return out;
}
/// The form of every host operation; there is nothing to put in.
inline op::env_garnet::outputs env_garnet(const op::env_garnet::inputs&, const op::env_garnet::options& o) {
  return env_garnet(o);
}

}}  // namespace guerdon
