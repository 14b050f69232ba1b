#pragma once
// Rewards of several priorities, each of which counts only where every one above it has passed its gate.
//
// $$g_{nl} = r_{nl} \prod_{j<l} [r_{nj} > \theta_j], \qquad \mathrm{total}_n = \sum_l g_{nl}$$
//
// with the highest priority, such as the long-term outcome, in column 0, and a product of brackets that selects.
//
// Source: Gated Reward Accumulation, arXiv:2508.10548; the form for any number of levels is this project's.
//
// Details that differ:
// - Descriptions of the paper compare with $\ge$, a public re-implementation with > (`strict`). Between two levels of
//   the outcome both are the same.
// - Gates look at the rewards as they are, those of a closed level too. A NaN passes no gate; at its own level, if
//   that is open, it stays.
// - What stands behind a closed gate leaves no trace.
//
// Cost: each reward read once, two numbers written for it.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct hierarchical_gate {
  static constexpr info about{"hierarchical_gate", "shaping",
                              "Rewards that count only where those of higher priority pass a gate (G-RA)",
                              "arXiv:2508.10548", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> level_reward;  ///< [N,P] P >= 1, priority falls from column to column
    view<const T> threshold;     ///< [P-1] gate of each column but the last
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> gated_reward;  ///< [N,P] 0 where closed
    Of<flag_t> open;     ///< [N,P] 1 = counts
    Of<T> total;         ///< [N] sum of what counts
  };
  struct options {
    bool strict = true;  ///< a gate asks for more than its threshold; else for that much
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("level_reward", &I::level_reward, "N,P"), array("threshold", &I::threshold, "P-1"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("gated_reward", &O::gated_reward, "N,P"), array("open", &O::open, "N,P"),
                      array("total", &O::total, "N"));
  }
  static constexpr auto parameters() { return std::tuple(flag("strict", &options::strict)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes gates, gated rewards and totals.
template <real T = float, backend Backend>
void hierarchical_gate(const Backend& backend, const op::hierarchical_gate::inputs<T>& in,
                       const op::hierarchical_gate::outputs<T>& out, const op::hierarchical_gate::options& o) {
  check<op::hierarchical_gate>(backend, in, out, o);
  const index_t levels = in.threshold.size() + 1;
  const bool strict = o.strict;
  backend.each(out.total.size(), [=] GUERDON_HD(index_t n) {
    bool open = true;
    double total = 0;
    for (index_t l = 0; l < levels; ++l) {
      const index_t i = n * levels + l;
      const T reward = in.level_reward[i];
      out.open[i] = flag_t(open);
      out.gated_reward[i] = open ? reward : T(0);
      total += open ? double(reward) : 0;
      if (l + 1 < levels) open &= reward > in.threshold[l] || (!strict && reward == in.threshold[l]);
    }
    out.total[n] = T(total);
  });
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto hierarchical_gate(const Backend& backend, const op::hierarchical_gate::inputs<T>& in,
                       const op::hierarchical_gate::options& o = {}) {
  return returned<op::hierarchical_gate, T>(backend, in, o, [&](auto& out) { hierarchical_gate(backend, in, out, o); });
}

}}  // namespace guerdon
