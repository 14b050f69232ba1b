#pragma once

#include <guerdon/description.hpp>
#include <guerdon/length/laser_reward.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct laser_reward {
  static constexpr summary about{.name = "laser_reward",
                                 .family = "length",
                                 .title = "Bonus for a right answer within a target length (LASER)",
                                 .papers = "arXiv:2505.15612",
                                 .skeleton = skeleton::map};
  template <class T>
  using inputs = laser_reward_inputs<T>;
  template <class T>
  using outputs = laser_reward_outputs<T>;
  using options = laser_reward_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("reward", &inputs<T>::reward, "B", any_real()),
                      input("correct", &inputs<T>::correct, "B", yes_or_no()),
                      input("length", &inputs<T>::length, "B", integers(0, 40)));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("shaped_reward", &outputs<T>::shaped_reward, "B"),
                      output("length_reward", &outputs<T>::length_reward, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(integer("target_length", &options::target_length, at_least(0, 40)),
                      number("alpha", &options::alpha, any_value()),
                      choice("mode", &options::mode, "reward", "penalty", "hybrid"));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::laser_reward<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
