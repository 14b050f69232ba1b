#pragma once
// Preference As Reward: the learned reward of an answer as the probability that it beats reference answers to
// the same prompt. Bounded in (0, 1), steep where the answer is about as good as the references, flat beyond.
//
// $$r_i' = \frac{1}{M_i} \sum_{j=1}^{M_i} \mathrm{sigmoid}\bigl(k\,(r_i - r^{ref}_{ij})\bigr)$$
//
// over the first `max_ref` references of the answer.
//
// Source: arXiv:2502.18770.
//
// Details that differ:
// - The mean is taken of the sigmoids. The sigmoid of the centred reward is another number: with the
//   references -1.5 and 2.5 a reward of 0.5 gets 0.5 either way, a reward of 2.5 gets 0.74 here and 0.88
//   there.
// - Rewards far below their references underflow to 0 without an overflow on the way.
// - Every answer needs a reference (checked on host backends). NaN in an answer's reward or in a used
//   reference makes that answer NaN and no other.
//
// Cost: one exponential per reference.

#include <guerdon/shaping/reference_rewards.hpp>

namespace guerdon {
namespace op {
struct par_reward {
  static constexpr info about{"par_reward", "shaping", "Probability of beating the reference answers (PAR)",
                              "arXiv:2502.18770", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward = {};  ///< [B] learned reward of each answer
    view<const T> ref_reward;   ///< [M] learned rewards of the reference answers, those of answer 0 first
    segments references;        ///< cuts the M references into the B answers' own
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;  ///< [B] between 0 and 1
  };
  struct options {
    double k = 1;          ///< > 0, steepness
    index_t max_ref = 10;  ///< >= 1, references beyond that many are not looked at
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "B"), array("ref_reward", &I::ref_reward, "M"),
                      cuts("references", &I::references, "B", "M").in_files("ref_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("shaped_reward", &O::shaped_reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("k", &options::k, greater_than(0, 0.1, 4)),
                      option("max_ref", &options::max_ref, counts_from(1, 12)));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The reward of one answer.
template <class T>
struct par_shaping {
  using is_shaping = void;
  using operation = op::par_reward;
  operation::inputs<T> in;
  operation::options o;

  template <class Backend>
  void rules(const Backend& backend, const call_rules& rule) const { require_references(backend, rule, in.references); }
  GUERDON_HD double operator()(index_t i, double reward) const {
    return mean_over_references(in, i, reward, o.max_ref, [&](double x) { return math::sigmoid(o.k * x); });
  }
};

/// Writes the shaped rewards.
template <real T = float, backend Backend>
void par_reward(const Backend& backend, const op::par_reward::inputs<T>& in, const op::par_reward::outputs<T>& out,
                const op::par_reward::options& o) {
  const auto rule = check<op::par_reward>(backend, in, out, o);
  const par_shaping<T> shaping{in, o};
  shaping.rules(backend, rule);
  backend.each(in.reward.size(),
               [=] GUERDON_HD(index_t i) { out.shaped_reward[i] = T(shaping(i, double(in.reward[i]))); });
}

/// The shaped rewards in an array of the backend's.
template <real T = float, backend Backend>
auto par_reward(const Backend& backend, const op::par_reward::inputs<T>& in, const op::par_reward::options& o = {}) {
  return returned<op::par_reward, T>(backend, in, o, [&](auto& out) { par_reward(backend, in, out, o); });
}

/// The operation as a part of a pipe.
template <real T = float>
par_shaping<T> par_reward(const op::par_reward::inputs<T>& in, const op::par_reward::options& o = {}) {
  return {in, o};
}

}}  // namespace guerdon
