#pragma once
// V-trace whose bounds leak: a share of the ratio passes beside its minimum.
//
// vtrace with every $\min(h, \rho)$ (of the trace, of the target, of the policy gradient) replaced by
//
// $$(1 - \alpha)\,\rho + \alpha \min(h, \rho)$$
//
// so that alpha 1 is V-trace and alpha 0 plain importance sampling.
//
// Source: Zahavy et al. 2020, arXiv:2002.12928, eq. 4; as in rlax's leaky_vtrace.
//
// Details that differ:
// - An infinite ratio is legal with alpha 1, where 0 times it is 0. With a smaller alpha it is infinite.
// - All else as in vtrace: mask, truncated, the bootstrap of the policy gradient, lambda.
//
// Cost: that of vtrace.

#include <guerdon/returns/vtrace.hpp>

namespace guerdon {
namespace op {
struct leaky_vtrace {
  static constexpr info about{"leaky_vtrace", "returns", "V-trace with leaking bounds of its ratios",
                              "arXiv:2002.12928", skeleton::scan};
  template <storage T>
  using inputs = vtrace::inputs<T>;
  template <storage T, template <class> class Of = view>
  using outputs = vtrace::outputs<T, Of>;
  struct options {
    double lambda = 1;       ///< [0, 1]
    double clip_rho = 1;     ///< >= 0; bound of the ratio in the targets; infinity: none
    double clip_pg_rho = 1;  ///< >= 0; bound of the ratio in the advantage; infinity: none
    double alpha = 1;        ///< [0, 1]; 1: hard bounds
  };

  template <class I>
  static constexpr auto arguments() { return vtrace::arguments<I>(); }
  template <class O>
  static constexpr auto results() { return vtrace::results<O>(); }
  static constexpr auto parameters() {
    return std::tuple(option("lambda", &options::lambda, within(0, 1)),
                      option("clip_rho", &options::clip_rho, at_least(0, 2)),
                      option("clip_pg_rho", &options::clip_pg_rho, at_least(0, 2)),
                      option("alpha", &options::alpha, within(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {
template <class R>
struct leaky_clip {
  R alpha;
  GUERDON_HD R operator()(R ratio, R bound) const {
    return math::zero_select_product(R(1) - alpha, ratio) +
           math::zero_select_product(alpha, clipped_ratio(ratio, bound));
  }
};
}  // namespace detail

/// Writes the four results.
template <storage T = float, backend Backend>
void leaky_vtrace(const Backend& backend, const op::leaky_vtrace::inputs<T>& in,
                  const op::leaky_vtrace::outputs<T>& out, const op::leaky_vtrace::options& o) {
  check<op::leaky_vtrace>(backend, in, out, o);
  detail::bounded_vtrace(backend, in, out, o, detail::leaky_clip<real_t<T>>{real_t<T>(o.alpha)});
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto leaky_vtrace(const Backend& backend, const op::leaky_vtrace::inputs<T>& in,
                  const op::leaky_vtrace::options& o = {}) {
  return returned<op::leaky_vtrace, T>(backend, in, o, [&](auto& out) { leaky_vtrace(backend, in, out, o); });
}

}}  // namespace guerdon
