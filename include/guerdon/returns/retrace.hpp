#pragma once
// Retrace: targets for Q of the actions taken, from data of another policy, with traces cut where its ratio exceeds 1.
//
// With $v_t = \sum_a \pi_t(a) Q_t(a)$ and $c_t = \lambda \min\big(1, \pi_t(a_t) / (\mu_t + \epsilon)\big)$ of the
// action taken at the next state:
//
// $$G_t = r_t + d_t \big(v_t - c_t Q_t(a_t) + c_t G_{t+1}\big), \qquad \text{td}_t = G_t - Q_{t-1}(a_{t-1})$$
//
// Source: Munos et al. 2016, arXiv:1606.02647; retrace of rlax.
//
// Details that differ:
// - Names are rlax's: `_tm1` is the state that a step left, `_t` the one that it led to.
// - Several episodes in a column: `truncated` cuts the trace; q_t and pi_t of that step are those of the state that
//   really followed, a_t (any legal action) and mu_t do not matter there.
// - An action of probability 0 contributes 0 to the expected value, even where its Q is -inf.
// - The targets are constants: the gradient of half the squared td_error by Q of the action taken is -td_error.
//
// Cost: three rows of actions per step read, two numbers written, read back and written again.

#include <guerdon/returns/q_targets.hpp>

namespace guerdon {
namespace op {
struct retrace {
  static constexpr info about{"retrace", "returns", "Off-policy targets for Q with truncated ratios (Retrace)",
                              "arXiv:1606.02647", skeleton::scan};
  template <real T>
  struct inputs {
    time_layout time;                   ///< T steps of B columns: time_major(T, B), or batch_major(B, T)
    view<const T> reward;               ///< [T,B]
    view<const T> discount;             ///< [T,B] gamma, and 0 where the episode ended
    view<const T> q_tm1;                ///< [T,B,A] Q of every action in the state that the step left
    view<const T> q_t;                  ///< [T,B,A] in the state that it led to
    view<const index_t> a_tm1;          ///< [T,B] the action taken, 0 to A-1
    view<const index_t> a_t;            ///< [T,B] the action taken next
    view<const T> pi_t;                 ///< [T,B,A] probability of every action there now; rows sum to 1
    view<const T> mu_t;                 ///< [T,B] probability of a_t when it was taken
    view<const flag_t> truncated = {};  ///< [T,B] 1 = cut off after this step
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> target;    ///< [T,B]
    Of<T> td_error;  ///< [T,B] target - Q of the action taken
  };
  struct options {
    double lambda = 1;      ///< [0, 1]
    double epsilon = 1e-8;  ///< >= 0, added to mu
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(q_arguments<I>(),
                          std::tuple(array("a_t", &I::a_t, "T,B", one_action()),
                                     array("pi_t", &I::pi_t, "T,B,A", drawn(0, 1).together("distributions")),
                                     array("mu_t", &I::mu_t, "T,B", drawn(0, 1))));
  }
  template <class O>
  static constexpr auto results() { return q_results<O>(); }
  static constexpr auto parameters() {
    return std::tuple(option("lambda", &options::lambda, within(0, 1)),
                      option("epsilon", &options::epsilon, at_least(0, 1e-3)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

template <class T>
struct retrace_trace {
  const T* mu;
  T lambda, epsilon;

  GUERDON_HD T operator()(const time_index& at, T pi) const {
    return coefficient_product(lambda, clipped_ratio(pi / (mu[at.i] + epsilon), T(1)));
  }
};

}  // namespace detail

/// Writes targets and errors.
template <real T = float, backend Backend>
void retrace(const Backend& backend, const op::retrace::inputs<T>& in, const op::retrace::outputs<T>& out,
             const op::retrace::options& o) {
  const auto rule = check<op::retrace>(backend, in, out, o);
  const index_t actions = detail::actions_of(in);
  detail::check_actions(backend, rule, in.a_tm1, actions, "a_tm1");
  detail::check_actions(backend, rule, in.a_t, actions, "a_t");
  detail::with_cut(in, detail::retrace_trace<T>{in.mu_t.data(), T(o.lambda), T(o.epsilon)},
                   [&](const auto& trace) { detail::q_corrections<T>(backend, in, out, trace); });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto retrace(const Backend& backend, const op::retrace::inputs<T>& in, const op::retrace::options& o = {}) {
  return returned<op::retrace, T>(backend, in, o, [&](auto& out) { retrace(backend, in, out, o); });
}

}}  // namespace guerdon
