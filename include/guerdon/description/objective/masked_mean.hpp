#pragma once

#include <guerdon/description.hpp>
#include <guerdon/objective/masked_mean.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct masked_mean {
  static constexpr summary about{.name = "masked_mean",
                                 .family = "objective",
                                 .title = "Mean of the valid elements, of the whole array or per row",
                                 .papers = "",
                                 .skeleton = skeleton::global_reduce};
  template <class T>
  using inputs = masked_mean_inputs<T>;
  template <class T>
  using outputs = masked_mean_outputs<T>;
  using options = masked_mean_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(rows_input(&inputs<T>::rows),
                      input("value", &inputs<T>::value, "*", any_real()),
                      // [B,T] besides "*" names the rows for axis row
                      optional_input("value", &inputs<T>::value, "B,T", any_real()),
                      input("mask", &inputs<T>::mask, "*", yes_or_no()));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("mean", &outputs<T>::mean, [](const options& o) -> std::string_view {
      return o.axis == mean_axis::row ? "B" : "1";
    }));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("axis", &options::axis, "all", "row"),
                      choice("on_empty", &options::on_empty, "zero", "nan"));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::masked_mean<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
