#pragma once

#include <guerdon/advantage/rloo_advantage.hpp>
#include <guerdon/description.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct rloo_advantage {
  static constexpr summary about{.name = "rloo_advantage",
                                 .family = "advantage",
                                 .title = "Reward minus the mean of the other answers (RLOO)",
                                 .papers = "arXiv:2402.14740",
                                 .skeleton = skeleton::segmented_reduce};
  template <class T>
  using inputs = rloo_advantage_inputs<T>;
  template <class T>
  using outputs = rloo_advantage_outputs<T>;
  using options = rloo_advantage_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("reward", &inputs<T>::reward, "N", any_real()),
                      segments_input("group_offsets", &inputs<T>::groups, "G", "N"));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("advantage", &outputs<T>::advantage, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("singleton", &options::singleton, "zero", "score"),
                      flag("normalize", &options::normalize),
                      number("epsilon", &options::epsilon, at_least(0, 0.1)),
                      integer("ddof", &options::ddof, closed(0, 1)),
                      choice("nan_policy", &options::nan_policy, "propagate", "exclude",
                             "exclude_non_finite"));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::rloo_advantage<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
