#pragma once

#include <guerdon/description.hpp>
#include <guerdon/length/kimi_length_reward.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct kimi_length_reward {
  static constexpr summary about{.name = "kimi_length_reward",
                                 .family = "length",
                                 .title = "Length against the siblings' shortest and longest (Kimi k1.5)",
                                 .papers = "arXiv:2501.12599; arXiv:2505.15612",
                                 .skeleton = skeleton::segmented_reduce};
  template <class T>
  using inputs = kimi_length_reward_inputs<T>;
  template <class T>
  using outputs = kimi_length_reward_outputs<T>;
  using options = kimi_length_reward_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("reward", &inputs<T>::reward, "B", any_real()),
                      input("correct", &inputs<T>::correct, "B", yes_or_no()),
                      input("length", &inputs<T>::length, "B", integers(0, 40)),
                      segments_input("group_offsets", &inputs<T>::groups, "G", "B"),
                      optional_input("eligible", &inputs<T>::eligible, "B", yes_or_no()));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("length_reward", &outputs<T>::length_reward, "B"),
                      output("shaped_reward", &outputs<T>::shaped_reward, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(number("coef", &options::coef, at_least(0, 2)),
                      number("epsilon", &options::epsilon, at_least(0, 0.1)));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::kimi_length_reward<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
