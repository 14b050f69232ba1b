#pragma once

#include <guerdon/description.hpp>
#include <guerdon/objective/kl_estimate.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct kl_estimate {
  static constexpr summary about{
      .name = "kl_estimate",
      .family = "objective",
      .title = "KL to a reference policy per token: k1, k2, k3, with or without importance weights",
      .papers = "arXiv:2512.02556",
      .skeleton = skeleton::map};
  template <class T>
  using inputs = kl_estimate_inputs<T>;
  template <class T>
  using outputs = kl_estimate_outputs<T>;
  using options = kl_estimate_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("logprob", &inputs<T>::logprob, "*", between(-3, 0)),
                      input("ref_logprob", &inputs<T>::ref_logprob, "*", between(-3, 0)),
                      optional_input("old_logprob", &inputs<T>::old_logprob, "*", between(-3, 0)));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("kl", &outputs<T>::kl, "*"),
                      output("grad_logprob", &outputs<T>::grad_logprob, "*"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("estimator", &options::estimator, "k3", "k1", "abs", "k2"),
                      number("input_clamp", &options::input_clamp, greater_than(0, 0.1, 20)),
                      number("output_clamp", &options::output_clamp, greater_than(0, 0.1, 10)),
                      flag("straight_through", &options::straight_through),
                      choice("importance", &options::importance, "none", "on_policy", "off_policy"),
                      flag("clamp_importance", &options::clamp_importance));
  }
  static constexpr std::array gradients{
      gradient{"grad_logprob", "kl", "logprob", "straight_through=0, importance=none"},
      gradient{"grad_logprob", "kl", "logprob", "straight_through=0, importance=off_policy, clamp_importance=0"}};

  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::kl_estimate<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
