#pragma once
// Picks the answer of each group that the others are compared with, by a random number of the caller's.
//
// $$k_g = b_g + \min(\lfloor u_g n_g \rfloor,\ n_g - 1)$$
//
// with the place $b_g$ where the group begins and its size $n_g$.
//
// Source: BRPO of Writing-Zero, arXiv:2506.00103 (a uniformly random reference).
//
// Details that differ:
// - Summaries in which the best answer is the reference, or one drawn by a softmax, contradict the others and are not
//   followed: with a random one the expected advantage is 0.
// - The random numbers are an argument, so a run can be repeated. A group without answers has the reference -1.
//
// Cost: one number per group.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct choose_reference {
  static constexpr info about{"choose_reference", "advantage",
                              "The answer of each group that the others are compared with (BRPO)", "arXiv:2506.00103",
                              skeleton::map};
  template <real T>
  struct inputs {
    view<const T> uniform;  ///< [G] random numbers between 0 and 1
    segments groups;        ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<index_t> reference_index;  ///< [G] an index into the N answers; -1 for an empty group
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("uniform", &I::uniform, "G", within(0, 1).without_nan()),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("reference_index", &O::reference_index, "G", index_in_segment("group_offsets")));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the indices.
template <real T = float, backend Backend>
void choose_reference(const Backend& backend, const op::choose_reference::inputs<T>& in,
                      const op::choose_reference::outputs<T>& out, const op::choose_reference::options& o) {
  check<op::choose_reference>(backend, in, out, o);
  backend.each(in.groups.count(), [=] GUERDON_HD(index_t g) {
    const index_t n = in.groups.size(g);
    const double place = math::min(double(in.uniform[g]) * double(n), double(n - 1));
    out.reference_index[g] = n == 0 ? -1 : in.groups.begin(g) + (place > 0 ? index_t(place) : 0);
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto choose_reference(const Backend& backend, const op::choose_reference::inputs<T>& in,
                      const op::choose_reference::options& o = {}) {
  return returned<op::choose_reference, T>(backend, in, o, [&](auto& out) { choose_reference(backend, in, out, o); });
}

}}  // namespace guerdon
