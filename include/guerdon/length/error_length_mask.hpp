#pragma once
// Which answers to train on: right ones, and wrong ones that are short.
//
// $$\text{keep}_i = [s_i = 1] \lor \bigl([s_i = 0] \land [L_i < L_{max}]\bigr)$$
//
// Source: ROLL's error_max_len_clip (roll/pipeline/rlvr/actor_worker.py).
//
// Details that differ:
// - A score that is neither 0 nor 1, NaN too, is dropped. No gradient.
//
// Cost: 13 bytes per answer in float.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct error_length_mask {
  static constexpr info about{"error_length_mask", "length", "Right answers, and short wrong ones", "", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> score;         ///< [B] 1 = right, 0 = wrong
    view<const index_t> length;  ///< [B] tokens of the answer
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<flag_t> keep;  ///< [B]
  };
  struct options {
    double max_length = required;  ///< >= 0, in tokens: wrong answers are shorter
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("score", &I::score, "B", integers(0, 1)), array("length", &I::length, "B", counts(40)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("keep", &O::keep, "B")); }
  static constexpr auto parameters() { return std::tuple(option("max_length", &options::max_length, at_least(0, 40))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the flags.
template <real T = float, backend Backend>
void error_length_mask(const Backend& backend, const op::error_length_mask::inputs<T>& in,
                       const op::error_length_mask::outputs<T>& out, const op::error_length_mask::options& o) {
  check<op::error_length_mask>(backend, in, out, o);
  backend.each(in.score.size(), [=] GUERDON_HD(index_t i) {
    out.keep[i] = in.score[i] == 1 || (in.score[i] == 0 && double(in.length[i]) < o.max_length);
  });
}

/// The flags in an array of the backend's.
template <real T = float, backend Backend>
auto error_length_mask(const Backend& backend, const op::error_length_mask::inputs<T>& in,
                       const op::error_length_mask::options& o = {}) {
  return returned<op::error_length_mask, T>(backend, in, o, [&](auto& out) { error_length_mask(backend, in, out, o); });
}

}}  // namespace guerdon
