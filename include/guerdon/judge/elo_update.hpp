#pragma once
// Ratings from games, one after another: a win over a stronger player moves them more.
//
// $$p = \frac{1}{1 + b^{(R_B - R_A)/s}}, \qquad R_A \leftarrow R_A + k\,(o - p), \quad
//   R_B \leftarrow R_B - k\,(o - p)$$
//
// Source: Elo, The rating of chessplayers, 1978; FastChat, fastchat/serve/monitor/rating_systems.py.
//
// Details that differ:
// - Ratings depend on the order of the games; bradley_terry_mm does not. A game against oneself changes nothing.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <cmath>
#include <vector>

namespace guerdon {
namespace op {
struct elo_update : host_kind {
  static constexpr info about{"elo_update", "judge", "Ratings from games in their order (Elo)", "arXiv:2403.04132",
                              skeleton::host};
  struct inputs {
    view<const index_t> player_a;  ///< [T] 0..num_players-1
    view<const index_t> player_b;  ///< [T]
    view<const double> outcome;    ///< [T] 1 = a wins, 0.5 = tie, 0 = b wins
  };
  struct outputs {
    std::vector<double> rating;  ///< [P] behind the last game
  };
  struct options {
    index_t num_players = required;  ///< P, at most a million
    double k_factor = 4;             ///< what a game can move
    double base = 10;                ///< > 0
    double scale = 400;              ///< > 0: so much more is odds of base to 1
    double init_rating = 1000;       ///< of everybody
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("player_a", &I::player_a, "T", counts(2)), array("player_b", &I::player_b, "T", counts(2)),
                      array("outcome", &I::outcome, "T", within(0, 1).without_nan()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("rating", &O::rating, "P")); }
  static constexpr auto parameters() {
    return std::tuple(option("num_players", &options::num_players, whole_within(0, 1e6).drawn(3, 6)),
                      option("k_factor", &options::k_factor, drawn(0, 32)),
                      option("base", &options::base, greater_than(0, 2, 10)),
                      option("scale", &options::scale, greater_than(0, 100, 400)),
                      option("init_rating", &options::init_rating, drawn(0, 1500)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The ratings of all players.
inline op::elo_update::outputs elo_update(const op::elo_update::inputs& in, const op::elo_update::options& o = {}) {
  const auto rule = check<op::elo_update>(in, o);
  for (index_t t = 0; t < in.outcome.size(); ++t) {
    rule(in.player_a[t] < o.num_players, "player_a", "must be below num_players");
    rule(in.player_b[t] < o.num_players, "player_b", "must be below num_players");
  }
  std::vector<double> rating(static_cast<std::size_t>(o.num_players), o.init_rating);
  for (index_t t = 0; t < in.outcome.size(); ++t) {
    if (in.player_a[t] == in.player_b[t]) continue;
    double& a = rating[static_cast<std::size_t>(in.player_a[t])];
    double& b = rating[static_cast<std::size_t>(in.player_b[t])];
    const double moved = o.k_factor * (in.outcome[t] - 1 / (1 + std::pow(o.base, (b - a) / o.scale)));
    a += moved, b -= moved;
  }
  return {rating};
}

}}  // namespace guerdon
