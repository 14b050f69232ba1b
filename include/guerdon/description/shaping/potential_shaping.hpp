#pragma once

#include <guerdon/description.hpp>
#include <guerdon/shaping/potential_shaping.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct potential_shaping {
  static constexpr summary about{
      .name = "potential_shaping",
      .family = "shaping",
      .title = "Discounted difference of potentials, which keeps the optimal policy",
      .papers = "Ng, Harada and Russell 1999; Grzes 2017",
      .skeleton = skeleton::map};
  template <class T>
  using inputs = potential_shaping_inputs<T>;
  template <class T>
  using outputs = potential_shaping_outputs<T>;
  using options = potential_shaping_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("reward", &inputs<T>::reward, "T,B", any_real()),
                      input("potential", &inputs<T>::potential, "T,B", any_real()),
                      input("potential_next", &inputs<T>::potential_next, "T,B", any_real()),
                      input("terminated", &inputs<T>::terminated, "T,B", yes_or_no()));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("shaping", &outputs<T>::shaping, "T,B"),
                      output("shaped_reward", &outputs<T>::shaped_reward, "T,B"));
  }
  static constexpr auto parameters() {
    return std::tuple(number("gamma", &options::gamma, closed(0, 1)),
                      number("scale", &options::scale, any_value()),
                      choice("terminal", &options::terminal, "zero", "keep"));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::potential_shaping<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
