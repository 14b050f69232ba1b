#pragma once
// Steers exploration: tokens that raise the probability of right answers count more (p > 0, sharper) or less (p < 0,
// more room for other answers).
//
// $$A_t' = \text{keep}_t\,(1 + p\,\mathrm{sign}(\mathrm{THR}_t))\,A_t$$
//
// `dominant_only` keeps tokens with |THR| above the prompt's threshold only, which is the paper's form.
//
// Source: Token Hidden Reward, arXiv:2510.03669.
//
// Details that differ:
// - The threshold is an average of scores, so the paper's form zeroes most tokens and changes the size of every
//   gradient; it is off by default. p = 0 then changes nothing.
// - Prompts whose threshold is +inf pass through unchanged: they have no group-relative advantage anyway (this
//   project's).
// - With dominant_only a NaN score or threshold is never above: the token is dropped, and 0 is written whatever its
//   advantage. Without, a NaN score makes the advantage NaN.
//
// Cost: 13 bytes per token in float. No gradient.

#include <guerdon/core/operation.hpp>

namespace guerdon {
namespace op {
struct thr_reweight {
  static constexpr info about{"thr_reweight", "advantage",
                              "Advantages raised or lowered by the sign of a token's influence (THR)",
                              "arXiv:2510.03669", skeleton::map};
  template <storage T>
  struct inputs {
    view<const T> advantage;       ///< [N] any token advantage
    view<const T> thr;             ///< [N] of thr_scores
    segments responses;            ///< cuts the N tokens into R responses
    segments groups;               ///< cuts the R responses into G prompts
    view<const T> threshold = {};  ///< [G] of thr_threshold; left out: finite everywhere
  };
  template <storage T, template <class> class Of = view>
  struct outputs {
    Of<T> advantage;  ///< [N]
    Of<flag_t> keep;  ///< [N] 1 = trained
  };
  struct options {
    double p = 0.1;              ///< above 0: exploit; below: explore
    bool dominant_only = false;  ///< tokens above the threshold only; needs it
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("advantage", &I::advantage, "N"), array("thr", &I::thr, "N"),
                      cuts("responses", &I::responses, "R", "N").in_files("response_offsets"),
                      cuts("groups", &I::groups, "G", "R").in_files("group_offsets"),
                      optional_array("threshold", &I::threshold, "G"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("advantage", &O::advantage, "N"), array("keep", &O::keep, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("p", &options::p, within(-1, 1)), flag("dominant_only", &options::dominant_only));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct thr_reweight_program {
  static constexpr bool long_segments = true;
  op::thr_reweight::inputs<T> in;
  op::thr_reweight::outputs<T> out;
  op::thr_reweight::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    using R = real_t<T>;
    constexpr R inf = std::numeric_limits<R>::infinity();
    const R threshold = in.threshold ? R(in.threshold[g]) : R(0), p = R(o.p);
    const bool unchanged = threshold == inf, every = unchanged || !o.dominant_only;
    for (index_t r = in.groups.begin(g), end = r + in.groups.size(g); r < end; ++r) {
      const index_t begin = in.responses.begin(r);
      const T *const given = in.advantage.data() + begin, *const thr = in.thr.data() + begin;
      T* const advantage = out.advantage.data() + begin;
      flag_t* const keep = out.keep.data() + begin;
      team.each(in.responses.size(r), [=](index_t t) {
        const R score = R(thr[t]), factor = math::select(unchanged, R(1), R(1) + math::sign(score) * p);
        const bool kept = every | (math::abs(score) > threshold);
        keep[t] = flag_t(kept);
        advantage[t] = T(math::select(kept, factor * R(given[t]), R(0)));
      });
    }
  }
};

/// Writes advantages and which tokens are kept.
template <storage T = float, backend Backend>
void thr_reweight(const Backend& backend, const op::thr_reweight::inputs<T>& in,
                  const op::thr_reweight::outputs<T>& out, const op::thr_reweight::options& o) {
  const auto rule = check<op::thr_reweight>(backend, in, out, o);
  rule(in.threshold || !o.dominant_only || in.groups.count() == 0, "threshold",
       "is required for dominant_only and was not given");
  backend.for_segments(in.groups, thr_reweight_program<T>{in, out, o});
}

/// The same in arrays of the backend's.
template <storage T = float, backend Backend>
auto thr_reweight(const Backend& backend, const op::thr_reweight::inputs<T>& in,
                  const op::thr_reweight::options& o = {}) {
  return returned<op::thr_reweight, T>(backend, in, o, [&](auto& out) { thr_reweight(backend, in, out, o); });
}

}}  // namespace guerdon
