#pragma once
// Which formulas hold at which step: conjunctions of literals, as the transitions of a reward machine carry them.
//
// $$\text{holds} = \bigvee_i \bigwedge_j \ell_{ij}, \qquad \ell = \text{any number of ! before a name, True or False}$$
//
// Source: Toro Icarte et al. (2020), arXiv:2010.03950; the official code's evaluate_dnf.
//
// Details that differ:
// - A label is names with commas between, matched as whole names; the official code looks for a part of a text, which
//   is the same for names of one letter. A parenthesis, an empty literal and a name of another form are refused.
//
// Cost: steps times literals. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/mdp/literals.hpp>

namespace guerdon {

namespace op {
struct dnf_evaluate : host_kind {
  static constexpr info about{"dnf_evaluate", "mdp", "Which conjunctions of literals hold at which step",
                              "arXiv:2010.03950", skeleton::host};
  struct inputs {
    text_view formula;  ///< [F] "a & !b | c"
    text_view labels;   ///< [T] what holds at each step: "req, ack"; "" for nothing
  };
  struct outputs {
    std::vector<flag_t> holds;  ///< [F,T]
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("formula", &I::formula, "F", words().together("literals")),
                      array("labels", &I::labels, "T", words().together("labels")));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("holds", &O::holds, "F,T")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::dnf_evaluate::outputs dnf_evaluate(const op::dnf_evaluate::inputs& in,
                                              const op::dnf_evaluate::options& o = {}) {
  check<op::dnf_evaluate>(in, o);
  propositions names;
  std::vector<literal_formula> formulas;
  for (index_t f = 0; f < in.formula.size(); ++f)
    formulas.emplace_back(in.formula[f], op::dnf_evaluate::about.name, names);
  const auto steps = static_cast<std::size_t>(in.labels.size());
  op::dnf_evaluate::outputs out{std::vector<flag_t>(formulas.size() * steps)};
  std::vector<char> holds;
  for (std::size_t t = 0; t < steps; ++t) {
    names.read_label(in.labels[static_cast<index_t>(t)], holds);
    for (std::size_t f = 0; f < formulas.size(); ++f) out.holds[f * steps + t] = formulas[f].holds(holds);
  }
  return out;
}

}}  // namespace guerdon
