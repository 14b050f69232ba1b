#pragma once

#include <guerdon/advantage/dynamic_sampling_mask.hpp>
#include <guerdon/description.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct dynamic_sampling_mask {
  static constexpr summary about{.name = "dynamic_sampling_mask",
                                 .family = "advantage",
                                 .title = "Which prompts are worth a gradient (dynamic sampling of DAPO)",
                                 .papers = "arXiv:2503.14476",
                                 .skeleton = skeleton::segmented_reduce};
  template <class T>
  using inputs = dynamic_sampling_mask_inputs<T>;
  template <class T>
  using outputs = dynamic_sampling_mask_outputs<T>;
  using options = dynamic_sampling_mask_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("metric", &inputs<T>::metric, "N", any_real()),
                      segments_input("group_offsets", &inputs<T>::groups, "G", "N"),
                      optional_input("live", &inputs<T>::live, "N", yes_or_no()));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("keep_group", &outputs<T>::keep_group, "G"),
                      output("keep", &outputs<T>::keep, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("criterion", &options::criterion, "std", "mean_range", "range"),
                      number("min_std", &options::min_std, any_value()),
                      number("tol", &options::tol, at_least(0, 0.5)),
                      number("low", &options::low, any_value()),
                      number("high", &options::high, any_value()),
                      flag("drop_constant", &options::drop_constant),
                      flag("keep_singleton", &options::keep_singleton));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::dynamic_sampling_mask<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
