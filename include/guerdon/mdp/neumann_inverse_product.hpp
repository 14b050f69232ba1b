#pragma once
// An inverse matrix times a vector, from products alone.
//
// $$x = \eta \sum_{i=0}^{n} (I - \eta A)^i\, v$$
//
// It tends to the inverse times v if every eigenvalue mu of A has |1 - eta mu| < 1.
//
// Source: the Neumann series, as in Lorraine et al. (2020), arXiv:1911.02590; BARFI, arXiv:2310.19007.
//
// Details that differ:
// - Too large a step diverges, and shows it. At most 2^24 terms.
// - neumann_series is the same with a callable in place of the matrix.
//
// Cost: D^2 per term.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/mdp/neumann.hpp>

#include <vector>

namespace guerdon {

namespace op {
struct neumann_inverse_product : host_kind {
  static constexpr info about{"neumann_inverse_product", "mdp", "Inverse matrix times vector by the Neumann series",
                              "arXiv:1911.02590; arXiv:2310.19007", skeleton::host};
  struct inputs {
    view<const double> vector;  ///< [D]
    view<const double> matrix;  ///< [D,D]
  };
  struct outputs {
    std::vector<double> product;  ///< [D]
  };
  struct options {
    double step = required;    ///< eta, below 2 over the largest eigenvalue
    index_t terms = required;  ///< n, 0 to 2^24
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("vector", &I::vector, "D"), array("matrix", &I::matrix, "D,D"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("product", &O::product, "D")); }
  static constexpr auto parameters() {
    return std::tuple(option("step", &options::step, finite().drawn(0.01, 0.2)),
                      option("terms", &options::terms, whole_within(0, 1 << 24).drawn(0, 8)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::neumann_inverse_product::outputs neumann_inverse_product(
    const op::neumann_inverse_product::inputs& in, const op::neumann_inverse_product::options& o = {}) {
  check<op::neumann_inverse_product>(in, o);
  const auto times = [&](const std::vector<double>& x) {
    std::vector<double> y(x.size());
    for (std::size_t i = 0; i < y.size(); ++i)
      for (std::size_t j = 0; j < y.size(); ++j) y[i] += in.matrix.data()[i * y.size() + j] * x[j];
    return y;
  };
  return {neumann_series(times, {in.vector.begin(), in.vector.end()}, o.step, o.terms)};
}

}}  // namespace guerdon
