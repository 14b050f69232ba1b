#pragma once
// Whitening under a mask: the valid elements get mean 0 and variance 1.
//
// $$y_i = \frac{x_i - \mu}{\sqrt{\sigma^2 + \varepsilon}}, \qquad
//   \mu = \frac{1}{n} \sum_{i\,valid} x_i, \qquad \sigma^2 = \frac{1}{n - d} \sum_{i\,valid} (x_i - \mu)^2$$
//
// `epsilon_mode` moves the epsilon: `clamp_var` divides by $\sqrt{\max(\sigma^2, \varepsilon)}$, `add_std` by
// $\sigma + \varepsilon$. Without `shift_mean` the mean is added back, unscaled. Without `scale` the values are centred
// and not divided.
//
// Source: advantage whitening of PPO for language models (Ziegler et al., arXiv:1909.08593, in their code);
// the switches cover what today's frameworks do.
//
// Details that differ:
// - verl, ROLL and TRL: ddof 1, add_var, 1e-8 (the default). OpenRLHF and NeMo-RL: ddof 0, clamp_var, 1e-8
//   (OpenRLHF's no_std_norm: `scale = false`). AReaL: 1e-5 added to the deviation. slime takes E[x^2] - mean^2, which
//   loses all digits under a large common offset.
// - verl and TRL send the masked positions through the same map (`keep_masked`); here they become 0.
// - Constant valid elements give exactly 0; verl's mean of n equal numbers is sum/(n + 1e-8), which is not
//   that number.
// - One valid element gives 0, where verl raises. No valid element: 0 everywhere, `keep_masked` or not. With no more
//   than `ddof` of them the variance counts as 0, and epsilon alone is the divisor.
// - What stands under the mask is never read into mean and spread. NaN or infinity on a valid element makes
//   every valid result NaN.
// - Several data-parallel ranks: whiten the concatenated data, or merge the ranks' `moments` first.
//
// Cost: two passes over memory, one for the moments and one for the result: 14 bytes per float element (value and
// mask twice, the result once).

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon {

namespace op {
struct masked_whiten {
  static constexpr info about{"masked_whiten", "statistics",
                              "Whitening under a mask: mean 0, variance 1 over the valid elements", "arXiv:1909.08593",
                              skeleton::global_reduce};
  template <storage T>
  struct inputs {
    view<const T> value;      ///< any shape
    view<const flag_t> mask;  ///< of the same shape, 1 = valid
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> value;  ///< of the same shape; may be the input array itself
  };
  struct options {
    index_t ddof = 1;       ///< >= 0, usually 0 or 1: the variance divides by n - ddof
    double epsilon = 1e-8;  ///< >= 0
    guerdon::epsilon_mode epsilon_mode = epsilon_mode::add_var;  ///< any but skip_zero
    bool shift_mean = true;    ///< false: the mean is added back afterwards
    bool scale = true;         ///< false: centred only, not divided; epsilon and its mode are not used
    bool keep_masked = false;  ///< true: masked positions go through the same map instead of becoming 0
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("value", &I::value, "*"), array("mask", &I::mask, "*", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("value", &O::value, "*")); }
  static constexpr auto parameters() {
    return std::tuple(option("ddof", &options::ddof, counts(3)), option("epsilon", &options::epsilon, at_least(0, 0.1)),
                      choice("epsilon_mode", &options::epsilon_mode), flag("shift_mean", &options::shift_mean),
                      flag("scale", &options::scale), flag("keep_masked", &options::keep_masked));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// x -> (x - mean) * scale + shift in arithmetic type R, ready for a token loop.
template <class R>
struct whitening {
  R near, rest;  ///< the mean in two parts, so that R keeps its digits at any offset
  R scale, shift;

  GUERDON_HD whitening(const moments& m, const op::masked_whiten::options& o)
      : near(R(m.mean)),
        rest(math::is_finite(near) ? R(m.mean - double(near)) : R(0)),
        scale(o.scale ? R(spread_scale(m.variance(double(o.ddof)), double(R(o.epsilon)), o.epsilon_mode)) : R(1)),
        shift(o.shift_mean ? R(0) : near) {}

  /// A centred value of 0 stays 0 even where epsilon 0 makes the scale infinite.
  GUERDON_HD R operator()(R x) const {
    const R centred = (x - near) - rest;
    return math::select(centred == R(0), R(0), centred * scale) + shift;
  }
};

template <class T>
struct whiten_block {
  static constexpr bool long_segments = true;
  op::masked_whiten::inputs<T> in;
  view<const moments> spread;
  view<T> out;
  op::masked_whiten::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t block) const {
    using R = real_t<T>;
    const index_t n = in.value.size(), begin = block * block_length;
    const index_t length = n - begin < block_length ? n - begin : block_length;
    const whitening<R> whiten(spread[0], o);
    const flag_t always = flag_t(o.keep_masked && spread[0].count > 0);
    const T* const value = in.value.data() + begin;
    const flag_t* const mask = in.mask.data() + begin;
    T* const result = out.data() + begin;
    team.each(length, [=](index_t i) {
      const bool valid = (mask[i] | always) != 0;
      result[i] = T(math::select(valid, whiten(R(value[i])), R(0)));
    });
  }
};

/// The launches of a whitening whose arguments were checked; `out` may be in.value.
template <storage T, backend Backend>
void launch_whitening(const Backend& backend, const op::masked_whiten::inputs<T>& in, view<T> out,
                      const op::masked_whiten::options& o) {
  const index_t n = in.value.size();
  auto scratch = backend.scratch();
  const auto spread = scratch.template take<moments>(1);
  array_moments(backend, n, masked_values<T>{in.value.data(), in.mask.data()}, spread);
  backend.for_segments(segments::uniform(block_count(n), block_length), whiten_block<T>{in, spread, out, o});
}

/// Writes the whitened values.
template <storage T = float, backend Backend>
void masked_whiten(const Backend& backend, const op::masked_whiten::inputs<T>& in,
                   const op::masked_whiten::outputs<T>& out, const op::masked_whiten::options& o) {
  const auto rule = check<op::masked_whiten>(backend, in, out, o);
  rule(o.epsilon_mode != epsilon_mode::skip_zero, "epsilon_mode", "must not be skip_zero");
  launch_whitening<T>(backend, in, out.value, o);
}

/// The same into an array of the backend's.
template <storage T = float, backend Backend>
auto masked_whiten(const Backend& backend, const op::masked_whiten::inputs<T>& in,
                   const op::masked_whiten::options& o = {}) {
  return returned<op::masked_whiten, T>(backend, in, o, [&](auto& out) { masked_whiten(backend, in, out, o); });
}

}}  // namespace guerdon
