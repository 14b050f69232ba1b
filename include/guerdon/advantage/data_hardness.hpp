#pragma once
// How much harder a response is than its group: more than 1 where it is less like the demonstration than the others.
//
// $$\alpha_i^D = \frac{\sigma(\delta_i)}{\sigma(\bar\delta)}, \qquad \delta_i = 1 - W_i$$
//
// with $\bar\delta$ the mean over the group and $W$ the similarity to the prompt's demonstration. As that lies between
// -1 and 1, the result lies between 0.56 and 1.77.
//
// Source: DR-IRL, arXiv:2503.18991; edge cases derived, this project's own definition.
//
// Details that differ:
// - One public summary of the paper reads it the other way round; the formula is as here.
// - Equal similarities, and a group of one with them: exactly 1.
// - NaN makes its whole group NaN. A group may be empty. No gradient.
//
// Cost: 8 bytes per response in float, read from cache three times.

#include <guerdon/advantage/sigmoid_ratio.hpp>
#include <guerdon/core/operation.hpp>
#include <guerdon/statistics/moments.hpp>

namespace guerdon {
namespace op {
struct data_hardness {
  static constexpr info about{"data_hardness", "advantage", "How unlike the demonstration, against the group (DR-IRL)",
                              "arXiv:2503.18991", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> similarity;  ///< [B] to the demonstration, such as max_mean_cosine_similarity
    segments groups;           ///< cuts the B responses into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> hardness;  ///< [B] around 1
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("similarity", &I::similarity, "B"),
                      cuts("groups", &I::groups, "G", "B").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("hardness", &O::hardness, "B"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct hardness_program {
  static constexpr bool short_segments = true;
  op::data_hardness::inputs<T> in;
  view<T> hardness;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const auto distance = [&](index_t i) { return 1 - double(in.similarity[begin + i]); };
    const moments m = segment_moments(team, n, distance);
    team.each(n, [&](index_t i) {
      hardness[begin + i] = T(m.constant() ? 1 : sigmoid_ratio(distance(i), m.mean));
    });
  }
};

/// Writes the factors.
template <real T = float, backend Backend>
void data_hardness(const Backend& backend, const op::data_hardness::inputs<T>& in,
                   const op::data_hardness::outputs<T>& out, const op::data_hardness::options& o) {
  check<op::data_hardness>(backend, in, out, o);
  backend.for_segments(in.groups, hardness_program<T>{in, out.hardness});
}

/// The factors in an array of the backend's.
template <real T = float, backend Backend>
auto data_hardness(const Backend& backend, const op::data_hardness::inputs<T>& in,
                   const op::data_hardness::options& o = {}) {
  return returned<op::data_hardness, T>(backend, in, o, [&](auto& out) { data_hardness(backend, in, out, o); });
}

}}  // namespace guerdon
