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

#include <guerdon/core/moments.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

enum class sampling_criterion { std, mean_range, range };

template <storage T>
struct dynamic_sampling_mask_inputs {
  view<const T> metric;          ///< [N] one number per answer, for instance its reward
  segments groups;               ///< cuts the N answers into G prompts
  view<const flag_t> live = {};  ///< [N] 1 = has a vote; left out: all have
};

template <storage T, template <class> class Of = view>
struct dynamic_sampling_mask_outputs {
  Of<flag_t> keep_group;  ///< [G] 1 = keep
  Of<flag_t> keep;        ///< [N] the same for each answer
};

struct dynamic_sampling_mask_options {
  sampling_criterion criterion = sampling_criterion::std;
  double min_std = 0;           ///< the deviation must exceed this (criterion std)
  double tol = 0;               ///< >= 0, max - min must exceed this (criterion range)
  double low = 0;               ///< the mean must exceed this (criterion mean_range)
  double high = 1;              ///< and stay below this
  bool drop_constant = true;    ///< drop constant groups whatever their mean (criterion mean_range)
  bool keep_singleton = false;  ///< keep a group of one, which counts as constant
};

namespace detail {

template <class T>
struct sampling_program {
  dynamic_sampling_mask_inputs<T> in;
  dynamic_sampling_mask_outputs<T> out;
  dynamic_sampling_mask_options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    using R = real_t<T>;
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const moments m = segment_moments(team, n, [&](index_t i) {
      return counted_value<double>{double(in.metric[begin + i]), !in.live || in.live[begin + i] != 0};
    });
    bool wanted = m.count == 1 ? o.keep_singleton : !m.constant();
    if (o.criterion == sampling_criterion::mean_range) {
      const bool inside = double(R(o.low)) < m.mean && m.mean < double(R(o.high));
      wanted = inside && (wanted || !o.drop_constant);
    } else if (m.count > 1) {
      // What is not constant has a deviation above 0, also where its square is too small for a double.
      const bool spread = o.min_std <= 0 || math::sqrt(m.variance(0)) > double(R(o.min_std));
      const bool apart = m.high - m.low > double(R(o.tol));
      wanted = wanted && (o.criterion == sampling_criterion::std ? spread : apart);
    }
    const flag_t keep = flag_t(m.finite() && wanted);
    team.each(n, [&](index_t i) { out.keep[begin + i] = keep; });
    team.once([&] { out.keep_group[g] = keep; });
  }
};

}  // namespace detail

/// Writes the masks. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void dynamic_sampling_mask(const Backend& backend, const dynamic_sampling_mask_inputs<T>& in,
                           const dynamic_sampling_mask_outputs<T>& out,
                           const dynamic_sampling_mask_options& o = {}) {
  constexpr auto op = "dynamic_sampling_mask";
  require_segments(backend, in.groups, in.metric.size(), op, "group_offsets");
  require_size(out.keep_group.size(), in.groups.count(), op, "keep_group", "one flag per group");
  require_size(out.keep.size(), in.metric.size(), op, "keep", "metric");
  if (in.live) require_size(in.live.size(), in.metric.size(), op, "live", "metric");
  require_choice(o.criterion, sampling_criterion::range, op, "criterion");
  require(o.tol >= 0, op, "tol", "must be at least 0");
  backend.for_segments(in.groups, detail::sampling_program<T>{in, out, o});
}

/// The masks in arrays of the backend's.
template <storage T = float, backend Backend>
auto dynamic_sampling_mask(const Backend& backend, const dynamic_sampling_mask_inputs<T>& in,
                           const dynamic_sampling_mask_options& o = {}) {
  dynamic_sampling_mask_outputs<T, Backend::template array> result{
      backend.template make<flag_t>(in.groups.count()), backend.template make<flag_t>(in.metric.size())};
  dynamic_sampling_mask<T>(backend, in, {result.keep_group, result.keep}, o);
  return result;
}

}}  // namespace guerdon
