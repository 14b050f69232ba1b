#pragma once
// The best answer of each group: where it stands, and its reward.
//
// $$i_g^* = \min\,\arg\max_{i \in g} r_i$$
//
// the first of several that are best.
//
// Source: best-of-n sampling, the standard definition.
//
// Details that differ:
// - NaN never wins; infinities are ordinary rewards. Where nothing can win, as in an empty group, the index is -1 and
//   the value NaN.
// - No gradient.
//
// Cost: the rewards read twice, once from cache.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct best_of_n {
  static constexpr info about{"best_of_n", "statistics", "The best answer of each group", "",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward;  ///< [N] one reward per answer
    segments groups;       ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<index_t> index;  ///< [G] into the N answers; -1: none
    Of<T> value;        ///< [G] its reward; NaN: none
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N"), cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("index", &O::index, "G", index_in_segment("group_offsets")),
                      array("value", &O::value, "G").or_nan());
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct best_of_n_program {
  static constexpr bool short_segments = true;
  op::best_of_n::inputs<T> in;
  op::best_of_n::outputs<T> out;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    constexpr double inf = std::numeric_limits<double>::infinity();
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto reward = [&](index_t i) { return double(in.reward[begin + i]); };
    const double best = team.template reduce<highest>(n, [&](index_t i) {
      return lanes{reward(i) == reward(i) ? reward(i) : -inf};
    })[0];
    const double first = team.template reduce<lowest>(n, [&](index_t i) {
      return lanes{reward(i) == best ? double(i) : inf};
    })[0];
    const bool found = first < inf;
    team.once([&] {
      out.index[g] = found ? begin + index_t(first) : -1;
      out.value[g] = T(found ? best : std::numeric_limits<double>::quiet_NaN());
    });
  }
};

/// Writes places and rewards.
template <real T = float, backend Backend>
void best_of_n(const Backend& backend, const op::best_of_n::inputs<T>& in, const op::best_of_n::outputs<T>& out,
               const op::best_of_n::options& o) {
  check<op::best_of_n>(backend, in, out, o);
  backend.for_segments(in.groups, best_of_n_program<T>{in, out});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto best_of_n(const Backend& backend, const op::best_of_n::inputs<T>& in, const op::best_of_n::options& o = {}) {
  return returned<op::best_of_n, T>(backend, in, o, [&](auto& out) { best_of_n(backend, in, out, o); });
}

}}  // namespace guerdon
