#pragma once

#include <guerdon/description.hpp>
#include <guerdon/objective/masked_whiten.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct masked_whiten {
  static constexpr summary about{
      .name = "masked_whiten",
      .family = "objective",
      .title = "Whitening under a mask: mean 0, variance 1 over the valid elements",
      .papers = "arXiv:1909.08593",
      .skeleton = skeleton::global_reduce};
  template <class T>
  using inputs = masked_whiten_inputs<T>;
  template <class T>
  using outputs = masked_whiten_outputs<T>;
  using options = masked_whiten_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("value", &inputs<T>::value, "*", any_real()),
                      input("mask", &inputs<T>::mask, "*", yes_or_no()));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("value", &outputs<T>::value, "*"));
  }
  static constexpr auto parameters() {
    return std::tuple(integer("ddof", &options::ddof, at_least(0, 3)),
                      number("epsilon", &options::epsilon, at_least(0, 0.1)),
                      choice("epsilon_mode", &options::epsilon_mode, "add_std", "add_var", "clamp_var"),
                      flag("shift_mean", &options::shift_mean), flag("scale", &options::scale),
                      flag("keep_masked", &options::keep_masked));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::masked_whiten<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
