#pragma once
// The angle between a student's and a teacher's rows of logits, as vectors.
//
// $$u = \frac{x}{|x|}, \quad v = \frac{y}{|y|}, \qquad D = \tfrac12 |u - v|^2, \qquad
//   \frac{\partial D}{\partial x} = \frac{(u - v) - D u}{|x|}$$
//
// which are $1 - u \cdot v$ and $-(v - (u \cdot v)\,u)/|x|$ without their cancellation. The loss is the sum of $w_m D_m$ over
// the rows.
//
// Source: as in Liger-Kernel.
//
// Details that differ:
// - At an angle of 1e-4 the textbook form has no correct digit in single precision. Differences are taken in double here,
//   and rows are scaled by their largest entry before they are squared.
// - Liger multiplies by beta, 1 in its function and 0.5 in its fused layer: use `weight`.
// - A row of zeros has no direction: D = 1, gradient 0. A NaN or infinite logit: NaN.
// - A constant added to all logits changes the angle, though not the softmax. A temperature would cancel. No row: loss 0.
//
// Cost: both rows read four times, from cache where they fit it, and the gradient written.

#include <guerdon/distillation/row_loss.hpp>

namespace guerdon {
namespace op {
struct cosine_distillation_loss {
  static constexpr info about{"cosine_distillation_loss", "distillation", "Angle between rows of logits", "",
                              skeleton::logits_rows};
  template <storage T>
  using inputs = row_loss_inputs<T>;
  template <storage T, template <class> class Of = view>
  using outputs = row_loss_outputs<T, Of>;
  struct options {};

  template <class I>
  static constexpr auto arguments() { return row_loss_arguments<I>(); }
  template <class O>
  static constexpr auto results() { return row_loss_results<O>(); }
  static constexpr auto parameters() { return std::tuple(); }
  static constexpr std::array gradients{gradient{"grad_logits", "loss", "logits"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// A row as a unit vector: u(j) = x_j / |x|. A row of zeros has the length 0.
template <class T>
struct unit_row {
  const T* x;
  double largest, rest;  ///< |x| = largest * rest

  GUERDON_HD double length() const { return largest * rest; }
  GUERDON_HD double operator()(index_t j) const { return double(x[j]) / largest / rest; }
};

template <class T>
struct cosine_distance {
  template <class Team>
  GUERDON_HD auto at_row(Team& team, const logits_row<T>& row) const {
    const T *const x = row.student, *const y = row.teacher;
    const auto largest = team.template reduce<highest, highest>(row.n, [=](index_t j) {
      return lanes{math::abs(double(x[j])), math::abs(double(y[j]))};
    });
    const auto squares = team.template reduce<add, add>(row.n, [=](index_t j) {
      const double a = double(x[j]) / largest[0], b = double(y[j]) / largest[1];
      return lanes{a * a, b * b};
    });
    const unit_row<T> u{x, largest[0], math::sqrt(squares[0])}, v{y, largest[1], math::sqrt(squares[1])};
    const bool zero = (largest[0] <= 0 && largest[1] < std::numeric_limits<double>::infinity()) ||
                      (largest[1] <= 0 && largest[0] < std::numeric_limits<double>::infinity());
    const double apart = team.sum(row.n, [=](index_t j) {
      const double d = u(j) - v(j);
      return d * d;
    });
    const double divergence = zero ? 1 : apart / 2, scale = zero ? 0 : 1 / u.length();
    return row_divergence{divergence, [=](index_t j, const T*) {
                            return math::zero_select_product(scale, (u(j) - v(j)) - divergence * u(j));
                          }};
  }
};

/// Writes loss, divergences and gradients.
template <storage T = float, backend Backend>
void cosine_distillation_loss(const Backend& backend, const op::cosine_distillation_loss::inputs<T>& in,
                              const op::cosine_distillation_loss::outputs<T>& out,
                              const op::cosine_distillation_loss::options& o) {
  check<op::cosine_distillation_loss>(backend, in, out, o);
  launch_row_loss<T>(backend, in, out, cosine_distance<T>{});
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto cosine_distillation_loss(const Backend& backend, const op::cosine_distillation_loss::inputs<T>& in,
                              const op::cosine_distillation_loss::options& o = {}) {
  return returned<op::cosine_distillation_loss, T>(backend, in, o,
                                                   [&](auto& out) { cosine_distillation_loss(backend, in, out, o); });
}

}}  // namespace guerdon
