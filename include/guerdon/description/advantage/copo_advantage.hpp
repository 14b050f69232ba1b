#pragma once

#include <guerdon/advantage/copo_advantage.hpp>
#include <guerdon/description.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct copo_advantage {
  static constexpr summary about{
      .name = "copo_advantage",
      .family = "advantage",
      .title = "Advantage inside the prompt and of the prompt among prompts (COPO)",
      .papers = "arXiv:2508.04138",
      .skeleton = skeleton::sort};
  template <class T>
  using inputs = copo_advantage_inputs<T>;
  template <class T>
  using outputs = copo_advantage_outputs<T>;
  using options = copo_advantage_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("reward", &inputs<T>::reward, "N", any_real()),
                      input("outcome_id", &inputs<T>::outcome_id, "N", integers(-1, 4)),
                      segments_input("group_offsets", &inputs<T>::groups, "G", "N"));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("local_advantage", &outputs<T>::local_advantage, "N"),
                      output("global_advantage", &outputs<T>::global_advantage, "N"),
                      output("entropy", &outputs<T>::entropy, "G"),
                      output("global_reward", &outputs<T>::global_reward, "G"));
  }
  static constexpr auto parameters() {
    return std::tuple(flag("use_consistency", &options::use_consistency),
                      flag("norm_by_std", &options::norm_by_std),
                      number("epsilon", &options::epsilon, at_least(0, 0.1)),
                      choice("singleton", &options::singleton, "zero", "score"),
                      number("log_base", &options::log_base, greater_than(1, 1.5, 10)));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::copo_advantage<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
