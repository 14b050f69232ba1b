#pragma once

#include <guerdon/description.hpp>
#include <guerdon/returns/vtrace.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct vtrace {
  static constexpr summary about{
      .name = "vtrace",
      .family = "returns",
      .title = "Off-policy value targets and advantages with clipped ratios (V-trace)",
      .papers = "arXiv:1802.01561",
      .skeleton = skeleton::scan};
  template <class T>
  using inputs = vtrace_inputs<T>;
  template <class T>
  using outputs = vtrace_outputs<T>;
  using options = vtrace_options;

  // The mask stops the recursion and hides nothing: a masked step's numbers still enter its q_estimate. Hence its
  // shape is not spelled like theirs, which would say that it governs them.
  template <class T>
  static constexpr auto arguments() {
    return std::tuple(time_input(&inputs<T>::time), input("value", &inputs<T>::value, "T,B", any_real()),
                      input("value_next", &inputs<T>::value_next, "T,B", any_real()),
                      input("reward", &inputs<T>::reward, "T,B", any_real()),
                      input("discount", &inputs<T>::discount, "T,B", between(0, 1)),
                      input("rho", &inputs<T>::rho, "T,B", between(0, 3)),
                      optional_input("mask", &inputs<T>::mask, "T, B", yes_or_no()),
                      optional_input("truncated", &inputs<T>::truncated, "T,B", yes_or_no()),
                      optional_input("lambda", &inputs<T>::step_lambda, "T", between(0, 1)),
                      optional_input("lambda", &inputs<T>::element_lambda, "T,B", between(0, 1)));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("td_error", &outputs<T>::td_error, "T,B"),
                      output("pg_advantage", &outputs<T>::pg_advantage, "T,B"),
                      output("q_estimate", &outputs<T>::q_estimate, "T,B"),
                      output("value_target", &outputs<T>::value_target, "T,B"));
  }
  static constexpr auto parameters() {
    return std::tuple(number("lambda", &options::lambda, closed(0, 1)),
                      number("clip_rho", &options::clip_rho, at_least(0, 2)),
                      number("clip_pg_rho", &options::clip_pg_rho, at_least(0, 2)));
  }

  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::vtrace<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
