#pragma once
// MPO: sampled actions, weighted by the softmax of their values, are what the policy is fitted to; a temperature of its
// own loss keeps the weights within a bound of the uniform ones.
//
// $$w_{ns} = \mathrm{softmax}_s(q_{ns} / \eta), \qquad L_\pi = -\frac1N \sum_n \sum_s w_{ns} \log\pi_{ns}$$
// $$L_\eta = \eta\,\epsilon + \frac{\eta}{N} \sum_n \log \frac1S \sum_s e^{q_{ns}/\eta}, \qquad
//   \frac{\partial L_\eta}{\partial \eta} = \epsilon - \frac1N \sum_n \mathrm{KL}(w_n \,\|\, \text{uniform})$$
//
// Source: MPO, arXiv:1806.06920, eq. 7 and section 4.1; arXiv:1812.02256.
//
// Details that differ:
// - The weights are constants. The divergence is summed from the weights, each row shifted by its largest value: the
//   difference of the two large means that the derivative is by the formula would be noise.
// - A value of -inf has weight 0, and its log-probability is not read. A NaN makes its own row of weights NaN, and all
//   numbers. rlax clips the temperature at 1e-10 inside; here it must be above 0, and dual_update has the floor.
// - Bounds on the policy's own step: lagrange_penalty of gaussian_kl. Rows may have different numbers of samples.
//
// Cost: values and log-probabilities read three times, two numbers written per sample.

#include <guerdon/returns/action_rows.hpp>

namespace guerdon {
namespace op {
struct mpo_loss {
  static constexpr info about{"mpo_loss", "control",
                              "Weighted likelihood of sampled actions, and its temperature (MPO)",
                              "arXiv:1806.06920; arXiv:1812.02256", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    segments rows;              ///< cuts the samples into N states: segments::uniform(N, S) for [N,S]
    view<const T> logprob;      ///< [N,S] of the sampled actions under the policy that is fitted
    view<const T> q;            ///< [N,S] their values
    view<const T> temperature;  ///< [1] > 0: eta
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;              ///< [1] the two together
    Of<T> policy_loss;       ///< [1]
    Of<T> temperature_loss;  ///< [1]
    Of<T> weight;            ///< [N,S] sums to 1 in each state
    Of<T> grad_logprob;      ///< [N,S] d policy_loss / d logprob
    Of<T> grad_temperature;  ///< [1] d temperature_loss / d temperature
  };
  struct options {
    double epsilon = required;  ///< >= 0, bound of the weights' divergence; 0.1 is common
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("logprob", &I::logprob, "B,T", drawn(-3, 0)),
                      array("q", &I::q, "B,T"),
                      array("temperature", &I::temperature, "1", greater_than(0, 0.3, 3).without_nan()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("policy_loss", &O::policy_loss, "1"),
                      array("temperature_loss", &O::temperature_loss, "1"), array("weight", &O::weight, "B,T"),
                      array("grad_logprob", &O::grad_logprob, "B,T"),
                      array("grad_temperature", &O::grad_temperature, "1"));
  }
  static constexpr auto parameters() { return std::tuple(option("epsilon", &options::epsilon, at_least(0, 0.5))); }
  static constexpr std::array gradients{gradient{"grad_logprob", "policy_loss", "logprob"},
                                        gradient{"grad_temperature", "temperature_loss", "temperature"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One state: its weights, and what it adds to the sums: [N,3], scratch.
template <class T>
struct mpo_program {
  static constexpr bool short_segments = true;
  op::mpo_loss::inputs<T> in;
  op::mpo_loss::outputs<T> out;
  view<double> partial;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const double eta = double(in.temperature[0]), states = static_cast<double>(in.rows.count());
    const double top = team.template reduce<highest>(n, [&](index_t s) { return lanes{double(in.q[begin + s])}; })[0];
    const auto below = [&](index_t s) { return (double(in.q[begin + s]) - top) / eta; };
    const double sum = team.sum(n, [&](index_t s) { return math::exp(below(s)); });
    const auto total = team.template reduce<add, add>(n, [&](index_t s) {
      const double y = below(s), w = math::exp(y) / sum;
      out.weight[begin + s] = T(w);
      out.grad_logprob[begin + s] = T(0 - w / states);
      return lanes{math::zero_select_product(w, double(in.logprob[begin + s])), math::zero_select_product(w, y)};
    });
    const double log_mean = math::log(sum / static_cast<double>(n));
    team.once([&] {
      partial[3 * row] = 0 - total[0];
      partial[3 * row + 1] = top + eta * log_mean;
      partial[3 * row + 2] = log_mean - total[1];
    });
  }
};

/// Writes losses, weights and gradients.
template <real T = float, backend Backend>
void mpo_loss(const Backend& backend, const op::mpo_loss::inputs<T>& in, const op::mpo_loss::outputs<T>& out,
              const op::mpo_loss::options& o) {
  const auto rule = check<op::mpo_loss>(backend, in, out, o);
  detail::check_rows_filled(backend, rule, in.rows, "q", "must hold at least one sample of every state");
  const index_t rows = in.rows.count();
  auto scratch = backend.scratch();
  const auto partial = scratch.template take<double>(3 * rows);
  backend.for_segments(in.rows, mpo_program<T>{in, out, partial});
  const double states = static_cast<double>(rows), epsilon = o.epsilon;
  reduce_few<add, add, add>(
      backend, rows,
      [=] GUERDON_HD(index_t n) { return lanes{partial[3 * n], partial[3 * n + 1], partial[3 * n + 2]}; },
      [=] GUERDON_HD(const lanes<double, 3>& total) {
        const bool any = states > 0;
        const double policy = any ? total[0] / states : 0;
        const double dual = any ? double(in.temperature[0]) * epsilon + total[1] / states : 0;
        out.policy_loss[0] = T(policy);
        out.temperature_loss[0] = T(dual);
        out.loss[0] = T(policy + dual);
        out.grad_temperature[0] = T(any ? epsilon + total[2] / states : 0.0);
      });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto mpo_loss(const Backend& backend, const op::mpo_loss::inputs<T>& in, const op::mpo_loss::options& o) {
  return returned<op::mpo_loss, T>(backend, in, o, [&](auto& out) { mpo_loss(backend, in, out, o); });
}

}}  // namespace guerdon
