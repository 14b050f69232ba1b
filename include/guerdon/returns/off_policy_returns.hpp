#pragma once
// The common core of off-policy corrections: expected values, corrected by what the actions taken turned out to be
// worth.
//
// $$G_{K-1} = r_{K-1} + d_{K-1} v_{K-1}, \qquad G_t = r_t + d_t \big(v_t - c_t q_t + c_t G_{t+1}\big)$$
//
// Source: Munos et al. 2016, arXiv:1606.02647, eq. 3; general_off_policy_returns_from_q_and_v of rlax.
//
// Details that differ:
// - Where an episode was cut off inside a column: c = 0 there and, in v, the value of the state that really followed.
//   Then neither q nor what follows is read. A discount of 0 ends the episode likewise.
// - Coefficients: trace_coefficients. The named corrections from tables of Q: retrace, tree_backup, q_lambda.
//
// Cost: 24 bytes per step in float, one pass.

#include <guerdon/returns/trace_decay.hpp>

namespace guerdon {
namespace op {
struct off_policy_returns {
  static constexpr info about{"off_policy_returns", "returns",
                              "Returns from expected values, corrected by actions taken",
                              "arXiv:1606.02647", skeleton::scan};
  template <real T>
  struct inputs {
    time_layout time;         ///< K steps of B columns: time_major(K, B), or batch_major(B, K)
    view<const T> reward;     ///< [K,B]
    view<const T> discount;   ///< [K,B] gamma, and 0 where the episode ended
    view<const T> v;          ///< [K,B] expected value of the state that the step led to
    view<const T> q;          ///< [K-1,B] Q of the action taken there
    view<const T> c;          ///< [K-1,B] how much of its error is handed on
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> returns;  ///< [K,B]
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::time(&I::time), array("reward", &I::reward, "T,B"),
                      array("discount", &I::discount, "T,B", drawn(0, 1)), array("v", &I::v, "T,B"),
                      array("q", &I::q, "T-1,B"), array("c", &I::c, "T-1,B", drawn(0, 1)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("returns", &O::returns, "T,B")); }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the returns.
template <real T = float, backend Backend>
void off_policy_returns(const Backend& backend, const op::off_policy_returns::inputs<T>& in,
                        const op::off_policy_returns::outputs<T>& out, const op::off_policy_returns::options& o) {
  check<op::off_policy_returns>(backend, in, out, o);
  // q and c have one row less. At the last step, which makes no use of them, they are read a row before it, or where
  // there is none, v is in their place.
  const index_t last = in.time.steps - 1, back = last > 0 ? detail::to_next_row(in.time) : 0;
  const index_t shorter = in.time.batch_major && last > 0 ? 1 : 0;
  const T* const q = last > 0 ? in.q.data() : in.v.data();
  const T* const c = last > 0 ? in.c.data() : in.v.data();
  detail::corrected_returns<T>(
      backend, in.time,
      [=] GUERDON_HD(const time_index& at) {
        return detail::return_step<T>{in.reward[at.i], in.discount[at.i],
                                      c[at.i - shorter * at.b - index_t(at.t == last) * back], in.v[at.i]};
      },
      [=] GUERDON_HD(const time_index& at) { return q[at.i - shorter * at.b - index_t(at.t == last) * back]; },
      [=] GUERDON_HD(const time_index& at, T x) { out.returns[at.i] = x; });
}

/// The returns in an array of the backend's.
template <real T = float, backend Backend>
auto off_policy_returns(const Backend& backend, const op::off_policy_returns::inputs<T>& in,
                        const op::off_policy_returns::options& o = {}) {
  return returned<op::off_policy_returns, T>(backend, in, o,
                                             [&](auto& out) { off_policy_returns(backend, in, out, o); });
}

}}  // namespace guerdon
