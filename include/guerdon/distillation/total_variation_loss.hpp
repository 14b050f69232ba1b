#pragma once
// Half of the absolute differences between the teacher's and the student's probabilities.
//
// $$D = \frac12 \sum_j |s_j - t_j|, \qquad \frac{\partial D}{\partial x_j} = \frac{s_j}{\tau} \Big( v_j - \sum_i s_i v_i \Big),
//   \qquad v_j = \frac12 \mathrm{sign}(s_j - t_j)$$
//
// with the softmax s of the student's logits x and t of the teacher's, both at temperature $\tau$. The loss is the sum of
// $w_m D_m$ over the rows.
//
// Source: f-divergences for sequence distillation, arXiv:2307.15190; as in Liger-Kernel.
//
// Details that differ:
// - Liger's kernel takes probabilities and leaves their softmax to the caller; at equality it takes v = -1/2, here 0,
//   and so where log(s/t) is 0 but for rounding (64 epsilon).
// - Differences come from log(s/t), so that they are exactly 0 between equal rows and keep their digits between close ones.
// - At most 1. For rows that share no mass the gradient vanishes.
// - NaN or +inf in a row makes it NaN. No row: loss 0.
//
// Cost: both rows read four times, from cache where they fit it, and the gradient written; three exponentials a token.
// Without a gradient both are read twice.

#include <guerdon/distillation/row_loss.hpp>

namespace guerdon {
namespace op {
struct total_variation_loss {
  static constexpr info about{"total_variation_loss", "distillation", "Total variation distance to a teacher",
                              "arXiv:2307.15190", skeleton::logits_rows};
  template <storage T>
  using inputs = row_loss_inputs<T>;
  template <storage T, template <class> class Of = view>
  using outputs = row_loss_outputs<T, Of>;
  struct options {
    double temperature = 1;  ///< > 0, divides the logits of both sides
  };

  template <class I>
  static constexpr auto arguments() { return row_loss_arguments<I>(); }
  template <class O>
  static constexpr auto results() { return row_loss_results<O>(); }
  static constexpr auto parameters() { return std::tuple(temperature_option("temperature", &options::temperature)); }
  static constexpr std::array gradients{gradient{"grad_logits", "loss", "logits"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct total_variation {
  double temperature;

  template <class Team>
  GUERDON_HD auto at_row(Team& team, const logits_row<T>& row) const {
    using R = real_t<T>;
    const auto pair = softmax_pair<T>::of(team, row.student, row.teacher, row.n, temperature, row.gradient);
    const R scale = R(1 / pair.p_sum);
    // Where the two are equal but for rounding, neither side is meant.
    constexpr R equal = 64 * std::numeric_limits<R>::epsilon();
    const auto side = [=](R s, R log_ratio) {
      return math::select((s == R(0)) | (math::abs(log_ratio) <= equal), R(0), math::sign(log_ratio));
    };
    // Both rows have the same mass: s falls short of t by as much as t of s.
    const auto total = reduce_powers<add_narrow, add_narrow>(
        team, row.n, pair.p, row.gradient, [=](index_t j, R power) {
          const R s = power * scale, log_ratio = pair.log_ratio(j);
          const R lack = s * math::falling_exp_and_expm1(-math::max(log_ratio, R(0))).expm1;  // min(t - s, 0)
          return lanes{math::select(s == R(0), R(0), lack), s * side(s, log_ratio)};
        });
    const R centre = R(total[1]), half_inverse = pair.p.inverse / R(2);
    return row_divergence{0 - total[0], [=](index_t j, T* kept) {
                            const R s = row_powers<T>{pair.p, kept}(j) * scale;
                            return s * (side(s, pair.log_ratio(j)) - centre) * half_inverse;
                          }};
  }
};

/// Writes loss, divergences and gradients.
template <storage T = float, backend Backend>
void total_variation_loss(const Backend& backend, const op::total_variation_loss::inputs<T>& in,
                          const op::total_variation_loss::outputs<T>& out, const op::total_variation_loss::options& o) {
  const auto rule = check<op::total_variation_loss>(backend, in, out, o);
  rule(real_t<T>(o.temperature) > 0, "temperature", "is 0 in this type");
  launch_row_loss<T>(backend, in, out, total_variation<T>{o.temperature});
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto total_variation_loss(const Backend& backend, const op::total_variation_loss::inputs<T>& in,
                          const op::total_variation_loss::options& o = {}) {
  return returned<op::total_variation_loss, T>(backend, in, o,
                                               [&](auto& out) { total_variation_loss(backend, in, out, o); });
}

}}  // namespace guerdon
