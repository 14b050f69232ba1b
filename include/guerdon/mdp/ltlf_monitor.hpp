#pragma once
// What a temporal formula says of a trace after each of its steps.
//
// $$\text{verdict} \in \{0: \text{false now},\; 1: \text{true now},\; 2: \text{false for ever},\;
//   3: \text{true for ever}\}$$
//
// 3: every continuation satisfies it, the empty one too; 2: none does; else what would hold if the trace ended now.
//
// Source: Bauer, Leucker and Schallhart (2010); De Giacomo and Vardi (2013).
//
// Details that differ:
// - 2 and 3 are decided exactly, by what the automaton can still reach, and not by simplifying what is left of the
//   formula. At most 12 propositions.
//
// Cost: that of the automaton (ltlf_to_dfa), then one lookup a step. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/mdp/ltlf_automaton.hpp>

#include <span>

namespace guerdon {

namespace op {
struct ltlf_monitor : host_kind {
  static constexpr info about{"ltlf_monitor", "mdp", "Verdicts of a temporal formula after each step (LTLf)", "",
                              skeleton::host};
  struct inputs {
    text_view labels;  ///< [T] what holds at each step: "req, ack"; "" for nothing
  };
  struct outputs {
    std::vector<index_t> verdict;  ///< [T] 0 to 3
    bool satisfied = false;        ///< by the whole trace
  };
  struct options {
    std::string_view formula = {};  ///< required: "G(req -> F ack)", grammar in ltlf.hpp
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("labels", &I::labels, "T", words().together("labels"))); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("verdict", &O::verdict, "T"), array("satisfied", &O::satisfied, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(text("formula", &options::formula, words().together("temporal formula")));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace ltlf {

inline op::ltlf_monitor::outputs watch(const ltlf_automaton& automaton, const text_view& labels) {
  op::ltlf_monitor::outputs out;
  std::vector<char> holds;
  std::uint32_t state = ltlf_automaton::start;
  for (index_t t = 0; t < labels.size(); ++t) {
    state = automaton.next(state, labels[t], holds);
    out.verdict.push_back(static_cast<index_t>(automaton.verdict(state)));
  }
  out.satisfied = automaton.accepts(state);
  return out;
}

}  // namespace ltlf

/// One trace.
inline op::ltlf_monitor::outputs ltlf_monitor(const op::ltlf_monitor::inputs& in,
                                              const op::ltlf_monitor::options& o = {}) {
  check<op::ltlf_monitor>(in, o);
  const std::string_view name = op::ltlf_monitor::about.name;
  return ltlf::watch(ltlf_automaton(ltlf_formula(o.formula, name), name), in.labels);
}

/// A batch of traces, in order; the automaton is made once.
inline auto ltlf_monitor(const host_rows& rows, std::span<const op::ltlf_monitor::inputs> in,
                         const op::ltlf_monitor::options& o = {}) {
  check<op::ltlf_monitor>(op::ltlf_monitor::inputs{}, o);
  const std::string_view name = op::ltlf_monitor::about.name;
  const ltlf_automaton automaton(ltlf_formula(o.formula, name), name);
  return rows.map(in, [&](const auto& row) { return ltlf::watch(automaton, row.labels); });
}

}}  // namespace guerdon
