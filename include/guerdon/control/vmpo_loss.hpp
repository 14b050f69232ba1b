#pragma once
// V-MPO: the better samples of a batch, weighted by the softmax of their advantages, are what the policy is fitted to.
//
// Selected: the valid samples whose advantage is at least the k-th largest, $k = \max(1, \lfloor f n \rfloor)$ of n
// valid.
//
// $$w_i = \frac{\rho_i e^{A_i/\eta}}{\sum_j \rho_j e^{A_j/\eta}}, \qquad L_\pi = -\sum_i w_i \log\pi_i, \qquad
//   L_\eta = \eta \Big(\epsilon + \log \sum_j \rho_j e^{A_j/\eta} - \log \#\text{selected}\Big)$$
// $$\frac{\partial L_\eta}{\partial \eta} = \epsilon + \log \sum_j \rho_j e^{A_j/\eta} - \log \#\text{selected} -
//   \frac1\eta \sum_i w_i A_i$$
//
// over the selected, with importance weights rho.
//
// Source: V-MPO, arXiv:1909.12238, section 4.
//
// Details that differ:
// - Ties at the bound are all in. rlax takes the fraction of *all* samples, masked ones included, adds 1e-10 to both
//   sums, and returns losses per sample, whose mean is this one.
// - The weights are constants; sums are shifted by the largest selected advantage of positive importance.
// - Nothing valid, or no importance among the selected: everything 0 (num_selected counts all the same). A NaN or +inf
//   among the valid advantages: everything NaN, but what is masked has weight 0.
// - Across ranks the k-th largest, the largest and the sums would have to be those of all.
//
// Cost: a sort of the batch, and five passes over it.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct vmpo_loss {
  static constexpr info about{"vmpo_loss", "control", "Weighted likelihood of the better samples (V-MPO)",
                              "arXiv:1909.12238", skeleton::sort};
  template <real T>
  struct inputs {
    view<const T> logprob;                ///< [N] of the actions taken, under the policy that is fitted
    view<const T> advantage;              ///< [N] constants
    view<const T> temperature;            ///< [1] > 0: eta
    view<const flag_t> mask = {};         ///< [N] 1 = takes part; left out: all do
    view<const T> importance_weight = {}; ///< [N] >= 0; left out: 1
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;              ///< [1] the two together
    Of<T> policy_loss;       ///< [1]
    Of<T> temperature_loss;  ///< [1]
    Of<T> weight;            ///< [N] sums to 1
    Of<T> num_selected;      ///< [1]
    Of<T> grad_logprob;      ///< [N] d policy_loss / d logprob
    Of<T> grad_temperature;  ///< [1] d temperature_loss / d temperature
  };
  struct options {
    double epsilon = required;  ///< >= 0, bound of the weights' divergence
    double top_fraction = 0.5;  ///< in (0, 1], of the valid samples
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("logprob", &I::logprob, "N", drawn(-3, 0)), array("advantage", &I::advantage, "N"),
                      array("temperature", &I::temperature, "1", greater_than(0, 0.3, 3).without_nan()),
                      optional_array("mask", &I::mask, "N", yes_or_no()),
                      optional_array("importance_weight", &I::importance_weight, "N", drawn(0, 2)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("policy_loss", &O::policy_loss, "1"),
                      array("temperature_loss", &O::temperature_loss, "1"), array("weight", &O::weight, "N"),
                      array("num_selected", &O::num_selected, "1"), array("grad_logprob", &O::grad_logprob, "N"),
                      array("grad_temperature", &O::grad_temperature, "1"));
  }
  static constexpr auto parameters() {
    constexpr range share{.low = 0, .high = 1, .open_low = true, .draw_low = 0.1, .draw_high = 1};
    return std::tuple(option("epsilon", &options::epsilon, at_least(0, 0.5)),
                      option("top_fraction", &options::top_fraction, share));
  }
  static constexpr std::array gradients{gradient{"grad_logprob", "policy_loss", "logprob"},
                                        gradient{"grad_temperature", "temperature_loss", "temperature"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

/// What the passes over the batch know of it; scratch.
struct vmpo_state {
  double valid, bad;         ///< samples that take part; those of them that are NaN or +inf
  double bound;              ///< the k-th largest advantage
  double selected, top;      ///< how many; the largest advantage of positive importance
  double sum, policy, mean;  ///< of the shifted exponentials; of -w logprob; of w times the shifted advantages
};

template <class T>
struct vmpo_samples {
  op::vmpo_loss::inputs<T> in;
  view<vmpo_state> state;  // [1]

  GUERDON_HD bool valid(index_t i) const { return !in.mask || in.mask[i] != 0; }
  GUERDON_HD double advantage(index_t i) const { return double(in.advantage[i]); }
  GUERDON_HD double importance(index_t i) const { return in.importance_weight ? double(in.importance_weight[i]) : 1; }
  GUERDON_HD bool selected(index_t i) const { return valid(i) && advantage(i) >= state[0].bound; }
  /// The shifted advantage over the temperature, and its exponential with the importance.
  GUERDON_HD double exponent(index_t i) const { return (advantage(i) - state[0].top) / double(in.temperature[0]); }
  GUERDON_HD double power(index_t i) const {
    return selected(i) ? math::zero_select_product(importance(i), math::exp(exponent(i))) : 0;
  }
  /// Is there anything to weigh?
  GUERDON_HD bool none() const { return state[0].sum == 0; }
  GUERDON_HD double weight(index_t i) const {
    if (!valid(i)) return 0;
    if (state[0].bad > 0) return std::numeric_limits<double>::quiet_NaN();
    return none() ? 0 : power(i) / state[0].sum;
  }
};

}  // namespace detail

/// Writes losses, weights and gradients.
template <real T = float, backend Backend>
void vmpo_loss(const Backend& backend, const op::vmpo_loss::inputs<T>& in, const op::vmpo_loss::outputs<T>& out,
               const op::vmpo_loss::options& o) {
  const auto rule = check<op::vmpo_loss>(backend, in, out, o);
  constexpr double inf = std::numeric_limits<double>::infinity();
  const index_t n = in.advantage.size();
  auto scratch = backend.scratch();
  const auto state = scratch.template take<detail::vmpo_state>(1);
  const auto key = scratch.template take<double>(n), sorted = scratch.template take<double>(n);
  const detail::vmpo_samples<T> at{in, state};
  if constexpr (Backend::on_host)
    for (index_t i = 0; in.importance_weight && i < n; ++i)
      rule(!at.valid(i) || at.importance(i) >= 0, "importance_weight", "must be at least 0");

  const double fraction = o.top_fraction, epsilon = o.epsilon;
  reduce_array<add, add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const bool valid = at.valid(i);
        return lanes{valid ? 1.0 : 0.0, valid && !(at.advantage(i) < inf) ? 1.0 : 0.0};
      },
      [=] GUERDON_HD(const lanes<double, 2>& x) { state[0].valid = x[0], state[0].bad = x[1]; });
  backend.each(n, [=] GUERDON_HD(index_t i) {
    const double a = at.advantage(i);
    key[i] = at.valid(i) && a == a ? a : -inf;
  });
  backend.sort_segments(segments::uniform(1, n), view<const double>(key), sorted);
  backend.each(1, [=] GUERDON_HD(index_t) {
    const double k = math::max(::floor(fraction * state[0].valid), 1.0);
    state[0].bound = n > 0 ? sorted[n - static_cast<index_t>(k)] : 0;
  });
  reduce_array<add, highest_number>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const bool selected = at.selected(i);
        return lanes{selected ? 1.0 : 0.0, selected && at.importance(i) > 0 ? at.advantage(i) : -inf};
      },
      [=] GUERDON_HD(const lanes<double, 2>& x) { state[0].selected = x[0], state[0].top = x[1]; });
  reduce_array<add>(
      backend, n, [=] GUERDON_HD(index_t i) { return lanes{at.power(i)}; },
      [=] GUERDON_HD(const lanes<double, 1>& x) { state[0].sum = x[0]; });
  reduce_array<add, add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const double w = at.weight(i);
        out.weight[i] = T(w);
        out.grad_logprob[i] = T(0 - w);
        return lanes{math::zero_select_product(w, double(in.logprob[i])), math::zero_select_product(w, at.exponent(i))};
      },
      [=] GUERDON_HD(const lanes<double, 2>& x) { state[0].policy = 0 - x[0], state[0].mean = x[1]; });
  backend.each(1, [=] GUERDON_HD(index_t) {
    const detail::vmpo_state s = state[0];
    const double broken = s.bad > 0 ? std::numeric_limits<double>::quiet_NaN() : 0, eta = double(in.temperature[0]);
    const bool any = !at.none();
    const double log_ratio = any ? math::log(s.sum / s.selected) : 0;
    const double policy = (any ? s.policy : 0) + broken;
    const double dual = (any ? eta * (epsilon + log_ratio) + s.top : 0) + broken;
    out.policy_loss[0] = T(policy);
    out.temperature_loss[0] = T(dual);
    out.loss[0] = T(policy + dual);
    out.num_selected[0] = T(s.selected + broken);
    out.grad_temperature[0] = T((any ? epsilon + log_ratio - s.mean : 0) + broken);
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto vmpo_loss(const Backend& backend, const op::vmpo_loss::inputs<T>& in, const op::vmpo_loss::options& o) {
  return returned<op::vmpo_loss, T>(backend, in, o, [&](auto& out) { vmpo_loss(backend, in, out, o); });
}

}}  // namespace guerdon
