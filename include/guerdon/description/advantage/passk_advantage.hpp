#pragma once

#include <guerdon/advantage/passk_advantage.hpp>
#include <guerdon/description.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct passk_advantage {
  static constexpr summary about{
      .name = "passk_advantage",
      .family = "advantage",
      .title = "Credit for the best answer only, by its lead over the second best (pass@k)",
      .papers = "arXiv:2503.19595",
      .skeleton = skeleton::segmented_reduce};
  template <class T>
  using inputs = passk_advantage_inputs<T>;
  template <class T>
  using outputs = passk_advantage_outputs<T>;
  using options = passk_advantage_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("reward", &inputs<T>::reward, "N", any_real()),
                      segments_input("group_offsets", &inputs<T>::groups, "G", "N"));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("advantage", &outputs<T>::advantage, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(flag("normalize_std", &options::normalize_std),
                      integer("ddof", &options::ddof, closed(0, 1)),
                      number("epsilon", &options::epsilon, at_least(0, 0.1)));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::passk_advantage<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
