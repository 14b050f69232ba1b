#pragma once
// An episode's return spread evenly over its steps.
//
// $$r_t = \frac{R_e}{L_e}$$
//
// Source: the baseline of return decomposition, as in LaRe, arXiv:2412.11120.
//
// Details that differ:
// - Offsets alone say how many steps there are; more than 2^24 are refused.
//
// Cost: one number written per step.

#include <guerdon/shaping/episodes.hpp>

namespace guerdon {

namespace op {
struct uniform_redistribution : host_kind {
  static constexpr info about{"uniform_redistribution", "shaping", "Return spread evenly over an episode's steps",
                              "arXiv:2412.11120", skeleton::host};
  struct inputs {
    view<const double> episode_return;  ///< [E]
    segments episode_offsets;           ///< cuts the N steps into E episodes
  };
  struct outputs {
    std::vector<double> reward;  ///< [N]
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("episode_return", &I::episode_return, "E"),
                      cuts("episode_offsets", &I::episode_offsets, "E", "N"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "N")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::uniform_redistribution::outputs uniform_redistribution(const op::uniform_redistribution::inputs& in,
                                                                  const op::uniform_redistribution::options& o = {}) {
  const auto rule = check<op::uniform_redistribution>(in, o);
  return {expanded(rule, in.episode_offsets, [&](index_t e) {
    return in.episode_return[e] / static_cast<double>(in.episode_offsets.size(e));
  })};
}

}}  // namespace guerdon
