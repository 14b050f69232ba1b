#pragma once
// The value of an action from data against those of actions that the policy would take.
//
// $$A = q - \frac1m \sum_j q_j \quad (\text{mean}), \qquad A = q - \max_j q_j \quad (\text{max})$$
//
// Source: critic-regularised regression, arXiv:2006.15134, eq. 3 and 4.
//
// Details that differ:
// - What the loss makes of it: advantage_regression_weight (CRR: exp with a cap of 20, or binary).
// - NaN follows arithmetic; the maximum does not swallow it. States may have different numbers of samples.
//
// Cost: the samples read once, one number written per state.

#include <guerdon/returns/action_rows.hpp>

namespace guerdon {

enum class crr_baseline { mean, max };
constexpr auto enumerators(crr_baseline) { return std::array{"mean", "max"}; }

namespace op {
struct crr_advantage {
  static constexpr info about{"crr_advantage", "control", "Value of an action from data against sampled ones (CRR)",
                              "arXiv:2006.15134", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    segments rows;            ///< cuts the samples into N states: segments::uniform(N, m) for [N,m]
    view<const T> q;          ///< [N] of the action from data
    view<const T> q_samples;  ///< [N,m] of actions sampled from the policy, at least one each
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [N]
  };
  struct options {
    crr_baseline baseline = crr_baseline::mean;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("q", &I::q, "B"), array("q_samples", &I::q_samples, "B,T"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("advantage", &O::advantage, "B")); }
  static constexpr auto parameters() { return std::tuple(choice("baseline", &options::baseline)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct crr_program {
  static constexpr bool short_segments = true;
  op::crr_advantage::inputs<T> in;
  view<T> advantage;
  crr_baseline baseline;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const auto total = team.template reduce<add, highest>(n, [&](index_t j) {
      const double x = double(in.q_samples[begin + j]);
      return lanes{x, x};
    });
    const double base = baseline == crr_baseline::mean ? total[0] / static_cast<double>(n) : total[1];
    team.once([&] { advantage[row] = T(double(in.q[row]) - base); });
  }
};

/// Writes the advantages.
template <real T = float, backend Backend>
void crr_advantage(const Backend& backend, const op::crr_advantage::inputs<T>& in,
                   const op::crr_advantage::outputs<T>& out, const op::crr_advantage::options& o) {
  const auto rule = check<op::crr_advantage>(backend, in, out, o);
  detail::check_rows_filled(backend, rule, in.rows, "q_samples", "must hold at least one sample of every state");
  backend.for_segments(in.rows, crr_program<T>{in, out.advantage, o.baseline});
}

/// The advantages in an array of the backend's.
template <real T = float, backend Backend>
auto crr_advantage(const Backend& backend, const op::crr_advantage::inputs<T>& in,
                   const op::crr_advantage::options& o = {}) {
  return returned<op::crr_advantage, T>(backend, in, o, [&](auto& out) { crr_advantage(backend, in, out, o); });
}

}}  // namespace guerdon
