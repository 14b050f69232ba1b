#pragma once
// Which prompts are worth a gradient: groups whose answers differ, or whose mean lies in a range.
//
// | criterion | keeps a group |
// |---|---|
// | std | that is not constant and has a population deviation above `min_std` |
// | mean_range | with low < mean < high, if it is not constant or `drop_constant` is off |
// | range | with max - min > `tol` |
//
// The decision is one per group; every member shares it.
//
// Source: dynamic sampling of DAPO, arXiv:2503.14476, section 3.2 (drop prompts that all answers solve, or
// none).
//
// Details that differ:
// - verl's recipe keeps a group of one (`keep_singleton`); slime asks for a deviation above 1e-6; SkyRL for a range
//   among the answers that have a loss token (`live`); ROLL looks at the mean (0.1 < mean < 0.95), OpenRLHF at the mean
//   alone (`drop_constant = false`), which keeps groups of equal graded rewards though they give no gradient. NeMo-RL
//   filters answer by answer on the deviation of the others, which throws out the only success of a group; not offered.
// - "Constant" is max == min, so that three times 0.1 is constant whatever its mean rounds to. A group of one is
//   constant; `keep_singleton` keeps it, with `mean_range` if its mean is inside.
// - Answers that are not `live` have no vote and are not read; sizes count live answers. They share the decision.
// - A group without live answers is never kept (SkyRL keeps it), nor is one with a NaN or an infinity, of any size.
// - Sampling again until the batch is full is the trainer's.
//
// Cost: one pass over the metric, read from cache twice.

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon {

enum class sampling_criterion { std, mean_range, range };
constexpr auto enumerators(sampling_criterion) { return std::array{"std", "mean_range", "range"}; }

namespace op {
struct dynamic_sampling_mask {
  static constexpr info about{"dynamic_sampling_mask", "advantage",
                              "Which prompts are worth a gradient (dynamic sampling of DAPO)", "arXiv:2503.14476",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> metric;          ///< [N] one number per answer, for instance its reward
    segments groups;               ///< cuts the N answers into G prompts
    view<const flag_t> live = {};  ///< [N] 1 = has a vote; left out: all have
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<flag_t> keep_group;  ///< [G] 1 = keep
    Of<flag_t> keep;        ///< [N] the same for each answer
  };
  struct options {
    sampling_criterion criterion = sampling_criterion::std;  ///< what a group is judged by
    double min_std = 0;           ///< the deviation must exceed this (criterion std)
    double tol = 0;               ///< >= 0, max - min must exceed this (criterion range)
    double low = 0;               ///< the mean must exceed this (criterion mean_range)
    double high = 1;              ///< and stay below this
    bool drop_constant = true;    ///< drop constant groups whatever their mean (criterion mean_range)
    bool keep_singleton = false;  ///< keep a group of one, which counts as constant
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("metric", &I::metric, "N"), cuts("groups", &I::groups, "G", "N").in_files("group_offsets"),
                      optional_array("live", &I::live, "N", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("keep_group", &O::keep_group, "G"), array("keep", &O::keep, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("criterion", &options::criterion), option("min_std", &options::min_std),
                      option("tol", &options::tol, at_least(0, 0.5)), option("low", &options::low),
                      option("high", &options::high), flag("drop_constant", &options::drop_constant),
                      flag("keep_singleton", &options::keep_singleton));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct sampling_program {
  static constexpr bool short_segments = true;
  op::dynamic_sampling_mask::inputs<T> in;
  op::dynamic_sampling_mask::outputs<T> out;
  op::dynamic_sampling_mask::options o;

  GUERDON_HD bool worth(const moments& m) const {
    if (!m.finite()) return false;
    const bool varied = m.count == 1 ? o.keep_singleton : !m.constant();
    if (o.criterion == sampling_criterion::mean_range)
      return double(T(o.low)) < m.mean && m.mean < double(T(o.high)) && (varied || !o.drop_constant);
    if (m.count == 1 || !varied) return varied;
    if (o.criterion == sampling_criterion::range) return m.high - m.low > double(T(o.tol));
    // What is not constant has a deviation above 0, also where its square is too small for a double.
    return o.min_std <= 0 || math::sqrt(m.variance(0)) > double(T(o.min_std));
  }

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto metric = in.metric.data() + begin;
    const flag_t keep = flag_t(worth(
        in.live ? segment_moments(team, n, [&, live = in.live.data() + begin](index_t i) {
          return counted_value<double>{double(metric[i]), live[i] != 0};
        }) : segment_moments(team, n, [&](index_t i) { return double(metric[i]); })));
    team.each(n, [&](index_t i) { out.keep[begin + i] = keep; });
    team.once([&] { out.keep_group[g] = keep; });
  }
};

/// Writes the masks.
template <real T = float, backend Backend>
void dynamic_sampling_mask(const Backend& backend, const op::dynamic_sampling_mask::inputs<T>& in,
                           const op::dynamic_sampling_mask::outputs<T>& out,
                           const op::dynamic_sampling_mask::options& o) {
  check<op::dynamic_sampling_mask>(backend, in, out, o);
  backend.for_segments(in.groups, sampling_program<T>{in, out, o});
}

/// The masks in arrays of the backend's.
template <real T = float, backend Backend>
auto dynamic_sampling_mask(const Backend& backend, const op::dynamic_sampling_mask::inputs<T>& in,
                           const op::dynamic_sampling_mask::options& o = {}) {
  return returned<op::dynamic_sampling_mask, T>(backend, in, o,
                                                [&](auto& out) { dynamic_sampling_mask(backend, in, out, o); });
}

}}  // namespace guerdon
