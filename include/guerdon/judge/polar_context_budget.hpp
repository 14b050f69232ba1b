#pragma once
// Which tokens of prompt, reference and output fit into the input of a model that compares output and reference.
//
// $$n_p = \min\Bigl(P,\ \max\Bigl(0, \Bigl\lfloor \frac{L - 4 - n_r - n_o}{2} \Bigr\rfloor\Bigr)\Bigr), \qquad
//   n_r = \min(R, M), \quad n_o = \min(O, M)$$
//
// The prompt occurs twice, and keeps its last tokens; 4 are the reward token, the separator and two line breaks.
//
// Source: POLAR, arXiv:2507.05197, src/polar/reward_func.py.
//
// Details that differ:
// - Where nothing is left for the prompt nothing of it is kept; the released slice then keeps all of it, or the wrong
//   end.
// - The input is prompt, line break, reference, separator, prompt, line break, output, reward token; laying it out is
//   the caller's.
//
// Cost: 9 numbers per sample.

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class cut_side { right, left };
constexpr auto enumerators(cut_side) { return std::array{"right", "left"}; }

namespace op {
struct polar_context_budget {
  static constexpr info about{"polar_context_budget", "judge", "Tokens that fit a reference-based reward model (POLAR)",
                              "arXiv:2507.05197", skeleton::map};
  template <real T>
  struct inputs {
    view<const index_t> prompt_length;     ///< [N] tokens
    view<const index_t> reference_length;  ///< [N]
    view<const index_t> output_length;     ///< [N]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<index_t> prompt_start;     ///< [N] first token that is kept
    Of<index_t> prompt_end;       ///< [N] behind the last one
    Of<index_t> reference_start;  ///< [N] likewise
    Of<index_t> reference_end;    ///< [N]
    Of<index_t> output_start;     ///< [N]
    Of<index_t> output_end;       ///< [N]
  };
  struct options {
    index_t max_length = 16384;                ///< >= 0, of the whole input
    index_t max_response_length = 4096;        ///< >= 0, of reference and of output
    guerdon::cut_side cut_side = guerdon::cut_side::right;  ///< where reference and output lose what is too much
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("prompt_length", &I::prompt_length, "N", counts(40)),
                      array("reference_length", &I::reference_length, "N", counts(40)),
                      array("output_length", &I::output_length, "N", counts(40)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("prompt_start", &O::prompt_start, "N"), array("prompt_end", &O::prompt_end, "N"),
                      array("reference_start", &O::reference_start, "N"),
                      array("reference_end", &O::reference_end, "N"),
                      array("output_start", &O::output_start, "N"), array("output_end", &O::output_end, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("max_length", &options::max_length, counts(80)),
                      option("max_response_length", &options::max_response_length, counts(30)),
                      choice("cut_side", &options::cut_side));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the ranges.
template <real T = float, backend Backend>
void polar_context_budget(const Backend& backend, const op::polar_context_budget::inputs<T>& in,
                          const op::polar_context_budget::outputs<T>& out, const op::polar_context_budget::options& o) {
  check<op::polar_context_budget>(backend, in, out, o);
  const index_t budget = o.max_length - 4, most = o.max_response_length;
  const bool from_left = o.cut_side == cut_side::left;
  backend.each(in.prompt_length.size(), [=] GUERDON_HD(index_t i) {
    const index_t prompt = in.prompt_length[i], reference = in.reference_length[i], output = in.output_length[i];
    const index_t r = reference < most ? reference : most, w = output < most ? output : most;
    const index_t left = budget - r - w, room = left > 0 ? left / 2 : 0;
    out.prompt_start[i] = prompt - (prompt < room ? prompt : room);
    out.prompt_end[i] = prompt;
    out.reference_start[i] = from_left ? reference - r : 0;
    out.reference_end[i] = from_left ? reference : r;
    out.output_start[i] = from_left ? output - w : 0;
    out.output_end[i] = from_left ? output : w;
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto polar_context_budget(const Backend& backend, const op::polar_context_budget::inputs<T>& in,
                          const op::polar_context_budget::options& o = {}) {
  return returned<op::polar_context_budget, T>(backend, in, o,
                                               [&](auto& out) { polar_context_budget(backend, in, out, o); });
}

}}  // namespace guerdon
