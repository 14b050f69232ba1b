#pragma once
// The coefficients by which off-policy corrections hand errors on, from the log-probabilities of the actions taken.
//
// $$\rho = e^{\log\pi - \log\mu}$$
//
// | kind | c |
// |---|---|
// | `importance` | $\lambda\rho$ |
// | `q_lambda` | $\lambda$ |
// | `tree_backup` | $\lambda\pi$ |
// | `retrace`, `vtrace` | $\lambda \min(1, \rho)$ |
//
// Source: Retrace, arXiv:1606.02647, table 1; V-trace, arXiv:1802.01561.
//
// Details that differ:
// - An infinite ratio is legal where it is clipped; a NaN stays NaN, also -inf minus -inf. (A minimum of the C
//   library's would return 1.) A lambda of exactly 0 selects 0.
// - q_lambda and tree_backup do not read log_mu, which may then be left out.
//
// Cost: 12 bytes per action in float, one pass.

#include <guerdon/returns/trace_decay.hpp>

namespace guerdon {

enum class trace_kind { importance, q_lambda, tree_backup, retrace, vtrace };
constexpr auto enumerators(trace_kind) {
  return std::array{"importance", "q_lambda", "tree_backup", "retrace", "vtrace"};
}

namespace op {
struct trace_coefficients {
  static constexpr info about{"trace_coefficients", "returns",
                              "How much of an error an off-policy correction hands on",
                              "arXiv:1606.02647; arXiv:1802.01561", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> log_pi;       ///< any shape; log-probability of the action under the policy now
    view<const T> log_mu = {};  ///< the same shape; when it was taken; for importance, retrace and vtrace
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> c;  ///< the same shape
  };
  struct options {
    trace_kind kind = required;
    double lambda = 1;  ///< [0, 1]
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("log_pi", &I::log_pi, "*", drawn(-3, 0)),
                      optional_array("log_mu", &I::log_mu, "*", drawn(-3, 0)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("c", &O::c, "*")); }
  static constexpr auto parameters() {
    return std::tuple(choice("kind", &options::kind), option("lambda", &options::lambda, within(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the coefficients.
template <real T = float, backend Backend>
void trace_coefficients(const Backend& backend, const op::trace_coefficients::inputs<T>& in,
                        const op::trace_coefficients::outputs<T>& out, const op::trace_coefficients::options& o) {
  const auto rule = check<op::trace_coefficients>(backend, in, out, o);
  const index_t n = in.log_pi.size();
  const bool alone = o.kind == trace_kind::q_lambda || o.kind == trace_kind::tree_backup;
  rule(alone || in.log_mu || n == 0, "log_mu", "is required for this kind and was not given");
  const T lambda = T(o.lambda);
  const bool constant = o.kind == trace_kind::q_lambda, clipped = !alone && o.kind != trace_kind::importance;
  backend.each(n, [=] GUERDON_HD(index_t i) {
    const T ratio = math::exp(in.log_pi[i] - (alone ? T(0) : in.log_mu[i]));
    const T bounded = clipped ? detail::clipped_ratio(ratio, T(1)) : ratio;
    out.c[i] = constant ? lambda : math::zero_select_product(lambda, bounded);
  });
}

/// The coefficients in an array of the backend's.
template <real T = float, backend Backend>
auto trace_coefficients(const Backend& backend, const op::trace_coefficients::inputs<T>& in,
                        const op::trace_coefficients::options& o) {
  return returned<op::trace_coefficients, T>(backend, in, o,
                                             [&](auto& out) { trace_coefficients(backend, in, out, o); });
}

}}  // namespace guerdon
