#pragma once

#include <guerdon/description.hpp>
#include <guerdon/shaping/minmax_reward.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct minmax_reward {
  static constexpr summary about{.name = "minmax_reward",
                                 .family = "shaping",
                                 .title = "Reward between the lowest and the highest seen so far",
                                 .papers = "arXiv:2502.18770",
                                 .skeleton = skeleton::global_reduce};
  template <class T>
  using inputs = minmax_reward_inputs<T>;
  template <class T>
  using outputs = minmax_reward_outputs<T>;
  using options = minmax_reward_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("reward", &inputs<T>::reward, "B",
                            {.kind = domain::normal, .low = -1, .high = 1, .nan_allowed = false}),
                      input("state", &inputs<T>::state, "5",
                            {.kind = domain::uniform, .low = 0, .high = 5, .nan_allowed = false}));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("shaped_reward", &outputs<T>::shaped_reward, "B"),
                      output("new_state", &outputs<T>::new_state, "5"));
  }
  static constexpr auto parameters() { return std::tuple(); }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::minmax_reward<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
