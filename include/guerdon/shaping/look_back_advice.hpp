#pragma once
// Shaping by a potential of states and actions that looks back at the step before.
//
// $$F_t = \Phi(s_t, a_t) - \Phi(s_{t-1}, a_{t-1}) / \gamma, \qquad r_t' = r_t + F_t$$
//
// where the second term is 0 at the first step of an episode.
//
// Source: look-back advice, Wiewiora, Cottrell and Elkan 2003.
//
// Details that differ:
// - For learners on the policy's own steps; no guarantee is known for others.
// - The first row of the arrays begins an episode, whatever `start` says. What stands before the start of an episode is
//   not looked at.
//
// Cost: 17 bytes per step in float.

#include <guerdon/shaping/potential_difference.hpp>

namespace guerdon {
namespace op {
struct look_back_advice {
  static constexpr info about{"look_back_advice", "shaping",
                              "Potential of states and actions, difference to the one before (advice)",
                              "Wiewiora, Cottrell and Elkan 2003", skeleton::map};
  template <storage T>
  struct inputs {
    time_layout time;            ///< T steps of B columns: time_major(T, B), or batch_major(B, T)
    view<const T> reward;        ///< [T,B]
    view<const T> potential_sa;  ///< [T,B] of the state and the action taken in it
    view<const flag_t> start;    ///< [T,B] 1 = an episode begins here
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> shaping;        ///< [T,B] F
    Of<T> shaped_reward;  ///< [T,B] reward + F
  };
  struct options {
    double gamma = required;  ///< in (0,1], the learner's discount
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::time(&I::time), array("reward", &I::reward, "T,B"),
                      array("potential_sa", &I::potential_sa, "T,B"), array("start", &I::start, "T,B", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("shaping", &O::shaping, "T,B"), array("shaped_reward", &O::shaped_reward, "T,B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, range{.low = 0, .high = 1, .open_low = true}.drawn(0.2, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes F and the shaped reward.
template <storage T = float, backend Backend>
void look_back_advice(const Backend& backend, const op::look_back_advice::inputs<T>& in,
                      const op::look_back_advice::outputs<T>& out, const op::look_back_advice::options& o) {
  check<op::look_back_advice>(backend, in, out, o);
  const time_layout time = in.time;
  const double gamma = o.gamma;
  const index_t back = time.batch_major ? 1 : time.columns;
  write_shaping(backend, in, out, [=] GUERDON_HD(index_t i) {
    const bool first = in.start[i] || (time.batch_major ? i % time.steps == 0 : i < time.columns);
    return double(in.potential_sa[i]) - (first ? 0 : double(in.potential_sa[i - back]) / gamma);
  });
}

/// The same in arrays of the backend's.
template <storage T = float, backend Backend>
auto look_back_advice(const Backend& backend, const op::look_back_advice::inputs<T>& in,
                      const op::look_back_advice::options& o = {}) {
  return returned<op::look_back_advice, T>(backend, in, o, [&](auto& out) { look_back_advice(backend, in, out, o); });
}

}}  // namespace guerdon
