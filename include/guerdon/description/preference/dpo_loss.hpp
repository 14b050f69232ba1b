#pragma once

#include <guerdon/description.hpp>
#include <guerdon/preference/dpo_loss.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct dpo_loss {
  static constexpr summary about{
      .name = "dpo_loss",
      .family = "preference",
      .title = "Direct preference optimisation: thirteen losses, four divergences",
      .papers =
          "arXiv:2305.18290; arXiv:2403.00409; arXiv:2310.12036; arXiv:2402.00856; arXiv:2402.05369; "
          "arXiv:2404.04656; arXiv:2405.00675; arXiv:2408.06266; arXiv:2406.08414; arXiv:2309.16240",
      .skeleton = skeleton::global_reduce};
  template <class T>
  using inputs = dpo_loss_inputs<T>;
  template <class T>
  using outputs = dpo_loss_outputs<T>;
  using options = dpo_loss_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("chosen_logprob", &inputs<T>::chosen_logprob, "N", between(-9, 0)),
                      input("rejected_logprob", &inputs<T>::rejected_logprob, "N", between(-9, 0)),
                      input("ref_chosen_logprob", &inputs<T>::ref_chosen_logprob, "N", between(-9, 0)),
                      input("ref_rejected_logprob", &inputs<T>::ref_rejected_logprob, "N", between(-9, 0)),
                      optional_input("chosen_length", &inputs<T>::chosen_length, "N", integers(1, 9)),
                      optional_input("rejected_length", &inputs<T>::rejected_length, "N", integers(1, 9)),
                      optional_input("weight", &inputs<T>::weight, "N", between(0, 2)));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("loss", &outputs<T>::loss, "1"),
                      output("grad_chosen_logprob", &outputs<T>::grad_chosen_logprob, "N"),
                      output("grad_rejected_logprob", &outputs<T>::grad_rejected_logprob, "N"),
                      output("chosen_reward", &outputs<T>::chosen_reward, "N"),
                      output("rejected_reward", &outputs<T>::rejected_reward, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("loss_type", &options::loss_type, "sigmoid", "robust", "hinge", "ipo", "ipo_sum",
                             "sigmoid_norm", "exo_pair", "nca_pair", "bco_pair", "sppo_hard", "apo_zero",
                             "apo_down", "discopop"),
                      number("beta", &options::beta, greater_than(0, 0.05, 1)),
                      number("label_smoothing", &options::label_smoothing, below_half()),
                      choice("divergence", &options::divergence, "reverse_kl", "forward_kl", "js_divergence",
                             "alpha_divergence"),
                      number("alpha", &options::alpha, any_value()),
                      number("discopop_tau", &options::discopop_tau, greater_than(0, 0.05, 1)));
  }
  static constexpr std::array gradients{gradient{"grad_chosen_logprob", "loss", "chosen_logprob"},
                                        gradient{"grad_rejected_logprob", "loss", "rejected_logprob"}};

  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::dpo_loss<T>(backend, in, out, o);
  }

 private:
  /// [0, 0.5)
  static constexpr range below_half() { return {0, 0.5, false, true, 0, 0.45}; }
};

}}}  // namespace guerdon::describe
