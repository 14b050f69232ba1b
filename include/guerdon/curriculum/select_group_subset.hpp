#pragma once
// Which k of a group's many candidates to train on: those whose rewards are spread evenly, or whose mean is half way
// between two bounds.
//
// $$\text{accepted} = [\,l < \bar v_S < u\,]$$
//
// for the mean $\bar v_S$ of a selection, in double; without bounds every selection is accepted. A group without one is
// dropped.
//
// | strategy | selection |
// |---|---|
// | `balanced` | with bounds the subset whose mean is nearest to $(l+u)/2$, then the widest; else `uniform` |
// | `first` | the first k |
// | `uniform` | ordered by value, places $p\,(n-1)/(k-1)$ for p from 0 to k - 1, rounded, ties to even |
//
//   const auto [index, index_offsets, kept] = guerdon::select_group_subset<float>(cpu, {value, groups}, {.size = 8});
//
// Memory of the caller's: `op::select_group_subset::ragged_size<float>(backend, in, o)` says how many are selected, for
// arrays of that size that the writing form fills.
//
// Source: the subset selection of ROLL (roll/utils/functionals.py).
//
// Details that differ:
// - Subsets are looked at in lexicographic order, and the first of equally good ones wins, if there are at most
//   `max_combinations`. Beyond, `uniform` is improved: where it is not accepted for being low, its smallest values give
//   way, one by one, to the largest that are not selected, until it is; where it is high, the other way round.
// - A group of exactly k is selected whole, if accepted; one of fewer is an error, where the host can read the cuts. A
//   group that is empty, or has a value that is not finite, is dropped.
// - k = 1 has place floor(n/2) in `uniform`. No gradient.
//
// Cost: a sort inside the groups; `balanced` up to `max_combinations` means of k, by one member per group.

#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/sorted_rank.hpp>

namespace guerdon {

enum class subset_strategy { balanced, first, uniform };
constexpr auto enumerators(subset_strategy) { return std::array{"balanced", "first", "uniform"}; }

namespace op {
struct select_group_subset {
  static constexpr info about{"select_group_subset", "curriculum", "Which of many candidates to train on (ROLL)", "",
                              skeleton::sort};
  template <real T>
  struct inputs {
    view<const T> value;  ///< [N] returns of the candidates
    segments groups;      ///< cuts the N candidates into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<index_t> index;          ///< [P] into the N candidates, in the order selected
    Of<index_t> index_offsets;  ///< [G+1] where the selection of each group begins
    Of<flag_t> kept;            ///< [G] 1 = the group has a selection
  };
  struct options {
    index_t size = required;                               ///< >= 1: k
    subset_strategy strategy = subset_strategy::balanced;  ///< how the candidates are chosen
    double low = required;                                 ///< lower bound of the mean; left out with high: none
    double high = required;                                ///< upper bound, above low
    index_t max_combinations = 100000;                     ///< >= 1, subsets that are all looked at
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("value", &I::value, "N"), cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("index", &O::index, "P", index_in_segment("group_offsets")),
                      array("index_offsets", &O::index_offsets, "G+1"), array("kept", &O::kept, "G"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("size", &options::size, counts_from(1, 2)), choice("strategy", &options::strategy),
                      option_or_nan("low", &options::low, drawn(-1, 0)),
                      option_or_nan("high", &options::high, drawn(0, 1)),
                      option("max_combinations", &options::max_combinations, counts_from(1, 200)));
  }
  static constexpr char ragged_symbol = 'P';
  /// How many candidates are selected.
  template <real T = float, class Backend>
  static index_t ragged_size(const Backend& backend, const inputs<T>& in, const options& o);
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The selection of one group, by one member. `order` has its candidates by value, `chosen` takes the selection.
template <class T>
struct subset_choice {
  view<const T> value;
  segments groups;
  op::select_group_subset::options o;
  view<const index_t> order;  // [N] positions within the group, by ascending value
  view<index_t> chosen;       // [N] positions within the group: the first k of each group's part
  view<index_t> trial;        // [N]
  view<flag_t> kept;

  GUERDON_HD bool bounded() const { return o.low == o.low; }
  GUERDON_HD bool accepted(double mean) const {
    return !bounded() || (double(T(o.low)) < mean && mean < double(T(o.high)));
  }
  GUERDON_HD double mean(const index_t* selection, const T* v) const {
    double sum = 0;
    for (index_t p = 0; p < o.size; ++p) sum += double(v[selection[p]]);
    return sum / double(o.size);
  }

  GUERDON_HD void uniform(index_t n, const index_t* by_value, index_t* selection) const {
    const index_t steps = o.size - 1;
    if (steps == 0) selection[0] = by_value[n / 2];
    for (index_t p = 0; p <= steps && steps > 0; ++p) {
      const index_t place = p * (n - 1) / steps, twice = 2 * (p * (n - 1) % steps);
      selection[p] = by_value[place + (twice > steps || (twice == steps && place % 2 != 0))];
    }
  }

  /// Are there more than `max_combinations` subsets?
  GUERDON_HD bool many_subsets(index_t n) const {
    const index_t k = o.size < n - o.size ? o.size : n - o.size;
    double count = 1;
    for (index_t i = 1; i <= k && count <= double(o.max_combinations); ++i)
      count = count * double(n - k + i) / double(i);
    return count > double(o.max_combinations);
  }
  GUERDON_HD void best_subset(index_t n, const T* v, index_t* best, index_t* subset) const {
    const double target = (double(T(o.low)) + double(T(o.high))) / 2;
    double least = 0, widest = 0;
    for (index_t p = 0; p < o.size; ++p) subset[p] = p;
    for (bool first = true;; first = false) {
      double low = double(v[subset[0]]), high = low;
      for (index_t p = 1; p < o.size; ++p) {
        low = math::min(low, double(v[subset[p]]));
        high = math::max(high, double(v[subset[p]]));
      }
      const double distance = math::abs(mean(subset, v) - target);
      if (first || distance < least || (distance == least && high - low > widest)) {
        least = distance, widest = high - low;
        for (index_t p = 0; p < o.size; ++p) best[p] = subset[p];
      }
      index_t p = o.size - 1;  // the next one in lexicographic order
      while (p >= 0 && subset[p] == n - o.size + p) --p;
      if (p < 0) return;
      ++subset[p];
      for (index_t q = p + 1; q < o.size; ++q) subset[q] = subset[q - 1] + 1;
    }
  }

  /// Where the p-th of n ascending numbers stands if they are read from the largest, equal ones in their order.
  template <class Value>
  GUERDON_HD static index_t from_the_top(index_t p, index_t n, Value at) {
    index_t first = n - 1 - p, last = first;
    while (first > 0 && at(first - 1) == at(n - 1 - p)) --first;
    while (last + 1 < n && at(last + 1) == at(n - 1 - p)) ++last;
    return first + last - (n - 1 - p);
  }
  GUERDON_HD void improve(index_t n, const T* v, const index_t* by_value, index_t* selection, index_t* start) const {
    const bool upwards = mean(selection, v) <= double(T(o.low));
    for (index_t p = 0; p < o.size; ++p) start[p] = selection[p];  // by ascending value, as `uniform` made it
    index_t swaps = 0;
    for (index_t p = 0; p < n && swaps < o.size; ++p) {
      const auto by_size = [&](index_t at) { return v[by_value[at]]; };
      const index_t incoming = by_value[upwards ? from_the_top(p, n, by_size) : p];
      bool selected = false;
      for (index_t q = 0; q < o.size; ++q) selected = selected || selection[q] == incoming;
      if (selected) continue;
      const auto of_start = [&](index_t at) { return v[start[at]]; };
      selection[upwards ? swaps : from_the_top(swaps, o.size, of_start)] = incoming;
      ++swaps;
      if (accepted(mean(selection, v))) return;
    }
  }

  GUERDON_HD void operator()(index_t g) const {
    const index_t begin = groups.begin(g), n = groups.size(g);
    const T* const v = value.data() + begin;
    const index_t* const by_value = order.data() + begin;
    index_t* const selection = chosen.data() + begin;
    bool finite = n > 0 && n >= o.size;
    for (index_t i = 0; i < n; ++i) finite = finite && math::is_finite(double(v[i]));
    kept[g] = 0;
    if (!finite) return;
    if (n == o.size || o.strategy == subset_strategy::first) {
      for (index_t p = 0; p < o.size; ++p) selection[p] = p;
    } else if (o.strategy == subset_strategy::balanced && bounded() && !many_subsets(n)) {
      best_subset(n, v, selection, trial.data() + begin);
    } else {
      uniform(n, by_value, selection);
      const bool go_on = o.strategy == subset_strategy::balanced && !accepted(mean(selection, v));
      if (go_on) improve(n, v, by_value, selection, trial.data() + begin);
    }
    kept[g] = accepted(mean(selection, v));
  }
};

/// One group: its candidates by value, equal ones in the order they came.
struct value_order {
  static constexpr bool short_segments = true;
  segments groups;
  view<const index_t> keys, sorted;
  view<index_t> order;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = groups.begin(g), n = groups.size(g);
    team.each(n, [&](index_t i) {
      order[begin + stable_rank(keys.data() + begin, sorted.data() + begin, n, i)] = i;
    });
  }
};

/// Selections, and where they begin in the result.
template <class T, class Backend>
void choose_subsets(const Backend& backend, const op::select_group_subset::inputs<T>& in,
                    const op::select_group_subset::options& o, view<index_t> chosen, view<flag_t> kept,
                    view<index_t> place) {
  const index_t n = in.value.size(), groups = in.groups.count();
  auto scratch = backend.scratch();
  const auto keys = scratch.template take<index_t>(n), sorted = scratch.template take<index_t>(n);
  const auto order = scratch.template take<index_t>(n), trial = scratch.template take<index_t>(n);
  const auto size = scratch.template take<index_t>(groups);
  backend.each(n, [=] GUERDON_HD(index_t i) { keys[i] = order_key(double(in.value[i])); });
  backend.template sort_segments<index_t>(in.groups, keys, sorted);
  backend.for_segments(in.groups, value_order{in.groups, keys, sorted, order});
  backend.each(groups, subset_choice<T>{in.value, in.groups, o, order, chosen, trial, kept});
  const index_t k = o.size;
  backend.each(groups, [=] GUERDON_HD(index_t g) { size[g] = kept[g] ? k : 0; });
  backend.template exclusive_sum<index_t>(size, place);
}

/// Writes the selections into arrays of the size that op::select_group_subset::ragged_size says.
template <real T = float, backend Backend>
void select_group_subset(const Backend& backend, const op::select_group_subset::inputs<T>& in,
                         const op::select_group_subset::outputs<T>& out, const op::select_group_subset::options& o) {
  const auto rule = check<op::select_group_subset>(backend, in, out, o);
  const index_t groups = in.groups.count();
  rule((o.low == o.low) == (o.high == o.high), "high", "and low must be given both or neither");
  rule(!(o.low >= o.high), "high", "must be greater than low");
  if constexpr (Backend::on_host) {
    bool enough = true;
    for (index_t g = 0; g < groups; ++g) enough &= in.groups.size(g) == 0 || in.groups.size(g) >= o.size;
    rule(enough, "size", "must not exceed the number of candidates of a group");
  }
  auto scratch = backend.scratch();
  const auto chosen = scratch.template take<index_t>(in.value.size());
  choose_subsets<T>(backend, in, o, chosen, out.kept, out.index_offsets);
  if constexpr (Backend::on_host)
    rule(out.index_offsets[groups] == out.index.size(), "index", "must have as many elements as ragged_size says");
  backend.each(groups, [=] GUERDON_HD(index_t g) {
    const index_t begin = in.groups.begin(g), first = out.index_offsets[g];
    for (index_t p = first; p < out.index_offsets[g + 1] && p < out.index.size(); ++p)
      out.index[p] = begin + chosen[begin + p - first];
  });
}

/// The selections in arrays of the backend's.
template <real T = float, backend Backend>
auto select_group_subset(const Backend& backend, const op::select_group_subset::inputs<T>& in,
                         const op::select_group_subset::options& o = {}) {
  return returned<op::select_group_subset, T>(backend, in, o,
                                              [&](auto& out) { select_group_subset(backend, in, out, o); });
}

}  // namespace GUERDON_ABI

template <real T, class Backend>
index_t op::select_group_subset::ragged_size(const Backend& backend, const inputs<T>& in, const options& o) {
  check_arguments<select_group_subset>(backend, in);
  if (o.size < 1) return 0;  // which the call refuses
  const index_t groups = in.groups.count();
  auto scratch = backend.scratch();
  const auto place = scratch.template take<index_t>(groups + 1);
  choose_subsets<T>(backend, in, o, scratch.template take<index_t>(in.value.size()),
                    scratch.template take<flag_t>(groups), place);
  return number_at<index_t>(backend, place.data() + groups);
}

}  // namespace guerdon
