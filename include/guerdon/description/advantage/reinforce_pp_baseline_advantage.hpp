#pragma once

#include <guerdon/advantage/reinforce_pp_baseline_advantage.hpp>
#include <guerdon/description.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct reinforce_pp_baseline_advantage {
  static constexpr summary about{
      .name = "reinforce_pp_baseline_advantage",
      .family = "advantage",
      .title = "Group-centred reward on every token, whitened over the batch (REINFORCE++)",
      .papers = "arXiv:2501.03262",
      .skeleton = skeleton::segmented_reduce};
  template <class T>
  using inputs = reinforce_pp_baseline_advantage_inputs<T>;
  template <class T>
  using outputs = reinforce_pp_baseline_advantage_outputs<T>;
  using options = reinforce_pp_baseline_advantage_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(rows_input(&inputs<T>::rows),
                      input("reward", &inputs<T>::reward, "B", any_real()),
                      segments_input("group_offsets", &inputs<T>::groups, "G", "B"),
                      input("mask", &inputs<T>::mask, "B,T", yes_or_no()));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("advantage", &outputs<T>::advantage, "B,T"));
  }
  static constexpr auto parameters() {
    return std::tuple(flag("whiten", &options::whiten),
                      integer("ddof", &options::ddof, closed(0, 1)),
                      number("epsilon", &options::epsilon, at_least(0, 0.1)),
                      choice("epsilon_mode", &options::epsilon_mode, "add_std", "add_var", "clamp_var"),
                      choice("singleton", &options::singleton, "zero", "score"));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::reinforce_pp_baseline_advantage<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
