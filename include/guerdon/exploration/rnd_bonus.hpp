#pragma once
// How badly a predictor knows the features of a random network: large where a state is new. Its own loss as well.
//
// $$b = \frac{1}{2} \sum_d (p_d - t_d)^2 \qquad \text{or} \qquad \frac{1}{D} \sum_d (p_d - t_d)^2$$
//
// `half_sum` is the bonus, `mean` the loss that the predictor minimises; each with its derivative.
//
// Source: Burda et al. 2018, arXiv:1810.12894 (random network distillation); vwxyzjn/cleanrl, ppo_rnd_envpool.py.
//
// Details that differ:
// - None. Without features the bonus is 0.
//
// Cost: two numbers read per feature, and one written.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class rnd_reduction { half_sum, mean };
constexpr auto enumerators(rnd_reduction) { return std::array{"half_sum", "mean"}; }

namespace op {
struct rnd_bonus {
  static constexpr info about{"rnd_bonus", "exploration", "Error of a predictor of random features (RND)",
                              "arXiv:1810.12894", skeleton::map};
  template <real T>
  struct inputs {
    index_t dimensions = 0;   ///< D, features
    view<const T> predicted;  ///< [N,D]
    view<const T> target;     ///< [N,D] of the random network
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> bonus;           ///< [N] >= 0
    Of<T> grad_predicted;  ///< [N,D] d bonus / d predicted
  };
  struct options {
    rnd_reduction reduction = rnd_reduction::half_sum;  ///< bonus, or loss
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("dimensions", &I::dimensions, "D"), array("predicted", &I::predicted, "N,D"),
                      array("target", &I::target, "N,D"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("bonus", &O::bonus, "N"), array("grad_predicted", &O::grad_predicted, "N,D"));
  }
  static constexpr auto parameters() { return std::tuple(choice("reduction", &options::reduction)); }
  static constexpr std::array gradients{gradient{"grad_predicted", "bonus", "predicted"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes bonuses and derivatives.
template <real T = float, backend Backend>
void rnd_bonus(const Backend& backend, const op::rnd_bonus::inputs<T>& in, const op::rnd_bonus::outputs<T>& out,
               const op::rnd_bonus::options& o) {
  check<op::rnd_bonus>(backend, in, out, o);
  const index_t n = in.dimensions;
  const double slope = o.reduction == rnd_reduction::half_sum || n == 0 ? 1 : 2 / double(n);
  backend.each(out.bonus.size(), [=] GUERDON_HD(index_t i) {
    double sum = 0;
    for (index_t k = i * n; k < (i + 1) * n; ++k) {
      const double apart = double(in.predicted[k]) - double(in.target[k]);
      sum += apart * apart;
      out.grad_predicted[k] = T(slope * apart);
    }
    out.bonus[i] = T(slope / 2 * sum);
  });
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto rnd_bonus(const Backend& backend, const op::rnd_bonus::inputs<T>& in, const op::rnd_bonus::options& o = {}) {
  return returned<op::rnd_bonus, T>(backend, in, o, [&](auto& out) { rnd_bonus(backend, in, out, o); });
}

}}  // namespace guerdon
