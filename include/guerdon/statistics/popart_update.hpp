#pragma once
// Running shift and scale of value targets, and the last layer changed so that what it predicts, unnormalised, stays.
//
// $$\mu_k' = \mu_k + \beta \sum_{n : i_n = k} (y_n - \mu_k), \qquad
//   \nu_k' = \nu_k + \beta \sum_{n : i_n = k} (y_n^2 - \nu_k)$$
//
// $$\sigma_k' = \sqrt{\mathrm{clip}(\nu_k' - \mu_k'^2,\ l^2,\ h^2)}$$
//
// $$w_k' = w_k\,\sigma_k / \sigma_k', \qquad b_k' = (\sigma_k b_k + \mu_k - \mu_k') / \sigma_k'$$
//
// for K outputs of which each target is for one.
//
// Source: PopArt, van Hasselt et al., arXiv:1602.07714; for several tasks, arXiv:1809.04474; rlax.
//
// Details that differ:
// - Several targets of one output add up, all measured from the old shift: a step size times their number above 1
//   overshoots.
// - Two states do not merge: each has rewritten its own last layer on the way, and each step is clipped from where the
//   one before stood. Gather the targets and update once.
// - Without targets the scale may still change: it is taken from the moments.
//
// Cost: each target and each weight of the layer read once.

#include <guerdon/core/value.hpp>

#include <algorithm>
#include <vector>

namespace guerdon {

namespace op {
struct popart_update : value_kind {
  static constexpr info about{"popart_update", "statistics",
                              "Targets rescaled without a change of what is predicted (PopArt)",
                              "arXiv:1602.07714; arXiv:1809.04474", skeleton::host};
  struct inputs {
    view<const double> target;         ///< [N] unnormalised
    view<const index_t> index;         ///< [N] the output that each is for, 0 to K - 1
    view<const double> shift;          ///< [K] so far
    view<const double> scale;          ///< [K] so far
    view<const double> second_moment;  ///< [K] so far
    view<const double> weight;         ///< [D,K] of the last layer
    view<const double> bias;           ///< [K] of the last layer
  };
  struct outputs {
    std::vector<double> shift;          ///< [K]
    std::vector<double> scale;          ///< [K]
    std::vector<double> second_moment;  ///< [K]
    std::vector<double> weight;         ///< [D,K]
    std::vector<double> bias;           ///< [K]
  };
  struct options {
    double step_size = required;  ///< beta
    double scale_lb = required;   ///< l > 0, least scale
    double scale_ub = required;   ///< h >= l, largest scale
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("target", &I::target, "N"), array("index", &I::index, "N", index_into("K")),
                      array("shift", &I::shift, "K"), array("scale", &I::scale, "K", drawn(0.5, 2)),
                      array("second_moment", &I::second_moment, "K", drawn(0.5, 2)), array("weight", &I::weight, "D,K"),
                      array("bias", &I::bias, "K"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("shift", &O::shift, "K"), array("scale", &O::scale, "K"),
                      array("second_moment", &O::second_moment, "K"), array("weight", &O::weight, "D,K"),
                      array("bias", &O::bias, "K"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("step_size", &options::step_size, drawn(0, 1)),
                      option("scale_lb", &options::scale_lb, greater_than(0, 0.01, 0.5)),
                      option("scale_ub", &options::scale_ub, drawn(0.5, 100)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

inline op::popart_update::outputs updated(op::popart_update, const op::popart_update::inputs& in,
                                          const op::popart_update::options& o = {}) {
  const auto rule = check<op::popart_update>(in, o);
  rule(o.scale_lb <= o.scale_ub, "scale_lb", "must not be greater than scale_ub");
  const index_t outputs = in.shift.size();
  for (index_t n = 0; n < in.target.size(); ++n) rule(in.index[n] < outputs, "index", "is none of the outputs");
  const auto copy = [](view<const double> x) { return std::vector<double>(x.begin(), x.end()); };
  op::popart_update::outputs out{copy(in.shift), copy(in.scale), copy(in.second_moment), copy(in.weight),
                                 copy(in.bias)};
  for (index_t n = 0; n < in.target.size(); ++n) {
    const index_t k = in.index[n];
    const double y = in.target[n];
    out.shift[static_cast<std::size_t>(k)] += o.step_size * (y - in.shift[k]);
    out.second_moment[static_cast<std::size_t>(k)] += o.step_size * (y * y - in.second_moment[k]);
  }
  for (std::size_t k = 0; k < out.shift.size(); ++k) {
    const double variance = out.second_moment[k] - out.shift[k] * out.shift[k];
    const double old_scale = out.scale[k], old_shift = in.shift[static_cast<index_t>(k)];
    const double scale = math::sqrt(math::clamp(variance, o.scale_lb * o.scale_lb, o.scale_ub * o.scale_ub));
    for (std::size_t i = k; i < out.weight.size(); i += out.shift.size()) out.weight[i] *= old_scale / scale;
    out.bias[k] = (old_scale * out.bias[k] + old_shift - out.shift[k]) / scale;
    out.scale[k] = scale;
  }
  return out;
}

}  // namespace GUERDON_ABI

/// Shift, scale and second moment of each output.
struct popart_update {
  std::vector<double> shift, scale, second_moment;  ///< [K]
  op::popart_update::options options = {};

  static constexpr const char* name = "popart_update";
  static constexpr auto fields() {
    using self = popart_update;
    return std::tuple_cat(std::tuple(op::saved("shift", &self::shift), op::saved("scale", &self::scale),
                                     op::saved("second_moment", &self::second_moment)),
                          op::saved_options<op::popart_update>(&self::options));
  }

  /// Takes targets, and changes the last layer, weight [D,K] and bias [K], in place.
  [[gnu::always_inline]] void update(view<const double> target, view<const index_t> index, view<double> weight,
                                     view<double> bias) {
    auto out = updated(op::popart_update(), {target, index, shift, scale, second_moment, weight, bias}, options);
    std::copy(out.weight.begin(), out.weight.end(), weight.begin());
    std::copy(out.bias.begin(), out.bias.end(), bias.begin());
    shift = std::move(out.shift), scale = std::move(out.scale), second_moment = std::move(out.second_moment);
  }
};

}  // namespace guerdon
