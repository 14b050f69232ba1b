#pragma once
// Tree-backup: targets for Q of the actions taken, from data of any policy, whose probabilities are not needed.
//
// With $v_t = \sum_a \pi_t(a) Q_t(a)$ and $c_t = \lambda \pi_t(a_t)$ of the action taken at the next state:
//
// $$G_t = r_t + d_t \big(v_t - c_t Q_t(a_t) + c_t G_{t+1}\big), \qquad \text{td}_t = G_t - Q_{t-1}(a_{t-1})$$
//
// Source: Precup, Sutton and Singh 2000; in the form of Munos et al. 2016, arXiv:1606.02647.
//
// Details that differ:
// - Names and the ends of episodes as in retrace.
// - Traces are cut where the policy would rarely have acted so, also on its own data: retrace hands more on there.
//
// Cost: three rows of actions per step read, two numbers written, read back and written again.

#include <guerdon/returns/q_targets.hpp>

namespace guerdon {
namespace op {
struct tree_backup {
  static constexpr info about{"tree_backup", "returns", "Off-policy targets for Q by the policy's own probabilities",
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
    view<const flag_t> truncated = {};  ///< [T,B] 1 = cut off after this step
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> target;    ///< [T,B]
    Of<T> td_error;  ///< [T,B] target - Q of the action taken
  };
  struct options {
    double lambda = 1;  ///< [0, 1]
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple_cat(q_arguments<I>(),
                          std::tuple(array("a_t", &I::a_t, "T,B", one_action()),
                                     array("pi_t", &I::pi_t, "T,B,A", drawn(0, 1).together("distributions"))));
  }
  template <class O>
  static constexpr auto results() { return q_results<O>(); }
  static constexpr auto parameters() { return std::tuple(option("lambda", &options::lambda, within(0, 1))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

template <class T>
struct tree_backup_trace {
  T lambda;

  GUERDON_HD T operator()(const time_index&, T pi) const {
    return coefficient_product(lambda, pi);
  }
};

}  // namespace detail

/// Writes targets and errors.
template <real T = float, backend Backend>
void tree_backup(const Backend& backend, const op::tree_backup::inputs<T>& in,
                 const op::tree_backup::outputs<T>& out, const op::tree_backup::options& o) {
  const auto rule = check<op::tree_backup>(backend, in, out, o);
  const index_t actions = detail::actions_of(in);
  detail::check_actions(backend, rule, in.a_tm1, actions, "a_tm1");
  detail::check_actions(backend, rule, in.a_t, actions, "a_t");
  detail::with_cut(in, detail::tree_backup_trace<T>{T(o.lambda)},
                   [&](const auto& trace) { detail::q_corrections<T>(backend, in, out, trace); });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto tree_backup(const Backend& backend, const op::tree_backup::inputs<T>& in, const op::tree_backup::options& o = {}) {
  return returned<op::tree_backup, T>(backend, in, o, [&](auto& out) { tree_backup(backend, in, out, o); });
}

}}  // namespace guerdon
