#pragma once
// Ranking loss of a scalar reward model, with the regularisers that were tried on it.
//
// $$L = \frac1N \sum \log\big(1 + e^{-(a - b - m)}\big) + c\,\mathrm{penalty}, \qquad
//   a = r^+ f^+, \quad b = r^- f^-, \quad f = \frac{1}{\ln(\mathrm{length} + \mathrm{offset})}$$
//
// with an optional margin m; f = 1 without length_norm. The penalty keeps rewards near 0: the mean of $a^2 + b^2$
// (`squares`), or of $(a + b)^2$ (`sum_square`).
//
// Source: BaseReward, arXiv:2509.16127; sum_square as in TRL, arXiv:2312.09244.
//
// Details that differ:
// - BaseReward's final setting is no regulariser at all: both forms and the length norm hurt.
// - Its text gives neither formula of the penalty exactly, hence both; the offset in the divisor is this project's, and
//   keeps an answer of one token from a division by 0.
// - bradley_terry_loss has label smoothing besides. `zero_penalty` is reported without its weight; `accuracy` counts a > b,
//   strictly and without the margin. No pair is an error.
//
// Cost: 16 bytes per pair in float, 16 more with lengths.

#include <guerdon/preference/logistic.hpp>

namespace guerdon {

enum class zero_penalty_form { squares, sum_square };
constexpr auto enumerators(zero_penalty_form) { return std::array{"squares", "sum_square"}; }

namespace op {
struct bt_loss_regularized {
  static constexpr info about{"bt_loss_regularized", "reward_model", "Ranking loss with zero-centring and length norm",
                              "arXiv:2509.16127; arXiv:2312.09244", skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> chosen_reward;               ///< [N] of the preferred answer, N >= 1
    view<const T> rejected_reward;             ///< [N] of the other one
    view<const T> margin = {};                 ///< [N] by how much the preferred one should lead; left out: 0
    view<const index_t> chosen_length = {};    ///< [N] tokens; for length_norm
    view<const index_t> rejected_length = {};  ///< [N] tokens; for length_norm
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;           ///< [1] rank_loss + zero_coef * zero_penalty
    Of<T> rank_loss;      ///< [1] mean over the pairs
    Of<T> zero_penalty;   ///< [1]
    Of<T> accuracy;       ///< [1] share of pairs in the right order
    Of<T> grad_chosen;    ///< [N] d loss / d chosen_reward
    Of<T> grad_rejected;  ///< [N] d loss / d rejected_reward
  };
  struct options {
    double zero_coef = 0;  ///< weight of the penalty
    zero_penalty_form zero_form = zero_penalty_form::squares;
    bool length_norm = false;  ///< divide rewards by the logarithm of the length
    double length_offset = 1;  ///< length + offset must be greater than 1
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("chosen_reward", &I::chosen_reward, "N"),
                      array("rejected_reward", &I::rejected_reward, "N"),
                      optional_array("margin", &I::margin, "N", drawn(0, 1)),
                      optional_array("chosen_length", &I::chosen_length, "N", integers(1, 40)),
                      optional_array("rejected_length", &I::rejected_length, "N", integers(1, 40)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("rank_loss", &O::rank_loss, "1"),
                      array("zero_penalty", &O::zero_penalty, "1"), array("accuracy", &O::accuracy, "1"),
                      array("grad_chosen", &O::grad_chosen, "N"), array("grad_rejected", &O::grad_rejected, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("zero_coef", &options::zero_coef, drawn(0, 0.2)), choice("zero_form", &options::zero_form),
                      flag("length_norm", &options::length_norm),
                      option("length_offset", &options::length_offset, drawn(1, 3)));
  }
  static constexpr std::array gradients{gradient{"grad_chosen", "loss", "chosen_reward"},
                                        gradient{"grad_rejected", "loss", "rejected_reward"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Ranking loss and penalty of a pair, and the derivatives of their weighted sum.
struct regularized_pair {
  double rank, penalty, by_chosen, by_rejected;

  GUERDON_HD regularized_pair(double a, double b, double margin, double zero_coef, zero_penalty_form form) {
    const logistic_value l = logistic(a - b - margin);
    const bool squares = form == zero_penalty_form::squares;
    rank = l.loss;
    penalty = squares ? a * a + b * b : (a + b) * (a + b);
    by_chosen = l.slope + math::zero_select_product(2 * zero_coef, squares ? a : a + b);
    by_rejected = -l.slope + math::zero_select_product(2 * zero_coef, squares ? b : a + b);
  }
};

/// Writes loss, its parts and gradients.
template <real T = float, backend Backend>
void bt_loss_regularized(const Backend& backend, const op::bt_loss_regularized::inputs<T>& in,
                         const op::bt_loss_regularized::outputs<T>& out, const op::bt_loss_regularized::options& o) {
  const auto rule = check<op::bt_loss_regularized>(backend, in, out, o);
  const index_t n = in.chosen_reward.size();
  rule(n > 0, "chosen_reward", "is empty: there is no mean of nothing");
  rule(!o.length_norm || in.chosen_length, "chosen_length", "is required for length_norm");
  rule(!o.length_norm || in.rejected_length, "rejected_length", "is required for length_norm");
  if constexpr (Backend::on_host)
    for (index_t i = 0; o.length_norm && i < n; ++i) {
      rule(double(in.chosen_length[i]) + o.length_offset > 1, "chosen_length",
           "plus length_offset must be greater than 1");
      rule(double(in.rejected_length[i]) + o.length_offset > 1, "rejected_length",
           "plus length_offset must be greater than 1");
    }
  reduce_array<add, add, add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const auto factor = [&](view<const index_t> length) {
          return o.length_norm ? 1 / math::log(double(length[i]) + o.length_offset) : 1;
        };
        const double f = factor(in.chosen_length), g = factor(in.rejected_length);
        const double a = double(in.chosen_reward[i]) * f, b = double(in.rejected_reward[i]) * g;
        const regularized_pair pair(a, b, in.margin ? double(in.margin[i]) : 0, o.zero_coef, o.zero_form);
        out.grad_chosen[i] = T(pair.by_chosen * f / double(n));
        out.grad_rejected[i] = T(pair.by_rejected * g / double(n));
        return lanes{pair.rank, pair.penalty, a > b ? 1.0 : 0.0};
      },
      [=] GUERDON_HD(const lanes<double, 3>& total) {
        const double rank = total[0] / double(n), penalty = total[1] / double(n);
        out.loss[0] = T(rank + math::zero_select_product(o.zero_coef, penalty));
        out.rank_loss[0] = T(rank);
        out.zero_penalty[0] = T(penalty);
        out.accuracy[0] = T(total[2] / double(n));
      });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto bt_loss_regularized(const Backend& backend, const op::bt_loss_regularized::inputs<T>& in,
                         const op::bt_loss_regularized::options& o = {}) {
  return returned<op::bt_loss_regularized, T>(backend, in, o,
                                              [&](auto& out) { bt_loss_regularized(backend, in, out, o); });
}

}}  // namespace guerdon
