#pragma once
// Soft overlong punishment: a ramp that charges an answer for coming close to the context limit, so that it
// learns to finish before it is cut off. The result is added to the reward.
//
// $$p(L) = -f \cdot \mathrm{clip}\left(\frac{L - (L_{max} - L_{cache})}{L_{cache}},\ 0,\ 1\right)$$
//
// Source: DAPO, arXiv:2503.14476, eq. 13.
//
// Details that differ:
// - Beyond the maximum the paper, TRL and OpenRLHF stay at -f; verl's DAPO recipe goes on along the ramp,
//   which makes no difference where generation stops at the maximum (`cap = false`).
// - The factor is verl's and OpenRLHF's; TRL has none (1).
// - A cache of 0 is a step: 0 up to the maximum, -f beyond it, with or without the cap.
// - Paper and DAPO recipe: maximum 20480, cache 4096, factor 1.
//
// Cost: one length read, one number written per response.

#include <guerdon/core/launch.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

template <storage T>
struct soft_overlong_punishment_inputs {
  view<const index_t> length;  ///< [B] tokens of the response, >= 0
};

template <storage T, template <class> class Of = view>
struct soft_overlong_punishment_outputs {
  Of<T> penalty;  ///< [B] at most 0; add it to the reward
};

struct soft_overlong_punishment_options {
  index_t max_length = required;    ///< > 0, in tokens: from here on the full penalty
  index_t cache_length = required;  ///< between 0 and max_length: width of the ramp before it
  double factor = 1;                ///< >= 0, the full penalty
  bool cap = true;                  ///< no more than the full penalty beyond max_length
};

/// Writes the penalties. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void soft_overlong_punishment(const Backend& backend, const soft_overlong_punishment_inputs<T>& in,
                              const soft_overlong_punishment_outputs<T>& out,
                              const soft_overlong_punishment_options& o) {
  constexpr auto op = "soft_overlong_punishment";
  const index_t n = in.length.size();
  require_size(out.penalty.size(), n, op, "penalty", "length");
  require_given(o.max_length, op, "max_length");
  require(o.max_length > 0, op, "max_length", "must be greater than 0");
  require_given(o.cache_length, op, "cache_length");
  require(o.cache_length >= 0 && o.cache_length <= o.max_length, op, "cache_length",
          "must lie between 0 and max_length");
  require(o.factor >= 0, op, "factor", "must be at least 0");
  require_not_negative(backend, in.length, op, "length");

  backend.each(n, [=] GUERDON_HD(index_t i) {
    const double excess = double(in.length[i] - (o.max_length - o.cache_length));
    double share = 0;
    if (excess > 0) share = o.cache_length == 0 ? 1 : excess / double(o.cache_length);
    if (o.cap && share > 1) share = 1;
    out.penalty[i] = T(share > 0 ? -o.factor * share : 0);
  });
}

/// The penalties in an array of the backend's.
template <storage T = float, backend Backend>
auto soft_overlong_punishment(const Backend& backend, const soft_overlong_punishment_inputs<T>& in,
                              const soft_overlong_punishment_options& o) {
  auto penalty = backend.template make<T>(in.length.size());
  soft_overlong_punishment<T>(backend, in, {.penalty = penalty}, o);
  return penalty;
}

}}  // namespace guerdon
