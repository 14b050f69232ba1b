#pragma once
// The outcome reward times a factor that grows with a learned score of conciseness: brevity pays on right answers only.
//
// $$r_i' = R_i\,\bigl(1 + \alpha\,c_i\,(s + d_g)\bigr)$$
//
// with the conciseness c of the answer, an annealing coefficient s and a factor d of the prompt, for instance its solve
// rate, which asks for more brevity where it is easy.
//
// Source: Efficient Reasoning via Reward Model, arXiv:2511.09158, as its public reviews quote it.
//
// Details that differ:
// - The paper's outcomes are 0 and 1. With outcomes of -1 the formula would charge concise wrong answers more than
//   verbose ones: `positive_only` leaves rewards of 0 and less as they are, without looking at their score.
// - The paper's alpha and its definition of the factor were not found. alpha = 0 returns the outcome.
//
// Cost: 3 numbers per response; its time does not matter.

#include <guerdon/core/shaping.hpp>

namespace guerdon {
namespace op {
struct crf_reward {
  static constexpr info about{"crf_reward", "length", "Bonus for concise answers that are right (CRF)",
                              "arXiv:2511.09158", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward = {};  ///< [B] outcome reward, usually 0 or 1
    view<const T> conciseness;  ///< [B] in [0, 1], score of a reward model
    view<const T> difficulty;   ///< [G] >= 0, factor of each prompt
    segments groups = {};       ///< cuts the B responses into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;  ///< [B]
  };
  struct options {
    double alpha = 0.5;         ///< >= 0, weight of conciseness
    double anneal = 1;          ///< >= 0, s
    bool positive_only = true;  ///< leave outcomes that are not positive as they are
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "B").in_files("outcome"),
                      array("conciseness", &I::conciseness, "B", within(0, 1)),
                      array("difficulty", &I::difficulty, "G", at_least(0, 2).without_nan()),
                      cuts("groups", &I::groups, "G", "B").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("shaped_reward", &O::shaped_reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("alpha", &options::alpha, at_least(0, 2)),
                      option("anneal", &options::anneal, at_least(0, 2)),
                      flag("positive_only", &options::positive_only));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The rewards of one group.
template <class T>
struct crf_shaping {
  using is_shaping = void;
  using operation = op::crf_reward;
  operation::inputs<T> in;
  operation::options o;

  template <class Team, class E, class Reward>
  GUERDON_HD auto at_group(Team&, const answer_group<E>& group, Reward reward) const {
    const double weight = o.anneal + double(in.difficulty[group.index]);
    return [this, reward, weight, begin = group.begin](index_t k) {
      const double outcome = reward(k);
      const double bonus = math::zero_select_product(o.alpha, double(in.conciseness[begin + k]) * weight);
      return o.positive_only && outcome <= 0 ? outcome : outcome * (1 + bonus);
    };
  }
};

/// Writes the shaped rewards.
template <real T = float, backend Backend>
void crf_reward(const Backend& backend, const op::crf_reward::inputs<T>& in, const op::crf_reward::outputs<T>& out,
                const op::crf_reward::options& o) {
  check<op::crf_reward>(backend, in, out, o);
  launch_shaping(backend, in, out.shaped_reward, crf_shaping<T>{in, o});
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto crf_reward(const Backend& backend, const op::crf_reward::inputs<T>& in, const op::crf_reward::options& o = {}) {
  return returned<op::crf_reward, T>(backend, in, o, [&](auto& out) { crf_reward(backend, in, out, o); });
}

/// The operation as a part of a pipe.
template <real T = float>
crf_shaping<T> crf_reward(const op::crf_reward::inputs<T>& in, const op::crf_reward::options& o = {}) {
  return {in, o};
}

}}  // namespace guerdon
