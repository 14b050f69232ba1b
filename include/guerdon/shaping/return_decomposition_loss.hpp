#pragma once
// The loss of a model whose step rewards are to add up to the return of their episode.
//
// $$\ell = \frac{1}{E} \sum_e \left(w_e (S_e - R_e)\right)^2 + \frac{\alpha}{E} \sum_e \mathrm{Var}_t\, q_t, \qquad
//   q_t = \sum_a \hat r_{ta},\quad S_e = \sum_t q_t$$
//
// with $w_e = 1 / L_e$, or 1 without `normalize_by_length`, over the E episodes that have steps.
//
// Source: LaRe, arXiv:2412.11120; thu-rllab/LaRe, RD.py.
//
// Details that differ:
// - The code for one agent normalises, that for several does not. The variance is that of the steps as a population.
//
// Cost: the predictions read twice.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/statistics/moments.hpp>
#include <guerdon/shaping/episodes.hpp>

#include <vector>

namespace guerdon {

namespace op {
struct return_decomposition_loss : host_kind {
  static constexpr info about{"return_decomposition_loss", "shaping", "Loss of rewards that add up to a return (LaRe)",
                              "arXiv:2412.11120", skeleton::host};
  struct inputs {
    index_t agents = 1;                 ///< A
    view<const double> predicted;       ///< [N,A] rewards of steps and agents
    segments episode_offsets;           ///< cuts the N steps into E episodes
    view<const double> episode_return;  ///< [E]
  };
  struct outputs {
    double loss = 0;                     ///< [1]
    std::vector<double> grad_predicted;  ///< [N,A]
  };
  struct options {
    bool normalize_by_length = true;  ///< squares of means rather than of sums
    double variance_weight = 0;       ///< alpha
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("agents", &I::agents, "A"), array("predicted", &I::predicted, "N,A"),
                      cuts("episode_offsets", &I::episode_offsets, "E", "N"),
                      array("episode_return", &I::episode_return, "E"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_predicted", &O::grad_predicted, "N,A"));
  }
  static constexpr auto parameters() {
    return std::tuple(flag("normalize_by_length", &options::normalize_by_length),
                      option("variance_weight", &options::variance_weight, drawn(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::return_decomposition_loss::outputs return_decomposition_loss(
    const op::return_decomposition_loss::inputs& in, const op::return_decomposition_loss::options& o = {}) {
  check<op::return_decomposition_loss>(in, o);
  op::return_decomposition_loss::outputs out;
  out.grad_predicted.reserve(static_cast<std::size_t>(in.predicted.size()));
  const double episodes = episodes_with_steps(in.episode_offsets);
  for (index_t e = 0; e < in.episode_offsets.count(); ++e) {
    const index_t begin = in.episode_offsets.begin(e), length = in.episode_offsets.size(e);
    if (length == 0) continue;
    const auto of_step = [&](index_t t) {
      double sum = 0;
      for (index_t a = 0; a < in.agents; ++a) sum += in.predicted[(begin + t) * in.agents + a];
      return sum;
    };
    serial_team team;
    const moments q = segment_moments(team, length, of_step);
    const double total = team.sum(length, of_step);
    const double weight = o.normalize_by_length ? 1 / static_cast<double>(length) : 1;
    const double miss = weight * (total - in.episode_return[e]);
    out.loss += (miss * miss + math::zero_select_product(o.variance_weight, q.variance(0))) / episodes;
    for (index_t t = 0; t < length; ++t) {
      const double apart = 2 * (of_step(t) - q.mean) / static_cast<double>(length);
      const double slope = (2 * weight * miss + math::zero_select_product(o.variance_weight, apart)) / episodes;
      out.grad_predicted.insert(out.grad_predicted.end(), static_cast<std::size_t>(in.agents), slope);
    }
  }
  return out;
}

}}  // namespace guerdon
