#pragma once
// One reward for a trace that satisfies a temporal formula, or violates it, at the step where that is decided.
//
// $$r_t = r_{\text{success}} \text{ at the first step with verdict 3}, \qquad
//   r_t = r_{\text{failure}} \text{ at the first with verdict 2}, \qquad r_t = 0 \text{ else}$$
//
// Where neither is ever decided, the last step gets the one or the other, by whether the whole trace satisfies it.
//
// Source: Camacho et al. (2019); this project's own placement of the reward of undecided traces.
//
// Details that differ:
// - Verdicts are those of ltlf_monitor: exact.
//
// Cost: that of ltlf_monitor. No gradient.

#include <guerdon/mdp/ltlf_monitor.hpp>

namespace guerdon {

namespace op {
struct ltlf_reward : host_kind {
  static constexpr info about{"ltlf_reward", "mdp", "Reward where a temporal formula is decided (LTLf)", "",
                              skeleton::host, 1e-5, true};
  struct inputs {
    text_view labels;  ///< [T] what holds at each step: "req, ack"; "" for nothing
  };
  struct outputs {
    std::vector<double> rewards;  ///< [T]
  };
  struct options {
    std::string_view formula = {};  ///< required: "G(req -> F ack)", grammar in ltlf.hpp
    double success_reward = 1;      ///< of satisfaction
    double failure_reward = 0;      ///< of violation
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("labels", &I::labels, "T", words().together("labels"))); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("rewards", &O::rewards, "T")); }
  static constexpr auto parameters() {
    return std::tuple(text("formula", &options::formula, words().together("temporal formula")),
                      option("success_reward", &options::success_reward, finite()),
                      option("failure_reward", &options::failure_reward, finite()));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace ltlf {

inline op::ltlf_reward::outputs pay(const ltlf_automaton& automaton, const text_view& labels,
                                    const op::ltlf_reward::options& o) {
  const op::ltlf_monitor::outputs seen = watch(automaton, labels);
  op::ltlf_reward::outputs out{std::vector<double>(seen.verdict.size())};
  if (out.rewards.empty()) return out;
  const auto decided = std::find_if(seen.verdict.begin(), seen.verdict.end(), [](index_t v) { return v >= 2; });
  const bool success = decided == seen.verdict.end() ? seen.satisfied
                                                     : *decided == static_cast<index_t>(ltlf_verdict::for_ever);
  const auto at = std::min(decided - seen.verdict.begin(), static_cast<std::ptrdiff_t>(out.rewards.size()) - 1);
  out.rewards[static_cast<std::size_t>(at)] = success ? o.success_reward : o.failure_reward;
  return out;
}

}  // namespace ltlf

/// One trace.
inline op::ltlf_reward::outputs ltlf_reward(const op::ltlf_reward::inputs& in, const op::ltlf_reward::options& o = {}) {
  check<op::ltlf_reward>(in, o);
  const std::string_view name = op::ltlf_reward::about.name;
  return ltlf::pay(ltlf_automaton(ltlf_formula(o.formula, name), name), in.labels, o);
}

/// A batch of traces, in order; the automaton is made once.
inline auto ltlf_reward(const host_rows& rows, std::span<const op::ltlf_reward::inputs> in,
                        const op::ltlf_reward::options& o = {}) {
  check<op::ltlf_reward>(op::ltlf_reward::inputs{}, o);
  const std::string_view name = op::ltlf_reward::about.name;
  const ltlf_automaton automaton(ltlf_formula(o.formula, name), name);
  return rows.map(in, [&](const auto& row) { return ltlf::pay(automaton, row.labels, o); });
}

}}  // namespace guerdon
