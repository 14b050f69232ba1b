#pragma once
// Generalised advantage estimation with an agent's turns as time steps.
//
// $$\delta_k = u_k + \gamma V_{k+1} - V_k, \qquad A_k = \delta_k + \gamma\lambda A_{k+1}, \qquad R_k = A_k + V_k$$
//
// with value and advantage 0 after the last turn. step_to_token gives a turn's advantage to its tokens.
//
// Source: this project's own definition, GAE (arXiv:1506.02438) on the turns of arXiv:2510.01132.
//
// Details that differ:
// - NaN reaches the earlier turns of its trajectory; gamma or lambda of 0 multiply, they do not select.
//
// Cost: that of masked_gae over turns.

#include <guerdon/core/operation.hpp>
#include <guerdon/returns/masked_gae.hpp>

namespace guerdon {
namespace op {
struct turn_gae {
  static constexpr info about{"turn_gae", "returns", "Advantages over the turns of an episode (GAE)",
                              "arXiv:2510.01132; arXiv:1506.02438", skeleton::scan, 1e-5, true};
  template <real T>
  struct inputs {
    view<const T> turn_reward;  ///< [M] one per turn
    view<const T> turn_value;   ///< [M] the critic's value before the turn
    segments turns;             ///< cuts the M turns into B trajectories
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> turn_advantage;  ///< [M]
    Of<T> turn_return;     ///< [M] target of the critic
  };
  struct options {
    double gamma = 1;   ///< [0, 1]
    double lambda = 1;  ///< [0, 1]
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("turn_reward", &I::turn_reward, "M"), array("turn_value", &I::turn_value, "M"),
                      cuts("turns", &I::turns, "B", "M").in_files("turn_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("turn_advantage", &O::turn_advantage, "M"), array("turn_return", &O::turn_return, "M"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("gamma", &options::gamma, within(0, 1)), option("lambda", &options::lambda, within(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes advantages and returns.
template <real T = float, backend Backend>
void turn_gae(const Backend& backend, const op::turn_gae::inputs<T>& in, const op::turn_gae::outputs<T>& out,
              const op::turn_gae::options& o) {
  check<op::turn_gae>(backend, in, out, o);
  const index_t n = in.turn_reward.size();
  auto scratch = backend.scratch();  // in double: an episode may have thousands of turns
  const auto reward = scratch.template take<double>(n), value = scratch.template take<double>(n);
  const auto advantage = scratch.template take<double>(n), target = scratch.template take<double>(n);
  backend.each(n, [=] GUERDON_HD(index_t k) {
    reward[k] = double(in.turn_reward[k]);
    value[k] = double(in.turn_value[k]);
  });
  masked_gae<double>(backend, {.rows = in.turns, .token_reward = reward, .values = value}, {advantage, target},
                     {.gamma = o.gamma, .lambda = o.lambda});
  backend.each(n, [=] GUERDON_HD(index_t k) {
    if (!in.turns.holds(k)) return;
    out.turn_advantage[k] = T(advantage[k]);
    out.turn_return[k] = T(target[k]);
  });
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto turn_gae(const Backend& backend, const op::turn_gae::inputs<T>& in, const op::turn_gae::options& o = {}) {
  return returned<op::turn_gae, T>(backend, in, o, [&](auto& out) { turn_gae(backend, in, out, o); });
}

}}  // namespace guerdon
