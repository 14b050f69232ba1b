#pragma once
// Weight of an answer by how hard its prompt is and how short it is, of mean 1 over the batch.
//
// $$w_i \propto \bigl(a + b\,\mathrm{clip}(d_i, 0, 1)\bigr)
//   \left(c - \frac{L_i - L_{min}}{L_{max} - L_{min} + \varepsilon}\right)$$
//
// with the shortest and the longest of the batch; without difficulties, or without `use_length`, that factor is left
// out.
//
// Source: ROLL (roll/pipeline/rlvr/actor_worker.py).
//
// Details that differ:
// - The mean is 1 exactly, without ROLL's 1e-8. Weights that do not add up to more than 0 are left as they are.
// - Equal lengths: the factor is c. A NaN difficulty makes the batch NaN. No gradient: weights are constants for the
//   loss.
//
// Cost: 16 bytes per answer in float, read three times.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct difficulty_length_weight {
  static constexpr info about{"difficulty_length_weight", "length", "Weight by difficulty and shortness", "",
                              skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const index_t> length;     ///< [B] tokens of the answer, >= 0
    view<const T> difficulty = {};  ///< [B] from 0, easy, to 1; left out: no such factor
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> weight;  ///< [B] of mean 1
  };
  struct options {
    double difficulty_base = 0.5;   ///< a, what difficulty 0 weighs
    double difficulty_slope = 1.5;  ///< b, what difficulty 1 weighs more
    bool use_length = true;         ///< short answers weigh more
    double length_base = 1.5;       ///< c, what the shortest answer weighs
    double epsilon = 1e-8;          ///< >= 0, added to the range of lengths
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("length", &I::length, "B", counts(40)),
                      optional_array("difficulty", &I::difficulty, "B", drawn(-0.2, 1.2)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("weight", &O::weight, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("difficulty_base", &options::difficulty_base, drawn(0, 1)),
                      option("difficulty_slope", &options::difficulty_slope, drawn(0, 2)),
                      flag("use_length", &options::use_length),
                      option("length_base", &options::length_base, drawn(1, 2)),
                      option("epsilon", &options::epsilon, at_least(0, 0.1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the weights.
template <real T = float, backend Backend>
void difficulty_length_weight(const Backend& backend, const op::difficulty_length_weight::inputs<T>& in,
                              const op::difficulty_length_weight::outputs<T>& out,
                              const op::difficulty_length_weight::options& o) {
  check<op::difficulty_length_weight>(backend, in, out, o);
  const index_t n = in.length.size();
  auto scratch = backend.scratch();
  const auto raw = scratch.template take<double>(n), total = scratch.template take<double>(3);
  reduce_array<lowest, highest>(
      backend, n, [=] GUERDON_HD(index_t i) { return lanes{double(in.length[i]), double(in.length[i])}; },
      [=] GUERDON_HD(const lanes<double, 2>& bound) { total[0] = bound[0], total[1] = bound[1]; });
  reduce_array<add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const double longer = double(in.length[i]) - total[0];
        double weight = 1;
        if (in.difficulty)
          weight = o.difficulty_base + o.difficulty_slope * math::clamp(double(in.difficulty[i]), 0.0, 1.0);
        if (o.use_length)
          weight *= o.length_base - math::zero_select_product(longer, 1 / (total[1] - total[0] + o.epsilon));
        raw[i] = weight;
        return lanes{weight};
      },
      [=] GUERDON_HD(const lanes<double, 1>& sum) { total[2] = sum[0]; });
  backend.each(n, [=] GUERDON_HD(index_t i) {
    out.weight[i] = T(total[2] <= 0 ? raw[i] : raw[i] * (double(n) / total[2]));
  });
}

/// The weights in an array of the backend's.
template <real T = float, backend Backend>
auto difficulty_length_weight(const Backend& backend, const op::difficulty_length_weight::inputs<T>& in,
                              const op::difficulty_length_weight::options& o = {}) {
  return returned<op::difficulty_length_weight, T>(backend, in, o,
                                                   [&](auto& out) { difficulty_length_weight(backend, in, out, o); });
}

}}  // namespace guerdon
