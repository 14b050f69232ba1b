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

#include <guerdon/core/shaping.hpp>

namespace guerdon {
namespace op {
struct soft_overlong_punishment {
  static constexpr info about{"soft_overlong_punishment", "length",
                              "Ramp that charges answers near the context limit (DAPO)", "arXiv:2503.14476",
                              skeleton::map};
  template <real T>
  struct inputs {
    view<const index_t> length;  ///< [B] tokens of the response, >= 0
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> penalty;  ///< [B] at most 0; add it to the reward
  };
  struct options {
    index_t max_length = required;    ///< > 0, in tokens: from here on the full penalty
    index_t cache_length = required;  ///< between 0 and max_length: width of the ramp before it
    double factor = 1;                ///< >= 0, the full penalty
    bool cap = true;                  ///< no more than the full penalty beyond max_length
  };

  template <class I>
  static constexpr auto arguments() { return std::tuple(array("length", &I::length, "B", counts(120))); }
  template <class O>
  static constexpr auto results() { return std::tuple(array("penalty", &O::penalty, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("max_length", &options::max_length, counts_from(1, 100).drawn(60, 100)),
                      option("cache_length", &options::cache_length, counts(60)),
                      option("factor", &options::factor, at_least(0, 2)), flag("cap", &options::cap));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The penalty of one answer, and what a pipe adds it to.
template <class T>
struct soft_overlong_shaping {
  using is_shaping = void;
  using operation = op::soft_overlong_punishment;
  operation::inputs<T> in;
  operation::options o;

  template <class Backend>
  void rules(const Backend&, const call_rules& rule) const {
    rule(o.cache_length <= o.max_length, "cache_length", "must not be greater than max_length");
  }
  GUERDON_HD T penalty(index_t i) const {
    const double excess = double(in.length[i] - (o.max_length - o.cache_length));
    double share = 0;
    if (excess > 0) share = o.cache_length == 0 ? 1 : excess / double(o.cache_length);
    if (o.cap && share > 1) share = 1;
    return T(share > 0 ? -o.factor * share : 0);
  }
  GUERDON_HD double operator()(index_t i, double reward) const {
    return reward + detail::stored<T>(double(penalty(i)));
  }
};

/// Writes the penalties.
template <real T = float, backend Backend>
void soft_overlong_punishment(const Backend& backend, const op::soft_overlong_punishment::inputs<T>& in,
                              const op::soft_overlong_punishment::outputs<T>& out,
                              const op::soft_overlong_punishment::options& o) {
  const auto rule = check<op::soft_overlong_punishment>(backend, in, out, o);
  const soft_overlong_shaping<T> shaping{in, o};
  shaping.rules(backend, rule);
  backend.each(in.length.size(), [=] GUERDON_HD(index_t i) { out.penalty[i] = shaping.penalty(i); });
}

/// The penalties in an array of the backend's.
template <real T = float, backend Backend>
auto soft_overlong_punishment(const Backend& backend, const op::soft_overlong_punishment::inputs<T>& in,
                              const op::soft_overlong_punishment::options& o = {}) {
  return returned<op::soft_overlong_punishment, T>(backend, in, o,
                                                   [&](auto& out) { soft_overlong_punishment(backend, in, out, o); });
}

/// The operation as a part of a pipe.
template <real T = float>
soft_overlong_shaping<T> soft_overlong_punishment(const op::soft_overlong_punishment::inputs<T>& in,
                                                  const op::soft_overlong_punishment::options& o) {
  return {in, o};
}

}}  // namespace guerdon
