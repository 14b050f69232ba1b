#pragma once
// What a proposer of reward programs is shown of a training run: every component's course, thinned, and its range.
//
// $$\text{stride} = \max(\lfloor T / n \rfloor, 1), \qquad c_{kj} = x_{k,\,j \cdot \text{stride}}$$
//
// with the greatest, mean and least value of all T epochs beside it.
//
// Source: Eureka, arXiv:2310.12931; eureka-research/Eureka, eureka.py.
//
// Details that differ:
// - None. As released, n is not the number of checkpoints in general: 19 epochs have stride 1 and 19 of them; and the
//   last epoch is usually not among them.
// - NaN makes maximum, mean and minimum of its component NaN. The text (two decimals, as released) is the caller's.
//
// Cost: two passes over the traces.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/statistics/moments.hpp>

#include <vector>

namespace guerdon {

namespace op {
struct reward_reflection : host_kind {
  static constexpr info about{"reward_reflection", "program", "Thinned traces of reward components (Eureka)",
                              "arXiv:2310.12931", skeleton::host};
  struct inputs {
    index_t components = 0;    ///< C, task metric and episode length among them if wanted
    view<const double> trace;  ///< [C,T] mean value of each per training epoch, T >= 1
  };
  struct outputs {
    index_t stride = 0;               ///< [1] epochs from one checkpoint to the next
    std::vector<double> checkpoints;  ///< [C,K] from epoch 0 on, K = T / stride rounded up
    std::vector<double> max;          ///< [C] over all epochs
    std::vector<double> mean;         ///< [C]
    std::vector<double> min;          ///< [C]
  };
  struct options {
    index_t max_checkpoints = 10;  ///< >= 1
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("components", &I::components, "C"), array("trace", &I::trace, "C,T"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("stride", &O::stride, "1"), array("checkpoints", &O::checkpoints, "C,K"),
                      array("max", &O::max, "C"), array("mean", &O::mean, "C"), array("min", &O::min, "C"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("max_checkpoints", &options::max_checkpoints, counts_from(1, 12)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::reward_reflection::outputs reward_reflection(const op::reward_reflection::inputs& in,
                                                        const op::reward_reflection::options& o = {}) {
  const auto rule = check<op::reward_reflection>(in, o);
  rule(in.trace.size() > 0, "trace", "must hold at least one epoch");
  const index_t epochs = in.trace.size() / in.components;
  op::reward_reflection::outputs out;
  out.stride = std::max<index_t>(epochs / o.max_checkpoints, 1);
  for (index_t c = 0; c < in.components; ++c) {
    const double* const x = in.trace.data() + c * epochs;
    double high = x[0], low = x[0];
    for (index_t t = 0; t < epochs; ++t) high = math::nan_max(high, x[t]), low = math::nan_min(low, x[t]);
    serial_team team;
    out.max.push_back(high);
    out.mean.push_back(segment_moments(team, epochs, [=](index_t t) { return x[t]; }).mean);
    out.min.push_back(low);
    for (index_t t = 0; t < epochs; t += out.stride) out.checkpoints.push_back(x[t]);
  }
  return out;
}

}}  // namespace guerdon
