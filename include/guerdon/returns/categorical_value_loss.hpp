#pragma once
// Cross-entropy of each row's softmax against a target distribution, and its gradient.
//
// $$\ell = -\sum_k p_k \log \mathrm{softmax}(x)_k, \qquad
//   \frac{\partial \ell}{\partial x_k} = \mathrm{softmax}(x)_k \sum_j p_j - p_k$$
//
// Source: textbook; the loss of MuZero, C51 and HL-Gauss (two_hot_encode, categorical_project, hl_gauss_encode).
//
// Details that differ:
// - The rows of probs need not sum to 1. A probability of 0 contributes nothing, not even against a logit of -inf,
//   where p log p is NaN in the usual code.
// - A row of which every logit is -inf, or with NaN or +inf, is NaN. A row without entries: 0.
// - Probabilities are constants: no gradient goes to them.
//
// Cost: 16 bytes per logit in float (both rows read, from cache twice more, the gradient written).

#include <guerdon/objective/softmax.hpp>

namespace guerdon {
namespace op {
struct categorical_value_loss {
  static constexpr info about{"categorical_value_loss", "returns",
                              "Cross-entropy of logits against a value distribution",
                              "arXiv:1911.08265; arXiv:2403.03950", skeleton::logits_rows};
  template <storage T>
  struct inputs {
    segments rows;         ///< cuts the logits into N distributions: segments::uniform(N, K) for [N,K]
    view<const T> logits;  ///< [N,K]
    view<const T> probs;   ///< [N,K] >= 0, the target
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;         ///< [N]
    Of<T> grad_logits;  ///< [N,K] d loss / d logits
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("logits", &I::logits, "B,T", drawn(-5, 5)),
                      array("probs", &I::probs, "B,T", at_least(0, 1)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "B"), array("grad_logits", &O::grad_logits, "B,T"));
  }
  static constexpr auto parameters() { return std::tuple(); }
  static constexpr std::array gradients{gradient{"grad_logits", "loss", "logits"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct categorical_loss_program {
  static constexpr bool long_segments = true;
  op::categorical_value_loss::inputs<T> in;
  op::categorical_value_loss::outputs<T> out;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const T* const x = in.logits.data() + begin;
    const T* const p = in.probs.data() + begin;
    T* const gradient = out.grad_logits.data() + begin;
    const R top = R(team.template reduce<highest>(n, [=](index_t k) { return lanes{R(x[k])}; })[0]);
    const auto total = team.template reduce<add_narrow, add, add>(n, [=](index_t k) {
      const R y = R(x[k]) - top;
      return lanes{math::exp(y), R(p[k]), math::zero_select_product(R(p[k]), y)};
    });
    const double mass = total[1];
    team.once([&] {
      out.loss[row] = T(n > 0 ? math::zero_select_product(mass, math::log(total[0])) - total[2] : 0.0);
    });
    const R scale = R(math::zero_select_product(mass, 1 / total[0]));
    team.each(n, [=](index_t k) {
      gradient[k] = T(math::zero_select_product(scale, math::exp(R(x[k]) - top)) - R(p[k]));
    });
  }
};

/// Writes losses and gradients.
template <storage T = float, backend Backend>
void categorical_value_loss(const Backend& backend, const op::categorical_value_loss::inputs<T>& in,
                            const op::categorical_value_loss::outputs<T>& out,
                            const op::categorical_value_loss::options& o) {
  check<op::categorical_value_loss>(backend, in, out, o);
  backend.for_segments(in.rows, categorical_loss_program<T>{in, out});
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto categorical_value_loss(const Backend& backend, const op::categorical_value_loss::inputs<T>& in,
                            const op::categorical_value_loss::options& o = {}) {
  return returned<op::categorical_value_loss, T>(backend, in, o,
                                                 [&](auto& out) { categorical_value_loss(backend, in, out, o); });
}

}}  // namespace guerdon
