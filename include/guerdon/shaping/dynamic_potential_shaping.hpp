#pragma once
// Shaping by a potential that may change while the agent learns, such as one that is learnt itself.
//
// $$F_t = \gamma\,k_t\,\Phi(s_{t+1}, \tau_{t+1}) - \Phi(s_t, \tau_t), \qquad r_t' = r_t + F_t,
//   \qquad k_t = 1 - \text{terminated}_t$$
//
// with each potential as it was at the time $\tau$ of arriving in its state.
//
// Source: Devlin and Kudenko 2012.
//
// Details that differ:
// - The optimum stays only if the number that was paid for arriving in a state is taken back for leaving it. `verify`
//   holds each potential against the potential_next of the step before, wherever the episode went on, to $10^{-6}(1 +
//   |\Phi|)$, and refuses the call. Off by default: it is for tests, a training run should not stop for it.
// - With `verify` the call waits for the backend.
//
// Cost: 21 bytes per step in float.

#include <guerdon/shaping/potential_difference.hpp>

namespace guerdon {
namespace op {
struct dynamic_potential_shaping {
  static constexpr info about{"dynamic_potential_shaping", "shaping",
                              "Shaping by a potential that changes while the agent learns", "Devlin and Kudenko 2012",
                              skeleton::map};
  template <storage T>
  struct inputs {
    time_layout time;               ///< T steps of B columns: time_major(T, B), or batch_major(B, T)
    view<const T> reward;           ///< [T,B]
    view<const T> potential;        ///< [T,B] of the state the step was taken in, when it was entered
    view<const T> potential_next;   ///< [T,B] of the state the step led to, when it was entered
    view<const flag_t> terminated;  ///< [T,B] 1 = that state is terminal
    view<const flag_t> truncated;   ///< [T,B] 1 = the episode was cut off there; read by verify alone
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> shaping;        ///< [T,B] F
    Of<T> shaped_reward;  ///< [T,B] reward + F
  };
  struct options {
    double gamma = required;  ///< in [0,1], the learner's discount
    bool verify = false;      ///< refuse potentials that were not used again
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::time(&I::time), array("reward", &I::reward, "T,B"), array("potential", &I::potential, "T,B"),
                      array("potential_next", &I::potential_next, "T,B"),
                      array("terminated", &I::terminated, "T,B", yes_or_no()),
                      array("truncated", &I::truncated, "T,B", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("shaping", &O::shaping, "T,B"), array("shaped_reward", &O::shaped_reward, "T,B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, within(0, 1)), flag("verify", &options::verify));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes F and the shaped reward.
template <storage T = float, backend Backend>
void dynamic_potential_shaping(const Backend& backend, const op::dynamic_potential_shaping::inputs<T>& in,
                               const op::dynamic_potential_shaping::outputs<T>& out,
                               const op::dynamic_potential_shaping::options& o) {
  const auto rule = check<op::dynamic_potential_shaping>(backend, in, out, o);
  if (o.verify) {
    const time_layout time = in.time;
    auto scratch = backend.scratch();
    const auto changed = scratch.template take<double>(1);
    reduce_array<add>(
        backend, time.size(),
        [=] GUERDON_HD(index_t i) {
          const bool last = time.batch_major ? i % time.steps == time.steps - 1 : i >= time.size() - time.columns;
          if (last || in.terminated[i] || in.truncated[i]) return lanes{0.0};
          const double paid = double(in.potential_next[i]);
          const double taken = double(in.potential[i + (time.batch_major ? 1 : time.columns)]);
          return lanes{math::abs(taken - paid) <= 1e-6 * (1 + math::abs(paid)) ? 0.0 : 1.0};
        },
        [=] GUERDON_HD(const lanes<double, 1>& total) { changed[0] = total[0]; });
    rule(number_at<double>(backend, changed.data()) == 0, "potential",
         "is not what the step before was paid for as potential_next");
  }
  const potential_difference difference{o.gamma};
  write_shaping(backend, in, out, [=] GUERDON_HD(index_t i) {
    return difference(double(in.potential[i]), double(in.potential_next[i]), in.terminated[i] != 0);
  });
}

/// The same in arrays of the backend's.
template <storage T = float, backend Backend>
auto dynamic_potential_shaping(const Backend& backend, const op::dynamic_potential_shaping::inputs<T>& in,
                               const op::dynamic_potential_shaping::options& o = {}) {
  return returned<op::dynamic_potential_shaping, T>(backend, in, o,
                                                    [&](auto& out) { dynamic_potential_shaping(backend, in, out, o); });
}

}}  // namespace guerdon
