#pragma once
// A learned reward against those of reference answers, each difference squeezed by one of four curves.
//
// $$r_i' = \frac{1}{M_i} \sum_{j=1}^{M_i} f(r_i - c - r^{ref}_{ij})$$
//
// over the first `max_ref` references of the answer, with the curves f of bounded_reward and a shift c.
//
// Source: arXiv:2502.18770, the study's comparison of bounded shapings.
//
// Details that differ:
// - With the sigmoid and no shift it is par_reward. The study's SgFc, slow growth and then fast convergence, is the
//   sigmoid with a shift of 3; its figure has k = 3, its trainer the configured k.
// - `k` steepens the sigmoid only.
// - Every answer needs a reference (checked on host backends). NaN in an answer's reward or in a used reference makes
//   that answer NaN and no other.
//
// Cost: one curve per reference.

#include <guerdon/shaping/bounded_reward.hpp>
#include <guerdon/shaping/reference_rewards.hpp>

namespace guerdon {
namespace op {
struct relative_bounded_reward {
  static constexpr info about{"relative_bounded_reward", "shaping",
                              "Bounded curve of the reward against reference answers", "arXiv:2502.18770",
                              skeleton::segmented_reduce};
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
    bounded_function function = bounded_function::sigmoid;  ///< the curve
    double k = 1;                                           ///< > 0, steepness of the sigmoid
    index_t max_ref = 10;                                   ///< >= 1, references beyond that many are not looked at
    double shift = 0;                                       ///< c, subtracted from every reward
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "B"), array("ref_reward", &I::ref_reward, "M"),
                      cuts("references", &I::references, "B", "M").in_files("ref_offsets"));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("shaped_reward", &O::shaped_reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(choice("function", &options::function), option("k", &options::k, greater_than(0, 0.1, 4)),
                      option("max_ref", &options::max_ref, counts_from(1, 12)), option("shift", &options::shift));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The reward of one answer.
template <class T>
struct relative_bounded_shaping {
  using is_shaping = void;
  using operation = op::relative_bounded_reward;
  operation::inputs<T> in;
  operation::options o;

  template <class Backend>
  void rules(const Backend& backend, const call_rules& rule) const { require_references(backend, rule, in.references); }
  GUERDON_HD double operator()(index_t i, double reward) const {
    const bounded_shape shape{o.function, o.k};
    return mean_over_references(in, i, reward, o.max_ref, [&](double x) { return shape(x - o.shift); });
  }
};

/// Writes the shaped rewards.
template <real T = float, backend Backend>
void relative_bounded_reward(const Backend& backend, const op::relative_bounded_reward::inputs<T>& in,
                             const op::relative_bounded_reward::outputs<T>& out,
                             const op::relative_bounded_reward::options& o) {
  const auto rule = check<op::relative_bounded_reward>(backend, in, out, o);
  const relative_bounded_shaping<T> shaping{in, o};
  shaping.rules(backend, rule);
  backend.each(in.reward.size(),
               [=] GUERDON_HD(index_t i) { out.shaped_reward[i] = T(shaping(i, double(in.reward[i]))); });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto relative_bounded_reward(const Backend& backend, const op::relative_bounded_reward::inputs<T>& in,
                             const op::relative_bounded_reward::options& o = {}) {
  return returned<op::relative_bounded_reward, T>(backend, in, o,
                                                  [&](auto& out) { relative_bounded_reward(backend, in, out, o); });
}

/// The operation as a part of a pipe.
template <real T = float>
relative_bounded_shaping<T> relative_bounded_reward(const op::relative_bounded_reward::inputs<T>& in,
                                                    const op::relative_bounded_reward::options& o = {}) {
  return {in, o};
}

}}  // namespace guerdon
