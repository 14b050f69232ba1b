#pragma once
// Loss of a ranking model of messages on pairs that a language model compared, ties and unreadable answers among them.
//
// $$m = \frac1S \sum_s r_s, \qquad
//   L = -\frac1N \sum \big( (1 - y) \log\sigma(m_0 - m_1) + y \log\sigma(m_1 - m_0) \big)$$
//
// with y = 0 where the first is preferred (label 0), 1 where the second is (1), and one half else, for the mean of S rewards
// in time per item.
//
// Source: ONI, arXiv:2410.23022, as in its released code.
//
// Details that differ:
// - `accuracy` counts the rows that are no tie; of equal rewards the first is the guess. No such row: NaN.
// - The released trainer clips the norm of the gradient at 10. No row: loss 0. A label below 0 is an error (host backends).
//
// Cost: the rewards read once, the gradient written.

#include <guerdon/preference/logistic.hpp>

namespace guerdon {
namespace op {
struct oni_ranking_loss {
  static constexpr info about{"oni_ranking_loss", "reward_model", "Compared messages, ties among them (ONI)",
                              "arXiv:2410.23022", skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> reward = {};       ///< [N,2] of the two items of each pair, or
    view<const T> step_reward = {};  ///< [S,N,2] at S steps in time, which are averaged
    view<const index_t> label;       ///< [N] 0: the first is preferred, 1: the second, 2 and more: a tie, or unreadable
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;         ///< [1] mean over the pairs
    Of<T> grad_reward;  ///< d loss / d reward, or by step_reward, in its shape
    Of<T> accuracy;     ///< [1] share of the pairs without a tie that are in the right order
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("label", &I::label, "N", counts(3)), optional_array("reward", &I::reward, "N,2"),
                      optional_array("step_reward", &I::step_reward, "S,N,2").in_files("reward"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_reward", &O::grad_reward, "S,N,2"),
                      array("accuracy", &O::accuracy, "1").or_nan());
  }
  static constexpr auto parameters() { return std::tuple(); }
  static constexpr std::array gradients{gradient{"grad_reward", "loss", "reward"}};

  static constexpr char decided_symbol = 'S';
  /// Rewards without steps in time are those of one step.
  template <class I>
  static index_t decided_size(const I& in, const options&) { return in.reward ? 1 : -1; }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes loss, gradient and accuracy.
template <real T = float, backend Backend>
void oni_ranking_loss(const Backend& backend, const op::oni_ranking_loss::inputs<T>& in,
                      const op::oni_ranking_loss::outputs<T>& out, const op::oni_ranking_loss::options& o) {
  const auto rule = check<op::oni_ranking_loss>(backend, in, out, o);
  const index_t n = in.label.size(), steps = n > 0 ? out.grad_reward.size() / (2 * n) : 0;
  rule(in.reward || in.step_reward || n == 0, "reward", "is required and was not given");
  rule(!in.reward || !in.step_reward, "step_reward", "goes in place of reward, not beside it");
  const view<const T> reward = in.reward ? in.reward : in.step_reward;
  rule(steps > 0 || n == 0, "step_reward", "has the wrong shape: there must be a step to average");
  reduce_array<add, add, add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        double first = 0, second = 0;
        for (index_t s = 0; s < steps; ++s) {
          first += double(reward[(s * n + i) * 2]);
          second += double(reward[(s * n + i) * 2 + 1]);
        }
        const double z = (first - second) / double(steps);
        const index_t label = in.label[i];
        const bool tie = label > 1;
        const logistic_value l = smoothed_logistic(z, tie ? 0.5 : double(label));
        for (index_t s = 0; s < steps; ++s) {
          out.grad_reward[(s * n + i) * 2] = T(l.slope / (double(n) * double(steps)));
          out.grad_reward[(s * n + i) * 2 + 1] = T(-l.slope / (double(n) * double(steps)));
        }
        const bool right = label == 0 ? first >= second : second > first;
        return lanes{l.loss, !tie && right ? 1.0 : 0.0, tie ? 0.0 : 1.0};
      },
      [=] GUERDON_HD(const lanes<double, 3>& total) {
        out.loss[0] = T(n > 0 ? total[0] / double(n) : 0.0);
        out.accuracy[0] = T(total[1] / total[2]);
      });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto oni_ranking_loss(const Backend& backend, const op::oni_ranking_loss::inputs<T>& in,
                      const op::oni_ranking_loss::options& o = {}) {
  return returned<op::oni_ranking_loss, T>(backend, in, o, [&](auto& out) { oni_ranking_loss(backend, in, out, o); });
}

}}  // namespace guerdon
