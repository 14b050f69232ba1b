#pragma once
// Whether a finite trace satisfies a formula of linear temporal logic.
//
// $$\pi, i \models f \,\mathsf{U}\, g \iff \exists\, j \ge i: \pi, j \models g \text{ and } \pi, k \models f
//   \text{ for all } i \le k < j$$
//
// X f: there is a next step and f holds there; N f: there is none, or f holds there; F, G: at some, at every step from
// here; f R g: g holds until and with the first f, or for ever; f W g: f until g, or f for ever. Grammar: ltlf.hpp.
//
// Source: De Giacomo and Vardi (2013).
//
// Details that differ:
// - On the empty trace true, N, G, R and W hold; false, X, F, U and every literal, a negated one too, do not.
// - A label is the names of the propositions that hold, with commas between, matched as whole names.
//
// Cost: steps times operators. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/mdp/ltlf.hpp>

#include <span>

namespace guerdon {

namespace op {
struct ltlf_evaluate : host_kind {
  static constexpr info about{"ltlf_evaluate", "mdp", "Whether a trace satisfies a temporal formula (LTLf)", "",
                              skeleton::host};
  struct inputs {
    text_view labels;  ///< [T] what holds at each step: "req, ack"; "" for nothing
  };
  struct outputs {
    bool satisfied = false;
  };
  struct options {
    std::string_view formula = {};  ///< required: "G(req -> F ack)"
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("labels", &I::labels, "T", words().together("labels"))); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("satisfied", &O::satisfied, "1")); }
  static constexpr auto parameters() {
    return std::tuple(text("formula", &options::formula, words().together("temporal formula")));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One trace.
inline op::ltlf_evaluate::outputs ltlf_evaluate(const op::ltlf_evaluate::inputs& in,
                                                const op::ltlf_evaluate::options& o = {}) {
  check<op::ltlf_evaluate>(in, o);
  return {ltlf_formula(o.formula, op::ltlf_evaluate::about.name).holds_on(in.labels)};
}

/// A batch of traces, in order.
inline auto ltlf_evaluate(const host_rows& rows, std::span<const op::ltlf_evaluate::inputs> in,
                          const op::ltlf_evaluate::options& o = {}) {
  check<op::ltlf_evaluate>(op::ltlf_evaluate::inputs{}, o);
  const ltlf_formula formula(o.formula, op::ltlf_evaluate::about.name);
  return rows.map(in, [&](const auto& row) { return op::ltlf_evaluate::outputs{formula.holds_on(row.labels)}; });
}

}}  // namespace guerdon
