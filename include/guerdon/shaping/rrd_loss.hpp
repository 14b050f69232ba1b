#pragma once
// The loss of a model whose step rewards are to have the mean of their episode, from a sample of its steps.
//
// $$\ell = \frac{1}{E} \sum_e \left(\bar x_e - \frac{R_e}{L_e}\right)^2 - \frac{1}{E} \sum_e \frac{\kappa_e s_e^2}{K}$$
//
// the second part with `unbiased` only: what the sample's own variance adds to the first.
//
// | | K > L | L = 1 | else |
// |---|---|---|---|
// | $\kappa$ of rrd | 1 | 0 | 1 - K / L |
// | $\kappa$ of lare | 1 - K / L | 1 - K / L | 1 - K / L |
//
// Source: RRD, arXiv:2111.13485; LaRe, arXiv:2412.11120; thu-rllab/LaRe, rrd.py.
//
// Details that differ:
// - LaRe's coefficient is below 0 in episodes shorter than the sample, which rewards variance; hence `rrd` by default.
// - A row of length 0 counts as no episode. Draw without replacement where the episode is long enough.
// - The code for several agents scales sampled rewards by T / K, sets the others to 0 and draws the same steps for all.
//
// Cost: the predictions read twice.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/statistics/moments.hpp>

#include <vector>

namespace guerdon {

enum class rrd_coefficient { rrd, lare };
constexpr auto enumerators(rrd_coefficient) { return std::array{"rrd", "lare"}; }

namespace op {
struct rrd_loss : host_kind {
  static constexpr info about{"rrd_loss", "shaping", "Loss of sampled rewards of an episode (RRD)",
                              "arXiv:2111.13485; arXiv:2412.11120", skeleton::host};
  struct inputs {
    index_t samples = 0;                ///< K >= 1, for unbiased >= 2
    view<const double> sampled;         ///< [E,K] predicted rewards of K steps
    view<const double> episode_return;  ///< [E]
    view<const index_t> length;         ///< [E] >= 0, steps
  };
  struct outputs {
    double loss = 0;                   ///< [1]
    std::vector<double> grad_sampled;  ///< [E,K]
  };
  struct options {
    bool unbiased = false;                               ///< take off what the sample's variance adds
    rrd_coefficient coefficient = rrd_coefficient::rrd;  ///< how that shrinks with the episode
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("samples", &I::samples, "K"), array("sampled", &I::sampled, "E,K"),
                      array("episode_return", &I::episode_return, "E"), array("length", &I::length, "E", counts(5)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_sampled", &O::grad_sampled, "E,K"));
  }
  static constexpr auto parameters() {
    return std::tuple(flag("unbiased", &options::unbiased), choice("coefficient", &options::coefficient));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::rrd_loss::outputs rrd_loss(const op::rrd_loss::inputs& in, const op::rrd_loss::options& o = {}) {
  const auto rule = check<op::rrd_loss>(in, o);
  rule(in.samples >= 1, "sampled", "must hold at least one sample of each episode");
  rule(!o.unbiased || in.samples >= 2, "sampled", "must hold at least two samples of each episode for unbiased");
  double episodes = 0;
  for (const index_t length : in.length) episodes += length > 0;
  const double k = static_cast<double>(in.samples);
  op::rrd_loss::outputs out;
  out.grad_sampled.assign(static_cast<std::size_t>(in.sampled.size()), 0);
  for (index_t e = 0; e < in.length.size(); ++e) {
    if (in.length[e] == 0) continue;
    const double* const x = in.sampled.data() + e * in.samples;
    serial_team team;
    const moments m = segment_moments(team, in.samples, [=](index_t i) { return x[i]; });
    const double length = static_cast<double>(in.length[e]), miss = m.mean - in.episode_return[e] / length;
    const bool by_length = o.coefficient == rrd_coefficient::lare || (k <= length && length > 1);
    const double kappa = !o.unbiased ? 0 : by_length ? 1 - k / length : length > 1;
    out.loss += (miss * miss - math::zero_select_product(kappa, m.variance(1)) / k) / episodes;
    for (index_t i = 0; i < in.samples; ++i) {
      const double apart = math::zero_select_product(kappa, x[i] - m.mean) / (k - 1);
      out.grad_sampled[static_cast<std::size_t>(e * in.samples + i)] =
          2 * (miss - (kappa == 0 ? 0 : apart)) / (k * episodes);
    }
  }
  return out;
}

}}  // namespace guerdon
