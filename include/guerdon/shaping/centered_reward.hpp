#pragma once
// A learned reward less the mean reward of reference answers to the same prompt.
//
// $$r_i' = \frac{1}{M_i} \sum_{j=1}^{M_i} (r_i - r^{ref}_{ij})$$
//
// over the first `max_ref` references of the answer.
//
// Source: arXiv:2502.18770, the centred baseline of its comparison.
//
// Details that differ:
// - Not bounded: see par_reward. Every answer needs a reference (checked on host backends). NaN in an answer's reward
//   or in a used reference makes that answer NaN and no other.
//
// Cost: the references are read once.

#include <guerdon/shaping/reference_rewards.hpp>

namespace guerdon {
namespace op {
struct centered_reward {
  static constexpr info about{"centered_reward", "shaping", "Reward less that of the reference answers",
                              "arXiv:2502.18770", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> reward = {};  ///< [B] learned reward of each answer
    view<const T> ref_reward;   ///< [M] learned rewards of the reference answers, those of answer 0 first
    segments references;        ///< cuts the M references into the B answers' own
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;  ///< [B]
  };
  struct options {
    index_t max_ref = 10;  ///< >= 1, references beyond that many are not looked at
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "B"), array("ref_reward", &I::ref_reward, "M"),
                      cuts("references", &I::references, "B", "M").in_files("ref_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("shaped_reward", &O::shaped_reward, "B")); }
  static constexpr auto parameters() { return std::tuple(option("max_ref", &options::max_ref, counts_from(1, 12))); }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The reward of one answer.
template <class T>
struct centered_shaping {
  using is_shaping = void;
  using operation = op::centered_reward;
  operation::inputs<T> in;
  operation::options o;

  template <class Backend>
  void rules(const Backend& backend, const call_rules& rule) const { require_references(backend, rule, in.references); }
  GUERDON_HD double operator()(index_t i, double reward) const {
    return mean_over_references(in, i, reward, o.max_ref, [](double x) { return x; });
  }
};

/// Writes the shaped rewards.
template <real T = float, backend Backend>
void centered_reward(const Backend& backend, const op::centered_reward::inputs<T>& in,
                     const op::centered_reward::outputs<T>& out, const op::centered_reward::options& o) {
  const auto rule = check<op::centered_reward>(backend, in, out, o);
  const centered_shaping<T> shaping{in, o};
  shaping.rules(backend, rule);
  backend.each(in.reward.size(),
               [=] GUERDON_HD(index_t i) { out.shaped_reward[i] = T(shaping(i, double(in.reward[i]))); });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto centered_reward(const Backend& backend, const op::centered_reward::inputs<T>& in,
                     const op::centered_reward::options& o = {}) {
  return returned<op::centered_reward, T>(backend, in, o, [&](auto& out) { centered_reward(backend, in, out, o); });
}

/// The operation as a part of a pipe.
template <real T = float>
centered_shaping<T> centered_reward(const op::centered_reward::inputs<T>& in,
                                    const op::centered_reward::options& o = {}) {
  return {in, o};
}

}}  // namespace guerdon
