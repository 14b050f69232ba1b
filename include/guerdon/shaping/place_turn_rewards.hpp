#pragma once
// Puts the rewards of an agent's turns on the tokens that close them.
//
// $$r_{e_k} = \frac{u_k}{\max(1, D)}, \qquad D = \begin{cases} \#\{k : u_k > 0\} & \text{won} \\ M
//   & \text{else} \end{cases}$$
//
// with the reward $u_k$ of a turn, its last token $e_k$ and the most M that the task can give; 0 elsewhere. Won is a
// final reward above 0. So an episode that is won by turns that pay 1 each sums to 1, a lost one to its share of the
// maximum. `density = single` puts the final reward on the last turn's token instead.
//
// Source: "A Practitioner's Guide to Multi-turn Agentic Reinforcement Learning", arXiv:2510.01132; its released code.
//
// Details that differ:
// - Positions beyond the response are dropped; the released code takes the width of the prompts for that of the
//   responses, which are equal in its recipes. Of turns that end at one place the last counts.
// - Dense rewards do not add the final one. Without turns nothing is placed, on a win either.
//
// Cost: 4 bytes per token written in float, and the turns read twice. No gradient.

#include <guerdon/core/operation.hpp>

namespace guerdon {

namespace op {
/// A length of rows, as far as memory goes.
constexpr range most_tokens() {
  return {.low = 0, .high = 1 << 24, .draw_low = 0, .draw_high = 12, .draws = range::whole};
}
}  // namespace op

enum class reward_density {
  dense,  ///< every turn's, divided
  single  ///< the final one
};
constexpr auto enumerators(reward_density) { return std::array{"dense", "single"}; }

namespace op {
struct place_turn_rewards {
  static constexpr info about{"place_turn_rewards", "shaping", "Turn rewards on the tokens that end the turns",
                              "arXiv:2510.01132", skeleton::segmented_reduce};
  template <storage T>
  struct inputs {
    view<const T> turn_reward;       ///< [M] one per turn
    view<const index_t> turn_end;    ///< [M] position in the response of the token that closes the turn, >= 0
    segments turns;                  ///< cuts the M turns into B trajectories
    view<const T> final_reward;      ///< [B] of the episode; above 0: won
    view<const T> max_total_reward;  ///< [B] the most that the task can give
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> token_reward;  ///< [B,T] T = response_length
  };
  struct options {
    index_t response_length = required;              ///< 0 to 2^24, tokens of each row of the result
    reward_density density = reward_density::dense;  ///< which rewards are placed
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("turn_reward", &I::turn_reward, "M"), array("turn_end", &I::turn_end, "M", counts(12)),
                      cuts("turns", &I::turns, "B", "M").in_files("turn_offsets"),
                      array("final_reward", &I::final_reward, "B", drawn(-1, 1)),
                      array("max_total_reward", &I::max_total_reward, "B", drawn(0, 5)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("token_reward", &O::token_reward, "B,T"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("response_length", &options::response_length, most_tokens()),
                      choice("density", &options::density));
  }
  static constexpr char decided_symbol = 'T';
  /// The width of the result.
  template <class I>
  static index_t decided_size(const I&, const options& o) { return o.response_length; }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct placed_turn_program {
  static constexpr bool short_segments = true;
  op::place_turn_rewards::inputs<T> in;
  view<T> token_reward;
  op::place_turn_rewards::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const index_t begin = in.turns.begin(row), n = in.turns.size(row), length = o.response_length;
    const double gains = team.sum(n, [&](index_t k) { return R(in.turn_reward[begin + k]) > R(0) ? 1 : 0; });
    const R final_reward = R(in.final_reward[row]);
    const R divisor = math::max(final_reward > R(0) ? R(gains) : R(in.max_total_reward[row]), R(1));
    const index_t* const end = in.turn_end.data() + begin;
    team.each(n, [&](index_t k) {
      bool placed = end[k] < length;
      for (index_t later = k + 1; later < n; ++later) placed = placed && end[later] != end[k];
      if (o.density == reward_density::single) placed = end[k] < length && k + 1 == n;
      const R reward = o.density == reward_density::single ? final_reward : R(in.turn_reward[begin + k]) / divisor;
      if (placed) token_reward[row * length + end[k]] = T(reward);
    });
  }
};

/// Writes the token rewards.
template <storage T = float, backend Backend>
void place_turn_rewards(const Backend& backend, const op::place_turn_rewards::inputs<T>& in,
                        const op::place_turn_rewards::outputs<T>& out, const op::place_turn_rewards::options& o) {
  check<op::place_turn_rewards>(backend, in, out, o);
  const index_t tokens = in.turns.count() * o.response_length;
  backend.each(tokens, [=] GUERDON_HD(index_t i) { out.token_reward[i] = T(0.0f); });
  backend.for_segments(in.turns, placed_turn_program<T>{in, out.token_reward, o});
}

/// The same in an array of the backend's.
template <storage T = float, backend Backend>
auto place_turn_rewards(const Backend& backend, const op::place_turn_rewards::inputs<T>& in,
                        const op::place_turn_rewards::options& o = {}) {
  return returned<op::place_turn_rewards, T>(backend, in, o,
                                             [&](auto& out) { place_turn_rewards(backend, in, out, o); });
}

}}  // namespace guerdon
