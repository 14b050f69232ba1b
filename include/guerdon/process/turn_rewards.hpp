#pragma once
// The rewards of a trajectory's turns with its outcome on the last of them.
//
// Source: Gated Reward Accumulation, arXiv:2508.10548.

#include <guerdon/core/operation.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// One trajectory, whose turns count where passes(outcome); what does not count is not read.
template <class In, class Out, class Gate>
struct turn_reward_program {
  static constexpr bool short_segments = true;
  In in;
  Out out;
  double weight;
  Gate passes;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t n) const {
    using T = std::remove_cvref_t<decltype(out.total[0])>;
    const index_t begin = in.turns.begin(n), turns = in.turns.size(n);
    const double outcome = double(in.outcome[n]);
    const bool open = passes(in.outcome[n]);
    const auto counted = [&](index_t k) { return open ? weight * double(in.step_reward[begin + k]) : 0; };
    const double sum = team.sum(turns, [&](index_t k) {
      out.turn_reward[begin + k] = T(counted(k) + (k == turns - 1 ? outcome : 0));
      return counted(k);
    });
    team.once([&] { out.total[n] = T(outcome + sum); });
  }
};
template <class In, class Out, class Gate>
turn_reward_program<In, Out, Gate> turn_rewards(const In& in, const Out& out, double weight, Gate passes) {
  return {in, out, weight, passes};
}

}}  // namespace guerdon
