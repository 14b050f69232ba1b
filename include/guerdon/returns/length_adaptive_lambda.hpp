#pragma once
// A lambda for each row by its length, so that the reward at the end reaches the beginning of long answers too.
//
// $$\text{vapo: } \lambda = 1 - \frac{1}{\max(\alpha L, 1)}, \qquad
//   \text{relative position: } \lambda = q^{1/(L-1)}$$
//
// Source: VAPO, arXiv:2504.05118, section 4.2; relative position as in AReaL.
//
// Details that differ:
// - vapo: lengths up to 1/alpha get 0, never less.
// - relative position: with gamma 1 the reward at the end reaches the first step with weight q, and equal relative
//   positions with equal weight, however long the row. One step gets 1, none gets 0.
// - A length is valid tokens, or turns for turn_token_gae (AReaL has vapo on turns).
//
// Cost: one number per row.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class length_lambda_kind { vapo, relative_position };
constexpr auto enumerators(length_lambda_kind) { return std::array{"vapo", "relative_position"}; }

namespace op {
struct length_adaptive_lambda {
  static constexpr info about{"length_adaptive_lambda", "returns", "A lambda for each row by its length (VAPO)",
                              "arXiv:2504.05118", skeleton::map};
  template <real T>
  struct inputs {
    view<const index_t> length;  ///< [B] >= 0, valid tokens or turns
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> lambda;  ///< [B]
  };
  struct options {
    length_lambda_kind kind = length_lambda_kind::vapo;
    double alpha = 0.05;  ///< > 0, for vapo
    double q = required;  ///< in (0, 1], for relative_position, which needs it
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("length", &I::length, "B", counts(60))); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("lambda", &O::lambda, "B")); }
  static constexpr auto parameters() {
    constexpr range share{.low = 0, .high = 1, .open_low = true, .draw_low = 0.1, .draw_high = 1};
    return std::tuple(choice("kind", &options::kind), option("alpha", &options::alpha, greater_than(0, 0.01, 1)),
                      option_or_nan("q", &options::q, share));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {
/// VAPO's lambda of a length.
GUERDON_HD inline double vapo_lambda(double alpha, double length) {
  return 1 - 1 / math::max(alpha * length, 1.0);
}
}  // namespace detail

/// Writes the lambdas.
template <real T = float, backend Backend>
void length_adaptive_lambda(const Backend& backend, const op::length_adaptive_lambda::inputs<T>& in,
                            const op::length_adaptive_lambda::outputs<T>& out,
                            const op::length_adaptive_lambda::options& o) {
  const auto rule = check<op::length_adaptive_lambda>(backend, in, out, o);
  const bool vapo = o.kind == length_lambda_kind::vapo;
  rule(vapo || !is_missing(o.q), "q", "is required for kind relative_position and was not given");
  const double alpha = o.alpha, log_q = vapo ? 0 : math::log(o.q);
  backend.each(in.length.size(), [=] GUERDON_HD(index_t i) {
    const double length = static_cast<double>(in.length[i]);
    const double relative = length > 1 ? math::exp(log_q / (length - 1)) : length;
    out.lambda[i] = T(vapo ? detail::vapo_lambda(alpha, length) : relative);
  });
}

/// The lambdas in an array of the backend's.
template <real T = float, backend Backend>
auto length_adaptive_lambda(const Backend& backend, const op::length_adaptive_lambda::inputs<T>& in,
                            const op::length_adaptive_lambda::options& o = {}) {
  return returned<op::length_adaptive_lambda, T>(backend, in, o,
                                                 [&](auto& out) { length_adaptive_lambda(backend, in, out, o); });
}

}}  // namespace guerdon
