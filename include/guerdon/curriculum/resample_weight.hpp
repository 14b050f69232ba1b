#pragma once
// How often an answer is to be drawn again: sampling weights from a batch of scores.
//
// | method | weight |
// |---|---|
// | `pow` | $\lvert r\rvert^p + \varepsilon$ |
// | `max_min` | $1 + \varepsilon$ for the batch's highest and lowest score, else $\varepsilon$ |
// | `max_random` | $0.4 + \varepsilon$ for the highest, else $0.1 + \varepsilon$ |
//
// Source: PF-PPO, arXiv:2409.06957; verl, verl/trainer/ppo/core_algos.py.
//
// Details that differ:
// - The weights are not normalised, and drawing (with replacement) is the caller's.
// - Every score that equals the highest counts as the highest. With a NaN in the batch nothing equals it.
// - No gradient.
//
// Cost: the scores read once for `pow`, twice for the others.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class resample_method { pow, max_min, max_random };
constexpr auto enumerators(resample_method) { return std::array{"pow", "max_min", "max_random"}; }

namespace op {
struct resample_weight {
  static constexpr info about{"resample_weight", "curriculum", "Sampling weights from a batch of scores (PF-PPO)",
                              "arXiv:2409.06957", skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> reward;  ///< [N] scores of a batch
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> weight;  ///< [N] not normalised
  };
  struct options {
    resample_method method = resample_method::pow;  ///< which scores weigh how much
    double power = 2;                               ///< of the score's size, for method pow
    double epsilon = 1e-8;                          ///< >= 0, added to each
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("reward", &I::reward, "N")); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("weight", &O::weight, "N")); }
  static constexpr auto parameters() {
    return std::tuple(choice("method", &options::method), option("power", &options::power, drawn(0.5, 3)),
                      option("epsilon", &options::epsilon, at_least(0, 0.1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the weights.
template <real T = float, backend Backend>
void resample_weight(const Backend& backend, const op::resample_weight::inputs<T>& in,
                     const op::resample_weight::outputs<T>& out, const op::resample_weight::options& o) {
  check<op::resample_weight>(backend, in, out, o);
  const index_t n = in.reward.size();
  const auto reward = in.reward;
  const auto weight = out.weight;
  if (o.method == resample_method::pow)
    return backend.each(n, [=] GUERDON_HD(index_t i) {
      weight[i] = T(::pow(math::abs(double(reward[i])), o.power) + o.epsilon);
    });
  auto scratch = backend.scratch();
  const auto bound = scratch.template take<double>(2);
  reduce_array<lowest, highest>(
      backend, n, [=] GUERDON_HD(index_t i) { return lanes{double(reward[i]), double(reward[i])}; },
      [=] GUERDON_HD(const lanes<double, 2>& total) { bound[0] = total[0], bound[1] = total[1]; });
  backend.each(n, [=] GUERDON_HD(index_t i) {
    const double r = double(reward[i]);
    const bool top = r == bound[1];
    const double x = o.method == resample_method::max_random ? (top ? 0.4 : 0.1) : top || r == bound[0] ? 1 : 0;
    weight[i] = T(x + o.epsilon);
  });
}

/// The weights in an array of the backend's.
template <real T = float, backend Backend>
auto resample_weight(const Backend& backend, const op::resample_weight::inputs<T>& in,
                     const op::resample_weight::options& o = {}) {
  return returned<op::resample_weight, T>(backend, in, o, [&](auto& out) { resample_weight(backend, in, out, o); });
}

}}  // namespace guerdon
