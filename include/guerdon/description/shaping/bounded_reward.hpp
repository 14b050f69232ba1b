#pragma once

#include <guerdon/description.hpp>
#include <guerdon/shaping/bounded_reward.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct bounded_reward {
  static constexpr summary about{.name = "bounded_reward",
                                 .family = "shaping",
                                 .title = "Reward squeezed by a sigmoid, tanh, arctan or its polynomial fit",
                                 .papers = "arXiv:2502.18770",
                                 .skeleton = skeleton::map};
  template <class T>
  using inputs = bounded_reward_inputs<T>;
  template <class T>
  using outputs = bounded_reward_outputs<T>;
  using options = bounded_reward_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("reward", &inputs<T>::reward, "B", any_real()));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("shaped_reward", &outputs<T>::shaped_reward, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("function", &options::function, "sigmoid", "tanh", "arctan", "fitted_poly"),
                      number("k", &options::k, greater_than(0, 0.1, 4)));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::bounded_reward<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
