#pragma once
// The generalised Jensen-Shannon divergence of a student's and a teacher's logits, and its gradient.
//
// $$D = (1-\alpha)\,\mathrm{KL}(s\|m) + \alpha\,\mathrm{KL}(t\|m), \qquad m = (1-\alpha)\,s + \alpha\,t$$
//
// with $s = \mathrm{softmax}(x/\tau)$ of the student's logits and t of the teacher's. The gradient with respect to the
// logits as they are is $(1-\alpha)\,s_j\,(\log\frac{s_j}{m_j} - \mathrm{KL}(s\|m))/\tau$.
//
// Source: generalised knowledge distillation, arXiv:2306.13649, eq. 1; self-distillation as in TRL.
//
// Details that differ:
// - alpha 0 is forward KL(t||s) and alpha 1 reverse KL(s||t), the limits after rescaling, not the formula's value 0.
//   Other code swaps alpha and 1 - alpha.
// - No factor of the temperature squared.
// - A probability of 0 adds 0 and has gradient 0. A NaN in a row of either input makes divergence and gradient of that
//   row NaN, at alpha 0 and 1 as well.
// - The logarithms of s/m and t/m come from their difference, so that nothing cancels where student and teacher agree.
//   At alpha 0.5 the divergence is at most log 2.
//
// Cost: 24 bytes per logit in float (both rows read three times, from cache where they fit it), 16 more for the
// gradient.

#include <guerdon/objective/kl_from_logits.hpp>

namespace guerdon {
namespace op {
struct jsd_from_logits {
  static constexpr info about{"jsd_from_logits", "objective",
                              "Jensen-Shannon divergence of two rows of logits, and its gradient", "arXiv:2306.13649",
                              skeleton::logits_rows};
  template <storage T>
  struct inputs {
    segments rows;             ///< cuts the logits into M distributions: segments::uniform(M, V) for [M,V]
    view<const T> logits;      ///< [M,V] of the student
    view<const T> ref_logits;  ///< [M,V] of the teacher
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> divergence;        ///< [M] nats
    Of<T> grad_logits = {};  ///< [M,V] d divergence / d logits; left out: not computed
  };
  struct options {
    double alpha = 0.5;      ///< in [0, 1], the teacher's part of the mixture
    double temperature = 1;  ///< > 0, divides both logits
  };

  template <class I>
  static constexpr auto arguments() { return logits_pair_arguments<I>(); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("divergence", &O::divergence, "B"), optional_array("grad_logits", &O::grad_logits, "B,T"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("alpha", &options::alpha, within(0, 1)),
                      option("temperature", &options::temperature, greater_than(0, 0.3, 3)));
  }
  static constexpr std::array gradients{gradient{"grad_logits", "divergence", "logits"},
                                        gradient{"grad_logits", "divergence", "logits", "alpha=0"},
                                        gradient{"grad_logits", "divergence", "logits", "alpha=1"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// A mixture m = p_share p + q_share q of shares that add up to 1, told from log(p/q).
template <class R>
struct mixture {
  R log_over;  ///< the logarithm of m over the larger of p and q: log(p/m) is min(log(p/q), 0) less that
  R q_part;    ///< q_share q / m; that of p is the rest to 1

  /// `less` is the smaller of p and q over the larger, `fall` that less 1.
  GUERDON_HD mixture(R log_ratio, R less, R fall, R p_share, R q_share) {
    const bool up = log_ratio > R(0);
    const R of_smaller = math::select(up, q_share, p_share), of_larger = math::select(up, p_share, q_share);
    // The sum of both parts, or 1 and what that falls short.
    const R smaller = of_smaller * math::max(less, std::numeric_limits<R>::min()), over = of_larger + smaller;
    log_over = math::log_near(over, of_smaller * fall);
    q_part = math::select(up, smaller, of_larger) / over;
  }
};

template <class T>
struct jsd_program {
  static constexpr bool long_segments = true, vocabulary_segments = true;
  op::jsd_from_logits::inputs<T> in;
  op::jsd_from_logits::outputs<T> out;
  op::jsd_from_logits::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    T* const gradient = out.grad_logits ? out.grad_logits.data() + begin : nullptr;
    const auto pair =
        softmax_pair<T>::of(team, in.logits.data() + begin, in.ref_logits.data() + begin, n, o.temperature);
    const R alpha = R(o.alpha);
    const auto terms = [=](index_t j) {
      const auto at = pair(j);
      const R log_over = mixture<R>(at.log_ratio, at.less, at.fall, R(1) - alpha, alpha).log_over;
      return lanes{math::select(at.p == R(0), R(0), at.p * (math::min(at.log_ratio, R(0)) - log_over)),
                   math::select(at.q == R(0), R(0), at.q * (math::min(-at.log_ratio, R(0)) - log_over))};
    };
    // The first waits where the gradient will be.
    const auto total = reduce_keeping<add_narrow, add_narrow>(team, n, gradient, terms);
    const double divergence = (1 - o.alpha) * total[0] + o.alpha * total[1];
    team.once([&] { out.divergence[row] = T(n > 0 ? math::max(divergence, 0.0) : 0.0); });
    if (!gradient) return;
    const R centre = R(total[0]), none = divergence == divergence ? R(0) : R(divergence),
            part = (R(1) - alpha) * pair.p.inverse, scale = R(1 / pair.p_sum);
    team.each(n, [=](index_t j) {
      const R s = math::falling_exp(pair.p(j)) * scale;
      R product;
      if constexpr (row_powers<T>::fit) product = gradient[j];
      else product = terms(j)[0];
      gradient[j] = T(math::select(s == R(0), none, part * (product - s * centre) + none));
    });
  }
};

/// Writes divergences and gradients.
template <storage T = float, backend Backend>
void jsd_from_logits(const Backend& backend, const op::jsd_from_logits::inputs<T>& in,
                     const op::jsd_from_logits::outputs<T>& out, const op::jsd_from_logits::options& o) {
  const auto rule = check<op::jsd_from_logits>(backend, in, out, o);
  rule(real_t<T>(o.temperature) > 0, "temperature", "is 0 in this type");
  if (o.alpha > 0 && o.alpha < 1) return backend.for_segments(in.rows, jsd_program<T>{in, out, o});
  launch_kl<T>(backend, {in.rows, in.logits, in.ref_logits}, {out.divergence, out.grad_logits},
               {o.alpha > 0 ? kl_direction::reverse : kl_direction::forward, o.temperature});
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto jsd_from_logits(const Backend& backend, const op::jsd_from_logits::inputs<T>& in,
                     const op::jsd_from_logits::options& o = {}) {
  return returned<op::jsd_from_logits, T>(backend, in, o, [&](auto& out) { jsd_from_logits(backend, in, out, o); });
}

}}  // namespace guerdon
