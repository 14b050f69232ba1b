#pragma once
// REINFORCE++: the reward at the end of a response less the divergence along it, discounted back to each token, and
// standardised over the batch.
//
// $$r_t = [t \text{ last valid}]\,R - \beta\,\mathrm{kl}_t, \qquad G_t = r_t + \gamma G_{t'}, \qquad
//   A = \mathrm{whiten}(G)$$
//
// `kl_scope = local`: $G_t = R - \beta\,\mathrm{kl}_t$ on every valid token.
//
// Source: REINFORCE++, arXiv:2501.03262; the local form as in NeMo-RL.
//
// Details that differ:
// - The same as a divergence shaped into the reward, masked_discounted_return and masked_whiten (ddof 1, 1e-8 added to
//   the variance). OpenRLHF and NeMo-RL whiten with ddof 0 and a floor: `whiten = false`, then masked_whiten.
// - The reward stands on the last *valid* token, also where tool tokens follow; a row without one gets nothing
//   (OpenRLHF drops the score on the last position). slime uses mask_mode zero.
// - Constant returns: advantages of exactly 0; a single valid token: 0, or NaN if its return is not finite.
// - A coefficient of 0 (a negative one counts as 0) does not read kl. Discount and mask_mode do not act on `local`.
//
// Cost: 13 bytes per token in float, two passes; 9 more and a pass to whiten.

#include <guerdon/returns/token_scan.hpp>
#include <guerdon/returns/whiten_rows.hpp>

namespace guerdon {

/// Whether a token's return counts the divergence of later tokens too, or its own alone.
enum class kl_scope { to_go, local };
constexpr auto enumerators(kl_scope) { return std::array{"to_go", "local"}; }

namespace op {
struct reinforce_pp_return {
  static constexpr info about{"reinforce_pp_return", "returns",
                              "Reward at the end less the divergence, discounted and whitened (REINFORCE++)",
                              "arXiv:2501.03262", skeleton::scan};
  template <storage T>
  struct inputs {
    segments rows;                 ///< cuts the tokens into B responses
    view<const T> reward;          ///< [B]
    view<const T> kl;              ///< [tokens] divergence from the reference at each token
    view<const flag_t> mask = {};  ///< [tokens] 1 = the policy's; left out: all are
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [tokens]
    Of<T> returns;    ///< [tokens]
  };
  struct options {
    double kl_coef = 0;                                       ///< negative counts as 0
    double gamma = 1;                                         ///< [0, 1]
    guerdon::mask_mode mask_mode = guerdon::mask_mode::skip;  ///< skip or zero
    bool whiten = true;                                       ///< false: the advantages are the returns
    guerdon::kl_scope kl_scope = guerdon::kl_scope::to_go;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(op::rows(&I::rows), array("reward", &I::reward, "B"), array("kl", &I::kl, "B,T", drawn(0, 1)),
                      optional_array("mask", &I::mask, "B,T", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "B,T"), array("returns", &O::returns, "B,T"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("kl_coef", &options::kl_coef, drawn(-0.1, 0.5)),
                      option("gamma", &options::gamma, within(0, 1)),
                      choice("mask_mode", &options::mask_mode).first(2), flag("whiten", &options::whiten),
                      choice("kl_scope", &options::kl_scope));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

template <class T>
struct reinforce_pp_program {
  static constexpr bool long_segments = true;
  op::reinforce_pp_return::inputs<T> in;
  view<T> returns;
  op::reinforce_pp_return::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t row) const {
    using R = real_t<T>;
    const index_t begin = in.rows.begin(row), n = in.rows.size(row);
    const T* const kl = in.kl.data() + begin;
    const flag_t* const mask = in.mask ? in.mask.data() + begin : nullptr;
    T* const result = returns.data() + begin;
    const R score = R(in.reward[row]), coef = R(o.kl_coef > 0 ? o.kl_coef : 0);
    const auto valid = [=](index_t i) { return !mask || mask[i] != 0; };
    const auto penalty = [=](index_t i) { return math::zero_select_product(coef, R(kl[i])); };
    if (o.kl_scope == kl_scope::local)
      return team.each(n, [=](index_t i) { result[i] = T(math::select(valid(i), score - penalty(i), R(0))); });
    const double last = team.template reduce<highest>(n, [=](index_t i) {
      return lanes{valid(i) ? static_cast<double>(i) : -1.0};
    })[0];
    discount_tokens(
        team, n, o.gamma, o.mask_mode, valid,
        [=](index_t i) { return static_cast<double>(i) == last ? score - penalty(i) : -penalty(i); },
        [=](index_t i, double x) { result[i] = T(x); });
  }
};

}  // namespace detail

/// Writes advantages and returns.
template <storage T = float, backend Backend>
void reinforce_pp_return(const Backend& backend, const op::reinforce_pp_return::inputs<T>& in,
                         const op::reinforce_pp_return::outputs<T>& out, const op::reinforce_pp_return::options& o) {
  check<op::reinforce_pp_return>(backend, in, out, o);
  backend.for_segments(in.rows, detail::reinforce_pp_program<T>{in, out.returns, o});
  if (o.whiten) return detail::whiten_rows<T>(backend, in.rows, in.mask, out.returns, out.advantage);
  const auto rows = in.rows;
  backend.each(out.returns.size(), [=] GUERDON_HD(index_t i) {
    if (rows.holds(i)) out.advantage[i] = out.returns[i];
  });
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto reinforce_pp_return(const Backend& backend, const op::reinforce_pp_return::inputs<T>& in,
                         const op::reinforce_pp_return::options& o = {}) {
  return returned<op::reinforce_pp_return, T>(backend, in, o,
                                              [&](auto& out) { reinforce_pp_return(backend, in, out, o); });
}

}}  // namespace guerdon
