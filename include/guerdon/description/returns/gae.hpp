#pragma once

#include <guerdon/description.hpp>
#include <guerdon/returns/gae.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct gae {
  static constexpr summary about{.name = "gae",
                                 .family = "returns",
                                 .title = "Advantages and value targets over time-major steps (GAE)",
                                 .papers = "arXiv:1506.02438",
                                 .skeleton = skeleton::scan};
  template <class T>
  using inputs = gae_inputs<T>;
  template <class T>
  using outputs = gae_outputs<T>;
  using options = gae_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(time_input(&inputs<T>::time), input("reward", &inputs<T>::reward, "T,B", any_real()),
                      input("discount", &inputs<T>::discount, "T,B", between(0, 1)),
                      input("values", &inputs<T>::values, "T+1,B", any_real()),
                      optional_input("value_next", &inputs<T>::value_next, "T,B", any_real()),
                      optional_input("truncated", &inputs<T>::truncated, "T,B", yes_or_no()),
                      optional_input("lambda", &inputs<T>::step_lambda, "T", between(0, 1)),
                      optional_input("lambda", &inputs<T>::element_lambda, "T,B", between(0, 1)));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("advantage", &outputs<T>::advantage, "T,B"),
                      output("value_target", &outputs<T>::value_target, "T,B"));
  }
  static constexpr auto parameters() { return std::tuple(number("lambda", &options::lambda, closed(0, 1))); }

  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::gae<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
