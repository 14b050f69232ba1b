#pragma once
// Offsets that cut an array into parts, in operations that take all parts in one call.

#include <guerdon/core/view.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace mdp {

inline constexpr const char* offsets_sentence = "must begin with 0, never fall, and end with the size of what they cut";

inline bool are_offsets(const view<const index_t>& offsets, index_t size) {
  if (offsets.size() == 0 || offsets[0] != 0 || offsets[offsets.size() - 1] != size) return false;
  for (index_t k = 1; k < offsets.size(); ++k)
    if (offsets[k] < offsets[k - 1]) return false;
  return true;
}

}}}  // namespace guerdon::mdp
