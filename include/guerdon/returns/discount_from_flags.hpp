#pragma once
// The discounts of steps from the two ways in which an episode stops: it ended, or it was cut off.
//
// $$d = \gamma (1 - \text{terminated}), \qquad d_{trace} = \gamma (1 - \max(\text{terminated}, \text{truncated}))$$
//
// Source: the conventions of TorchRL and rlax (the discount as gamma times continuation); this project's own statement.
//
// Details that differ:
// - `discount` belongs to the bootstrap, `trace_discount` times lambda to the recursion; or hand `discount` and the
//   flags of truncation to an operation that takes both.
// - Both flags set: the episode ended, and nothing bootstraps. CleanRL and Stable-Baselines3 store one flag `dones` one
//   step later ("this observation starts an episode"): shift them first; they cannot tell the two apart.
//
// Cost: 10 bytes per step in float, one pass.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct discount_from_flags {
  static constexpr info about{"discount_from_flags", "returns", "Discounts from the flags terminated and truncated", "",
                              skeleton::map};
  template <real T>
  struct inputs {
    view<const flag_t> terminated;  ///< any shape; 1 = the episode ended with this step
    view<const flag_t> truncated;   ///< the same shape; 1 = it was cut off behind this step
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> discount;        ///< gamma, and 0 where the episode ended
    Of<T> trace_discount;  ///< gamma, and 0 where it ended or was cut off
  };
  struct options {
    double gamma = required;  ///< [0, 1]
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("terminated", &I::terminated, "*", yes_or_no()),
                      array("truncated", &I::truncated, "*", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("discount", &O::discount, "*"), array("trace_discount", &O::trace_discount, "*"));
  }
  static constexpr auto parameters() { return std::tuple(option("gamma", &options::gamma, within(0, 1))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes both discounts.
template <real T = float, backend Backend>
void discount_from_flags(const Backend& backend, const op::discount_from_flags::inputs<T>& in,
                         const op::discount_from_flags::outputs<T>& out, const op::discount_from_flags::options& o) {
  check<op::discount_from_flags>(backend, in, out, o);
  const T gamma = T(o.gamma);
  backend.each(in.terminated.size(), [=] GUERDON_HD(index_t i) {
    const bool ended = in.terminated[i] != 0, cut = in.truncated[i] != 0;
    out.discount[i] = math::select(ended, T(0), gamma);
    out.trace_discount[i] = math::select(ended | cut, T(0), gamma);
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto discount_from_flags(const Backend& backend, const op::discount_from_flags::inputs<T>& in,
                         const op::discount_from_flags::options& o) {
  return returned<op::discount_from_flags, T>(backend, in, o,
                                              [&](auto& out) { discount_from_flags(backend, in, out, o); });
}

}}  // namespace guerdon
