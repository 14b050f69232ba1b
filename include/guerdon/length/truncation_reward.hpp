#pragma once
// A reward that counts only within a target length: a longer answer gets the reward of a wrong one.
//
// $$r_i' = \begin{cases} r_i & L_i \le L_T \\ \rho & L_i > L_T \end{cases}$$
//
// Source: the truncation baseline of LASER, arXiv:2505.15612; ThinkPrune, which lowers the target by hand in stages.
//
// Details that differ:
// - The target itself is within.
// - ThinkPrune's wrong answer is worth 0 (`rho = 0`), that of LASER's runs -0.5.
// - The reward of a longer answer is not looked at, NaN or not.
//
// Cost: 3 numbers per response; its time does not matter.

#include <guerdon/core/shaping.hpp>

namespace guerdon {
namespace op {
struct truncation_reward {
  static constexpr info about{"truncation_reward", "length",
                              "Wrong beyond a target length, whatever the answer (truncation, ThinkPrune)",
                              "arXiv:2505.15612", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> reward = {};   ///< [B] base reward
    view<const index_t> length;  ///< [B] tokens of the response, >= 0
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;  ///< [B]
  };
  struct options {
    index_t target_length = required;  ///< >= 0, in tokens
    double rho = -0.5;                 ///< the reward of an answer beyond it
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "B"), array("length", &I::length, "B", counts(40)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("shaped_reward", &O::shaped_reward, "B")); }
  static constexpr auto parameters() {
    return std::tuple(option("target_length", &options::target_length, counts(40)), option("rho", &options::rho));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The reward of one answer.
template <class T>
struct truncation_shaping {
  using is_shaping = void;
  using operation = op::truncation_reward;
  operation::inputs<T> in;
  operation::options o;

  GUERDON_HD double operator()(index_t i, double reward) const {
    return in.length[i] <= o.target_length ? reward : o.rho;
  }
};

/// Writes the shaped rewards.
template <real T = float, backend Backend>
void truncation_reward(const Backend& backend, const op::truncation_reward::inputs<T>& in,
                       const op::truncation_reward::outputs<T>& out, const op::truncation_reward::options& o) {
  check<op::truncation_reward>(backend, in, out, o);
  const truncation_shaping<T> shaping{in, o};
  backend.each(in.reward.size(),
               [=] GUERDON_HD(index_t i) { out.shaped_reward[i] = T(shaping(i, double(in.reward[i]))); });
}

/// The same in an array of the backend's.
template <real T = float, backend Backend>
auto truncation_reward(const Backend& backend, const op::truncation_reward::inputs<T>& in,
                       const op::truncation_reward::options& o = {}) {
  return returned<op::truncation_reward, T>(backend, in, o, [&](auto& out) { truncation_reward(backend, in, out, o); });
}

/// The operation as a part of a pipe.
template <real T = float>
truncation_shaping<T> truncation_reward(const op::truncation_reward::inputs<T>& in,
                                        const op::truncation_reward::options& o) {
  return {in, o};
}

}}  // namespace guerdon
