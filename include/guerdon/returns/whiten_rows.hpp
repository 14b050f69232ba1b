#pragma once
// Whitening of rows that may lack a mask or have padding behind them.

#include <guerdon/statistics/masked_whiten.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

namespace detail {

/// masked_whiten, with its defaults, from `value` into `result`, which may be the same.
template <class T, class Backend>
void whiten_rows(const Backend& backend, const segments& rows, view<const flag_t> mask, view<const T> value,
                 view<T> result) {
  auto scratch = backend.scratch();
  if (!mask || rows.padded()) {
    const auto valid = scratch.template take<flag_t>(value.size());
    const view<const flag_t> given = mask;
    backend.each(value.size(), [=] GUERDON_HD(index_t i) { valid[i] = rows.holds(i) && (!given || given[i]); });
    mask = valid;
  }
  launch_whitening<T>(backend, {.value = value, .mask = mask}, result, {});
}

}  // namespace detail

}}  // namespace guerdon
