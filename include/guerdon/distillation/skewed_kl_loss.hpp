#pragma once
// KL divergence to a mixture of teacher and student, which is bounded however far apart they are.
//
// $$\mathrm{forward:}\quad D = \sum_j t_j \log\frac{t_j}{m_j}, \quad m = \lambda t + (1-\lambda) s \qquad\qquad
//   \mathrm{reverse:}\quad D = \sum_j s_j \log\frac{s_j}{m_j}, \quad m = (1-\lambda) t + \lambda s$$
//
// with the softmax s of the student's logits and t of the teacher's. By s they have the derivatives
// $v_j = -(1-\lambda)\,t_j/m_j$, and $\log(s_j/m_j) + 1 - \lambda s_j/m_j$; by logit j
// $s_j (v_j - \sum_i s_i v_i)/\tau$. The loss is the sum of $w_m D_m$ over the rows.
//
// Source: DistiLLM, arXiv:2402.03898, section 3.1.
//
// Details that differ:
// - lambda = 0 is plain KL, lambda = 1 is 0. Neither exceeds -log(lambda): that is the point.
// - ROLL mixes with cross entropy, (1-w) CE + w D, w = 0.5, and drops tokens that either side excludes, where the limit is
//   taken here.
// - Logarithms of the mixture come from that of t/s, without cancellation where the two are close.
// - NaN or +inf in a row makes it NaN. With lambda = 0, mass where the other side has none makes D infinite, and the
//   gradient of that row means nothing. No row: loss 0.
//
// Cost: both rows read four times, from cache where they fit it, and the gradient written; four exponentials, a
// logarithm and a division a token. Without a gradient both are read twice.

#include <guerdon/distillation/row_loss.hpp>
#include <guerdon/objective/jsd_from_logits.hpp>

namespace guerdon {
namespace op {
struct skewed_kl_loss {
  static constexpr info about{"skewed_kl_loss", "distillation", "KL to a mixture of teacher and student (DistiLLM)",
                              "arXiv:2402.03898", skeleton::logits_rows};
  template <storage T>
  using inputs = row_loss_inputs<T>;
  template <storage T, template <class> class Of = view>
  using outputs = row_loss_outputs<T, Of>;
  struct options {
    kl_direction direction = kl_direction::forward;
    double skew = 0.1;       ///< [0, 1], lambda
    double temperature = 1;  ///< > 0, divides the logits of both sides
  };

  template <class I>
  static constexpr auto arguments() { return row_loss_arguments<I>(); }
  template <class O>
  static constexpr auto results() { return row_loss_results<O>(); }
  static constexpr auto parameters() {
    return std::tuple(choice("direction", &options::direction), option("skew", &options::skew, within(0, 1)),
                      temperature_option("temperature", &options::temperature));
  }
  static constexpr std::array gradients{gradient{"grad_logits", "loss", "logits"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct skewed_kl {
  kl_direction direction;
  double skew, temperature;

  template <class Team>
  GUERDON_HD auto at_row(Team& team, const logits_row<T>& row) const {
    using R = real_t<T>;
    const bool forward = direction == kl_direction::forward, plain = skew == 0, none = skew == 1;
    // The leading side p and the other one, q: m = lambda p + (1 - lambda) q.
    const auto pair = softmax_pair<T>::of(team, forward ? row.teacher : row.student,
                                          forward ? row.student : row.teacher, row.n, temperature, row.gradient);
    const R lambda = R(skew), rest = R(1) - lambda, inverse = pair.p.inverse, p_scale = R(1 / pair.p_sum);
    const R mixed = plain || none ? R(0) : R(1);
    /// s v, which is -p (1 - lambda) q/m or p (log(p/m) + 1 - lambda p/m), and p log(p/m). Little is left to do once
    /// the logarithm is known: it is what a processor waits for.
    const auto terms = [=](index_t j, R power) {
      const R p = power * p_scale, log_ratio = math::select(p == R(0), R(0), pair.log_ratio(j));
      const auto [less, fall] = math::falling_exp_and_expm1(-math::abs(log_ratio));
      const mixture<R> m(log_ratio, less, fall, lambda, rest);
      const bool excluded = pair.q(j) == -std::numeric_limits<R>::infinity();
      const R part = math::select(excluded, R(0), m.q_part);
      const R log_larger = math::select(plain, log_ratio, math::select(none, m.q_part, math::min(log_ratio, R(0))));
      const R slope = math::select(forward, -part, log_larger + part) - (forward ? R(0) : mixed) * m.log_over;
      return lanes{p * slope, p * (log_larger - mixed * m.log_over)};
    };
    const auto total =
        reduce_powers<add_narrow, add_narrow>(team, row.n, pair.p, row.gradient, [=](index_t j, R& power) {
          const auto x = terms(j, power);
          power = x[0];
          return x;
        });
    const R centre = R(total[0]), scale = R(1 / (forward ? pair.q_sum : pair.p_sum));
    const softened_row<T> student = forward ? pair.q : pair.p;
    return row_divergence{total[1], [=](index_t j, [[maybe_unused]] const T* kept) {
                            R slope;  // a narrow type has had no room for it
                            if constexpr (row_powers<T>::fit) slope = kept[j];
                            else slope = terms(j, math::falling_exp(pair.p(j)))[0];
                            return (slope - math::falling_exp(student(j)) * scale * centre) * inverse;
                          }};
  }
};

/// Writes loss, divergences and gradients.
template <storage T = float, backend Backend>
void skewed_kl_loss(const Backend& backend, const op::skewed_kl_loss::inputs<T>& in,
                    const op::skewed_kl_loss::outputs<T>& out, const op::skewed_kl_loss::options& o) {
  const auto rule = check<op::skewed_kl_loss>(backend, in, out, o);
  rule(real_t<T>(o.temperature) > 0, "temperature", "is 0 in this type");
  launch_row_loss<T>(backend, in, out, skewed_kl<T>{o.direction, o.skew, o.temperature});
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto skewed_kl_loss(const Backend& backend, const op::skewed_kl_loss::inputs<T>& in,
                    const op::skewed_kl_loss::options& o = {}) {
  return returned<op::skewed_kl_loss, T>(backend, in, o, [&](auto& out) { skewed_kl_loss(backend, in, out, o); });
}

}}  // namespace guerdon
