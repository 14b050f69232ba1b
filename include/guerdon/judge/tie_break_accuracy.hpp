#pragma once
// How often a judge's highest score is the labelled best answer, if ties are broken by lot.
//
// $$a_g = \frac{[\,s_{j_g} = \max_i s_i\,]}{m_g}, \qquad m_g = |\{i \in g : s_i = \max_k s_k\}|$$
//
// Source: DeepSeek-GRM (SPCT), arXiv:2504.02495, which shuffles and takes the first maximum; this is what that is
// expected to give, and derived.
//
// Details that differ:
// - A NaN score is never the maximum; where all are NaN the accuracy is 0. No group: the mean is NaN.
// - The best answer must be one of its group, which therefore is not empty. A backend whose memory the host cannot read
//   gives 0 where it is not.
//
// Cost: the scores read twice.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct tie_break_accuracy {
  static constexpr info about{"tie_break_accuracy", "judge",
                              "Highest score against labelled best, ties by lot (DeepSeek-GRM)",
                              "arXiv:2504.02495", skeleton::segmented_reduce, 1e-5, true};
  template <real T>
  struct inputs {
    view<const T> score;             ///< [N] the judge's
    view<const index_t> best_index;  ///< [G] the labelled best answer, counted inside its group
    segments groups;                 ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> accuracy;       ///< [G] 0 to 1
    Of<T> mean_accuracy;  ///< [1]
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("score", &I::score, "N", integers(0, 3)),
                      array("best_index", &I::best_index, "G", integers(0, 0).together("place in group_offsets")),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("accuracy", &O::accuracy, "G"), array("mean_accuracy", &O::mean_accuracy, "1").or_nan());
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct tie_break_program {
  static constexpr bool short_segments = true;
  op::tie_break_accuracy::inputs<T> in;
  view<double> accuracy;  // [G]

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g), best = in.best_index[g];
    const auto score = [&](index_t i) { return double(in.score[begin + i]); };
    const double most = team.template reduce<highest_number>(n, [&](index_t i) { return lanes{score(i)}; })[0];
    const double ties = team.sum(n, [&](index_t i) { return score(i) == most ? 1 : 0; });
    team.once([&] { accuracy[g] = best >= 0 && best < n && score(best) == most ? 1 / ties : 0; });
  }
};

/// Writes the accuracies and their mean.
template <real T = float, backend Backend>
void tie_break_accuracy(const Backend& backend, const op::tie_break_accuracy::inputs<T>& in,
                        const op::tie_break_accuracy::outputs<T>& out, const op::tie_break_accuracy::options& o) {
  const auto rule = check<op::tie_break_accuracy>(backend, in, out, o);
  const index_t groups = in.groups.count();
  if constexpr (Backend::on_host)
    for (index_t g = 0; g < groups; ++g)
      rule(in.best_index[g] >= 0 && in.best_index[g] < in.groups.size(g), "best_index",
           "must be an index into its group");
  auto scratch = backend.scratch();
  const auto accuracy = scratch.template take<double>(groups);
  backend.for_segments(in.groups, tie_break_program<T>{in, accuracy});
  backend.each(groups, [=] GUERDON_HD(index_t g) { out.accuracy[g] = T(accuracy[g]); });
  reduce_few<add>(
      backend, groups, [=] GUERDON_HD(index_t g) { return lanes{accuracy[g]}; },
      [=] GUERDON_HD(const lanes<double, 1>& sum) { out.mean_accuracy[0] = T(sum[0] / double(groups)); });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto tie_break_accuracy(const Backend& backend, const op::tie_break_accuracy::inputs<T>& in,
                        const op::tie_break_accuracy::options& o = {}) {
  return returned<op::tie_break_accuracy, T>(backend, in, o,
                                             [&](auto& out) { tie_break_accuracy(backend, in, out, o); });
}

}}  // namespace guerdon
