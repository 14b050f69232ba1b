#pragma once
// What the reasoning added to the probability of the reference answer, shaped, and mixed with the format's reward.
//
// $$x_i = s_i - s^0_i, \qquad r_i = (1 - f)\,h(x_i) + f\,\text{format}_i + \text{penalty}_i$$
//
// with the score $s^0$ of the answer right after the question, and t = `shaping_param`, which is also k:
//
// | shaping | h(x) |
// |---|---|
// | threshold | 0 if x < t, else x |
// | identity | x |
// | one_minus | 1 - x |
// | sigmoid | $\sigma(k(2x - 1))$; $\sigma(x)$ where k = 0 |
// | leaky | 0.01 x if x < t, else x |
//
// Source: RLPR, arXiv:2506.18254, eqs. 5 and 6; the shapes are those of its released code.
//
// Details that differ:
// - The paper clips to [0, 1]: threshold with t = 0. A difference of probabilities is never above 1; where scores are
//   mean_logprob, use identity.
// - The released run has f = 0.1, the format that each of four tags stands exactly once and in order, and a penalty
//   (ngram_repeat_penalty).
// - `format_coef = -1` is a gate: h(x) where the format is right, else -1; the penalty is added in either case.
// - The gradient is an optional result; the score is a constant in RLPR.
//
// Cost: 22 bytes per answer in float.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class debias_shaping { threshold, identity, one_minus, sigmoid, leaky };
constexpr auto enumerators(debias_shaping) {
  return std::array{"threshold", "identity", "one_minus", "sigmoid", "leaky"};
}

namespace op {
struct rlpr_reward {
  static constexpr info about{"rlpr_reward", "shaping", "Probability gained by reasoning, mixed with format (RLPR)",
                              "arXiv:2506.18254", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> score;         ///< [N] of the reference answer after the reasoning
    view<const T> base_score;    ///< [N] the same without reasoning
    view<const flag_t> format;   ///< [N] 1 = well formed
    view<const T> penalty = {};  ///< [N] at most 0, added; left out: 0
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> debiased;    ///< [N] h(x)
    Of<T> reward;      ///< [N]
    Of<T> grad_score;  ///< [N] d reward / d score; optional
  };
  struct options {
    debias_shaping shaping = debias_shaping::threshold;  ///< h
    double shaping_param = 0;                            ///< t, or k
    double format_coef = 0.1;                            ///< f, between 0 and 1; or -1
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("score", &I::score, "N", drawn(0, 1)),
                      array("base_score", &I::base_score, "N", drawn(0, 1)),
                      array("format", &I::format, "N", yes_or_no()),
                      optional_array("penalty", &I::penalty, "N", drawn(-1, 0)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("debiased", &O::debiased, "N"), array("reward", &O::reward, "N"),
                      optional_array("grad_score", &O::grad_score, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("shaping", &options::shaping),
                      option("shaping_param", &options::shaping_param, drawn(-0.5, 3)),
                      option("format_coef", &options::format_coef, any_value().drawn(0, 1)));
  }
  static constexpr std::array gradients{gradient{"grad_score", "reward", "score"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// h(x) and h'(x).
template <class T>
struct debiased_score {
  T value, slope;

  GUERDON_HD debiased_score(T x, debias_shaping shaping, T param) : value(x), slope(1) {
    switch (shaping) {
      case debias_shaping::identity: break;
      case debias_shaping::threshold:
        if (x < param) value = slope = 0;
        break;
      case debias_shaping::one_minus:
        value = 1 - x;
        slope = -1;
        break;
      case debias_shaping::sigmoid: {
        const T z = param == 0 ? x : param * (2 * x - 1);
        value = math::sigmoid(z);
        slope = value * math::sigmoid(-z) * (param == 0 ? T(1) : 2 * param);
        break;
      }
      case debias_shaping::leaky:
        slope = x < param ? T(0.01) : T(1);
        value = slope * x;
        break;
    }
  }
};

/// Writes debiased scores, rewards and, if wanted, gradients.
template <real T = float, backend Backend>
void rlpr_reward(const Backend& backend, const op::rlpr_reward::inputs<T>& in, const op::rlpr_reward::outputs<T>& out,
                 const op::rlpr_reward::options& o) {
  const auto rule = check<op::rlpr_reward>(backend, in, out, o);
  const bool gate = o.format_coef == -1;
  rule(gate || (o.format_coef >= 0 && o.format_coef <= 1), "format_coef", "must lie between 0 and 1, or be -1");
  const double f = gate ? 0 : o.format_coef;
  backend.each(in.score.size(), [=] GUERDON_HD(index_t i) {
    const debiased_score<T> h(in.score[i] - in.base_score[i], o.shaping, T(o.shaping_param));
    const bool refused = gate && !in.format[i];
    const double mixed = refused ? -1 : (1 - f) * double(h.value) + (in.format[i] ? f : 0);
    out.debiased[i] = h.value;
    out.reward[i] = T(mixed + (in.penalty ? double(in.penalty[i]) : 0));
    if (out.grad_score) out.grad_score[i] = T(refused ? 0 : (1 - f) * double(h.slope));
  });
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto rlpr_reward(const Backend& backend, const op::rlpr_reward::inputs<T>& in, const op::rlpr_reward::options& o = {}) {
  return returned<op::rlpr_reward, T>(backend, in, o, [&](auto& out) { rlpr_reward(backend, in, out, o); });
}

}}  // namespace guerdon
