#pragma once
// Step rewards from latent factors by a linear decoder.
//
// $$r_t = w \cdot f_t + b \quad \left(+\ \frac{R_e - \sum_t r_t}{L_e}\right)$$
//
// The last part, `preserve_return`, makes them add up to the episode's return.
//
// Source: LaRe, arXiv:2412.11120; thu-rllab/LaRe.
//
// Details that differ:
// - Weights of 0 and `preserve_return` spread the return evenly. The code for several agents multiplies the rewards by
//   steps and agents in use, which is a scale of the caller's.
//
// Cost: one number read per factor.

#include <guerdon/shaping/episodes.hpp>

namespace guerdon {

namespace op {
struct lare_redistribute : host_kind {
  static constexpr info about{"lare_redistribute", "shaping", "Step rewards from latent factors (LaRe)",
                              "arXiv:2412.11120", skeleton::host};
  struct inputs {
    index_t factors = 0;                     ///< D
    view<const double> factor;               ///< [N,D] of the steps
    segments episode_offsets;                ///< cuts the N steps into E episodes
    view<const double> weight;               ///< [D] of lare_linear_fit
    view<const double> episode_return = {};  ///< [E] for preserve_return
  };
  struct outputs {
    std::vector<double> reward;  ///< [N]
  };
  struct options {
    double bias = 0;               ///< b
    bool preserve_return = false;  ///< rewards add up to the return
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("factors", &I::factors, "D"), array("factor", &I::factor, "N,D"),
                      cuts("episode_offsets", &I::episode_offsets, "E", "N"), array("weight", &I::weight, "D"),
                      optional_array("episode_return", &I::episode_return, "E"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("bias", &options::bias), flag("preserve_return", &options::preserve_return));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::lare_redistribute::outputs lare_redistribute(const op::lare_redistribute::inputs& in,
                                                        const op::lare_redistribute::options& o = {}) {
  const auto rule = check<op::lare_redistribute>(in, o);
  rule(!o.preserve_return || in.episode_return || in.episode_offsets.count() == 0, "episode_return",
       "is required for preserve_return and was not given");
  if (in.factors == 0)  // nothing else holds the steps
    steps_told(rule, in.episode_offsets, "tell more than 2^24 steps, of which there are no factors");
  op::lare_redistribute::outputs out;
  for (index_t e = 0; e < in.episode_offsets.count(); ++e) {
    const index_t begin = in.episode_offsets.begin(e), length = in.episode_offsets.size(e);
    double total = 0;
    for (index_t t = begin; t < begin + length; ++t) {
      double reward = o.bias;
      for (index_t d = 0; d < in.factors; ++d) reward += in.weight[d] * in.factor[t * in.factors + d];
      out.reward.push_back(reward);
      total += reward;
    }
    if (!o.preserve_return) continue;
    for (index_t t = begin; t < begin + length; ++t)
      out.reward[static_cast<std::size_t>(t)] += (in.episode_return[e] - total) / static_cast<double>(length);
  }
  return out;
}

}}  // namespace guerdon
