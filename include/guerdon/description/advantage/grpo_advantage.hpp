#pragma once

#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/description.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct grpo_advantage {
  static constexpr summary about{.name = "grpo_advantage",
                                 .family = "advantage",
                                 .title = "Reward against the siblings' mean and spread (GRPO, Dr.GRPO)",
                                 .papers = "arXiv:2402.03300; arXiv:2503.20783",
                                 .skeleton = skeleton::segmented_reduce};
  template <class T>
  using inputs = grpo_advantage_inputs<T>;
  template <class T>
  using outputs = grpo_advantage_outputs<T>;
  using options = grpo_advantage_options;

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
    return std::tuple(choice("baseline", &options::baseline, "mean", "leave_one_out"),
                      choice("std_scope", &options::std_scope, "group", "batch", "none"),
                      choice("std_kind", &options::std_kind, "all", "leave_one_out"),
                      choice("std_source", &options::std_source, "reward", "centered"),
                      integer("ddof", &options::ddof, closed(0, 1)),
                      number("epsilon", &options::epsilon, at_least(0, 0.1)),
                      choice("epsilon_mode", &options::epsilon_mode, "add_std", "add_var", "clamp_var", "skip_zero"),
                      choice("singleton", &options::singleton, "zero", "score", "nan"),
                      choice("nan_policy", &options::nan_policy, "propagate", "exclude",
                             "exclude_non_finite"));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::grpo_advantage<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
