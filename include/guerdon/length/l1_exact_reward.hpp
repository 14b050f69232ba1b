#pragma once
// A reward less what the length is off its budget, which each prompt names for itself.
//
// $$r_i' = r_i - \alpha\,|L_i - T_i|$$
//
// `one_sided` charges only what goes beyond the budget: $\max(L_i - T_i, 0)$.
//
// Source: L1-Exact of L1, arXiv:2503.04697.
//
// Details that differ:
// - `one_sided` is open-instruct's up_to_max_length verifier, with a reward of 1 and alpha = 1 / (largest length).
// - Unbounded below, and charged to wrong answers too. A NaN reward stays where it is.
//
// Cost: 4 numbers per response; its time does not matter.

#include <guerdon/core/shaping.hpp>

namespace guerdon {
namespace op {
struct l1_exact_reward {
  static constexpr info about{"l1_exact_reward", "length", "Reward less the distance from a length budget (L1-Exact)",
                              "arXiv:2503.04697", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> reward = {};          ///< [B] base reward
    view<const index_t> length;         ///< [B] tokens of the response, >= 0
    view<const index_t> target_length;  ///< [B] its budget, in tokens
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;  ///< [B]
  };
  struct options {
    double alpha = 0.0003;   ///< >= 0, cost of a token
    bool one_sided = false;  ///< charge what is too long alone
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "B"), array("length", &I::length, "B", counts(40)),
                      array("target_length", &I::target_length, "B", integers(0, 40)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("shaped_reward", &O::shaped_reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("alpha", &options::alpha, at_least(0, 0.1)), flag("one_sided", &options::one_sided));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The reward of one answer.
template <class T>
struct l1_exact_shaping {
  using is_shaping = void;
  using operation = op::l1_exact_reward;
  operation::inputs<T> in;
  operation::options o;

  GUERDON_HD double operator()(index_t i, double reward) const {
    const double excess = double(in.length[i]) - double(in.target_length[i]), least = o.one_sided ? 0 : -1;
    return reward - o.alpha * math::max(excess, least * excess);
  }
};

/// Writes the shaped rewards.
template <real T = float, backend Backend>
void l1_exact_reward(const Backend& backend, const op::l1_exact_reward::inputs<T>& in,
                     const op::l1_exact_reward::outputs<T>& out, const op::l1_exact_reward::options& o) {
  check<op::l1_exact_reward>(backend, in, out, o);
  const l1_exact_shaping<T> shaping{in, o};
  backend.each(in.reward.size(),
               [=] GUERDON_HD(index_t i) { out.shaped_reward[i] = T(shaping(i, double(in.reward[i]))); });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto l1_exact_reward(const Backend& backend, const op::l1_exact_reward::inputs<T>& in,
                     const op::l1_exact_reward::options& o = {}) {
  return returned<op::l1_exact_reward, T>(backend, in, o, [&](auto& out) { l1_exact_reward(backend, in, out, o); });
}

/// The operation as a part of a pipe.
template <real T = float>
l1_exact_shaping<T> l1_exact_reward(const op::l1_exact_reward::inputs<T>& in,
                                    const op::l1_exact_reward::options& o = {}) {
  return {in, o};
}

}}  // namespace guerdon
