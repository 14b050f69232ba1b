#pragma once
// A linear decoder of latent factors, so that the rewards of an episode add up to its return: by least squares.
//
// $$\left(\tfrac{1}{E} X^\top X + \lambda I\right) w = \tfrac{1}{E} X^\top y, \qquad X_e = \sum_t f_t,\quad y_e = R_e$$
//
// With `bias` a column of the lengths $L_e$ is appended to X, which is not penalised; with `normalize_by_length` X and
// y are divided by $L_e$.
//
// Source: this project's own definition, the minimum of LaRe's loss (arXiv:2412.11120) for a linear decoder.
//
// Details that differ:
// - The paper's decoder is a network trained by return_decomposition_loss or rrd_loss; this one is exact and fast.
// - Episodes without steps are left out; without any other the weights are 0. A singular system, such as that of
//   dependent factors without ridge, is refused.
//
// Cost: D^2 numbers per episode, and D^3 / 3.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/core/linear_solve.hpp>
#include <guerdon/shaping/episodes.hpp>

#include <algorithm>
#include <vector>

namespace guerdon {

namespace op {
struct lare_linear_fit : host_kind {
  static constexpr info about{"lare_linear_fit", "shaping", "Linear decoder of latent factors (LaRe)",
                              "arXiv:2412.11120", skeleton::host, 1e-5, true};
  struct inputs {
    index_t factors = 0;                ///< D
    view<const double> factor;          ///< [N,D] of the steps
    segments episode_offsets;           ///< cuts the N steps into E episodes
    view<const double> episode_return;  ///< [E]
  };
  struct outputs {
    std::vector<double> weight;  ///< [D]
    double bias = 0;             ///< [1] 0 without the option
  };
  struct options {
    double ridge = 1e-6;              ///< >= 0, lambda
    bool normalize_by_length = true;  ///< mean rewards rather than sums
    bool bias = false;                ///< fit a constant reward as well
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("factors", &I::factors, "D"),
                      array("factor", &I::factor, "N,D", any_real().together("few")),
                      cuts("episode_offsets", &I::episode_offsets, "E", "N"),
                      array("episode_return", &I::episode_return, "E"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("weight", &O::weight, "D"), array("bias", &O::bias, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("ridge", &options::ridge, at_least(0, 1).drawn(0.1, 1)),
                      flag("normalize_by_length", &options::normalize_by_length), flag("bias", &options::bias));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::lare_linear_fit::outputs lare_linear_fit(const op::lare_linear_fit::inputs& in,
                                                    const op::lare_linear_fit::options& o = {}) {
  const auto rule = check<op::lare_linear_fit>(in, o);
  const std::size_t factors = static_cast<std::size_t>(in.factors), n = factors + (o.bias ? 1 : 0);
  op::lare_linear_fit::outputs out{std::vector<double>(factors), 0};
  const double episodes = episodes_with_steps(in.episode_offsets);
  if (episodes == 0) return out;
  std::vector<double> matrix(n * n), right(n);
  for (index_t e = 0; e < in.episode_offsets.count(); ++e) {
    const index_t begin = in.episode_offsets.begin(e), length = in.episode_offsets.size(e);
    if (length == 0) continue;
    std::vector<double> x(n + 1);  // and the return behind it
    for (std::size_t d = 0; d < factors; ++d)
      for (index_t t = begin; t < begin + length; ++t) x[d] += in.factor[t * in.factors + static_cast<index_t>(d)];
    if (o.bias) x[factors] = static_cast<double>(length);
    x[n] = in.episode_return[e];
    if (o.normalize_by_length)
      for (double& value : x) value /= static_cast<double>(length);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) matrix[i * n + j] += x[i] * x[j] / episodes;
      right[i] += x[i] * x[n] / episodes;
    }
  }
  for (std::size_t d = 0; d < factors; ++d) matrix[d * n + d] += o.ridge;
  rule(solve_in_place(matrix, right, 1, rounding_of_pivots(matrix, n)), "factor",
       "leads to a singular system: give a ridge above 0");
  out.weight.assign(right.begin(), right.begin() + in.factors);
  if (o.bias) out.bias = right[factors];
  return out;
}

}}  // namespace guerdon
