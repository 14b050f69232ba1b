#pragma once
// Reward against a running mean of the role that earned it, for self-play in which roles are paid differently.
//
// $$A_i = r_i - b_{role(i)}, \qquad b_{role(i)} \leftarrow d\,b_{role(i)} + (1 - d)\,r_i$$
//
// one answer after the other, in the order they came.
//
// Source: role-conditioned advantage estimation of SPIRAL, arXiv:2506.24119.
//
// Details that differ:
// - The advantage is taken before the baseline moves: the other way round a reward would enter its own baseline.
// - With decay 1 the baseline is fixed (PVPO, arXiv:2508.21104, where a reference policy's rewards set it).
// - NaN follows arithmetic: it reaches the later answers of its role, and its baseline, for good. No gradient:
//   advantages are constants for the loss.
// - A role that has no baseline is an error. A backend whose memory the host cannot read does not check that, and
//   passes such an answer by.
//
// Cost: a stable sort by role, and 20 bytes per answer in float.

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/by_key.hpp>

namespace guerdon {
namespace op {
struct ema_baseline_advantage {
  static constexpr info about{"ema_baseline_advantage", "advantage", "Reward less a running mean of its role (SPIRAL)",
                              "arXiv:2506.24119", skeleton::scan};
  template <real T>
  struct inputs {
    view<const T> reward;      ///< [N] one reward per answer, in order
    view<const index_t> role;  ///< [N] whose baseline counts, between 0 and K - 1
    view<const T> baseline;    ///< [K] of each role
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [N]
    Of<T> baseline;   ///< [K] after these answers
  };
  struct options {
    double decay = 0.95;  ///< in [0, 1], what a baseline keeps
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N"), array("role", &I::role, "N", index_into("K")),
                      array("baseline", &I::baseline, "K"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "N"), array("baseline", &O::baseline, "K"));
  }
  static constexpr auto parameters() { return std::tuple(option("decay", &options::decay, within(0, 1))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The answers of one role, in order.
template <class T>
struct ema_baseline_program {
  static constexpr bool long_segments = true;
  op::ema_baseline_advantage::inputs<T> in;
  op::ema_baseline_advantage::outputs<T> out;
  keyed_elements roles;
  double decay;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t role) const {
    const index_t begin = roles.offsets[role], n = roles.offsets[role + 1] - begin;
    const double start = double(in.baseline[role]);
    if (n == 0) team.once([&] { out.baseline[role] = T(start); });
    const auto reward = [&](index_t i) { return double(in.reward[roles.place[begin + i]]); };
    team.recur_forward(
        n, start,
        [&](index_t i) { return affine<double, at_zero::multiply>{(1 - decay) * reward(i), decay}; },
        [&](index_t i, double after, double before) {
          out.advantage[roles.place[begin + i]] = T(reward(i) - before);
          if (i == n - 1) out.baseline[role] = T(after);
        });
  }
};

/// Writes advantages and baselines.
template <real T = float, backend Backend>
void ema_baseline_advantage(const Backend& backend, const op::ema_baseline_advantage::inputs<T>& in,
                            const op::ema_baseline_advantage::outputs<T>& out,
                            const op::ema_baseline_advantage::options& o) {
  const auto rule = check<op::ema_baseline_advantage>(backend, in, out, o);
  const index_t roles = in.baseline.size();
  rule(all_below(backend, in.role, roles), "role", "must be less than the number of baselines");
  auto scratch = backend.scratch();
  const auto order = order_by_key(backend, scratch, in.role, roles);
  backend.for_segments(order.keys(), ema_baseline_program<T>{in, out, order, o.decay});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto ema_baseline_advantage(const Backend& backend, const op::ema_baseline_advantage::inputs<T>& in,
                            const op::ema_baseline_advantage::options& o = {}) {
  return returned<op::ema_baseline_advantage, T>(backend, in, o,
                                                 [&](auto& out) { ema_baseline_advantage(backend, in, out, o); });
}

}}  // namespace guerdon
