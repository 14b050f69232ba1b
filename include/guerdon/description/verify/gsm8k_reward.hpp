#pragma once

#include <guerdon/description.hpp>
#include <guerdon/verify/gsm8k_reward.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct gsm8k_reward {
  static constexpr summary about{
      .name = "gsm8k_reward",
      .family = "verify",
      .title = "The final number of a solution against the reference answer (GSM8K)",
      .papers = "arXiv:2110.14168",
      .skeleton = skeleton::text};
  template <class T>
  using inputs = gsm8k_reward_inputs<T>;
  template <class T>
  using outputs = gsm8k_reward_outputs<T>;
  using options = gsm8k_reward_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("completion", &inputs<T>::completion, "B", words()),
                      input("answer", &inputs<T>::answer, "B", words()));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("extracted", &outputs<T>::extracted, "B"),
                      output("found", &outputs<T>::found, "B"), output("reward", &outputs<T>::reward, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("method", &options::method, "strict", "flexible"),
                      integer("clip_chars", &options::clip_chars, at_least(0, 400)),
                      number("correct_reward", &options::correct_reward, any_value()),
                      number("wrong_reward", &options::wrong_reward, any_value()),
                      flag("clean", &options::clean), choice("compare", &options::compare, "number", "text"));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::gsm8k_reward<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
