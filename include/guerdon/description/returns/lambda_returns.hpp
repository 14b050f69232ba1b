#pragma once

#include <guerdon/description.hpp>
#include <guerdon/returns/lambda_returns.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct lambda_returns {
  static constexpr summary about{.name = "lambda_returns",
                                 .family = "returns",
                                 .title = "Returns that mix one-step targets and what follows by lambda",
                                 .papers = "",
                                 .skeleton = skeleton::scan};
  template <class T>
  using inputs = lambda_returns_inputs<T>;
  template <class T>
  using outputs = lambda_returns_outputs<T>;
  using options = lambda_returns_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(time_input(&inputs<T>::time), input("reward", &inputs<T>::reward, "T,B", any_real()),
                      input("discount", &inputs<T>::discount, "T,B", between(0, 1)),
                      input("value_next", &inputs<T>::value_next, "T,B", any_real()),
                      optional_input("lambda", &inputs<T>::step_lambda, "T", between(0, 1)),
                      optional_input("lambda", &inputs<T>::element_lambda, "T,B", between(0, 1)),
                      optional_input("truncated", &inputs<T>::truncated, "T,B", yes_or_no()));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("returns", &outputs<T>::returns, "T,B"));
  }
  static constexpr auto parameters() { return std::tuple(number("lambda", &options::lambda, closed(0, 1))); }

  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::lambda_returns<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
