#pragma once
// Objectives take any function of the caller's: x(in, o, f). Without one, the options name a ready-made one.

#include <guerdon/core/config.hpp>

#include <type_traits>

namespace guerdon { inline namespace GUERDON_ABI { namespace mdp {

/// In place of the caller's own function: the one that the options name.
struct named_function {};
template <class F>
inline constexpr bool is_own = !std::is_same_v<F, named_function>;

/// Options as they are checked: with a function of the caller's own, they need not name one.
template <class F, class Options>
Options options_for(Options o) {
  if constexpr (is_own<F>) o.function = {};
  return o;
}

}}}  // namespace guerdon::mdp
