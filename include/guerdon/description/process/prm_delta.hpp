#pragma once

#include <guerdon/description.hpp>
#include <guerdon/process/prm_delta.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct prm_delta {
  static constexpr summary about{.name = "prm_delta",
                                 .family = "process",
                                 .title = "Step score minus the next step's (Delta)",
                                 .papers = "arXiv:2410.15115",
                                 .skeleton = skeleton::map};
  template <class T>
  using inputs = prm_delta_inputs<T>;
  template <class T>
  using outputs = prm_delta_outputs<T>;
  using options = prm_delta_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("step_reward", &inputs<T>::step_reward, "S", any_real()),
                      segments_input("step_offsets", &inputs<T>::steps, "N", "S"));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("delta", &outputs<T>::delta, "S"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("last_step", &options::last_step, "drop", "keep"));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::prm_delta<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
