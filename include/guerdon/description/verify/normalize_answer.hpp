#pragma once

#include <guerdon/description.hpp>
#include <guerdon/verify/normalize_answer.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct normalize_answer {
  static constexpr summary about{
      .name = "normalize_answer",
      .family = "verify",
      .title = "A short answer without case, punctuation, articles and extra blanks (SQuAD)",
      .papers = "arXiv:1606.05250",
      .skeleton = skeleton::text};
  template <class T>
  using inputs = normalize_answer_inputs<T>;
  template <class T>
  using outputs = normalize_answer_outputs<T>;
  using options = normalize_answer_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("text", &inputs<T>::text, "B", words()));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("normalized", &outputs<T>::normalized, "B"));
  }
  static constexpr auto parameters() { return std::tuple(choice("numbers", &options::numbers, "strip", "keep")); }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::normalize_answer<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
