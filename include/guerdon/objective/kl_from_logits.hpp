#pragma once
// The exact KL divergence of the softmax of two rows of logits, and its gradient.
//
// $$\mathrm{KL}(\pi\|\pi_{ref}) = \sum_j p_j \log\frac{p_j}{q_j} \;\text{(reverse)}, \qquad
//   \mathrm{KL}(\pi_{ref}\|\pi) = \sum_j q_j \log\frac{q_j}{p_j} \;\text{(forward)}$$
//
// with $p = \mathrm{softmax}(x/\tau)$ of the logits and q of the reference's. The gradient with respect to the logits
// as they are is $p_j (\log p_j - \log q_j - \mathrm{KL})/\tau$ and $(p_j - q_j)/\tau$.
//
// Source: textbook; what kl_estimate estimates from single tokens.
//
// Details that differ:
// - No factor of the temperature squared, by which distillation code often multiplies.
// - Where the leading probability is 0 its term is 0, and in reverse so is the gradient. Mass where the other
//   distribution has none: infinite. A NaN anywhere in a row of either input makes divergence and gradient of that row
//   NaN.
// - Equal rows give exactly 0; rounding gives nothing below 0.
//
// Cost: 16 bytes per logit in float (both rows read twice, from cache where they fit it), 20 more for the gradient.

#include <guerdon/objective/softmax.hpp>

namespace guerdon {

/// Which distribution leads: the policy, KL(policy || reference), or the reference.
enum class kl_direction { reverse, forward };
constexpr auto enumerators(kl_direction) { return std::array{"reverse", "forward"}; }

namespace op {

/// Logits of a policy or student and of a reference or teacher.
template <class I>
constexpr auto logits_pair_arguments() {
  return std::tuple(op::rows(&I::rows), array("logits", &I::logits, "B,T", drawn(-5, 5)),
                    array("ref_logits", &I::ref_logits, "B,T", drawn(-5, 5)));
}

struct kl_from_logits {
  static constexpr info about{"kl_from_logits", "objective",
                              "Exact KL of two rows of logits, in either direction, and its gradient", "",
                              skeleton::logits_rows};
  template <storage T>
  struct inputs {
    segments rows;             ///< cuts the logits into M distributions: segments::uniform(M, V) for [M,V]
    view<const T> logits;      ///< [M,V] of the policy
    view<const T> ref_logits;  ///< [M,V] of the reference
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> kl;                ///< [M] nats
    Of<T> grad_logits = {};  ///< [M,V] d kl / d logits; left out: not computed
  };
  struct options {
    kl_direction direction = kl_direction::reverse;
    double temperature = 1;  ///< > 0, divides both logits
  };

  template <class I>
  static constexpr auto arguments() { return logits_pair_arguments<I>(); }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("kl", &O::kl, "B"), optional_array("grad_logits", &O::grad_logits, "B,T"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("direction", &options::direction),
                      option("temperature", &options::temperature, greater_than(0, 0.3, 3)));
  }
  static constexpr std::array gradients{gradient{"grad_logits", "kl", "logits"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct kl_program {
  static constexpr bool long_segments = true, vocabulary_segments = true;
  op::kl_from_logits::inputs<T> in;
  op::kl_from_logits::outputs<T> out;
  op::kl_from_logits::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const bool reverse = o.direction == kl_direction::reverse;
    const T *const x = in.logits.data() + begin, *const y = in.ref_logits.data() + begin;
    T* const gradient = out.grad_logits ? out.grad_logits.data() + begin : nullptr;
    const R inverse = finite_inverse(R(o.temperature));
    softened_rows<softened_row<T>, 2> rows{{{reverse ? x : y, R(0), inverse}, {reverse ? y : x, R(0), inverse}}};
    const auto sum = rows.template reduce<add_narrow, add_narrow, add_narrow>(
        team, n, gradient,
        [](index_t j, const softened_rows<softened_row<T>, 2>& at) {
          const R a = at[0](j), b = at[1](j), e = math::falling_exp(a);
          return lanes{e, math::falling_exp(b), math::select(e == R(0), R(0), e * (a - b))};
        },
        [](lanes<double, 3>& s, int k, double fall) {
          const double w = math::exp(fall), change = math::zero_select_product(s[0], fall);
          if (k == 0) s[2] = math::zero_select_product(w, s[2] + change), s[0] *= w;
          else s[2] -= change, s[1] *= w;
        });
    const softmax_pair<T> pair(rows, sum[0], sum[1]);
    const double p_over_q = sum[2] / sum[0] + (math::log(sum[1]) - math::log(sum[0]));
    const double kl = n > 0 ? math::max(p_over_q, 0.0) : 0;
    team.once([&] { out.kl[row] = T(kl); });
    if (!gradient) return;
    const row_powers<T> power{pair.p, gradient};
    const R centre = R(kl), none = math::select(centre == centre, R(0), centre);
    const R p_scale = R(1 / pair.p_sum), q_scale = R(1 / pair.q_sum);
    if (reverse)
      return team.each(n, [=](index_t j) {
        const R p = power(j) * p_scale;
        gradient[j] = T(math::select(p == R(0), none, p * (pair.log_ratio(j) - centre)) * inverse);
      });
    team.each(n, [=](index_t j) {
      gradient[j] = T((math::falling_exp(pair.q(j)) * q_scale - power(j) * p_scale + none) * inverse);
    });
  }
};

template <class T, class Backend>
void launch_kl(const Backend& backend, const op::kl_from_logits::inputs<T>& in,
               const op::kl_from_logits::outputs<T>& out, const op::kl_from_logits::options& o) {
  backend.for_segments(in.rows, kl_program<T>{in, out, o});
}

/// Writes divergences and gradients.
template <storage T = float, backend Backend>
void kl_from_logits(const Backend& backend, const op::kl_from_logits::inputs<T>& in,
                    const op::kl_from_logits::outputs<T>& out, const op::kl_from_logits::options& o) {
  const auto rule = check<op::kl_from_logits>(backend, in, out, o);
  rule(real_t<T>(o.temperature) > 0, "temperature", "is 0 in this type");
  launch_kl<T>(backend, in, out, o);
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto kl_from_logits(const Backend& backend, const op::kl_from_logits::inputs<T>& in,
                    const op::kl_from_logits::options& o = {}) {
  return returned<op::kl_from_logits, T>(backend, in, o, [&](auto& out) { kl_from_logits(backend, in, out, o); });
}

}}  // namespace guerdon
