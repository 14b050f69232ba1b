#pragma once
// What shaping by potentials pays for a step.
//
// Source: Ng, Harada and Russell 1999.

#include <guerdon/core/operation.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// scale (gamma after - before), in double: the difference of two potentials close together has few digits to lose. A
/// coefficient of exactly 0, such as the discount behind a terminal state, selects.
struct potential_difference {
  double gamma, scale = 1;

  GUERDON_HD double operator()(double before, double after, bool ends) const {
    const double next = math::zero_select_product(math::select(ends, 0.0, gamma), after);
    return math::zero_select_product(scale, next - before);
  }
};

/// Writes F = f(i) and reward + F.
template <class Backend, class In, class Out, class F>
void write_shaping(const Backend& backend, const In& in, const Out& out, F f) {
  backend.each(in.reward.size(), [=] GUERDON_HD(index_t i) {
    using T = std::remove_cvref_t<decltype(out.shaping[0])>;
    const double shaping = f(i);
    out.shaping[i] = T(shaping);
    out.shaped_reward[i] = T(double(in.reward[i]) + shaping);
  });
}

}}  // namespace guerdon
