#pragma once

#include <guerdon/description.hpp>
#include <guerdon/verify/exact_match.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct exact_match {
  static constexpr summary about{
      .name = "exact_match",
      .family = "verify",
      .title = "Whether a short answer equals or contains one of the references (SQuAD)",
      .papers = "arXiv:1606.05250",
      .skeleton = skeleton::text};
  template <class T>
  using inputs = exact_match_inputs<T>;
  template <class T>
  using outputs = exact_match_outputs<T>;
  using options = exact_match_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(input("prediction", &inputs<T>::prediction, "B", words()),
                      input("reference", &inputs<T>::reference, "M", words()),
                      segments_input("reference_offsets", &inputs<T>::reference_offsets, "B", "M"));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("match", &outputs<T>::match, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("mode", &options::mode, "exact", "contains"),
                      choice("numbers", &options::numbers, "strip", "keep"),
                      choice("empty_reference", &options::empty_reference, "itself", "official"));
  }
  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::exact_match<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
