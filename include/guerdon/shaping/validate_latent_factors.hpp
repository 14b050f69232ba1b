#pragma once
// Whether the factors that a generated encoder computes are fit for use: finite, and not all the same.
//
// $$\text{finite}_d = \bigwedge_n |f_{nd}| < \infty, \qquad
//   \text{constant}_d = \text{finite}_d \wedge \max_n f_{nd} = \min_n f_{nd}$$
//
// Source: LaRe, arXiv:2412.11120; thu-rllab/LaRe, LLMrd.py, which runs an encoder and shows its errors to the model.
//
// Details that differ:
// - Without steps every factor is finite and constant.
//
// Cost: the factors read once.

#include <guerdon/core/host_operation.hpp>

#include <vector>

namespace guerdon {

namespace op {
struct validate_latent_factors : host_kind {
  static constexpr info about{"validate_latent_factors", "shaping", "Checks of generated latent factors (LaRe)",
                              "arXiv:2412.11120", skeleton::host};
  struct inputs {
    index_t factors = 0;        ///< D
    view<const double> factor;  ///< [N,D] of some steps
  };
  struct outputs {
    std::vector<flag_t> finite;    ///< [D] 1 = neither NaN nor infinite
    std::vector<flag_t> constant;  ///< [D] 1 = finite, and the same in all steps
  };
  struct options {
    index_t expected_factors = -1;  ///< D as it should be; -1: any
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("factors", &I::factors, "D"), array("factor", &I::factor, "N,D"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("finite", &O::finite, "D"), array("constant", &O::constant, "D"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("expected_factors", &options::expected_factors, counts_from(-1, 4).drawn(-1, -1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::validate_latent_factors::outputs validate_latent_factors(
    const op::validate_latent_factors::inputs& in, const op::validate_latent_factors::options& o = {}) {
  const auto rule = check<op::validate_latent_factors>(in, o);
  rule(o.expected_factors < 0 || o.expected_factors == in.factors, "factor", "does not have the expected_factors");
  op::validate_latent_factors::outputs out;
  out.finite.assign(static_cast<std::size_t>(in.factors), 1);
  out.constant.assign(static_cast<std::size_t>(in.factors), 1);
  for (index_t i = 0; i < in.factor.size(); ++i) {
    const std::size_t d = static_cast<std::size_t>(i % in.factors);
    if (!math::is_finite(in.factor[i])) out.finite[d] = out.constant[d] = 0;
    if (in.factor[i] != in.factor[static_cast<index_t>(d)]) out.constant[d] = 0;
  }
  return out;
}

}}  // namespace guerdon
