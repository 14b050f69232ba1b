#pragma once

#include <guerdon/advantage/copo_blend_weight.hpp>
#include <guerdon/description.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct copo_blend_weight {
  static constexpr summary about{.name = "copo_blend_weight",
                                 .family = "advantage",
                                 .title = "Entropy gate between local and global loss (COPO)",
                                 .papers = "arXiv:2508.04138",
                                 .skeleton = skeleton::map};
  template <class T>
  using inputs = copo_blend_weight_inputs<T>;
  template <class T>
  using outputs = copo_blend_weight_outputs<T>;
  using options = copo_blend_weight_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("reward", &inputs<T>::reward, "N", any_real()),
                      segments_input("group_offsets", &inputs<T>::groups, "G", "N"),
                      input("entropy", &inputs<T>::entropy, "G", between(0, 3)),
                      input("local_advantage", &inputs<T>::local_advantage, "N", any_real()));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("local_weight", &outputs<T>::local_weight, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(number("k", &options::k, any_value()), number("b", &options::b, any_value()),
                      choice("mode", &options::mode, "soft", "soft_with_zero", "soft_with_forced",
                             "only_zero", "only_forced", "local", "global"),
                      number("zero_value", &options::zero_value, any_value()));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::copo_blend_weight<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
