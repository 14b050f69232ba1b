#pragma once
// Log-probability of one token per row of logits, its gradient, and the sum of squared probabilities.
//
// $$\log p_k = \frac{x_k}{\tau} - \log \sum_j e^{x_j/\tau}, \qquad
//   \frac{\partial \log p_k}{\partial x_j} = \frac{[j = k] - p_j}{\tau}, \qquad \sum_j p_j^2$$
//
// with the chosen token $k$ and the temperature $\tau$. The sum of squares is what token_baseline_advantage
// needs for the squared norm of the score.
//
// Source: textbook; the selective log-softmax of every trainer for language models.
//
// Details that differ:
// - The gradient is with respect to the raw logits, before the temperature.
// - Trainers that sample with a temperature must use it here too, or the log-probabilities are those of
//   another policy.
// - Where V is large the log-softmax of the whole row is usually materialised; here nothing of size V is
//   written but the gradient, and that may be left out.
// - The maximum is taken off first: no offset overflows. A chosen token with a logit of -inf has
//   log-probability -inf.
// - `keep_mask` gives the log-probability under the distribution that top-k or top-p sampling drew from: the softmax over
//   the kept tokens and the chosen one, which is always kept. The others are not read and have gradient 0. Without it a
//   trainer compares the whole row's log-probability with the engine's truncated one.
// - NaN or +inf in a row makes that row NaN, its kept tokens where there is a `keep_mask`.
//
// Cost: 4 bytes per logit in float; with the gradient 20, which holds the exponentials meanwhile (read and written again
// from cache where a row fits it).

#include <guerdon/objective/softmax.hpp>

namespace guerdon {
namespace op {
struct logprob_from_logits {
  static constexpr info about{"logprob_from_logits", "objective",
                              "Log-probability of the chosen token of each row, its gradient, sum of p squared", "",
                              skeleton::logits_rows};
  template <storage T>
  struct inputs {
    segments rows;                      ///< cuts the logits into M distributions: segments::uniform(M, V) for [M,V]
    view<const T> logits;               ///< [M,V]
    view<const index_t> token;          ///< [M] the chosen token of each row, 0 to V-1
    view<const flag_t> keep_mask = {};  ///< [M,V] 1 = the sampler could choose it; left out: all
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> logprob;              ///< [M] nats
    Of<T> grad_logits = {};     ///< [M,V] d logprob / d logits; left out: not computed
    Of<T> sum_pi_squared = {};  ///< [M]; left out: not written
  };
  struct options {
    double temperature = 1;  ///< > 0, divides the logits
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("logits", &I::logits, "B,T", drawn(-5, 5)),
                      array("token", &I::token, "B", position_in_row()),
                      optional_array("keep_mask", &I::keep_mask, "B,T", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("logprob", &O::logprob, "B"), optional_array("grad_logits", &O::grad_logits, "B,T"),
                      optional_array("sum_pi_squared", &O::sum_pi_squared, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("temperature", &options::temperature, greater_than(0, 0.3, 3)));
  }
  static constexpr std::array gradients{gradient{"grad_logits", "logprob", "logits"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// A row of logits at a temperature, of which `some` tokens or all are kept.
template <class T, bool some>
struct kept_row {
  using R = real_t<T>;
  const T* x;
  R top, inverse;
  const flag_t* keep;
  index_t token;  ///< always kept

  GUERDON_HD bool kept(index_t j) const { return some ? (keep[j] != 0) | (j == token) : true; }
  GUERDON_HD R logit(index_t j) const { return math::select(kept(j), R(x[j]), -std::numeric_limits<R>::infinity()); }
  GUERDON_HD R operator()(index_t j) const { return (logit(j) - top) * inverse; }
};

template <class T>
struct logprob_program {
  static constexpr bool long_segments = true, vocabulary_segments = true;
  op::logprob_from_logits::inputs<T> in;
  op::logprob_from_logits::outputs<T> out;
  double temperature;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    in.keep_mask ? of_row<true>(team, row) : of_row<false>(team, row);
  }

 private:
  template <bool some, class Team>
  GUERDON_HD void of_row(Team& team, index_t row) const {
    using R = real_t<T>;
    const index_t begin = in.rows.begin(row), n = in.rows.size(row), token = in.token[row];
    const T* const x = in.logits.data() + begin;
    T* const gradient = out.grad_logits ? out.grad_logits.data() + begin : nullptr;
    using row_t = kept_row<T, some>;
    const flag_t* const keep = some ? in.keep_mask.data() + begin : nullptr;
    softened_rows<row_t, 1> rows{{{x, R(0), finite_inverse(R(temperature)), keep, token}}};
    const auto total = rows.template reduce<add_narrow, add_narrow>(
        team, n, gradient,
        [](index_t j, const softened_rows<row_t, 1>& at) {
          const R e = math::falling_exp(at[0](j));
          return lanes{e, e * e};
        },
        [](lanes<double, 2>& s, int, double fall) {
          const double w = math::exp(fall);
          s[0] *= w, s[1] *= w * w;
        });
    const row_t y = rows[0];
    team.once([&] {
      out.logprob[row] = T(double(y(token)) - math::log(total[0]));
      if (out.sum_pi_squared) out.sum_pi_squared[row] = T(total[1] / (total[0] * total[0]));
    });
    if (!gradient) return;
    const R scale = R(1 / total[0]);
    team.each(n, [=](index_t j) {
      R e;
      if constexpr (row_powers<T>::fit) e = gradient[j];
      else e = math::falling_exp(y(j));
      const R slope = (math::select(j == token, R(1), R(0)) - e * scale) * y.inverse;
      gradient[j] = T(math::select(y.kept(j), slope, R(0)));
    });
  }
};

/// Writes log-probabilities, gradients and sums.
template <storage T = float, backend Backend>
void logprob_from_logits(const Backend& backend, const op::logprob_from_logits::inputs<T>& in,
                         const op::logprob_from_logits::outputs<T>& out, const op::logprob_from_logits::options& o) {
  const auto rule = check<op::logprob_from_logits>(backend, in, out, o);
  rule(real_t<T>(o.temperature) > 0, "temperature", "is 0 in this type");
  if constexpr (Backend::on_host)
    for (index_t row = 0; row < in.rows.count(); ++row)
      rule(in.token[row] >= 0 && in.token[row] < in.rows.size(row), "token", "must lie between 0 and V-1");
  backend.for_segments(in.rows, logprob_program<T>{in, out, o.temperature});
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto logprob_from_logits(const Backend& backend, const op::logprob_from_logits::inputs<T>& in,
                         const op::logprob_from_logits::options& o = {}) {
  return returned<op::logprob_from_logits, T>(backend, in, o,
                                              [&](auto& out) { logprob_from_logits(backend, in, out, o); });
}

}}  // namespace guerdon
