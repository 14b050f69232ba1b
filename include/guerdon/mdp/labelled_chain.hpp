#pragma once
// The chain of a policy and an automaton that reads the letter of every transition.

#include <guerdon/mdp/recurrent_classes.hpp>

namespace guerdon {

/// A process whose transitions carry letters, and the policy that runs in it.
struct labelled_process {
  view<const double> transition;         ///< [S,A,S] each row a distribution
  view<const index_t> transition_label;  ///< [S,A,S] letters, 0 to L - 1; not read where the probability is 0
  view<const double> policy;             ///< [S,A] each row a distribution
  view<const double> initial;            ///< [S] where it starts
  index_t states = 0;                    ///< S
  index_t actions = 0;                   ///< A

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::extent("states", &I::states, "S"), op::extent("actions", &I::actions, "A"),
                      op::array("transition", &I::transition, "S,A,S", op::probabilities()),
                      op::array("transition_label", &I::transition_label, "S,A,S", op::integers(0, 0)),
                      op::array("policy", &I::policy, "S,A", op::probabilities()),
                      op::array("initial", &I::initial, "S", op::probabilities()));
  }
};

inline namespace GUERDON_ABI { namespace mdp {

inline model checked(const call_rules& rule, const labelled_process& in, index_t letters) {
  model m = checked(rule, finite_dynamics{in.transition, in.states, in.actions}, in.initial, in.policy);
  for (index_t k = 0; k < in.transition_label.size(); ++k)
    rule(!(in.transition[k] > 0) || (in.transition_label[k] >= 0 && in.transition_label[k] < letters),
         "transition_label", "holds a label that is no letter");
  return m;
}

/// States (s, q) that can be reached, and the chain over them.
struct labelled_chain {
  std::vector<std::size_t> state, memory;  ///< s and q
  std::vector<double> transition, initial, reward;

  std::size_t size() const { return state.size(); }
};
/// `next` [Q,L] are the automaton's steps, -1 for the end, which leads nowhere; `reward` [Q,L], if any, what they pay.
inline labelled_chain chain_with(const call_rules& rule, const model& m, const labelled_process& in,
                                 const view<const index_t>& next, const view<const double>& reward, std::size_t letters,
                                 index_t start) {
  constexpr std::size_t unseen = static_cast<std::size_t>(-1);
  const std::size_t memories = static_cast<std::size_t>(next.size()) / letters;
  labelled_chain c;
  rule(fits(in.states, memories), "transition", "and automaton make more than 2^27 states");
  std::vector<std::size_t> number(m.states * memories, unseen);
  const auto reach = [&](std::size_t s, std::size_t q) {
    std::size_t& n = number[s * memories + q];
    if (n == unseen) n = c.size(), c.state.push_back(s), c.memory.push_back(q);
    return n;
  };
  for (std::size_t s = 0; s < m.states; ++s)
    if (in.initial.data()[s] > 0) reach(s, static_cast<std::size_t>(start));
  struct edge {
    std::size_t from, to;
    double p;
  };
  std::vector<edge> edges;
  for (std::size_t n = 0; n < c.size(); ++n) {
    c.reward.push_back(0);
    for (std::size_t a = 0; a < m.actions; ++a)
      for (std::size_t t = 0; t < m.states; ++t) {
        const std::size_t pair = c.state[n] * m.actions + a;
        const double p = in.policy.data()[pair] * m.next(pair)[t];
        if (!(p > 0)) continue;
        const std::size_t step =
            c.memory[n] * letters + static_cast<std::size_t>(in.transition_label.data()[pair * m.states + t]);
        if (reward) c.reward[n] += p * reward.data()[step];
        if (const index_t q = next.data()[step]; q >= 0) edges.push_back({n, reach(t, static_cast<std::size_t>(q)), p});
      }
  }
  rule(fits(static_cast<index_t>(c.size()), c.size()), "transition",
       "and automaton make a chain of more than 2^27 numbers");
  c.transition.resize(c.size() * c.size());
  for (const edge& e : edges) c.transition[e.from * c.size() + e.to] += e.p;
  for (std::size_t n = 0; n < c.size(); ++n)
    c.initial.push_back(c.memory[n] == static_cast<std::size_t>(start) ? in.initial.data()[c.state[n]] : 0);
  return c;
}

}}  // namespace GUERDON_ABI::mdp
}  // namespace guerdon
