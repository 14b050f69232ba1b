#pragma once
// How often scores order two answers to a prompt as their outcomes do.
//
// $$a_g = \frac{\sum_{i<j} |d_{ij}|\,\bigl[[s_i > s_j] = [d_{ij} > 0]\bigr]}{\sum_{i<j} |d_{ij}|}, \qquad
//   d_{ij} = c_i - c_j$$
//
// and its mean over the groups that have answers.
//
// Source: PRIME, arXiv:2502.01456; its released code.
//
// Details that differ:
// - A group whose outcomes are all equal has 0.5, and so has a batch without answers.
// - As in that code a tie of scores counts as right where the first answer is the worse one.
// - NaN outcomes make the accuracy NaN. No gradient.
//
// Cost: every pair of a group is looked at once.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct implicit_prm_accuracy {
  static constexpr info about{"implicit_prm_accuracy", "process",
                              "How often a reward model ranks two answers to a prompt rightly (PRIME)",
                              "arXiv:2502.01456", skeleton::pairs};
  template <real T>
  struct inputs {
    view<const T> score;    ///< [B] sum over each answer\'s tokens
    view<const T> correct;  ///< [B] 1 = right, 0 = wrong
    segments groups;        ///< cuts the B answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> accuracy;  ///< [1] between 0 and 1
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("score", &I::score, "B"), array("correct", &I::correct, "B", drawn(0, 1)),
                      cuts("groups", &I::groups, "G", "B").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("accuracy", &O::accuracy, "1"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct pair_accuracy_program {
  static constexpr bool short_segments = true;
  op::implicit_prm_accuracy::inputs<T> in;
  view<double> accuracy;  // [G]

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const T *const score = in.score.data() + begin, *const correct = in.correct.data() + begin;
    const auto total = team.template reduce<add, add>(n, [=](index_t i) {
      lanes<double, 2> x{{0, 0}};
      for (index_t j = i + 1; j < n; ++j) {
        const double d = double(correct[i]) - double(correct[j]), weight = math::abs(d);
        const bool agree = (score[i] - score[j] > 0) == (d > 0);
        x[0] += agree || weight != weight ? weight : 0;
        x[1] += weight;
      }
      return x;
    });
    team.once([&] { accuracy[g] = total[1] == 0 ? 0.5 : total[0] / total[1]; });
  }
};

/// Writes the accuracy.
template <real T = float, backend Backend>
void implicit_prm_accuracy(const Backend& backend, const op::implicit_prm_accuracy::inputs<T>& in,
                           const op::implicit_prm_accuracy::outputs<T>& out,
                           const op::implicit_prm_accuracy::options& o) {
  check<op::implicit_prm_accuracy>(backend, in, out, o);
  const index_t count = in.groups.count();
  auto scratch = backend.scratch();
  const auto accuracy = scratch.template take<double>(count);
  backend.for_segments(in.groups, pair_accuracy_program<T>{in, accuracy});
  reduce_few<add, add>(
      backend, count,
      [=] GUERDON_HD(index_t g) {
        return in.groups.size(g) > 0 ? lanes{accuracy[g], 1.0} : lanes{0.0, 0.0};
      },
      [=] GUERDON_HD(const lanes<double, 2>& t) { out.accuracy[0] = T(t[1] > 0 ? t[0] / t[1] : 0.5); });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto implicit_prm_accuracy(const Backend& backend, const op::implicit_prm_accuracy::inputs<T>& in,
                           const op::implicit_prm_accuracy::options& o = {}) {
  return returned<op::implicit_prm_accuracy, T>(backend, in, o,
                                                [&](auto& out) { implicit_prm_accuracy(backend, in, out, o); });
}

}}  // namespace guerdon
