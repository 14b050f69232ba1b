#pragma once

#include <guerdon/description.hpp>
#include <guerdon/preference/bradley_terry_loss.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct bradley_terry_loss {
  static constexpr summary about{.name = "bradley_terry_loss",
                                 .family = "preference",
                                 .title = "Reward-model loss on preferred and rejected answers",
                                 .papers = "arXiv:2203.02155; arXiv:2307.09288; arXiv:2312.09244",
                                 .skeleton = skeleton::global_reduce};
  template <class T>
  using inputs = bradley_terry_loss_inputs<T>;
  template <class T>
  using outputs = bradley_terry_loss_outputs<T>;
  using options = bradley_terry_loss_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("chosen_reward", &inputs<T>::chosen_reward, "N", any_real()),
                      input("rejected_reward", &inputs<T>::rejected_reward, "N", any_real()),
                      optional_input("margin", &inputs<T>::margin, "N", between(0, 1)));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("loss", &outputs<T>::loss, "1"),
                      output("grad_chosen_reward", &outputs<T>::grad_chosen_reward, "N"),
                      output("grad_rejected_reward", &outputs<T>::grad_rejected_reward, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(number("label_smoothing", &options::label_smoothing, below_half()),
                      number("center_coef", &options::center_coef, at_least(0, 0.1)));
  }
  static constexpr std::array gradients{gradient{"grad_chosen_reward", "loss", "chosen_reward"},
                                        gradient{"grad_rejected_reward", "loss", "rejected_reward"}};

  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::bradley_terry_loss<T>(backend, in, out, o);
  }

 private:
  /// [0, 0.5)
  static constexpr range below_half() { return {0, 0.5, false, true, 0, 0.45}; }
};

}}}  // namespace guerdon::describe
