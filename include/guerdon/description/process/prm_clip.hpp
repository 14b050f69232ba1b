#pragma once

#include <guerdon/description.hpp>
#include <guerdon/process/prm_clip.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct prm_clip {
  static constexpr summary about{.name = "prm_clip",
                                 .family = "process",
                                 .title = "How far a step's score falls short of a threshold (Clip)",
                                 .papers = "arXiv:2410.15115",
                                 .skeleton = skeleton::map};
  template <class T>
  using inputs = prm_clip_inputs<T>;
  template <class T>
  using outputs = prm_clip_outputs<T>;
  using options = prm_clip_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("step_reward", &inputs<T>::step_reward, "S", any_real()));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("clipped", &outputs<T>::clipped, "S"));
  }
  static constexpr auto parameters() { return std::tuple(number("eta", &options::eta, any_value())); }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::prm_clip<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
