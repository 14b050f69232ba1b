#pragma once

#include <guerdon/description.hpp>
#include <guerdon/length/laser_d_reward.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct laser_d_reward {
  static constexpr summary about{.name = "laser_d_reward",
                                 .family = "length",
                                 .title = "LASER with a target length by the prompt's difficulty (LASER-D)",
                                 .papers = "arXiv:2505.15612",
                                 .skeleton = skeleton::segmented_reduce};
  template <class T>
  using inputs = laser_d_reward_inputs<T>;
  template <class T>
  using outputs = laser_d_reward_outputs<T>;
  using options = laser_d_reward_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("reward", &inputs<T>::reward, "B", any_real()),
                      input("correct", &inputs<T>::correct, "B", yes_or_no()),
                      input("length", &inputs<T>::length, "B", integers(0, 40)),
                      segments_input("group_offsets", &inputs<T>::groups, "G", "B"),
                      input("target_length", &inputs<T>::target_length, "3", integers(0, 40)));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("shaped_reward", &outputs<T>::shaped_reward, "B"),
                      output("length_reward", &outputs<T>::length_reward, "B"),
                      output("bucket", &outputs<T>::bucket, "B"),
                      output("dynamic_target", &outputs<T>::dynamic_target, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(number("alpha", &options::alpha, any_value()),
                      choice("mode", &options::mode, "reward", "penalty", "hybrid"));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::laser_d_reward<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
