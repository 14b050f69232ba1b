#pragma once

#include <guerdon/advantage/maxrl_advantage.hpp>
#include <guerdon/description.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct maxrl_advantage {
  static constexpr summary about{.name = "maxrl_advantage",
                                 .family = "advantage",
                                 .title = "Centred reward over the group's mean (MaxRL)",
                                 .papers = "arXiv:2602.02710",
                                 .skeleton = skeleton::segmented_reduce};
  template <class T>
  using inputs = maxrl_advantage_inputs<T>;
  template <class T>
  using outputs = maxrl_advantage_outputs<T>;
  using options = maxrl_advantage_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("reward", &inputs<T>::reward, "N", between(0, 1)),
                      segments_input("group_offsets", &inputs<T>::groups, "G", "N"));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("advantage", &outputs<T>::advantage, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(number("epsilon", &options::epsilon, at_least(0, 0.1)),
                      choice("singleton", &options::singleton, "zero", "score"));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::maxrl_advantage<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
