#pragma once
// The smallest mean score of one right answer of each prompt: from there on a token is dominant.
//
// $$\tau_g = \beta \min_{i\ \text{right}} \frac{1}{|y_i|} \sum_{t \in i} \mathrm{THR}_t$$
//
// Source: Token Hidden Reward, arXiv:2510.03669, which points to arXiv:2505.18830; that the scores are those of
// thr_scores, length norm included, is this project's reading.
//
// Details that differ:
// - It can be negative, and stays so. No right answer with tokens: +inf. A NaN mean makes it NaN.
//
// Cost: the scores read once. No gradient.

#include <guerdon/advantage/token_influence.hpp>
#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct thr_threshold {
  static constexpr info about{"thr_threshold", "advantage",
                              "The least that one right answer moves the right ones (THR)",
                              "arXiv:2510.03669; arXiv:2505.18830", skeleton::segmented_reduce, 1e-5, true};
  template <storage T>
  struct inputs {
    view<const T> thr;           ///< [N] of thr_scores
    segments responses;          ///< cuts the N tokens into R responses
    view<const flag_t> correct;  ///< [R] 1 = right
    segments groups;             ///< cuts the R responses into G prompts
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> threshold;  ///< [G]
  };
  struct options {
    double beta = 1;  ///< factor on the mean
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("thr", &I::thr, "N"),
                      cuts("responses", &I::responses, "R", "N").in_files("response_offsets"),
                      array("correct", &I::correct, "R", yes_or_no()),
                      cuts("groups", &I::groups, "G", "R").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("threshold", &O::threshold, "G"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("beta", &options::beta, drawn(0, 2)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct thr_threshold_program {
  static constexpr bool short_segments = true;
  op::thr_threshold::inputs<T> in;
  view<const double> mean;
  view<T> threshold;
  double beta;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const double least = least_right_mean(team, in.responses, in.groups, g, in.correct, mean, beta);
    team.once([&] { threshold[g] = T(least); });
  }
};

/// Writes the thresholds.
template <storage T = float, backend Backend>
void thr_threshold(const Backend& backend, const op::thr_threshold::inputs<T>& in,
                   const op::thr_threshold::outputs<T>& out, const op::thr_threshold::options& o) {
  check<op::thr_threshold>(backend, in, out, o);
  auto scratch = backend.scratch();
  const auto mean = scratch.template take<double>(in.responses.count());
  backend.for_segments(in.responses, influence_programs::average<T>{in.thr.data(), in.responses, mean});
  backend.for_segments(in.groups, thr_threshold_program<T>{in, mean, out.threshold, o.beta});
}

/// The same in an array of the backend's.
template <storage T = float, backend Backend>
auto thr_threshold(const Backend& backend, const op::thr_threshold::inputs<T>& in,
                   const op::thr_threshold::options& o = {}) {
  return returned<op::thr_threshold, T>(backend, in, o, [&](auto& out) { thr_threshold(backend, in, out, o); });
}

}}  // namespace guerdon
