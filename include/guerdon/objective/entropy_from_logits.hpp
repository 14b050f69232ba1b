#pragma once
// Entropy of the softmax of each row of logits at a temperature, in nats, and its gradient.
//
// $$H = -\sum_j p_j \log p_j, \qquad p = \mathrm{softmax}(x / \tau), \qquad
//   \frac{\partial H}{\partial x_j} = -p_j (\log p_j + H) / \tau$$
//
// Evaluated from $y = (x - \max x) / \tau$ and $Z = \sum_j e^{y_j}$ as $H = \log Z - \sum_j p_j y_j$: no offset
// overflows, and no temperature.
//
// Source: textbook; the entropy that every policy-gradient trainer logs and some reward.
//
// Details that differ:
// - A policy that samples at a temperature has its entropy there, as verl takes it; OpenRLHF takes that of the undivided
//   logits (temperature 1). The gradient is with respect to the logits as they are, before the division.
// - A logit of -inf (a forbidden token) has p = 0 and contributes 0 to value and gradient. The usual
//   logsumexp - sum p x, as in verl and TRL, is NaN there.
// - A row of which every logit is -inf has no distribution: NaN. So is a row with NaN or +inf. A row without
//   logits: 0.
// - The gradient may be left out; it is the only large thing written.
//
// Cost: 4 bytes per logit in float; with the gradient 24, which holds the exponentials meanwhile (read and written again
// from cache where a row fits it).

#include <guerdon/objective/softmax.hpp>

namespace guerdon {
namespace op {
struct entropy_from_logits {
  static constexpr info about{"entropy_from_logits", "objective", "Entropy of each row's softmax, and its gradient", "",
                              skeleton::logits_rows};
  template <storage T>
  struct inputs {
    segments rows;         ///< cuts the logits into M distributions: segments::uniform(M, V) for [M,V]
    view<const T> logits;  ///< [M,V]
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> entropy;           ///< [M] nats
    Of<T> grad_logits = {};  ///< [M,V] d entropy / d logits; left out: not computed
  };
  struct options {
    double temperature = 1;  ///< > 0, divides the logits
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("logits", &I::logits, "B,T", drawn(-5, 5)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("entropy", &O::entropy, "B"), optional_array("grad_logits", &O::grad_logits, "B,T"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("temperature", &options::temperature, greater_than(0, 0.3, 3)));
  }
  static constexpr std::array gradients{gradient{"grad_logits", "entropy", "logits"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct entropy_program {
  static constexpr bool long_segments = true, vocabulary_segments = true;
  op::entropy_from_logits::inputs<T> in;
  op::entropy_from_logits::outputs<T> out;
  double temperature;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const T* const x = in.logits.data() + begin;
    const R inverse = finite_inverse(R(temperature));
    softened_rows<softened_row<T>, 1> rows{{{x, R(0), inverse}}};
    T* const gradient = out.grad_logits ? out.grad_logits.data() + begin : nullptr;
    const auto total = rows.template reduce<add_narrow, add_narrow>(
        team, n, gradient,
        [](index_t j, const softened_rows<softened_row<T>, 1>& at) {
          const R y = at[0](j), e = math::falling_exp(y);
          return lanes{e, math::select(e == R(0), R(0), e * y)};
        },
        [](lanes<double, 2>& s, int, double fall) {
          const double w = math::exp(fall);
          s[1] = math::zero_select_product(w, s[1] + math::zero_select_product(s[0], fall));
          s[0] *= w;
        });
    const softened_row<T> y_of = rows[0];
    const double mean = total[1] / total[0];  // of y, so log p + H = y - mean
    team.once([&] { out.entropy[row] = T(n > 0 ? math::log(total[0]) - mean : 0.0); });
    if (!gradient) return;
    const row_powers<T> power{y_of, gradient};
    const R scale = R(1 / total[0]), centre = R(mean);
    team.each(n, [=](index_t j) {
      const R y = y_of(j), p = power(j) * scale;
      gradient[j] = T(math::select(p == R(0), R(0), -p * (y - centre) * inverse));
    });
  }
};

/// Writes entropies and gradients.
template <storage T = float, backend Backend>
void entropy_from_logits(const Backend& backend, const op::entropy_from_logits::inputs<T>& in,
                         const op::entropy_from_logits::outputs<T>& out, const op::entropy_from_logits::options& o) {
  const auto rule = check<op::entropy_from_logits>(backend, in, out, o);
  rule(real_t<T>(o.temperature) > 0, "temperature", "is 0 in this type");
  backend.for_segments(in.rows, entropy_program<T>{in, out, o.temperature});
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto entropy_from_logits(const Backend& backend, const op::entropy_from_logits::inputs<T>& in,
                         const op::entropy_from_logits::options& o = {}) {
  return returned<op::entropy_from_logits, T>(backend, in, o,
                                              [&](auto& out) { entropy_from_logits(backend, in, out, o); });
}

}}  // namespace guerdon
