#pragma once
// Where the steps of a thought begin: at the sentences in which a marker word such as "wait" or "however" stands.
//
// Markers are gone through from left to right, t being the position of one in its response:
//
// 1. t < `skip_tokens`: ignored. So is one less than `min_gap` behind the last split.
// 2. The split is the last sentence start p with 1 <= p <= t; t itself where there is none; none at position 0.
//
// $$p(t) = \max\{q : 1 \le q \le t,\ \text{sentence start at } q\}$$
//
// Source: VSRM, arXiv:2508.10293.
//
// Details that differ:
// - Both tests look at the marker, so that a split may lie before `skip_tokens`, or nearer to the one before it. Two
//   markers of one sentence make one split.
// - The released code has 1000 and 400 for them, counted in characters of the thought; positions may be either here.
//   It finds markers by plain search: wait, but, alternatively, however, hmm, each also capitalised and in capitals;
//   "Let me double-check", "But wait", "Hold on", "Looking back", "Seems solid", "Similarly", "That's correct, but",
//   "That seems right", "Wait, but", each also with a small first letter; "So". A sentence starts right behind one of
//   . ! ? or a line break.
//
// Cost: two flags read, one written per position; each response by one thread.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct reasoning_step_split {
  static constexpr info about{"reasoning_step_split", "process",
                              "Where the steps of a thought begin, from marker words (VSRM)", "arXiv:2508.10293",
                              skeleton::scan};
  template <real T>
  struct inputs {
    view<const flag_t> marker;          ///< [T] 1 = a marker word begins here
    view<const flag_t> sentence_start;  ///< [T] 1 = a sentence begins here
    segments tokens;                    ///< cuts the T positions into N responses
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<flag_t> split;  ///< [T] 1 = a new step begins here
  };
  struct options {
    index_t skip_tokens = 0;  ///< >= 0, markers in the opening that are ignored
    index_t min_gap = 1;      ///< >= 1, from a split to the next marker that counts
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("marker", &I::marker, "M", yes_or_no()),
                      array("sentence_start", &I::sentence_start, "M", yes_or_no()),
                      cuts("tokens", &I::tokens, "N", "M").in_files("token_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("split", &O::split, "M")); }
  static constexpr auto parameters() {
    return std::tuple(option("skip_tokens", &options::skip_tokens, counts(6)),
                      option("min_gap", &options::min_gap, counts_from(1, 6)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// One response: what is done with a marker depends on the split before it.
struct step_split_program {
  static constexpr bool long_segments = true;
  view<const flag_t> marker, sentence_start;
  segments tokens;
  view<flag_t> split;
  index_t skip, gap;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t response) const {
    const index_t begin = tokens.begin(response), n = tokens.size(response);
    team.once([&] {
      index_t sentence = 0, last = -1;  // 0: no sentence start yet; -1: no split yet
      for (index_t t = 0; t < n; ++t) {
        split[begin + t] = 0;
        if (t > 0 && sentence_start[begin + t]) sentence = t;
        if (!marker[begin + t] || t < skip || (last >= 0 && t - last < gap)) continue;
        const index_t at = sentence > 0 ? sentence : t;
        if (at == 0) continue;
        split[begin + at] = 1;
        last = at;
      }
    });
  }
};

/// Writes the splits.
template <real T = float, backend Backend>
void reasoning_step_split(const Backend& backend, const op::reasoning_step_split::inputs<T>& in,
                          const op::reasoning_step_split::outputs<T>& out, const op::reasoning_step_split::options& o) {
  check<op::reasoning_step_split>(backend, in, out, o);
  backend.for_segments(
      in.tokens, step_split_program{in.marker, in.sentence_start, in.tokens, out.split, o.skip_tokens, o.min_gap});
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto reasoning_step_split(const Backend& backend, const op::reasoning_step_split::inputs<T>& in,
                          const op::reasoning_step_split::options& o = {}) {
  return returned<op::reasoning_step_split, T>(backend, in, o,
                                               [&](auto& out) { reasoning_step_split(backend, in, out, o); });
}

}}  // namespace guerdon
