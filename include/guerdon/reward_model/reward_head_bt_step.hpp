#pragma once
// One step of gradient descent of a two-layer SiLU head on preference pairs.
//
// $$dz = g\, w_2\, \mathrm{silu}'(z), \qquad \nabla W_1 = \sum dz\, h^T, \quad \nabla b_1 = \sum dz, \quad
//   \nabla w_2 = \sum g\, \mathrm{silu}(z), \quad \nabla b_2 = \sum g$$
//
// over both answers of all pairs, with the derivatives g of bt_loss_regularized by their rewards, and
//
// $$\theta' = \theta\,(1 - \eta \lambda) - \eta\, c\, \nabla\theta, \qquad
//   c = \begin{cases} 1 & \|\nabla\| \le m \text{ or } m \le 0 \\ m / (\|\nabla\| + 10^{-6}) & \text{else} \end{cases}$$
//
// with learning_rate $\eta$, weight_decay $\lambda$, and the norm over all four gradients, at most m = max_grad_norm.
//
// Source: BaseReward's head, arXiv:2509.16127; the step is this project's own.
//
// Details that differ:
// - Decay takes the biases too. Gradients and norm are reported as they are before clipping.
// - The bias of the output gets exactly 0 from the ranking loss: a pair's two derivatives cancel.
// - New weights may overwrite the old. No pair is an error.
//
// Cost: six operations per weight and pair, and 16 bytes per hidden unit and answer of scratch.

#include <guerdon/reward_model/bt_loss_regularized.hpp>
#include <guerdon/reward_model/head.hpp>

namespace guerdon {
namespace op {
struct reward_head_bt_step {
  static constexpr info about{"reward_head_bt_step", "reward_model", "A gradient step of a reward head on pairs",
                              "arXiv:2509.16127", skeleton::global_reduce, 1e-5, true};
  template <real T>
  struct inputs {
    view<const T> hidden_chosen;    ///< [N,D] hidden states of the preferred answers, N >= 1
    view<const T> hidden_rejected;  ///< [N,D] of the other ones
    view<const T> w1;               ///< [H,D]
    view<const T> b1;               ///< [H]
    view<const T> w2;               ///< [H]
    view<const T> b2;               ///< [1]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;             ///< [1] ranking loss and weighted penalty, before the step
    Of<T> reward_chosen;    ///< [N] before the step
    Of<T> reward_rejected;  ///< [N]
    Of<T> grad_w1;          ///< [H,D]
    Of<T> grad_b1;          ///< [H]
    Of<T> grad_w2;          ///< [H]
    Of<T> grad_b2;          ///< [1]
    Of<T> grad_norm;        ///< [1] of all four together
    Of<T> new_w1;           ///< [H,D]
    Of<T> new_b1;           ///< [H]
    Of<T> new_w2;           ///< [H]
    Of<T> new_b2;           ///< [1]
  };
  struct options {
    double learning_rate = 0;
    double weight_decay = 0;
    double zero_coef = 0;  ///< weight of the penalty
    zero_penalty_form zero_form = zero_penalty_form::squares;
    double max_grad_norm = 0;  ///< 0 or less: no clipping
  };

  template <class I>
  static constexpr auto arguments() {  // what tells sizes comes first
    return std::tuple(array("b1", &I::b1, "H", drawn(-1, 1)), array("w2", &I::w2, "H", drawn(-1, 1)),
                      array("b2", &I::b2, "1", drawn(-1, 1)), array("w1", &I::w1, "H,D", drawn(-1, 1)),
                      array("hidden_chosen", &I::hidden_chosen, "N,D", drawn(-2, 2)),
                      array("hidden_rejected", &I::hidden_rejected, "N,D", drawn(-2, 2)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("reward_chosen", &O::reward_chosen, "N"),
                      array("reward_rejected", &O::reward_rejected, "N"), array("grad_w1", &O::grad_w1, "H,D"),
                      array("grad_b1", &O::grad_b1, "H"), array("grad_w2", &O::grad_w2, "H"),
                      array("grad_b2", &O::grad_b2, "1"), array("grad_norm", &O::grad_norm, "1"),
                      array("new_w1", &O::new_w1, "H,D"), array("new_b1", &O::new_b1, "H"),
                      array("new_w2", &O::new_w2, "H"), array("new_b2", &O::new_b2, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("learning_rate", &options::learning_rate, drawn(0, 0.5)),
                      option("weight_decay", &options::weight_decay, drawn(0, 0.1)),
                      option("zero_coef", &options::zero_coef, drawn(0, 0.2)), choice("zero_form", &options::zero_form),
                      option("max_grad_norm", &options::max_grad_norm, drawn(0, 2)));
  }
  static constexpr std::array gradients{gradient{"grad_w1", "loss", "w1"}, gradient{"grad_b1", "loss", "b1"},
                                        gradient{"grad_w2", "loss", "w2"}, gradient{"grad_b2", "loss", "b2"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// What a hidden unit gets of one answer, for all answers: the preferred ones, then the others.
template <class T>
struct head_pass {
  static constexpr bool short_segments = true;
  op::reward_head_bt_step::inputs<T> in;
  reward_head<T> head;
  index_t pairs;
  view<double> z, dz;          // [2N,H] what goes into the units, and d loss by it
  view<double> reward, slope;  // [2N] and d loss by it

  GUERDON_HD const T* features(index_t answer) const {
    const T* const all = answer < pairs ? in.hidden_chosen.data() : in.hidden_rejected.data();
    return all + (answer < pairs ? answer : answer - pairs) * head.width();
  }
  GUERDON_HD double before(index_t answer, index_t u) const { return z[answer * head.units() + u]; }
  GUERDON_HD double by_unit(index_t answer, index_t u) const { return dz[answer * head.units() + u]; }

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t answer) const {
    const double sum = team.sum(head.units(), [&](index_t u) {
      const double x = head.before(u, features(answer));
      z[answer * head.units() + u] = x;
      return double(head.w2[u]) * activated(x, head.activation).value;
    });
    team.once([&] { reward[answer] = sum + double(head.b2[0]); });
  }
};

template <class T>
struct head_update {
  view<const T> old;
  view<const T> grad;
  view<T> fresh;
  view<const double> factor;  // [1] learning rate times clip factor
  double kept;

  GUERDON_HD void operator()(index_t k) const {
    fresh[k] = T(double(old[k]) * kept - math::zero_select_product(factor[0], double(grad[k])));
  }
};

/// Writes loss, rewards, gradients and the new weights.
template <real T = float, backend Backend>
void reward_head_bt_step(const Backend& backend, const op::reward_head_bt_step::inputs<T>& in,
                         const op::reward_head_bt_step::outputs<T>& out, const op::reward_head_bt_step::options& o) {
  const auto rule = check<op::reward_head_bt_step>(backend, in, out, o);
  const index_t n = out.reward_chosen.size();
  rule(n > 0, "hidden_chosen", "is empty: there is no mean of nothing");
  const reward_head<T> head{in.w1, in.b1, in.w2, in.b2, head_activation::silu};
  const index_t units = head.units(), width = head.width();
  auto scratch = backend.scratch();
  const auto numbers = [&](index_t count) { return scratch.template take<double>(count); };
  const head_pass<T> pass{in, head, n, numbers(2 * n * units), numbers(2 * n * units), numbers(2 * n), numbers(2 * n)};
  const auto factor = numbers(1);
  backend.for_segments(segments::uniform(2 * n, units), pass);

  reduce_array<add, add, add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const double a = pass.reward[i], b = pass.reward[n + i];
        const regularized_pair pair(a, b, 0, o.zero_coef, o.zero_form);
        const double by_chosen = pair.by_chosen / double(n), by_rejected = pair.by_rejected / double(n);
        out.reward_chosen[i] = T(a);
        out.reward_rejected[i] = T(b);
        pass.slope[i] = by_chosen;
        pass.slope[n + i] = by_rejected;
        return lanes{pair.rank, pair.penalty, by_chosen + by_rejected};
      },
      [=] GUERDON_HD(const lanes<double, 3>& total) {
        out.loss[0] = T(total[0] / double(n) + math::zero_select_product(o.zero_coef, total[1] / double(n)));
        out.grad_b2[0] = T(total[2]);
      });
  backend.each(2 * n * units, [=] GUERDON_HD(index_t i) {
    const double by_value = pass.slope[i / units] * double(head.w2[i % units]);
    pass.dz[i] = by_value * activated(pass.z[i], head_activation::silu).slope;
  });
  backend.each(units * width, [=] GUERDON_HD(index_t k) {
    const index_t u = k / width, d = k % width;
    double sum = 0;
    for (index_t answer = 0; answer < 2 * n; ++answer)
      sum += pass.by_unit(answer, u) * double(pass.features(answer)[d]);
    out.grad_w1[k] = T(sum);
  });
  backend.each(units, [=] GUERDON_HD(index_t u) {
    double by_bias = 0, by_weight = 0;
    for (index_t answer = 0; answer < 2 * n; ++answer) {
      by_bias += pass.by_unit(answer, u);
      by_weight += pass.slope[answer] * activated(pass.before(answer, u), head_activation::silu).value;
    }
    out.grad_b1[u] = T(by_bias);
    out.grad_w2[u] = T(by_weight);
  });

  // All parameters end to end: W1, b1, w2, b2.
  const index_t bias = units * width, second = bias + units, last = second + units;
  reduce_array<add>(
      backend, last + 1,
      [=] GUERDON_HD(index_t k) {
        const T g = k < bias     ? out.grad_w1[k]
                    : k < second ? out.grad_b1[k - bias]
                    : k < last   ? out.grad_w2[k - second]
                                 : out.grad_b2[0];
        return lanes{double(g) * double(g)};
      },
      [=] GUERDON_HD(const lanes<double, 1>& squares) {
        const double norm = math::sqrt(squares[0]), most = o.max_grad_norm;
        out.grad_norm[0] = T(norm);
        factor[0] = o.learning_rate * (most <= 0 || norm <= most ? 1 : most / (norm + 1e-6));
      });
  const double kept = 1 - o.learning_rate * o.weight_decay;
  const auto move = [&](view<const T> old, view<T> grad, view<T> fresh) {
    backend.each(old.size(), head_update<T>{old, grad, fresh, factor, kept});
  };
  move(in.w1, out.grad_w1, out.new_w1);
  move(in.b1, out.grad_b1, out.new_b1);
  move(in.w2, out.grad_w2, out.new_w2);
  move(in.b2, out.grad_b2, out.new_b2);
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto reward_head_bt_step(const Backend& backend, const op::reward_head_bt_step::inputs<T>& in,
                         const op::reward_head_bt_step::options& o = {}) {
  return returned<op::reward_head_bt_step, T>(backend, in, o,
                                              [&](auto& out) { reward_head_bt_step(backend, in, out, o); });
}

}}  // namespace guerdon
