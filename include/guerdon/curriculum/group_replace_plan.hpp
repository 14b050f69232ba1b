#pragma once
// Which group's answers each group of a batch is to use, so that groups without signal are overwritten by groups with
// it.
//
// Where g of G groups are good, and $g > \rho\,G$, every good group uses its own answers and the j-th bad one, in
// ascending order, those of a good one: with $g \ge b$ bad ones drawn without replacement, swapping
//
// $$p_j \leftrightarrow p_k, \qquad k = j + \lfloor u_j (g - j)\rfloor$$
//
// in the pool p of the good groups, in ascending order; with fewer good groups than bad ones
// $p_{\lfloor u_j g\rfloor}$. Otherwise nothing is replaced, and the batch is to be sampled again.
//
// Source: POLARIS; SkyRL (skyrl/train/utils/trainer_utils.py).
//
// Details that differ:
// - The random numbers are the caller's, one per bad group; what is not read may be anything.
// - All groups must have one size for the copy itself, which is the caller's too.
//
// Cost: linear in the number of groups.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/curriculum/replay_score.hpp>

#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

namespace guerdon {
namespace op {
struct group_replace_plan : host_kind {
  static constexpr info about{"group_replace_plan", "curriculum", "Overwrites groups without signal by others", "",
                              skeleton::host};
  struct inputs {
    view<const flag_t> keep;     ///< [G] 1 = the group has signal, such as dynamic_sampling_mask's keep_group
    view<const double> uniform;  ///< [U] from 0 and below 1, one at least per group without signal
  };
  struct outputs {
    std::vector<index_t> source;  ///< [G] the group whose answers to use
    bool resample = false;        ///< [1] too few groups have signal: sample another batch
  };
  struct options {
    double min_ratio = 0.3;  ///< in [0, 1), the share of groups with signal that is still too small
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("keep", &I::keep, "G", yes_or_no()), array("uniform", &I::uniform, "U", drawn(0, 1)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("source", &O::source, "G"), array("resample", &O::resample, "1"));
  }
  static constexpr auto parameters() { return std::tuple(option("min_ratio", &options::min_ratio, unit_draw())); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The plan of one batch.
inline op::group_replace_plan::outputs group_replace_plan(const op::group_replace_plan::inputs& in,
                                                          const op::group_replace_plan::options& o = {}) {
  const auto rule = check<op::group_replace_plan>(in, o);
  op::group_replace_plan::outputs out;
  out.source.resize(static_cast<std::size_t>(in.keep.size()));
  std::iota(out.source.begin(), out.source.end(), index_t(0));
  std::vector<index_t> pool, bad;
  for (index_t g = 0; g < in.keep.size(); ++g) (in.keep[g] ? pool : bad).push_back(g);
  const auto good = static_cast<index_t>(pool.size()), missing = static_cast<index_t>(bad.size());
  out.resample = !(double(good) > o.min_ratio * double(in.keep.size()));
  if (out.resample) return out;

  rule(in.uniform.size() >= missing, "uniform", "must hold one number per group without signal");
  for (index_t j = 0; j < missing; ++j)
    rule(in.uniform[j] >= 0 && in.uniform[j] < 1, "uniform", "must be at least 0 and less than 1");
  const auto pick = [&](index_t j, index_t from) {
    const auto k = from + static_cast<index_t>(in.uniform[j] * double(good - from));
    return static_cast<std::size_t>(std::min(k, good - 1));
  };
  for (index_t j = 0; j < missing; ++j) {
    index_t& source = out.source[static_cast<std::size_t>(bad[static_cast<std::size_t>(j)])];
    if (good < missing) {
      source = pool[pick(j, 0)];
    } else {
      std::swap(pool[static_cast<std::size_t>(j)], pool[pick(j, j)]);
      source = pool[static_cast<std::size_t>(j)];
    }
  }
  return out;
}

/// Several batches, in order.
inline auto group_replace_plan(const host_rows& rows, std::span<const op::group_replace_plan::inputs> in,
                               const op::group_replace_plan::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return group_replace_plan(row, o); });
}

}}  // namespace guerdon
