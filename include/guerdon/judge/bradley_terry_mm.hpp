#pragma once
// Strengths of players from a table of wins: the most likely ones under Bradley and Terry, whatever the order of games.
//
// $$P(i \text{ beats } j) = \frac{q_i}{q_i + q_j}, \qquad
//   q_i \leftarrow \frac{\sum_j X_{ij}}{\sum_{j \ne i} (X_{ij} + X_{ji})/(q_i + q_j)}$$
//
// with geometric mean 1, until no $\ln q$ changes by `tolerance` or more in an iteration. X are wins, half the ties,
// and `prior_wins`.
//
// Source: Hunter, MM algorithms for generalized Bradley-Terry models, 2004; the likelihood of FastChat,
// fastchat/serve/monitor/rating_systems.py, arXiv:2403.04132.
//
// Details that differ:
// - FastChat anchors one model at a rating of its own; here the mean is fixed. Shift by a constant to compare.
// - Players that cannot all be reached from each other along wins have no finite strengths: an error; prior_wins > 0
//   helps.
// - The steps shrink by a constant factor r in the end, so that the maximum is r / (1 - r) tolerances away: far where
//   few games connect two camps. `converged` tells whether the fit came to rest before `max_iterations`.
//
// Cost: the table once per iteration. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace guerdon {
namespace op {
struct bradley_terry_mm : host_kind {
  static constexpr info about{"bradley_terry_mm", "judge", "Strengths of players from their wins (Bradley-Terry)",
                              "arXiv:2403.04132", skeleton::host};
  struct inputs {
    index_t players = 0;           ///< how many there are, N
    view<const double> wins;       ///< [N,N] row beat column so often, >= 0; the diagonal is ignored
    view<const double> ties = {};  ///< [N,N] games without a winner, symmetric; left out: none
  };
  struct outputs {
    std::vector<double> strength;  ///< [N] ln q, mean 0
    std::vector<double> rating;    ///< [N] on Elo's scale
    index_t iterations = 0;        ///< [1] that were done
    bool converged = false;        ///< [1] at rest; false: max_iterations ended the fit
  };
  struct options {
    double prior_wins = 0;           ///< >= 0, added to every pair, both ways
    double tolerance = 1e-10;        ///< > 0: largest change of ln q at rest
    index_t max_iterations = 10000;  ///< at most a million
    double elo_scale = 400;          ///< so much more is odds of 10 to 1
    double elo_offset = 1000;        ///< the mean rating
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("players", &I::players, "N"), array("wins", &I::wins, "N,N", drawn(0.5, 3)),
                      optional_array("ties", &I::ties, "N,N", drawn(0, 2)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("strength", &O::strength, "N"), array("rating", &O::rating, "N"),
                      array("iterations", &O::iterations, "1"), array("converged", &O::converged, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("prior_wins", &options::prior_wins, at_least(0, 1).without_nan()),
                      option("tolerance", &options::tolerance, greater_than(0, 1e-12, 1e-9)),
                      option("max_iterations", &options::max_iterations, whole_within(0, 1e6).drawn(5000, 10000)),
                      option("elo_scale", &options::elo_scale, drawn(100, 400)),
                      option("elo_offset", &options::elo_offset, drawn(0, 1500)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace ratings {

/// How often each player beat each other one, ties and prior among it; 0 against oneself.
struct table {
  std::size_t players;
  std::vector<double> won;
  double operator()(std::size_t i, std::size_t j) const { return won[i * players + j]; }

  /// Can every player be reached from the first one along wins, or, with `back`, along losses?
  bool reaches_all(bool back) const {
    std::vector<bool> seen(players);
    std::vector<std::size_t> open{0};
    std::size_t reached = 1;
    seen[0] = true;
    while (!open.empty()) {
      const std::size_t i = open.back();
      open.pop_back();
      for (std::size_t j = 0; j < players; ++j)
        if (!seen[j] && (back ? (*this)(j, i) : (*this)(i, j)) > 0) seen[j] = true, open.push_back(j), ++reached;
    }
    return reached == players;
  }
};

}  // namespace ratings

/// The strengths of all players.
inline op::bradley_terry_mm::outputs bradley_terry_mm(const op::bradley_terry_mm::inputs& in,
                                                      const op::bradley_terry_mm::options& o = {}) {
  const auto rule = check<op::bradley_terry_mm>(in, o);
  const auto n = static_cast<std::size_t>(in.players);
  const auto is_count = [](double x) { return x >= 0 && math::is_finite(x); };
  rule(std::all_of(in.wins.begin(), in.wins.end(), is_count), "wins", "must be finite and at least 0");
  rule(std::all_of(in.ties.begin(), in.ties.end(), is_count), "ties", "must be finite and at least 0, as wins must");
  ratings::table x{n, std::vector<double>(n * n)};
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      const auto at = static_cast<index_t>(i * n + j);
      if (i != j) x.won[i * n + j] = in.wins[at] + (in.ties ? in.ties[at] / 2 : 0) + o.prior_wins;
    }
  rule(n < 2 || (x.reaches_all(false) && x.reaches_all(true)), "wins",
       "must leave all players connected both ways (set prior_wins above 0)");

  std::vector<double> strength(n), q(n, 1), next(n);
  op::bradley_terry_mm::outputs out;
  for (out.converged = n < 2; !out.converged && out.iterations < o.max_iterations; ++out.iterations) {
    double mean = 0, change = 0;
    for (std::size_t i = 0; i < n; ++i) {
      double won = 0, expected = 0;
      for (std::size_t j = 0; j < n; ++j)
        if (j != i) won += x(i, j), expected += (x(i, j) + x(j, i)) / (q[i] + q[j]);
      next[i] = math::log(won / expected);
      mean += next[i] / static_cast<double>(n);
    }
    for (std::size_t i = 0; i < n; ++i) {
      change = std::max(change, math::abs(next[i] - mean - strength[i]));
      strength[i] = next[i] - mean;
      q[i] = math::exp(strength[i]);
    }
    out.converged = change < o.tolerance;
  }
  for (const double s : strength) out.rating.push_back(s * o.elo_scale / math::log(10.0) + o.elo_offset);
  out.strength = std::move(strength);
  return out;
}

}}  // namespace guerdon
