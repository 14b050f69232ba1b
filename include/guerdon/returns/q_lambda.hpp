#pragma once
// Q(lambda): targets of many steps for Q of the actions taken, in three published forms.
//
// $$\text{peng, watkins: } G_t = r_t + d_t \big((1 - \lambda_t) \max_a Q_t(a) + \lambda_t G_{t+1}\big), \qquad
//   G_T = \max_a Q_T(a)$$
// $$\text{harutyunyan: } G_t = r_t + d_t \big(v_t - \lambda_t Q_t(a_t) + \lambda_t G_{t+1}\big), \qquad
//   v_t = \sum_a \pi_t(a) Q_t(a)$$
//
// Source: Peng and Williams 1994; Watkins 1989; Harutyunyan et al. 2016, arXiv:1602.04951; rlax.
//
// Details that differ:
// - Watkins' form is Peng's with a lambda of 0 at each step after which the action taken was not greedy: the array of
//   lambdas says so, and is required.
// - Names and the ends of episodes as in retrace: lambda counts as 0 where `truncated` is 1.
// - A NaN in a row makes its largest value NaN, which a coefficient of 0 still drops.
//
// Cost: two rows of actions per step read (three for harutyunyan), two numbers written, read back and written again.

#include <guerdon/returns/q_targets.hpp>

namespace guerdon {

enum class q_lambda_kind { peng, watkins, harutyunyan };
constexpr auto enumerators(q_lambda_kind) { return std::array{"peng", "watkins", "harutyunyan"}; }

namespace op {
struct q_lambda {
  static constexpr info about{"q_lambda", "returns", "Targets of many steps for Q: Peng, Watkins, Harutyunyan",
                              "arXiv:1602.04951", skeleton::scan};
  template <real T>
  struct inputs {
    time_layout time;                   ///< T steps of B columns: time_major(T, B), or batch_major(B, T)
    view<const T> reward;               ///< [T,B]
    view<const T> discount;             ///< [T,B] gamma, and 0 where the episode ended
    view<const T> q_tm1;                ///< [T,B,A] Q of every action in the state that the step left
    view<const T> q_t;                  ///< [T,B,A] in the state that it led to
    view<const index_t> a_tm1;          ///< [T,B] the action taken, 0 to A-1
    view<const index_t> a_t = {};       ///< [T,B] the action taken next, for harutyunyan
    view<const T> pi_t = {};            ///< [T,B,A] probability of every action there, for harutyunyan
    view<const flag_t> truncated = {};  ///< [T,B] 1 = cut off after this step
    view<const T> step_lambda = {};     ///< [T] one lambda per step, or
    view<const T> element_lambda = {};  ///< [T,B] one per element; in place of the option
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> target;    ///< [T,B]
    Of<T> td_error;  ///< [T,B] target - Q of the action taken
  };
  struct options {
    q_lambda_kind kind = required;
    double lambda = 1;  ///< [0, 1]
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(
        q_arguments<I>(),
        std::tuple(optional_array("a_t", &I::a_t, "T,B", one_action()),
                   optional_array("pi_t", &I::pi_t, "T,B,A", drawn(0, 1).together("distributions"))),
        decay_arguments<I>());
  }
  template <class O>
  static constexpr auto results() { return q_results<O>(); }
  static constexpr auto parameters() {
    return std::tuple(choice("kind", &options::kind), option("lambda", &options::lambda, within(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

template <class T, class Decay>
struct greedy_q_step {
  const T *reward, *discount, *value;
  index_t last;
  Decay decay;

  GUERDON_HD affine<T> operator()(const time_index& at) const {
    const T share = math::select(at.t == last, T(0), decay(at));
    return mixed_step(return_step<T>{reward[at.i], discount[at.i], share, value[at.i]});
  }
};

/// A decay as what of an error is handed on, whatever the action's probability.
template <class Decay>
struct decay_trace {
  Decay decay;
  template <class T>
  GUERDON_HD T operator()(const time_index& at, T) const { return decay(at); }
};

template <class T, class Backend, class Decay>
void q_lambda_pass(const Backend& backend, const op::q_lambda::inputs<T>& in, const op::q_lambda::outputs<T>& out,
                   bool expected, Decay decay) {
  if (expected) return q_corrections<T>(backend, in, out, decay_trace<Decay>{decay});
  T* const value = out.target.data();
  q_returns<T>(backend, in, out, largest_values<T>{in.q_t.data(), value, actions_of(in)},
               greedy_q_step<T, Decay>{in.reward.data(), in.discount.data(), value, in.time.steps - 1, decay});
}

}  // namespace detail

/// Writes targets and errors.
template <real T = float, backend Backend>
void q_lambda(const Backend& backend, const op::q_lambda::inputs<T>& in, const op::q_lambda::outputs<T>& out,
              const op::q_lambda::options& o) {
  const auto rule = check<op::q_lambda>(backend, in, out, o);
  const index_t n = in.time.size();
  const bool expected = o.kind == q_lambda_kind::harutyunyan;
  rule(o.kind != q_lambda_kind::watkins || in.step_lambda || in.element_lambda || n == 0, "lambda",
       "must be an array for kind watkins: 0 where the next action was not greedy");
  rule(!expected || in.a_t || n == 0, "a_t", "is required for kind harutyunyan and was not given");
  rule(!expected || in.pi_t || n == 0, "pi_t", "is required for kind harutyunyan and was not given");
  detail::check_actions(backend, rule, in.a_tm1, detail::actions_of(in), "a_tm1");
  if (expected) detail::check_actions(backend, rule, in.a_t, detail::actions_of(in), "a_t");
  detail::with_cut_decay<T>(o.lambda, in, [&](const auto& decay) {
    detail::q_lambda_pass<T>(backend, in, out, expected, decay);
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto q_lambda(const Backend& backend, const op::q_lambda::inputs<T>& in, const op::q_lambda::options& o) {
  return returned<op::q_lambda, T>(backend, in, o, [&](auto& out) { q_lambda(backend, in, out, o); });
}

}}  // namespace guerdon
