#pragma once

#include <guerdon/description.hpp>
#include <guerdon/objective/masked_var.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct masked_var {
  static constexpr summary about{.name = "masked_var",
                                 .family = "objective",
                                 .title = "Variance of the valid elements, in two passes",
                                 .papers = "",
                                 .skeleton = skeleton::global_reduce};
  template <class T>
  using inputs = masked_var_inputs<T>;
  template <class T>
  using outputs = masked_var_outputs<T>;
  using options = masked_var_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("value", &inputs<T>::value, "*", any_real()),
                      input("mask", &inputs<T>::mask, "*", yes_or_no()));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("variance", &outputs<T>::variance, "1"));
  }
  static constexpr auto parameters() {
    return std::tuple(integer("ddof", &options::ddof, at_least(0, 3)));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::masked_var<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
