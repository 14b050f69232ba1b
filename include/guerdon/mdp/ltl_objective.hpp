#pragma once
// The probability that a run satisfies a Rabin condition: a temporal task without an end.
//
// $$P\left(\exists k: \text{no finite}_k \text{ state infinitely often, an infinite}_k \text{ state infinitely
//   often}\right)$$
//
// The automaton reads the letter of every transition. In the chain of world and automaton, a closed class accepts if
// for some k it holds no finite state and an infinite one; the rest is the probability of ending in such a class. A
// Buchi condition is one pair without finite states.
//
// Source: Subramani et al. (2023), arXiv:2310.11840, for the formalism; the evaluator is this project's own.
//
// Details that differ:
// - Making an automaton of a formula is the caller's part; for finite traces see ltlf_to_dfa.
//
// Cost: n^3 / 3 of the n <= S Q pairs of states that can be reached. Memory: O(n^2 + n S A + S Q). No gradient.

#include <guerdon/mdp/labelled_chain.hpp>

namespace guerdon {

namespace op {
struct ltl_objective : host_kind {
  static constexpr info about{"ltl_objective", "mdp", "Probability of satisfying a temporal task for ever (LTL)",
                              "arXiv:2310.11840", skeleton::host, 1e-5, true};
  struct inputs {
    labelled_process process;
    view<const index_t> automaton;      ///< [Q,L] next state
    view<const flag_t> rabin_finite;    ///< [K,Q] to be left for ever
    view<const flag_t> rabin_infinite;  ///< [K,Q] to be seen again and again
    index_t memory = 0;                 ///< Q
    index_t letters = 0;                ///< L
  };
  struct outputs {
    double probability = 0;
  };
  struct options {
    index_t initial_state = 0;  ///< of the automaton, before the first letter
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(nested_arguments("process", &I::process),
                          std::tuple(array("automaton", &I::automaton, "Q,L", integers(0, 0)),
                                     array("rabin_finite", &I::rabin_finite, "K,Q", yes_or_no()),
                                     array("rabin_infinite", &I::rabin_infinite, "K,Q", yes_or_no()),
                                     extent("memory", &I::memory, "Q"), extent("letters", &I::letters, "L")));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("probability", &O::probability, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("initial_state", &options::initial_state, counts(0)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::ltl_objective::outputs ltl_objective(const op::ltl_objective::inputs& in,
    const op::ltl_objective::options& o = {}) {
  const auto rule = check<op::ltl_objective>(in, o);
  const mdp::model m = mdp::checked(rule, in.process, in.letters);
  for (const index_t q : in.automaton) rule(q >= 0 && q < in.memory, "automaton", "holds no state of itself");
  rule(o.initial_state < in.memory, "initial_state", "is no state of the automaton");
  rule(in.letters > 0, "letters", "there must be one at least");
  const mdp::labelled_chain c = mdp::chain_with(rule, m, in.process, in.automaton, {},
                                                static_cast<std::size_t>(in.letters), o.initial_state);
  const mdp::recurrent_classes classes = mdp::closed_classes(c.transition, c.size());
  const auto memory = static_cast<std::size_t>(in.memory),
             conditions = static_cast<std::size_t>(in.rabin_finite.size()) / memory;
  std::vector<char> accepts(classes.count), inside(c.size());
  for (std::size_t k = 0; k < conditions; ++k) {
    std::vector<char> finite(classes.count), infinite(classes.count);
    for (std::size_t n = 0; n < c.size(); ++n) {
      const std::size_t of = classes.of_state[n];
      if (of == mdp::recurrent_classes::transient) continue;
      if (in.rabin_finite.data()[k * memory + c.memory[n]] != 0) finite[of] = 1;
      if (in.rabin_infinite.data()[k * memory + c.memory[n]] != 0) infinite[of] = 1;
    }
    for (std::size_t of = 0; of < classes.count; ++of)
      if (!finite[of] && infinite[of]) accepts[of] = 1;
  }
  for (std::size_t n = 0; n < c.size(); ++n)
    inside[n] = classes.of_state[n] != mdp::recurrent_classes::transient && accepts[classes.of_state[n]];
  return {mdp::inner_product(c.initial, mdp::reaching_probability(rule, c.transition, classes, inside))};
}

}}  // namespace guerdon
