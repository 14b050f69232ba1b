#pragma once
// Which prompts are worth a gradient: groups whose answers differ, or whose mean lies in a range.
//
// `std` keeps a group whose metric is not constant and has a population deviation above `min_std`;
// `mean_range` keeps a group with low < mean < high. The decision is one per group; every member shares it.
//
// Source: dynamic sampling of DAPO, arXiv:2503.14476, section 3.2 (drop prompts that all answers solve, or
// none).
//
// Details that differ:
// - verl's recipe keeps a group of one (`keep_singleton`); slime asks for a deviation above 1e-6; OpenRLHF
//   and ROLL look at the mean (ROLL: 0.1 < mean < 0.95). NeMo-RL filters answer by answer on the deviation of
//   the others, which throws out the only success of a group; not offered.
// - "Constant" is max == min, so that three times 0.1 is constant whatever its mean rounds to.
// - An empty group is never kept, nor is one with a NaN or an infinity, a group of one included.
// - Sampling again until the batch is full is the trainer's.
//
// Cost: one pass over the metric, read from cache twice.

#include <guerdon/core/moments.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

enum class sampling_criterion { std, mean_range };

template <storage T>
struct dynamic_sampling_mask_inputs {
  view<const T> metric;  ///< [N] one number per answer, for instance its reward
  segments groups;       ///< cuts the N answers into G prompts
};

template <storage T, template <class> class Of = view>
struct dynamic_sampling_mask_outputs {
  Of<flag_t> keep_group;  ///< [G] 1 = keep
  Of<flag_t> keep;        ///< [N] the same for each answer
};

struct dynamic_sampling_mask_options {
  sampling_criterion criterion = sampling_criterion::std;
  double min_std = 0;           ///< the deviation must exceed this (criterion std)
  double low = 0;               ///< the mean must exceed this (criterion mean_range)
  double high = 1;              ///< and stay below this
  bool keep_singleton = false;  ///< whether a group of one is kept (criterion std)
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
    const moments m = segment_moments(team, n, [&](index_t i) { return double(in.metric[begin + i]); });
    const bool usable = n > 0 && math::is_finite(m.low) && math::is_finite(m.high);
    const bool spread = n == 1 ? o.keep_singleton
                               : !m.constant() && math::sqrt(m.variance(0)) > double(R(o.min_std));
    const bool inside = double(R(o.low)) < m.mean && m.mean < double(R(o.high));
    const flag_t keep = flag_t(usable && (o.criterion == sampling_criterion::std ? spread : inside));
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
  require_choice(o.criterion, sampling_criterion::mean_range, op, "criterion");
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
