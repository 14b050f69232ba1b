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
// Cost: 12 bytes per logit in float (read three times, from cache where a row fits it), 4 more for the
// gradient.

#include <guerdon/core/launch.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

template <storage T>
struct entropy_from_logits_inputs {
  segments rows;         ///< cuts the logits into M distributions: segments::uniform(M, V) for [M,V]
  view<const T> logits;  ///< [M,V]
};

template <storage T, template <class> class Of = view>
struct entropy_from_logits_outputs {
  Of<T> entropy;           ///< [M] nats
  Of<T> grad_logits = {};  ///< [M,V] d entropy / d logits; left out: not computed
};

struct entropy_from_logits_options {
  double temperature = 1;  ///< > 0, divides the logits
};

namespace detail {

template <class T>
struct entropy_program {
  entropy_from_logits_inputs<T> in;
  entropy_from_logits_outputs<T> out;
  double temperature;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const T* const x = in.logits.data() + begin;
    const R tau = R(temperature);
    const R top = R(team.template reduce<highest>(n, [=](index_t j) { return lanes{R(x[j])}; })[0]);
    const auto total = team.template reduce<add_narrow, add_narrow>(n, [=](index_t j) {
      const R y = (R(x[j]) - top) / tau, e = math::exp(y);
      return lanes{e, math::select(e == R(0), R(0), e * y)};
    });
    const double mean = total[1] / total[0];  // of y, so log p + H = y - mean
    team.once([&] { out.entropy[row] = T(n > 0 ? math::log(total[0]) - mean : 0.0); });
    if (!out.grad_logits) return;
    T* const gradient = out.grad_logits.data() + begin;
    const R scale = R(1 / total[0]), centre = R(mean);
    team.each(n, [=](index_t j) {
      const R y = (R(x[j]) - top) / tau, p = math::exp(y) * scale;
      gradient[j] = T(math::select(p == R(0), R(0), -p * (y - centre) / tau));
    });
  }
};

}  // namespace detail

/// Writes entropies and gradients. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void entropy_from_logits(const Backend& backend, const entropy_from_logits_inputs<T>& in,
                         const entropy_from_logits_outputs<T>& out, const entropy_from_logits_options& o = {}) {
  constexpr auto op = "entropy_from_logits";
  const index_t n = in.logits.size();
  require_segments(backend, in.rows, n, op, "logits");
  require_size(out.entropy.size(), in.rows.count(), op, "entropy", "one number per row");
  if (out.grad_logits) require_size(out.grad_logits.size(), n, op, "grad_logits", "logits");
  require(real_t<T>(o.temperature) > 0, op, "temperature", "must be greater than 0");
  backend.for_segments(in.rows, detail::entropy_program<T>{in, out, o.temperature});
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto entropy_from_logits(const Backend& backend, const entropy_from_logits_inputs<T>& in,
                         const entropy_from_logits_options& o = {}) {
  entropy_from_logits_outputs<T, Backend::template array> result{backend.template make<T>(in.rows.count()),
                                                                 backend.template make<T>(in.logits.size())};
  entropy_from_logits<T>(backend, in, {result.entropy, result.grad_logits}, o);
  return result;
}

}}  // namespace guerdon
