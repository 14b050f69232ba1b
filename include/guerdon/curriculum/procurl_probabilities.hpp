#pragma once
// How likely each task is to be trained on: those neither too hard nor too easy for the agent as it is.
//
// $$P_i \propto e^{\beta v_i}, \qquad v_i = p_i\,(p^{max}_i - p_i)$$
//
// with the agent's rate of success and that of the best agent; $v = p$ for mode `easy`, $1 - p$ for `hard`.
//
// Source: proximal curriculum, arXiv:2304.12877.
//
// Details that differ:
// - beta is 10 to 50 in the published runs. A NaN rate makes all probabilities NaN.
//
// Cost: the rates read three times.

#include <guerdon/curriculum/softmax_weights.hpp>

namespace guerdon {

enum class procurl_mode { proximal, easy, hard };
constexpr auto enumerators(procurl_mode) { return std::array{"proximal", "easy", "hard"}; }

namespace op {
struct procurl_probabilities {
  static constexpr info about{"procurl_probabilities", "curriculum",
                              "Tasks of the zone of proximal development (ProCuRL)", "arXiv:2304.12877",
                              skeleton::global_reduce};
  template <real T>
  struct inputs {
    view<const T> success_rate;      ///< [N] p of each task
    view<const T> max_success_rate;  ///< [N] of the best agent; 1 where it is not known
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> probability;  ///< [N]
  };
  struct options {
    double beta = required;                      ///< how strongly the best tasks are preferred
    procurl_mode mode = procurl_mode::proximal;  ///< which tasks
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("success_rate", &I::success_rate, "N", drawn(0, 1)),
                      array("max_success_rate", &I::max_success_rate, "N", drawn(0, 1)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("probability", &O::probability, "N")); }
  static constexpr auto parameters() {
    return std::tuple(option("beta", &options::beta, drawn(0, 50)), choice("mode", &options::mode));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Writes the probabilities.
template <real T = float, backend Backend>
void procurl_probabilities(const Backend& backend, const op::procurl_probabilities::inputs<T>& in,
                           const op::procurl_probabilities::outputs<T>& out,
                           const op::procurl_probabilities::options& o) {
  check<op::procurl_probabilities>(backend, in, out, o);
  const double beta = o.beta;
  const procurl_mode mode = o.mode;
  write_softmax(backend, out.probability, [=] GUERDON_HD(index_t i) {
    const double p = double(in.success_rate[i]);
    const double proximal = p * (double(in.max_success_rate[i]) - p);
    return beta * (mode == procurl_mode::proximal ? proximal : mode == procurl_mode::easy ? p : 1 - p);
  });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto procurl_probabilities(const Backend& backend, const op::procurl_probabilities::inputs<T>& in,
                           const op::procurl_probabilities::options& o = {}) {
  return returned<op::procurl_probabilities, T>(backend, in, o,
                                                [&](auto& out) { procurl_probabilities(backend, in, out, o); });
}

}}  // namespace guerdon
