#pragma once
// Which groups have anything to learn from: those whose answers do not all have the same metric.
//
// $$\mathrm{keep}_g = [\mathrm{std}(m_g) > \theta] \quad\text{or}\quad [n_g = 1]$$
//
// with the population deviation of the group of n answers.
//
// const auto [keep, kept_groups, kept_fraction] = guerdon::zero_variance_group_filter<float>(backend, {metric,
// groups});
//
// Memory of the caller's: `op::zero_variance_group_filter::ragged_size<float>(backend, in, o)` says how many are kept.
//
// Source: dynamic sampling of DAPO, arXiv:2503.14476, as verl has it.
//
// Details that differ:
// - A group of one has no deviation and is kept, whatever its metric, so that training with one answer works. An empty
//   group is not, nor is a larger one with a NaN or an infinity in it.
// - Constant is max == min: exactly 0. With metrics that are not exact a threshold such as 1e-9 tells rounding apart.
// - dynamic_sampling_mask has the other frameworks' criteria.
//
// Cost: one pass over the metric, read from cache twice; and as often again for their number.

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon {
namespace op {
struct zero_variance_group_filter {
  static constexpr info about{"zero_variance_group_filter", "curriculum",
                              "Groups whose answers differ: the test of dynamic sampling (DAPO)", "arXiv:2503.14476",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> metric;  ///< [B] accuracy or final reward of each answer
    segments groups;       ///< cuts the B answers into G groups
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<flag_t> keep;          ///< [G] 1 = keep
    Of<index_t> kept_groups;  ///< [K] which are kept, ascending
    Of<T> kept_fraction;      ///< [1] of all groups; 0 where there is none
  };
  struct options {
    double std_threshold = 0;  ///< the deviation must exceed this
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("metric", &I::metric, "B"), cuts("groups", &I::groups, "G", "B").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("keep", &O::keep, "G"), array("kept_groups", &O::kept_groups, "K"),
                      array("kept_fraction", &O::kept_fraction, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("std_threshold", &options::std_threshold, drawn(-0.2, 1)));
  }

  static constexpr char ragged_symbol = 'K';
  /// How many groups are kept.
  template <real T = float, class Backend>
  static index_t ragged_size(const Backend& backend, const inputs<T>& in, const options& o);
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct zero_variance_program {
  static constexpr bool short_segments = true;
  op::zero_variance_group_filter::inputs<T> in;
  double threshold;
  view<flag_t> keep;

  GUERDON_HD bool worth(const moments& m) const {
    if (m.count < 2) return m.count == 1;
    if (!m.finite()) return false;
    if (m.constant() || threshold < 0) return threshold < 0;
    // What is not constant has a deviation above 0, also where its square is too small for a double.
    return threshold == 0 || math::sqrt(m.variance(0)) > threshold;
  }
  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g);
    const moments m = segment_moments(team, in.groups.size(g), [&](index_t i) { return double(in.metric[begin + i]); });
    team.once([&] { keep[g] = flag_t(worth(m)); });
  }
};

/// Which groups are kept, their numbers, and how many they are.
template <class T, class Backend>
void filter_groups(const Backend& backend, const op::zero_variance_group_filter::inputs<T>& in,
                   const op::zero_variance_group_filter::options& o, view<flag_t> keep, view<index_t> kept,
                   view<index_t> count) {
  const index_t groups = in.groups.count();
  auto scratch = backend.scratch();
  const auto number = scratch.template take<index_t>(groups);
  backend.each(groups, [=] GUERDON_HD(index_t g) { number[g] = g; });
  backend.for_segments(in.groups, zero_variance_program<T>{in, double(T(o.std_threshold)), keep});
  backend.template select<index_t>(keep, number, kept, count);
}

/// Writes them into arrays of the size that op::zero_variance_group_filter::ragged_size says.
template <real T = float, backend Backend>
void zero_variance_group_filter(const Backend& backend, const op::zero_variance_group_filter::inputs<T>& in,
                                const op::zero_variance_group_filter::outputs<T>& out,
                                const op::zero_variance_group_filter::options& o) {
  const auto rule = check<op::zero_variance_group_filter>(backend, in, out, o);
  const index_t groups = in.groups.count();
  auto scratch = backend.scratch();
  const auto keep = scratch.template take<flag_t>(groups);
  const auto kept = scratch.template take<index_t>(groups), count = scratch.template take<index_t>(1);
  filter_groups<T>(backend, in, o, keep, kept, count);
  if constexpr (Backend::on_host)
    rule(count[0] == out.kept_groups.size(), "kept_groups", "must have as many elements as are kept (ragged_size)");
  backend.each(groups, [=] GUERDON_HD(index_t g) { out.keep[g] = keep[g]; });
  backend.each(out.kept_groups.size(), [=] GUERDON_HD(index_t k) { out.kept_groups[k] = k < count[0] ? kept[k] : -1; });
  backend.each(
      1, [=] GUERDON_HD(index_t) { out.kept_fraction[0] = T(groups > 0 ? double(count[0]) / double(groups) : 0); });
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto zero_variance_group_filter(const Backend& backend, const op::zero_variance_group_filter::inputs<T>& in,
                                const op::zero_variance_group_filter::options& o = {}) {
  return returned<op::zero_variance_group_filter, T>(
      backend, in, o, [&](auto& out) { zero_variance_group_filter(backend, in, out, o); });
}

}  // namespace GUERDON_ABI

template <real T, class Backend>
index_t op::zero_variance_group_filter::ragged_size(const Backend& backend, const inputs<T>& in, const options& o) {
  check_arguments<zero_variance_group_filter>(backend, in);
  auto scratch = backend.scratch();
  const auto count = scratch.template take<index_t>(1);
  filter_groups<T>(backend, in, o, scratch.template take<flag_t>(in.groups.count()),
                   scratch.template take<index_t>(in.groups.count()), count);
  return number_at<index_t>(backend, count.data());
}

}  // namespace guerdon
