#pragma once
// Contrastive preference optimisation: DPO without a reference policy.
//
// $$z = \beta\,(\log\pi(y^+) - \log\pi(y^-))$$
//
// | loss_type | loss of a pair |
// |---|---|
// | sigmoid | $-(1-e)\log\sigma(z) - e\log\sigma(-z)$ |
// | hinge | $\max(0, 1-z)$ |
// | ipo | $(\log\pi(y^+) - \log\pi(y^-) - 1/(2\beta))^2$ |
//
// The loss is the mean over the pairs.
//
// Source: CPO, arXiv:2401.08417, eq. 4; the other losses, TRL.
//
// Details that differ:
// - The preference term only: the likelihood of the preferred answers (TRL's cpo_alpha) is the caller's to add.
// - `ipo` is the sum form of whatever it is given: pass mean log-probabilities for TRL's.
// - A NaN difference makes loss and both gradients of the pair NaN, for every loss_type. No pair: loss 0.
//
// Cost: 16 bytes per pair in float.

#include <guerdon/preference/dpo_loss.hpp>

namespace guerdon {

enum class cpo_loss_type { sigmoid, hinge, ipo };
constexpr auto enumerators(cpo_loss_type) { return std::array{"sigmoid", "hinge", "ipo"}; }

namespace op {
struct cpo_loss {
  static constexpr info about{"cpo_loss", "preference", "DPO without a reference policy (CPO)", "arXiv:2401.08417",
                              skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> chosen_logprob;    ///< [n] of the preferred answer, summed over its tokens
    view<const T> rejected_logprob;  ///< [n] of the other one
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;                   ///< [1] mean over the pairs
    Of<T> grad_chosen_logprob;    ///< [n] d loss / d chosen_logprob
    Of<T> grad_rejected_logprob;  ///< [n] d loss / d rejected_logprob
  };
  struct options {
    cpo_loss_type loss_type = cpo_loss_type::sigmoid;
    double beta = 0.1;           ///< > 0
    double label_smoothing = 0;  ///< [0, 0.5), read by sigmoid
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("chosen_logprob", &I::chosen_logprob, "N", drawn(-9, 0)),
                      array("rejected_logprob", &I::rejected_logprob, "N", drawn(-9, 0)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_chosen_logprob", &O::grad_chosen_logprob, "N"),
                      array("grad_rejected_logprob", &O::grad_rejected_logprob, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("loss_type", &options::loss_type),
                      option("beta", &options::beta, greater_than(0, 0.05, 1)),
                      option("label_smoothing", &options::label_smoothing, label_share()));
  }
  static constexpr std::array gradients{gradient{"grad_chosen_logprob", "loss", "chosen_logprob"},
                                        gradient{"grad_rejected_logprob", "loss", "rejected_logprob"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes what belongs to a pair, and returns its loss.
template <bool usual, class T>
struct cpo_loss_of_pair {
  op::cpo_loss::inputs<T> in;
  op::cpo_loss::outputs<T> out;
  op::dpo_loss::options o;
  index_t n;

  GUERDON_HD lanes<double, 1> operator()(index_t i) const {
    const dpo_pair pair = dpo_pair_loss(double(in.chosen_logprob[i]), double(in.rejected_logprob[i]), 1, 1,
                                        dpo_options<usual>(o), 0);
    out.grad_chosen_logprob[i] = T(pair.chosen_slope / double(n));
    out.grad_rejected_logprob[i] = T(pair.rejected_slope / double(n));
    return {pair.loss};
  }
};

/// Writes loss and gradients.
template <real T = float, backend Backend>
void cpo_loss(const Backend& backend, const op::cpo_loss::inputs<T>& in, const op::cpo_loss::outputs<T>& out,
              const op::cpo_loss::options& o) {
  check<op::cpo_loss>(backend, in, out, o);
  const index_t n = in.chosen_logprob.size();
  constexpr dpo_loss_type types[] = {dpo_loss_type::sigmoid, dpo_loss_type::hinge, dpo_loss_type::ipo_sum};
  const op::dpo_loss::options dpo{
      .loss_type = types[static_cast<int>(o.loss_type)], .beta = o.beta, .label_smoothing = o.label_smoothing};
  const write_mean_loss<T> mean{out.loss, n};
  if (usual_dpo(dpo)) reduce_array<add>(backend, n, cpo_loss_of_pair<true, T>{in, out, dpo, n}, mean);
  else reduce_array<add>(backend, n, cpo_loss_of_pair<false, T>{in, out, dpo, n}, mean);
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto cpo_loss(const Backend& backend, const op::cpo_loss::inputs<T>& in, const op::cpo_loss::options& o = {}) {
  return returned<op::cpo_loss, T>(backend, in, o, [&](auto& out) { cpo_loss(backend, in, out, o); });
}

}}  // namespace guerdon
