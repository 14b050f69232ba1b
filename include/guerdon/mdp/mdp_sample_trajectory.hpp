#pragma once
// A random trajectory of a policy, the same for the same seed in every program.
//
// $$x = \min\{k : p_0 + \dots + p_k > u\}$$
//
// One number u of uniform_stream draws the first state, then each step one its action and one its successor, also where
// there is no choice.
//
// Source: this project's own order of draws.
//
// Details that differ:
// - Sums run in index order; where rounding leaves none above u, it is the last index of positive probability.
//
// Cost: (A + S) steps. No gradient.

#include <guerdon/mdp/finite_mdp.hpp>
#include <guerdon/mdp/split_mix.hpp>

namespace guerdon {

namespace op {
struct mdp_sample_trajectory : host_kind {
  static constexpr info about{"mdp_sample_trajectory", "mdp", "Random trajectory of a policy from a seed", "",
                              skeleton::host, 1e-5, true};
  struct inputs {
    finite_mdp mdp;
    view<const double> policy;   ///< [S,A] each row a distribution
    view<const double> initial;  ///< [S] where it starts
  };
  struct outputs {
    std::vector<index_t> states;   ///< [T+1]
    std::vector<index_t> actions;  ///< [T]
    std::vector<double> rewards;   ///< [T] R(s,a), or R(s,a,s')
  };
  struct options {
    index_t steps = required;    ///< T >= 0
    std::string_view seed = {};  ///< required: a decimal number below 2^64
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("mdp", &I::mdp),
                          std::tuple(array("policy", &I::policy, "S,A", probabilities()),
                                     array("initial", &I::initial, "S", probabilities())));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("states", &O::states, "T+1"), array("actions", &O::actions, "T"),
                      array("rewards", &O::rewards, "T"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("steps", &options::steps, counts(12)),
                      text("seed", &options::seed, words().together("whole number")));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace mdp {

/// An index drawn from a distribution by a uniform number.
inline std::size_t drawn_index(std::span<const double> p, double u) {
  double sum = 0;
  for (std::size_t k = 0; k < p.size(); ++k)
    if (sum += p[k]; sum > u) return k;
  std::size_t last = p.size() - 1;
  while (!(p[last] > 0)) --last;
  return last;
}

}  // namespace mdp

inline op::mdp_sample_trajectory::outputs mdp_sample_trajectory(const op::mdp_sample_trajectory::inputs& in,
                                                                const op::mdp_sample_trajectory::options& o = {}) {
  const auto rule = check<op::mdp_sample_trajectory>(in, o);
  const mdp::model m = mdp::checked(rule, in.mdp, in.initial, in.policy, 0, mdp::check_gamma);
  const auto seed = read_seed(o.seed);
  rule(seed.has_value(), "seed", "must be a decimal number of 64 bits");
  rule(mdp::fits(o.steps, 1), "steps", "are more than 2^27");
  split_mix random(*seed);
  op::mdp_sample_trajectory::outputs out;
  std::size_t s = mdp::drawn_index({in.initial.data(), m.states}, random.uniform());
  out.states.push_back(static_cast<index_t>(s));
  for (index_t step = 0; step < o.steps; ++step) {
    const std::size_t a = mdp::drawn_index({in.policy.data() + s * m.actions, m.actions}, random.uniform()),
                      pair = s * m.actions + a;
    s = mdp::drawn_index({m.next(pair), m.states}, random.uniform());
    out.actions.push_back(static_cast<index_t>(a));
    out.states.push_back(static_cast<index_t>(s));
    out.rewards.push_back(in.mdp.reward ? m.reward[pair] : in.mdp.transition_reward.data()[pair * m.states + s]);
  }
  return out;
}

}}  // namespace guerdon
