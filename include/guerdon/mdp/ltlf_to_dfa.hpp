#pragma once
// The minimal automaton of a temporal formula: its size, and what it accepts.
//
// $$\delta(f, \sigma) = \text{what } f \text{ leaves to satisfy after } \sigma \subseteq \text{propositions}$$
//
// It is complete over all subsets of the formula's propositions; unreachable states are dropped, the initial one
// counts, and so does whether the empty trace is accepted. A constant formula has one state. guerdon::ltlf_automaton
// is the automaton itself; a reward machine has one state for each of its own, and ends on entering the one that
// accepts for ever.
//
// Source: De Giacomo and Vardi (2013); Bacchus and Kabanza (1998), progression; Camacho et al. (2019).
//
// Details that differ:
// - More than 12 propositions, and more than 2^24 transitions, are refused.
//
// Cost: 2^k for each of the formula's operators and for each state, which can be exponentially many. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/mdp/ltlf_automaton.hpp>
#include <guerdon/mdp/offsets.hpp>

namespace guerdon {

namespace op {
struct ltlf_to_dfa : host_kind {
  static constexpr info about{"ltlf_to_dfa", "mdp", "Minimal automaton of a temporal formula (LTLf)", "",
                              skeleton::host};
  struct inputs {
    text_view labels;                   ///< [L] what holds at each step of all traces, end to end
    view<const index_t> trace_offsets;  ///< [W+1] where each trace begins
  };
  struct outputs {
    index_t num_states = 0;        ///< of the minimal automaton
    std::vector<flag_t> accepted;  ///< [W]
  };
  struct options {
    std::string_view formula = {};  ///< required: "G(req -> F ack)", grammar in ltlf.hpp
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("labels", &I::labels, "L", words().together("labels")),
                      array("trace_offsets", &I::trace_offsets, "W+1", counts(0).together("offsets L")));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("num_states", &O::num_states, "1"), array("accepted", &O::accepted, "W"));
  }
  static constexpr auto parameters() {
    return std::tuple(text("formula", &options::formula, words().together("temporal formula")));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::ltlf_to_dfa::outputs ltlf_to_dfa(const op::ltlf_to_dfa::inputs& in, const op::ltlf_to_dfa::options& o = {}) {
  const auto rule = check<op::ltlf_to_dfa>(in, o);
  rule(mdp::are_offsets(in.trace_offsets, in.labels.size()), "trace_offsets", mdp::offsets_sentence);
  const std::string_view name = op::ltlf_to_dfa::about.name;
  const ltlf_automaton automaton(ltlf_formula(o.formula, name), name);
  op::ltlf_to_dfa::outputs out{static_cast<index_t>(automaton.states()), {}};
  std::vector<char> holds;
  for (index_t w = 0; w + 1 < in.trace_offsets.size(); ++w) {
    std::uint32_t state = ltlf_automaton::start;
    for (index_t t = in.trace_offsets[w]; t < in.trace_offsets[w + 1]; ++t)
      state = automaton.next(state, in.labels[t], holds);
    out.accepted.push_back(automaton.accepts(state));
  }
  return out;
}

}}  // namespace guerdon
