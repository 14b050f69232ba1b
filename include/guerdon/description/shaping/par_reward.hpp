#pragma once

#include <guerdon/description.hpp>
#include <guerdon/shaping/par_reward.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct par_reward {
  static constexpr summary about{.name = "par_reward",
                                 .family = "shaping",
                                 .title = "Probability of beating the reference answers (PAR)",
                                 .papers = "arXiv:2502.18770",
                                 .skeleton = skeleton::segmented_reduce};
  template <class T>
  using inputs = par_reward_inputs<T>;
  template <class T>
  using outputs = par_reward_outputs<T>;
  using options = par_reward_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("reward", &inputs<T>::reward, "B", any_real()),
                      input("ref_reward", &inputs<T>::ref_reward, "M", any_real()),
                      segments_input("ref_offsets", &inputs<T>::references, "B", "M"));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("shaped_reward", &outputs<T>::shaped_reward, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(number("k", &options::k, greater_than(0, 0.1, 4)),
                      integer("max_ref", &options::max_ref, at_least(1, 12)));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::par_reward<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
