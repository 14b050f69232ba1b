#pragma once

#include <guerdon/advantage/copo_global_reward.hpp>
#include <guerdon/description.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct copo_global_reward {
  static constexpr summary about{
      .name = "copo_global_reward",
      .family = "advantage",
      .title = "A prompt's mean reward, discounted by the disagreement of its answers (COPO)",
      .papers = "arXiv:2508.04138",
      .skeleton = skeleton::segmented_reduce};
  template <class T>
  using inputs = copo_global_reward_inputs<T>;
  template <class T>
  using outputs = copo_global_reward_outputs<T>;
  using options = copo_global_reward_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("reward", &inputs<T>::reward, "N", any_real()),
                      segments_input("group_offsets", &inputs<T>::groups, "G", "N"),
                      input("entropy", &inputs<T>::entropy, "G", between(0, 3)));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("global_reward", &outputs<T>::global_reward, "G"));
  }
  static constexpr auto parameters() {
    return std::tuple(flag("use_consistency", &options::use_consistency),
                      number("log_base", &options::log_base, greater_than(1, 1.5, 10)));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::copo_global_reward<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
