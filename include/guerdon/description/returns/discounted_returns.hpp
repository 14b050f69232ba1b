#pragma once

#include <guerdon/description.hpp>
#include <guerdon/returns/discounted_returns.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct discounted_returns {
  static constexpr summary about{.name = "discounted_returns",
                                 .family = "returns",
                                 .title = "Discounted sum of the rewards from each step on",
                                 .papers = "",
                                 .skeleton = skeleton::scan};
  template <class T>
  using inputs = discounted_returns_inputs<T>;
  template <class T>
  using outputs = discounted_returns_outputs<T>;
  using options = discounted_returns_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(time_input(&inputs<T>::time), input("reward", &inputs<T>::reward, "T,B", any_real()),
                      input("discount", &inputs<T>::discount, "T,B", between(0, 1)),
                      optional_input("bootstrap_value", &inputs<T>::bootstrap_value, "B", any_real()));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("returns", &outputs<T>::returns, "T,B"));
  }
  static constexpr auto parameters() { return std::tuple(); }

  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::discounted_returns<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
