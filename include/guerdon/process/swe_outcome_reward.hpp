#pragma once
// The outcome reward of a software task, by how far its patch came.
//
// | code | what happened | reward |
// |---|---|---|
// | 0 | nothing was submitted | `no_submit` |
// | 1 | an empty patch was submitted | `empty_patch` |
// | 2 | the patch fails the tests | `tests_failed` |
// | 3 | the patch passes them | `tests_passed` |
//
// $$R_n = v_{c_n}$$
//
// with the four values v in that order.
//
// Source: arXiv:2508.10548 for the four cases; the values are this project's.
//
// Details that differ:
// - The paper counts turn rewards only where a patch that is not empty was submitted: a threshold of gated_turn_reward
//   between `empty_patch` and `tests_failed`, such as -0.25. One that is too low lets the collapse happen, one that is
//   too high wastes the turn rewards.
//
// Cost: one code read, one number written per trajectory.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct swe_outcome_reward {
  static constexpr info about{"swe_outcome_reward", "process",
                              "Outcome reward of a submitted patch, by how far it came (G-RA)", "arXiv:2508.10548",
                              skeleton::map};
  template <real T>
  struct inputs {
    view<const index_t> outcome_code;  ///< [N] 0 to 3, as above
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> outcome;  ///< [N]
  };
  struct options {
    double no_submit = -1;      ///< of code 0
    double empty_patch = -0.5;  ///< of code 1
    double tests_failed = 0;    ///< of code 2
    double tests_passed = 1;    ///< of code 3
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("outcome_code", &I::outcome_code, "N", whole_within(0, 3)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("outcome", &O::outcome, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("no_submit", &options::no_submit), option("empty_patch", &options::empty_patch),
                      option("tests_failed", &options::tests_failed), option("tests_passed", &options::tests_passed));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the rewards.
template <real T = float, backend Backend>
void swe_outcome_reward(const Backend& backend, const op::swe_outcome_reward::inputs<T>& in,
                        const op::swe_outcome_reward::outputs<T>& out, const op::swe_outcome_reward::options& o) {
  check<op::swe_outcome_reward>(backend, in, out, o);
  backend.each(in.outcome_code.size(), [=] GUERDON_HD(index_t n) {
    const index_t code = in.outcome_code[n];
    out.outcome[n] = T(code == 0   ? o.no_submit
                       : code == 1 ? o.empty_patch
                       : code == 2 ? o.tests_failed
                                   : o.tests_passed);
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto swe_outcome_reward(const Backend& backend, const op::swe_outcome_reward::inputs<T>& in,
                        const op::swe_outcome_reward::options& o = {}) {
  return returned<op::swe_outcome_reward, T>(backend, in, o,
                                             [&](auto& out) { swe_outcome_reward(backend, in, out, o); });
}

}}  // namespace guerdon
