#pragma once
// Exploratory preference optimisation: DPO on the policy's own answer against the reference's, and optimism about what the
// reference would not say.
//
// $$\ell = \ell_{DPO}(\text{winner}, \text{loser}) + \alpha \log\pi(y_{ref})$$
//
// with the answer $y_{ref}$ that the reference policy gave. `ipo` is the sum form $(c - r - 1/(2\beta))^2$ of dpo_loss.
// The loss is the mean over the pairs.
//
// Source: XPO, arXiv:2405.21046, algorithm 1; as in TRL.
//
// Details that differ:
// - alpha = 0 is online DPO, and leaves the second term out.
// - No pair: loss 0.
//
// Cost: 25 bytes per pair in float.

#include <guerdon/preference/dpo_loss.hpp>

namespace guerdon {

enum class xpo_loss_type { sigmoid, ipo };
constexpr auto enumerators(xpo_loss_type) { return std::array{"sigmoid", "ipo"}; }

namespace op {
struct xpo_loss {
  static constexpr info about{"xpo_loss", "preference", "Online DPO with an optimism term (XPO)", "arXiv:2405.21046",
                              skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> own_logprob;             ///< [n] of the policy's answer, summed over its tokens
    view<const T> ref_own_logprob;         ///< [n] the same under the reference policy
    view<const T> ref_sample_logprob;      ///< [n] of the reference's answer, under the policy
    view<const T> ref_ref_sample_logprob;  ///< [n] the same under the reference policy
    view<const flag_t> own_wins;           ///< [n] 1 = the policy's answer is preferred
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;                     ///< [1] mean over the pairs
    Of<T> grad_own_logprob;         ///< [n] d loss / d own_logprob
    Of<T> grad_ref_sample_logprob;  ///< [n] d loss / d ref_sample_logprob
  };
  struct options {
    double beta = 0.1;    ///< > 0
    double alpha = 1e-5;  ///< weight of the optimism term
    xpo_loss_type loss_type = xpo_loss_type::sigmoid;
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("own_logprob", &I::own_logprob, "N", drawn(-9, 0)),
                      array("ref_own_logprob", &I::ref_own_logprob, "N", drawn(-9, 0)),
                      array("ref_sample_logprob", &I::ref_sample_logprob, "N", drawn(-9, 0)),
                      array("ref_ref_sample_logprob", &I::ref_ref_sample_logprob, "N", drawn(-9, 0)),
                      array("own_wins", &I::own_wins, "N", yes_or_no()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_own_logprob", &O::grad_own_logprob, "N"),
                      array("grad_ref_sample_logprob", &O::grad_ref_sample_logprob, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("beta", &options::beta, greater_than(0, 0.05, 1)),
                      option("alpha", &options::alpha, drawn(0, 0.1)), choice("loss_type", &options::loss_type));
  }
  static constexpr std::array gradients{gradient{"grad_own_logprob", "loss", "own_logprob"},
                                        gradient{"grad_ref_sample_logprob", "loss", "ref_sample_logprob"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes loss and gradients.
template <real T = float, backend Backend>
void xpo_loss(const Backend& backend, const op::xpo_loss::inputs<T>& in, const op::xpo_loss::outputs<T>& out,
              const op::xpo_loss::options& o) {
  check<op::xpo_loss>(backend, in, out, o);
  const index_t n = in.own_logprob.size();
  const op::dpo_loss::options dpo{
      .loss_type = o.loss_type == xpo_loss_type::ipo ? dpo_loss_type::ipo_sum : dpo_loss_type::sigmoid, .beta = o.beta};
  reduce_array<add>(
      backend, n,
      [=] GUERDON_HD(index_t i) {
        const double own = double(in.own_logprob[i]) - double(in.ref_own_logprob[i]);
        const double other_logprob = double(in.ref_sample_logprob[i]);
        const double other = other_logprob - double(in.ref_ref_sample_logprob[i]);
        const bool wins = in.own_wins[i] != 0;
        const dpo_pair pair = dpo_pair_loss(wins ? own : other, wins ? other : own, 1, 1, dpo, 0);
        const double own_slope = wins ? pair.chosen_slope : pair.rejected_slope;
        const double other_slope = wins ? pair.rejected_slope : pair.chosen_slope;
        out.grad_own_logprob[i] = T(own_slope / double(n));
        out.grad_ref_sample_logprob[i] = T((other_slope + o.alpha) / double(n));
        return lanes{pair.loss + math::zero_select_product(o.alpha, other_logprob)};
      },
      write_mean_loss<T>{out.loss, n});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto xpo_loss(const Backend& backend, const op::xpo_loss::inputs<T>& in, const op::xpo_loss::options& o = {}) {
  return returned<op::xpo_loss, T>(backend, in, o, [&](auto& out) { xpo_loss(backend, in, out, o); });
}

}}  // namespace guerdon
