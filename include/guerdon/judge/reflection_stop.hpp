#pragma once
// Answer, judge, repair if rejected: which answer such a loop returns, and how often it calls the model.
//
// $$t^* = \min \{ t < R : a_t = 1 \} \text{ or } R, \qquad \text{calls} = 2 t^* + 1 + [\,t^* < R\,]$$
//
// Source: SPARK, arXiv:2509.22624, Evaluation/evaluation_tts.py, with R = 2 rounds.
//
// Details that differ:
// - The answer behind the last rejection is returned without being judged. Without rounds: the first answer, one call.
// - Whatever is not 1, NaN too, is no acceptance.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>

#include <vector>

namespace guerdon {
namespace op {
struct reflection_stop : host_kind {
  static constexpr info about{"reflection_stop", "judge", "Where a loop of answering and judging stops (SPARK)",
                              "arXiv:2509.22624", skeleton::host};
  struct inputs {
    index_t problems = 0;       ///< how many there are, N
    view<const double> accept;  ///< [N,R] 1 = the answer of this round was accepted
  };
  struct outputs {
    std::vector<index_t> final_round;  ///< [N] 0..R: the answer that is returned
    std::vector<flag_t> accepted;      ///< [N]
    std::vector<index_t> calls;        ///< [N] of the model
  };
  struct options {};

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(extent("problems", &I::problems, "N"), array("accept", &I::accept, "N,R", integers(-1, 1)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("final_round", &O::final_round, "N"), array("accepted", &O::accepted, "N"),
                      array("calls", &O::calls, "N"));
  }
  static constexpr auto parameters() { return std::tuple(); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// Where the loop of every problem stops.
inline op::reflection_stop::outputs reflection_stop(const op::reflection_stop::inputs& in,
                                                    const op::reflection_stop::options& o = {}) {
  check<op::reflection_stop>(in, o);
  const index_t rounds = in.problems > 0 ? in.accept.size() / in.problems : 0;
  op::reflection_stop::outputs out;
  for (index_t n = 0; n < in.problems; ++n) {
    index_t t = 0;
    while (t < rounds && in.accept[n * rounds + t] != 1) ++t;
    out.final_round.push_back(t);
    out.accepted.push_back(t < rounds);
    out.calls.push_back(t < rounds ? 2 * t + 2 : 2 * rounds + 1);
  }
  return out;
}

}}  // namespace guerdon
