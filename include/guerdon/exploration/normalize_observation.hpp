#pragma once
// Observations on a common scale, by moments of those seen so far.
//
// $$y = \mathrm{clip}\left(\frac{x - \mu}{\sqrt{v + \varepsilon}},\ -c,\ c\right)$$
//
// Source: Burda et al. 2018, arXiv:1810.12894; vwxyzjn/cleanrl, ppo_rnd_envpool.py; stable-baselines3 (VecNormalize).
//
// Details that differ:
// - c is 5 for RND and 10 in stable-baselines3. RND's code has no $\varepsilon$ and divides by zero at constant pixels.
// - NaN stays NaN. The moments are those of running_mean_std.
//
// Cost: a number read and one written.

#include <guerdon/core/operation.hpp>

namespace guerdon {

namespace op {
struct normalize_observation {
  static constexpr info about{"normalize_observation", "exploration", "Observations by running moments, cut (RND)",
                              "arXiv:1810.12894", skeleton::map};
  template <real T>
  struct inputs {
    index_t dimensions = 0;  ///< D
    view<const T> x;         ///< [N,D]
    view<const T> mean;      ///< [D]
    view<const T> var;       ///< [D] >= 0
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> y;  ///< [N,D] in [-clip, clip]
  };
  struct options {
    double clip = 5;        ///< >= 0
    double epsilon = 1e-8;  ///< added to the variance
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("dimensions", &I::dimensions, "D"), array("x", &I::x, "N,D"),
                      array("mean", &I::mean, "D"), array("var", &I::var, "D", drawn(0.1, 2)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("y", &O::y, "N,D")); }
  static constexpr auto parameters() {
    return std::tuple(option("clip", &options::clip, at_least(0, 5)),
                      option("epsilon", &options::epsilon, drawn(0, 0.1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the observations.
template <real T = float, backend Backend>
void normalize_observation(const Backend& backend, const op::normalize_observation::inputs<T>& in,
                           const op::normalize_observation::outputs<T>& out,
                           const op::normalize_observation::options& o) {
  check<op::normalize_observation>(backend, in, out, o);
  const index_t dimensions = in.dimensions;
  const double most = o.clip, epsilon = o.epsilon;
  backend.each(in.x.size(), [=] GUERDON_HD(index_t i) {
    const index_t d = i % dimensions;
    const double scaled = (double(in.x[i]) - double(in.mean[d])) / math::sqrt(double(in.var[d]) + epsilon);
    out.y[i] = T(math::clamp(scaled, -most, most));
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto normalize_observation(const Backend& backend, const op::normalize_observation::inputs<T>& in,
                           const op::normalize_observation::options& o = {}) {
  return returned<op::normalize_observation, T>(backend, in, o,
                                                [&](auto& out) { normalize_observation(backend, in, out, o); });
}

}}  // namespace guerdon
