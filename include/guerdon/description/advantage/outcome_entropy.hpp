#pragma once

#include <guerdon/advantage/outcome_entropy.hpp>
#include <guerdon/description.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct outcome_entropy {
  static constexpr summary about{.name = "outcome_entropy",
                                 .family = "advantage",
                                 .title = "Entropy of the answers to one prompt (COPO)",
                                 .papers = "arXiv:2508.04138",
                                 .skeleton = skeleton::sort};
  template <class T>
  using inputs = outcome_entropy_inputs<T>;
  template <class T>
  using outputs = outcome_entropy_outputs<T>;
  using options = outcome_entropy_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("outcome_id", &inputs<T>::outcome_id, "N", integers(-1, 4)),
                      segments_input("group_offsets", &inputs<T>::groups, "G", "N"));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("entropy", &outputs<T>::entropy, "G"));
  }
  static constexpr auto parameters() {
    return std::tuple(number("log_base", &options::log_base, greater_than(1, 1.5, 10)),
                      number("eps", &options::eps, at_least(0, 1e-3)));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::outcome_entropy<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
