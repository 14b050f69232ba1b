#pragma once
// Bounds on divergences by Lagrange multipliers: the penalty on the policy, and the loss that moves the multipliers.
//
// With the means $\bar k_d$ over the valid rows:
//
// $$L_{kl} = \sum_d \alpha_d \bar k_d, \qquad L_\alpha = \sum_d \alpha_d (\epsilon - \bar k_d), \qquad
//   \frac{\partial L_{kl}}{\partial k_{nd}} = \frac{\alpha_d}{n}, \qquad
//   \frac{\partial L_\alpha}{\partial \alpha_d} = \epsilon - \bar k_d$$
//
// Source: MPO, arXiv:1812.02256, section 4.2; kl_constraint_loss of rlax.
//
// Details that differ:
// - Each loss holds the other's variable constant. A multiplier for each dimension, or one: [N] with [1].
// - Bounds on mean and deviation of a Gaussian (gaussian_kl, decoupled) are one call each.
// - Nothing valid: everything 0. A multiplier of exactly 0 selects 0.
//
// Cost: the divergences read once, one number written each.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct lagrange_penalty {
  static constexpr info about{"lagrange_penalty", "control", "Penalties and multipliers that bound divergences",
                              "arXiv:1812.02256", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> alpha;           ///< [D] >= 0, the multipliers
    view<const T> kl;              ///< [N,D]
    view<const flag_t> mask = {};  ///< [N] 1 = takes part; left out: all do
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> kl_loss;     ///< [1]
    Of<T> alpha_loss;  ///< [1]
    Of<T> grad_kl;     ///< [N,D] d kl_loss / d kl
    Of<T> grad_alpha;  ///< [D] d alpha_loss / d alpha
  };
  struct options {
    double epsilon = required;  ///< >= 0, the bound of each mean
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("alpha", &I::alpha, "D", at_least(0, 2).without_nan()),
                      array("kl", &I::kl, "N,D", drawn(0, 1)), optional_array("mask", &I::mask, "N", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("kl_loss", &O::kl_loss, "1"), array("alpha_loss", &O::alpha_loss, "1"),
                      array("grad_kl", &O::grad_kl, "N,D"), array("grad_alpha", &O::grad_alpha, "D"));
  }
  static constexpr auto parameters() { return std::tuple(option("epsilon", &options::epsilon, at_least(0, 0.5))); }
  static constexpr std::array gradients{gradient{"grad_kl", "kl_loss", "kl"},
                                        gradient{"grad_alpha", "alpha_loss", "alpha"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One dimension: its mean over the valid rows, and what becomes of it.
template <class T>
struct lagrange_program {
  static constexpr bool long_segments = true;
  op::lagrange_penalty::inputs<T> in;
  op::lagrange_penalty::outputs<T> out;
  double epsilon;
  index_t rows;
  view<double> partial;  // [D,2]

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t d) const {
    const index_t dimensions = in.alpha.size();
    const auto valid = [*this](index_t n) { return !in.mask || in.mask[n] != 0; };
    const auto total = team.template reduce<add, add>(rows, [*this, d, dimensions, valid](index_t n) {
      return valid(n) ? lanes{1.0, double(in.kl[n * dimensions + d])} : lanes{0.0, 0.0};
    });
    const double count = total[0], mean = count > 0 ? total[1] / count : 0, alpha = double(in.alpha[d]);
    const double slack = count > 0 ? epsilon - mean : 0;
    team.once([&] {
      out.grad_alpha[d] = T(slack);
      partial[2 * d] = math::zero_select_product(alpha, mean);
      partial[2 * d + 1] = math::zero_select_product(alpha, slack);
    });
    team.each(rows, [*this, d, dimensions, valid, slope = alpha / count](index_t n) {
      out.grad_kl[n * dimensions + d] = T(valid(n) ? slope : 0.0);
    });
  }
};

/// Writes losses and gradients.
template <real T = float, backend Backend>
void lagrange_penalty(const Backend& backend, const op::lagrange_penalty::inputs<T>& in,
                      const op::lagrange_penalty::outputs<T>& out, const op::lagrange_penalty::options& o) {
  check<op::lagrange_penalty>(backend, in, out, o);
  const index_t dimensions = in.alpha.size(), rows = dimensions > 0 ? in.kl.size() / dimensions : 0;
  auto scratch = backend.scratch();
  const auto partial = scratch.template take<double>(2 * dimensions);
  backend.for_segments(segments::uniform(dimensions, rows),
                       lagrange_program<T>{in, out, o.epsilon, rows, partial});
  reduce_few<add, add>(
      backend, dimensions, [=] GUERDON_HD(index_t d) { return lanes{partial[2 * d], partial[2 * d + 1]}; },
      [=] GUERDON_HD(const lanes<double, 2>& total) {
        out.kl_loss[0] = T(total[0]);
        out.alpha_loss[0] = T(total[1]);
      });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto lagrange_penalty(const Backend& backend, const op::lagrange_penalty::inputs<T>& in,
                      const op::lagrange_penalty::options& o) {
  return returned<op::lagrange_penalty, T>(backend, in, o, [&](auto& out) { lagrange_penalty(backend, in, out, o); });
}

}}  // namespace guerdon
