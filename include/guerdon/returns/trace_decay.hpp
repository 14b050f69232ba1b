#pragma once
// The lambda of a recursion over time: one number, one per step, or one per element; and products of
// coefficients of which one zero is enough.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {

/// Two arrays in place of one number: step_lambda [T] or element_lambda [T,B].
template <class I>
constexpr auto decay_arguments() {
  return std::tuple(optional_array("step_lambda", &I::step_lambda, "T", drawn(0, 1)).in_files("lambda"),
                    optional_array("element_lambda", &I::element_lambda, "T,B", drawn(0, 1)).in_files("lambda"));
}

}  // namespace op

inline namespace GUERDON_ABI {

namespace detail {

/// a * b for two coefficients: exactly 0 where either is, whatever the other is.
template <class R>
GUERDON_HD R coefficient_product(R a, R b) {
  return math::select((a == R(0)) | (b == R(0)), R(0), a * b);
}

/// min(ratio, bound); NaN stays. (g++ merges math::min's comparison with a test for 0 behind it, and then the loop
/// around stays scalar.)
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

/// Is there a number or one of the arrays? (The empty array of an empty batch cannot be told from one left out.)
template <class In>
bool has_lambda(double lambda, const In& in) {
  return !is_missing(lambda) || in.step_lambda || in.element_lambda || in.time.size() == 0;
}

/// f(decay) with the lambda that was given, as a type of its own so that the time loop has no branch.
template <class T, class In, class F>
void with_decay(double lambda, const In& in, F f) {
  if (in.element_lambda)
    f(element_decay<T>{in.element_lambda.data()});
  else if (in.step_lambda)
    f(step_decay<T>{in.step_lambda.data()});
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

}  // namespace detail

}}  // namespace guerdon
