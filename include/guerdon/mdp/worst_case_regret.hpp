#pragma once
// What a proxy reward can cost at worst: the most true return lost by a change of policy that the proxy approves of.
//
// $$\max_{\pi_1, \pi_2}\; J_a(\pi_1) - J_a(\pi_2) \quad \text{where} \quad J_b(\pi_2) \ge J_b(\pi_1)$$
//
// Policies count by their occupancies x and y, which makes it a linear programme: maximise R_a (x - y) where
// R_b (x - y) <= 0 and both satisfy the flow equations of the process.
//
// Source: Skalse et al. (2023), arXiv:2309.15257; the programme is this project's own.
//
// Details that differ:
// - The normalised regret is divided by the range of J_a, and 0 where that is below 1e-12. A proxy that orders
//   policies as the true reward does has regret 0; the opposite and a trivial one have 1.
//
// Cost: a linear programme of 2 S A variables and 2 S + 1 rows. Memory: that of the programme (linear_program.hpp). No
// gradient.

#include <guerdon/mdp/linear_program.hpp>
#include <guerdon/mdp/reward_pair.hpp>

namespace guerdon {

namespace op {
struct worst_case_regret : host_kind {
  static constexpr info about{"worst_case_regret", "mdp", "Worst regret that a proxy reward allows",
                              "arXiv:2309.15257", skeleton::host, 1e-5, true};
  struct inputs {
    reward_pair mdp;
  };
  struct outputs {
    double regret = 0;             ///< at least 0
    double normalized_regret = 0;  ///< in [0, 1]
    double best_return = 0;        ///< largest J_a
    double worst_return = 0;       ///< smallest J_a
  };
  struct options {
    double gamma = required;  ///< in [0, 1)
  };

  template <class I>
  static constexpr auto arguments() { return nested_arguments("mdp", &I::mdp); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("regret", &O::regret, "1"), array("normalized_regret", &O::normalized_regret, "1"),
                      array("best_return", &O::best_return, "1"), array("worst_return", &O::worst_return, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, any_value().drawn(0, 0.95)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// `Program` solves it: this project's own linear_program, or adapt/clp.hpp.
template <class Program = linear_program>
op::worst_case_regret::outputs worst_case_regret(const op::worst_case_regret::inputs& in,
                                                 const op::worst_case_regret::options& o = {}) {
  const auto rule = check<op::worst_case_regret>(in, o);
  const auto [a, b] = mdp::checked(rule, in.mdp, o.gamma);
  const std::size_t pairs = a.pairs();
  Program both(2 * pairs);
  std::vector<double> row(2 * pairs);
  for (std::size_t sa = 0; sa < pairs; ++sa) {
    both.gain(sa, a.reward[sa]), both.gain(pairs + sa, -a.reward[sa]);
    row[sa] = b.reward[sa], row[pairs + sa] = -b.reward[sa];
  }
  both.row(row, -linear_program::infinity, 0);
  for (std::size_t s = 0; s < a.states; ++s) {  // what leaves s is what starts in it and what comes
    for (const std::size_t first : {std::size_t(0), pairs}) {
      std::fill(row.begin(), row.end(), 0.0);
      for (std::size_t sa = 0; sa < pairs; ++sa)
        row[first + sa] = (sa / a.actions == s ? 1 : 0) - o.gamma * a.next(sa)[s];
      both.row(row, in.mdp.initial.data()[s], in.mdp.initial.data()[s]);
    }
  }
  const bool solved = both.maximise() == linear_program::verdict::optimal;
  rule(solved, "transition", "and initial make a linear programme without an optimum");
  op::worst_case_regret::outputs out;
  out.best_return = mdp::return_of(rule, a, mdp::best_policy(rule, a, o.gamma), in.mdp.initial, o.gamma);
  out.worst_return = mdp::return_of(rule, a, mdp::best_policy(rule, a, o.gamma, -1), in.mdp.initial, o.gamma);
  const double range = out.best_return - out.worst_return;
  out.regret = std::max(both.objective(), 0.0);
  out.normalized_regret = range < 1e-12 ? 0 : std::min(out.regret / range, 1.0);
  return out;
}

}}  // namespace guerdon
