#pragma once
// How often a reward model ranks a pair right, and how often all pairs of a sample.
//
// $$\mathrm{acc} = \frac{|\{p: r^+_p > r^-_p\}|}{P}, \qquad
//   \mathrm{acc}^+ = \frac{|\{s: \text{all its pairs are right}\}|}{|\{s: s \text{ has pairs}\}|}$$
//
// Source: MM-RLHF-Reward bench, arXiv:2502.10391, as in R1-Reward's released script.
//
// Details that differ:
// - Right is strictly greater: a tie is wrong, and so is NaN. Samples without pairs do not count. Nothing to count: NaN.
//
// Cost: the rewards read once.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct accuracy_plus {
  static constexpr info about{"accuracy_plus", "reward_model",
                              "Pairs ranked right, and samples ranked right in all pairs",
                              "arXiv:2502.10391; arXiv:2509.16127", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> chosen_reward;    ///< [P] of the preferred answer
    view<const T> rejected_reward;  ///< [P] of the other one
    segments samples;               ///< cuts the P pairs into S samples
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> accuracy;       ///< [1] over the pairs
    Of<T> accuracy_plus;  ///< [1] over the samples that have pairs
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("chosen_reward", &I::chosen_reward, "P"),
                      array("rejected_reward", &I::rejected_reward, "P"),
                      cuts("samples", &I::samples, "S", "P").in_files("sample_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("accuracy", &O::accuracy, "1").or_nan(),
                      array("accuracy_plus", &O::accuracy_plus, "1").or_nan());
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct right_pairs_program {
  static constexpr bool short_segments = true;
  op::accuracy_plus::inputs<T> in;
  view<double> right;  // [S]

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t s) const {
    const index_t begin = in.samples.begin(s);
    const double count = team.sum(in.samples.size(s), [&](index_t i) {
      return in.chosen_reward[begin + i] > in.rejected_reward[begin + i] ? 1 : 0;
    });
    team.once([&] { right[s] = count; });
  }
};

/// Writes both shares.
template <real T = float, backend Backend>
void accuracy_plus(const Backend& backend, const op::accuracy_plus::inputs<T>& in,
                   const op::accuracy_plus::outputs<T>& out, const op::accuracy_plus::options& o) {
  check<op::accuracy_plus>(backend, in, out, o);
  const segments samples = in.samples;
  auto scratch = backend.scratch();
  const auto right = scratch.template take<double>(samples.count());
  backend.for_segments(samples, right_pairs_program<T>{in, right});
  reduce_few<add, add, add, add>(
      backend, samples.count(),
      [=] GUERDON_HD(index_t s) {
        const double pairs = double(samples.size(s));
        return lanes{right[s], pairs, pairs > 0 && right[s] == pairs ? 1.0 : 0.0, pairs > 0 ? 1.0 : 0.0};
      },
      [=] GUERDON_HD(const lanes<double, 4>& total) {
        const double none = std::numeric_limits<double>::quiet_NaN();
        out.accuracy[0] = T(total[1] > 0 ? total[0] / total[1] : none);
        out.accuracy_plus[0] = T(total[3] > 0 ? total[2] / total[3] : none);
      });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto accuracy_plus(const Backend& backend, const op::accuracy_plus::inputs<T>& in,
                   const op::accuracy_plus::options& o = {}) {
  return returned<op::accuracy_plus, T>(backend, in, o, [&](auto& out) { accuracy_plus(backend, in, out, o); });
}

}}  // namespace guerdon
