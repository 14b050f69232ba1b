#pragma once
// A weight per answer that one learnable number turns from preferring short answers to preferring long ones.
//
// $$z_i = \frac{L_i - \mathrm{mean}(L_g)}{\mathrm{std}(L_g)}, \quad h_i = \max(1 + \kappa z_i,\ h_{min}), \quad
//   w_i = n\,\mathrm{softmax}_g(h_i^\lambda)$$
//
// of mean 1 in each group of n; $\partial w_i / \partial \lambda = w_i\,(g_i \ln h_i - \sum_j p_j g_j \ln h_j)$ with $g
// = h^\lambda$ and $p = \mathrm{softmax}(g)$.
//
// Source: lambda-GRPO, arXiv:2510.06870, as grpo-composer restates it; the population deviation is assumed.
//
// Details that differ:
// - Lambda 0 weighs every answer 1 (DAPO); above 0 long answers weigh more, below 0 short ones. The published run
//   learns it from 0. The loss is the mean over tokens of weight times token loss, and its derivative by lambda the
//   same mean of `grad_lambda` times token loss.
// - Lambda lies between -6 and 6: beyond, single precision overflows at the floor.
// - Equal lengths, and a group of one: z is 0. A group may be empty.
//
// Cost: 16 bytes per answer in float and 16 of scratch.

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon {
namespace op {
struct length_preference_weight {
  static constexpr info about{"length_preference_weight", "length",
                              "Learnable preference for long or short answers (lambda-GRPO)", "arXiv:2510.06870",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const index_t> length;  ///< [B] tokens of the answer, >= 0
    segments groups;             ///< cuts the B answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> weight;       ///< [B] of mean 1 in each group
    Of<T> grad_lambda;  ///< [B] d weight / d lambda
  };
  struct options {
    double lambda = 0;       ///< in [-6, 6]
    double ratio = 1.0 / 9;  ///< >= 0, how much a deviation of 1 counts
    index_t ddof = 0;        ///< 0 or 1: the variance divides by n - ddof
    double floor = 1e-6;     ///< >= 1e-6, the least that h becomes
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("length", &I::length, "B", counts(40)),
                      cuts("groups", &I::groups, "G", "B").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("weight", &O::weight, "B"), array("grad_lambda", &O::grad_lambda, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("lambda", &options::lambda, within(-6, 6).drawn(-2, 2)),
                      option("ratio", &options::ratio, at_least(0, 0.3)), option("ddof", &options::ddof, within(0, 1)),
                      option("floor", &options::floor, at_least(1e-6, 0.1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct length_preference_program {
  static constexpr bool short_segments = true;
  op::length_preference_weight::inputs<T> in;
  op::length_preference_weight::outputs<T> out;
  op::length_preference_weight::options o;
  view<double> power, slope;  // [B] g and g ln h

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto length = [&](index_t i) { return double(in.length[begin + i]); };
    const moments m = segment_moments(team, n, length);
    const double scale = spread_scale(m.variance(double(o.ddof)), 0, epsilon_mode::add_std);
    team.each(n, [&](index_t i) {
      const double z = math::zero_select_product(length(i) - m.mean, scale);
      const double log_h = math::log(math::max(1 + math::zero_select_product(z, o.ratio), o.floor));
      power[begin + i] = math::exp(o.lambda * log_h);
      slope[begin + i] = power[begin + i] * log_h;
    });
    const double top = team.template reduce<highest>(n, [&](index_t i) { return lanes{power[begin + i]}; })[0];
    // Slopes are taken from the one of the largest share: at the floor they are too large to cancel.
    const double origin = team.template reduce<highest>(n, [&](index_t i) {
      return lanes{power[begin + i] == top ? slope[begin + i] : highest::identity};
    })[0];
    const auto share = [&](index_t i) { return math::exp(power[begin + i] - top); };
    const auto sums = team.template reduce<add, add>(n, [&](index_t i) {
      return lanes{share(i), share(i) * (slope[begin + i] - origin)};
    });
    team.each(n, [&](index_t i) {
      const double weight = double(n) * share(i) / sums[0];
      out.weight[begin + i] = T(weight);
      out.grad_lambda[begin + i] = T(weight * ((slope[begin + i] - origin) - sums[1] / sums[0]));
    });
  }
};

/// Writes weights and derivatives.
template <real T = float, backend Backend>
void length_preference_weight(const Backend& backend, const op::length_preference_weight::inputs<T>& in,
                              const op::length_preference_weight::outputs<T>& out,
                              const op::length_preference_weight::options& o) {
  check<op::length_preference_weight>(backend, in, out, o);
  const index_t n = in.length.size();
  auto scratch = backend.scratch();
  const auto power = scratch.template take<double>(n), slope = scratch.template take<double>(n);
  backend.for_segments(in.groups, length_preference_program<T>{in, out, o, power, slope});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto length_preference_weight(const Backend& backend, const op::length_preference_weight::inputs<T>& in,
                              const op::length_preference_weight::options& o = {}) {
  return returned<op::length_preference_weight, T>(backend, in, o,
                                                   [&](auto& out) { length_preference_weight(backend, in, out, o); });
}

}}  // namespace guerdon
