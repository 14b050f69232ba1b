#pragma once

#include <guerdon/description.hpp>
#include <guerdon/objective/logprob_from_logits.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct logprob_from_logits {
  static constexpr summary about{
      .name = "logprob_from_logits",
      .family = "objective",
      .title = "Log-probability of the chosen token of each row, its gradient, sum of p squared",
      .papers = "",
      .skeleton = skeleton::logits_rows};
  template <class T>
  using inputs = logprob_from_logits_inputs<T>;
  template <class T>
  using outputs = logprob_from_logits_outputs<T>;
  using options = logprob_from_logits_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(rows_input(&inputs<T>::rows),
                      input("logits", &inputs<T>::logits, "B,T", between(-5, 5)),
                      input("token", &inputs<T>::token, "B", position_in_row()),
                      optional_input("keep_mask", &inputs<T>::keep_mask, "B,T", yes_or_no()));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("logprob", &outputs<T>::logprob, "B"),
                      output("grad_logits", &outputs<T>::grad_logits, "B,T"),
                      output("sum_pi_squared", &outputs<T>::sum_pi_squared, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(number("temperature", &options::temperature, greater_than(0, 0.3, 3)));
  }
  static constexpr std::array gradients{gradient{"grad_logits", "logprob", "logits"}};

  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::logprob_from_logits<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
