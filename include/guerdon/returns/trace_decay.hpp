#pragma once
// The lambda of a recursion over time: one number, one per step, or one per element; and products of
// coefficients of which one zero is enough.

#include <guerdon/core/launch.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// a * b for two coefficients: exactly 0 where either is, whatever the other is.
template <class R>
GUERDON_HD R coefficient_product(R a, R b) {
  return math::select((a == R(0)) | (b == R(0)), R(0), a * b);
}

/// min(ratio, bound); NaN stays. (Of math::min g++ merges the comparison with a test for 0 behind it, and a loop that does
/// so stays scalar.)
template <class R>
GUERDON_HD R clipped_ratio(R ratio, R bound) {
  return math::select(bound < ratio, bound, ratio);
}

template <class R>
struct constant_decay {
  R lambda;
  GUERDON_HD R operator()(const time_index&) const { return lambda; }
};
template <class T>
struct step_decay {
  const T* lambda;  // [T]
  GUERDON_HD real_t<T> operator()(const time_index& at) const { return real_t<T>(lambda[at.t]); }
};
template <class T>
struct element_decay {
  const T* lambda;  // [T,B]
  GUERDON_HD real_t<T> operator()(const time_index& at) const { return real_t<T>(lambda[at.i]); }
};

/// Another decay, and 0 at the steps behind which the trajectory was cut off.
template <class Decay>
struct cut_decay {
  Decay decay;
  const flag_t* truncated;
  GUERDON_HD auto operator()(const time_index& at) const {
    const auto lambda = decay(at);
    return math::select(truncated[at.i] != 0, decltype(lambda)(0), lambda);
  }
};

/// An array of lambdas has the right size and a single one lies in [0, 1]; one of them is there.
template <class T>
void require_decay(double lambda, view<const T> step_lambda, view<const T> element_lambda,
                   const time_layout& time, std::string_view operation) {
  if (step_lambda) require_size(step_lambda.size(), time.steps, operation, "lambda", "one number per step");
  if (element_lambda)
    require_size(element_lambda.size(), time.size(), operation, "lambda", "the time layout");
  // The empty array of an empty batch cannot be told from one left out.
  if (is_missing(lambda) && (step_lambda || element_lambda || time.size() == 0)) return;
  require_given(lambda, operation, "lambda");
  require(lambda >= 0 && lambda <= 1, operation, "lambda", "must lie between 0 and 1");
}

/// f(decay) with the lambda that was given, as a type of its own so that the time loop has no branch.
template <class T, class F>
void with_decay(double lambda, view<const T> step_lambda, view<const T> element_lambda, F f) {
  if (element_lambda)
    f(element_decay<T>{element_lambda.data()});
  else if (step_lambda)
    f(step_decay<T>{step_lambda.data()});
  else
    f(constant_decay<real_t<T>>{real_t<T>(lambda)});
}

/// Flags that may be left out: those given, or `otherwise` everywhere, so that a time loop needs no test for it.
template <class Backend, class Scratch>
view<const flag_t> flags_or(const Backend& backend, Scratch& scratch, view<const flag_t> given, index_t n,
                            flag_t otherwise) {
  if (given) return given;
  const auto all = scratch.template take<flag_t>(n);
  backend.each(n, [=] GUERDON_HD(index_t i) { all[i] = otherwise; });
  return all;
}

/// The layout itself; the arrays' sizes follow from it.
inline void require_time(const time_layout& time, std::string_view operation) {
  require(time.steps >= 0 && time.columns >= 0, operation, "time",
          "must have a shape of T >= 0 steps and B >= 0 columns");
}

}}  // namespace guerdon
