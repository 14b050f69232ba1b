#pragma once
// Which prompts to train on: those that are solved neither too seldom nor too often.
//
// $$\text{keep}_g = [\text{lower} \le \mathrm{mean}(c_g) \le \text{upper}]$$
//
// Source: PRIME, arXiv:2502.01456, section 3.3 (online prompt filtering).
//
// Details that differ:
// - Both bounds are within, with a slack of 1e-6, so that 4 of 5 passes 0.8 in single precision too.
// - A group without answers has accuracy NaN and is dropped. No gradient.
//
// Cost: one pass over the answers.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct accuracy_filter {
  static constexpr info about{"accuracy_filter", "curriculum",
                              "Which prompts are neither too hard nor too easy (PRIME)", "arXiv:2502.01456",
                              skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> correct;  ///< [N] 1 = right, 0 = wrong
    segments groups;        ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> accuracy;   ///< [G] share of right answers; NaN of an empty group
    Of<flag_t> keep;  ///< [G] 1 = to train on
  };
  struct options {
    double lower = 0.2;  ///< least accuracy
    double upper = 0.8;  ///< largest accuracy
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("correct", &I::correct, "N", drawn(0, 1)),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("accuracy", &O::accuracy, "G").or_nan(), array("keep", &O::keep, "G"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("lower", &options::lower, drawn(0, 0.4)), option("upper", &options::upper, drawn(0.6, 1)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct accuracy_program {
  static constexpr bool short_segments = true;
  op::accuracy_filter::inputs<T> in;
  op::accuracy_filter::outputs<T> out;
  op::accuracy_filter::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g), n = in.groups.size(g);
    const double right = team.sum(n, [&](index_t i) { return double(in.correct[begin + i]); });
    const double accuracy = n > 0 ? right / double(n) : std::numeric_limits<double>::quiet_NaN();
    team.once([&] {
      out.accuracy[g] = T(accuracy);
      out.keep[g] = flag_t(accuracy >= o.lower - 1e-6 && accuracy <= o.upper + 1e-6);
    });
  }
};

/// Writes accuracies and which groups are kept.
template <real T = float, backend Backend>
void accuracy_filter(const Backend& backend, const op::accuracy_filter::inputs<T>& in,
                     const op::accuracy_filter::outputs<T>& out, const op::accuracy_filter::options& o) {
  const auto rule = check<op::accuracy_filter>(backend, in, out, o);
  rule(o.lower <= o.upper, "lower", "is a bound that must not be above the upper bound");
  backend.for_segments(in.groups, accuracy_program<T>{in, out, o});
}

/// The same in arrays of the backend's.
template <real T = float, backend Backend>
auto accuracy_filter(const Backend& backend, const op::accuracy_filter::inputs<T>& in,
                     const op::accuracy_filter::options& o = {}) {
  return returned<op::accuracy_filter, T>(backend, in, o, [&](auto& out) { accuracy_filter(backend, in, out, o); });
}

}}  // namespace guerdon
