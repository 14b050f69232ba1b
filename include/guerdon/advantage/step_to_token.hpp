#pragma once
// Gives each token the advantage of the step, turn or thought that it belongs to.
//
// $$A_t = \begin{cases} a_{k(t)} & k(t) \ge 0 \\ 0 & \text{else} \end{cases}$$
//
// Source: this project's own definition; what salt_advantage (arXiv:2510.20022), turn_gae and thought_advantage end
// with.
//
// Details that differ:
// - Tokens of prompts, observations and padding have a step below 0. A step that there is none of is refused; a backend
//   whose memory the host cannot read does not check that. NaN stays on the tokens of its step.
//
// Cost: 12 bytes per token in float. No gradient.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct step_to_token {
  static constexpr info about{"step_to_token", "advantage", "One number per step onto the tokens of the step",
                              "arXiv:2510.20022", skeleton::map, 1e-5, true};
  template <storage T>
  struct inputs {
    view<const T> step_advantage;    ///< [M] one per step
    view<const index_t> token_step;  ///< any shape: the step of each token; below 0: none
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> token_advantage;  ///< of the same shape
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("step_advantage", &I::step_advantage, "M"),
                      array("token_step", &I::token_step, "*", index_or_none("M")));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("token_advantage", &O::token_advantage, "*"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the token advantages.
template <storage T = float, backend Backend>
void step_to_token(const Backend& backend, const op::step_to_token::inputs<T>& in,
                   const op::step_to_token::outputs<T>& out, const op::step_to_token::options& o) {
  const auto rule = check<op::step_to_token>(backend, in, out, o);
  const index_t n = in.token_step.size(), steps = in.step_advantage.size();
  if constexpr (Backend::on_host)
    for (index_t i = 0; i < n; ++i)
      rule(in.token_step[i] < steps, "token_step", "must be less than the number of steps");
  backend.each(n, [=] GUERDON_HD(index_t i) {
    const index_t step = in.token_step[i];
    out.token_advantage[i] = step >= 0 ? in.step_advantage[step] : T(0.0f);
  });
}

/// The same in an array of the backend's.
template <storage T = float, backend Backend>
auto step_to_token(const Backend& backend, const op::step_to_token::inputs<T>& in,
                   const op::step_to_token::options& o = {}) {
  return returned<op::step_to_token, T>(backend, in, o, [&](auto& out) { step_to_token(backend, in, out, o); });
}

}}  // namespace guerdon
