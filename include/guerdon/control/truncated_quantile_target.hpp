#pragma once
// TQC's target: the atoms of all critics pooled, the largest of them dropped, the rest moved by reward and discount.
//
// $$t_j = r + d\,(\theta_{(j)} - \alpha \log\pi), \qquad j = 1, \dots, C(K - m)$$
//
// with the pooled atoms in ascending order, of C critics with K atoms each, and m dropped for each critic.
//
// Source: TQC, arXiv:2005.04269, section 4.
//
// Details that differ:
// - A NaN atom makes its row NaN, dropped or not; a discount of 0 drops it all the same.
// - Truncation is over the pool: a critic that is too high loses more atoms than the others.
//
// Cost: a sort of each row of C K atoms.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct truncated_quantile_target {
  static constexpr info about{"truncated_quantile_target", "control", "Pooled quantiles without the largest (TQC)",
                              "arXiv:2005.04269", skeleton::sort};
  template <real T>
  struct inputs {
    index_t critics;                  ///< C
    view<const T> reward;             ///< [N]
    view<const T> discount;           ///< [N] gamma, and 0 where the episode ended
    view<const T> quantiles_next;     ///< [N,C,K] of the next action, of every critic
    view<const T> logprob_next = {};  ///< [N] of that action, where entropy_coef is not 0
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> target;  ///< [N,C*(K-drop_per_critic)]
  };
  struct options {
    index_t drop_per_critic = 2;  ///< >= 0, less than K
    double entropy_coef = 0;      ///< >= 0
  };

  template <real T>
  static index_t quantiles_of(const inputs<T>& in) {
    const index_t rows = in.reward.size() * in.critics;
    return rows > 0 ? in.quantiles_next.size() / rows : 0;
  }
  static constexpr char decided_symbol = 'M';
  template <real T>
  static index_t decided_size(const inputs<T>& in, const options& o) {
    const index_t kept = quantiles_of(in) - o.drop_per_critic;
    return kept > 0 ? in.critics * kept : 0;
  }
  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("critics", &I::critics, "C"), array("reward", &I::reward, "N"),
                      array("discount", &I::discount, "N", drawn(0, 1)),
                      array("quantiles_next", &I::quantiles_next, "N,C,K"),
                      optional_array("logprob_next", &I::logprob_next, "N", drawn(-3, 1)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("target", &O::target, "N,M")); }
  static constexpr auto parameters() {
    return std::tuple(option("drop_per_critic", &options::drop_per_critic, counts(2)),
                      option("entropy_coef", &options::entropy_coef, at_least(0, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

/// The atoms of a row as keys of a sort, which hold no NaN, and whether there was one.
template <class T>
struct pool_atoms {
  static constexpr bool short_segments = true;
  view<const T> atoms;
  index_t count;
  view<T> key;
  view<flag_t> has_nan;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    const double nans = team.sum(count, [&](index_t j) {
      const T x = atoms[row * count + j];
      key[row * count + j] = x == x ? x : T(0);
      return x == x ? 0.0 : 1.0;
    });
    team.once([&] { has_nan[row] = flag_t(nans > 0); });
  }
};

}  // namespace detail

/// Writes the targets.
template <real T = float, backend Backend>
void truncated_quantile_target(const Backend& backend, const op::truncated_quantile_target::inputs<T>& in,
                               const op::truncated_quantile_target::outputs<T>& out,
                               const op::truncated_quantile_target::options& o) {
  const auto rule = check<op::truncated_quantile_target>(backend, in, out, o);
  const index_t rows = in.reward.size(), count = op::truncated_quantile_target::quantiles_of(in);
  rule(in.critics > 0 || rows == 0, "quantiles_next", "must hold at least one critic");
  rule(o.drop_per_critic < count || rows == 0, "drop_per_critic", "must be less than the number of atoms of a critic");
  rule(o.entropy_coef == 0 || in.logprob_next || rows == 0, "logprob_next", "is required where entropy_coef is not 0");
  const index_t pooled = in.critics * count, kept = rows > 0 ? out.target.size() / rows : 0;
  auto scratch = backend.scratch();
  const auto key = scratch.template take<T>(rows * pooled), sorted = scratch.template take<T>(rows * pooled);
  const auto has_nan = scratch.template take<flag_t>(rows);
  const auto pools = segments::uniform(rows, pooled);
  backend.for_segments(pools, detail::pool_atoms<T>{in.quantiles_next, pooled, key, has_nan});
  backend.sort_segments(pools, view<const T>(key), sorted);
  const double coef = o.entropy_coef;
  backend.each(rows * kept, [=] GUERDON_HD(index_t i) {
    const index_t n = i / kept;
    const double atom = has_nan[n] ? std::numeric_limits<double>::quiet_NaN() : double(sorted[n * pooled + i % kept]);
    const double entropy = coef == 0 ? 0 : coef * double(in.logprob_next[n]);
    out.target[i] = T(double(in.reward[n]) + math::zero_select_product(double(in.discount[n]), atom - entropy));
  });
}

/// The targets in an array of the backend's.
template <real T = float, backend Backend>
auto truncated_quantile_target(const Backend& backend, const op::truncated_quantile_target::inputs<T>& in,
                               const op::truncated_quantile_target::options& o = {}) {
  return returned<op::truncated_quantile_target, T>(backend, in, o,
                                                    [&](auto& out) { truncated_quantile_target(backend, in, out, o); });
}

}}  // namespace guerdon
