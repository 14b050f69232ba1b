#pragma once
// Every step of an episode gets the episode's return, scaled to the range of the returns seen so far.
//
// $$r_t = \frac{R_e - R_{\min}}{R_{\max} - R_{\min}}$$
//
// Averaged over episodes by whatever learns from it, this is the mean return of the trajectories through a step.
//
// Source: IRCR, Gangwani et al. (2020), NeurIPS, "Learning Guidance Rewards with Trajectory-space Smoothing"; as in the
// code of RRD, arXiv:2111.13485, Stilwell-Git/Randomized-Return-Decomposition, ircr_buffer.py.
//
// Details that differ:
// - 0 where the two ends agree, by which the released code divides. A return outside the range is not clipped.
// - Offsets alone say how many steps there are; more than 2^24 are refused.
//
// Cost: one number written per step.

#include <guerdon/shaping/episodes.hpp>

namespace guerdon {

namespace op {
struct ircr_guidance : host_kind {
  static constexpr info about{"ircr_guidance", "shaping", "Scaled episode return on every step (IRCR)",
                              "arXiv:2111.13485", skeleton::host};
  struct inputs {
    view<const double> episode_return;  ///< [E]
    segments episode_offsets;           ///< cuts the N steps into E episodes
  };
  struct outputs {
    std::vector<double> reward;  ///< [N]
  };
  struct options {
    double min_return = required;  ///< the lowest return seen
    double max_return = required;  ///< the highest
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("episode_return", &I::episode_return, "E"),
                      cuts("episode_offsets", &I::episode_offsets, "E", "N"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("min_return", &options::min_return, finite().drawn(-2, -1)),
                      option("max_return", &options::max_return, finite().drawn(1, 2)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::ircr_guidance::outputs ircr_guidance(const op::ircr_guidance::inputs& in,
                                                const op::ircr_guidance::options& o = {}) {
  const auto rule = check<op::ircr_guidance>(in, o);
  const double span = o.max_return - o.min_return;
  return {expanded(rule, in.episode_offsets, [&](index_t e) {
    return span == 0 ? 0 : (in.episode_return[e] - o.min_return) / span;
  })};
}

}}  // namespace guerdon
