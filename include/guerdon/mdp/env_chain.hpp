#pragma once
// The chain, whose near reward lures away from the far one.
//
// Action 0 goes forward, to s + 1 without reward, and in the last state stays for the large reward; action 1 goes back
// to state 0 for the small one. With probability slip the other action's effect happens:
//
// $$P(\text{intended}) = 1 - \text{slip}$$
//
// Source: Dearden, Friedman and Russell (1998); Strens (2000).
//
// Details that differ:
// - Effects with one successor count by their probability-weighted mean reward; they have one in a chain of length 1.
//
// Cost: n^2; with gamma, that for each sweep of value iteration. No gradient.

#include <guerdon/mdp/environments.hpp>

namespace guerdon {

namespace op {
struct env_chain : host_kind {
  static constexpr info about{"env_chain", "mdp", "Chain with a small near and a large far reward", "",
                              skeleton::host, 1e-5, true};
  struct inputs {};
  struct outputs {
    std::vector<double> transition;      ///< [S,A,S] with A = 2: forward, back
    std::vector<double> reward;          ///< [S,A,S] 0 where the probability is 0
    std::vector<double> initial;         ///< [S]
    index_t num_states = 0;              ///< S
    std::vector<double> optimal_value;   ///< [S], if gamma is given
    std::vector<double> optimal_return;  ///< [1], if gamma is given
  };
  struct options {
    index_t num_states = 5;    ///< n >= 1
    double slip = 0.2;         ///< in [0, 1]
    double small_reward = 2;   ///< of going back
    double large_reward = 10;  ///< of going forward in the last state
    double gamma = std::numeric_limits<double>::quiet_NaN();  ///< in [0, 1]: solve it too
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("transition", &O::transition, "S,A,S"), array("reward", &O::reward, "S,A,S"),
                      array("initial", &O::initial, "S"), array("num_states", &O::num_states, "1"),
                      array("optimal_value", &O::optimal_value, "S"),
                      array("optimal_return", &O::optimal_return, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("num_states", &options::num_states, counts_from(1, 12)),
                      option("slip", &options::slip, within(0, 1)),
                      option("small_reward", &options::small_reward, finite()),
                      option("large_reward", &options::large_reward, finite()),
                      option_or_nan("gamma", &options::gamma, within(0, 1).drawn(0, 0.9)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::env_chain::outputs env_chain(const op::env_chain::options& o = {}) {
  const auto rule = check<op::env_chain>(op::env_chain::inputs{}, o);
  op::env_chain::outputs out;
  mdp::make_world(rule, out, o.num_states, 2, "num_states");
  const std::size_t n = out.initial.size();
  out.initial.front() = 1;
  for (std::size_t s = 0; s < n; ++s)
    for (std::size_t a = 0; a < 2; ++a) {
      const double forward = a == 0 ? 1 - o.slip : o.slip, back = a == 0 ? o.slip : 1 - o.slip;
      mdp::lead(out, 2, s, a, std::min(s + 1, n - 1), forward, s + 1 == n ? o.large_reward : 0);
      mdp::lead(out, 2, s, a, 0, back, o.small_reward);
    }
  mdp::solve_world(rule, out, o.gamma);
  return out;
}
/// The form of every host operation; there is nothing to put in.
inline op::env_chain::outputs env_chain(const op::env_chain::inputs&, const op::env_chain::options& o) {
  return env_chain(o);
}
}}  // namespace guerdon
