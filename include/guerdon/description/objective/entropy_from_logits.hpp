#pragma once

#include <guerdon/description.hpp>
#include <guerdon/objective/entropy_from_logits.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct entropy_from_logits {
  static constexpr summary about{.name = "entropy_from_logits",
                                 .family = "objective",
                                 .title = "Entropy of each row's softmax, and its gradient",
                                 .papers = "",
                                 .skeleton = skeleton::logits_rows};
  template <class T>
  using inputs = entropy_from_logits_inputs<T>;
  template <class T>
  using outputs = entropy_from_logits_outputs<T>;
  using options = entropy_from_logits_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(rows_input(&inputs<T>::rows),
                      input("logits", &inputs<T>::logits, "B,T", between(-5, 5)));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("entropy", &outputs<T>::entropy, "B"),
                      output("grad_logits", &outputs<T>::grad_logits, "B,T"));
  }
  static constexpr auto parameters() {
    return std::tuple(number("temperature", &options::temperature, greater_than(0, 0.3, 3)));
  }
  static constexpr std::array gradients{gradient{"grad_logits", "entropy", "logits"}};

  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::entropy_from_logits<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
