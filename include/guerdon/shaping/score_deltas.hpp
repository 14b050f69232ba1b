#pragma once
// What each turn added to a running score.
//
// $$r_t = s_t - s_{t-1}, \qquad s_{-1} = 0$$
//
// inside each trajectory. Their sum is the last score.
//
// Source: "A Practitioner's Guide to Multi-turn Agentic Reinforcement Learning", arXiv:2510.01132; its released code.
//
// Details that differ:
// - A falling score gives a negative reward; nothing is clipped. A NaN reaches its own turn and the next.
//
// Cost: the scores read once, one number written per turn. No gradient.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct score_deltas {
  static constexpr info about{"score_deltas", "shaping", "What each turn added to the score", "arXiv:2510.01132",
                              skeleton::map};
  template <real T>
  struct inputs {
    view<const T> score;  ///< [M] of the task, after each turn
    segments turns;       ///< cuts the M turns into B trajectories
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> turn_reward;  ///< [M] not the memory of score, whose neighbours are read
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("score", &I::score, "M"), cuts("turns", &I::turns, "B", "M").in_files("turn_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("turn_reward", &O::turn_reward, "M"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct score_delta_program {
  static constexpr bool short_segments = true;
  op::score_deltas::inputs<T> in;
  view<T> turn_reward;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t trajectory) const {
    const index_t begin = in.turns.begin(trajectory);
    team.each(in.turns.size(trajectory), [&](index_t t) {
      const index_t i = begin + t;
      turn_reward[i] = t > 0 ? in.score[i] - in.score[i - 1] : in.score[i];
    });
  }
};

/// Writes the differences.
template <real T = float, backend Backend>
void score_deltas(const Backend& backend, const op::score_deltas::inputs<T>& in,
                  const op::score_deltas::outputs<T>& out, const op::score_deltas::options& o) {
  check<op::score_deltas>(backend, in, out, o);
  backend.for_segments(in.turns, score_delta_program<T>{in, out.turn_reward});
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto score_deltas(const Backend& backend, const op::score_deltas::inputs<T>& in,
                  const op::score_deltas::options& o = {}) {
  return returned<op::score_deltas, T>(backend, in, o, [&](auto& out) { score_deltas(backend, in, out, o); });
}

}}  // namespace guerdon
