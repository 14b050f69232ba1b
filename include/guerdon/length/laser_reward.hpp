#pragma once
// LASER: correct answers earn extra when they stay within a target length.
//
// $$\lambda_i = \alpha\,[\text{correct}_i]\,[L_i \le L_T], \qquad r_i' = r_i + \lambda_i$$
//
// `mode = penalty` takes $\alpha$ away beyond the target instead of giving it within; `hybrid` does both.
//
// Source: LASER, arXiv:2505.15612.
//
// Details that differ:
// - The target itself is within. A wrong answer gets neither bonus nor penalty, however long it is.
// - The paper defines the bonus only; `penalty` and `hybrid` are switches of its released code.
// - That code computes the base reward in the same function (1 right, -0.5 wrong, -1 without a parsable
//   answer); here the base reward is an input and only the length term is added. NaN in it stays where it is.
//
// Cost: 4 numbers per response; its time does not matter.

#include <guerdon/length/laser_rules.hpp>

namespace guerdon {

namespace op {
struct laser_reward {
  static constexpr info about{"laser_reward", "length", "Bonus for a right answer within a target length (LASER)",
                              "arXiv:2505.15612", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> reward = {};   ///< [B] base reward
    view<const flag_t> correct;  ///< [B] 1 = the answer is right
    view<const index_t> length;  ///< [B] tokens of the response, >= 0
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> shaped_reward;  ///< [B] reward + length_reward
    Of<T> length_reward;  ///< [B] the length term alone
  };
  struct options {
    index_t target_length = required;      ///< >= 0, in tokens
    double alpha = 0.5;                    ///< finite
    laser_mode mode = laser_mode::reward;  ///< bonus within the target, penalty beyond it, or both
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "B"), array("correct", &I::correct, "B", yes_or_no()),
                      array("length", &I::length, "B", counts(40)));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("shaped_reward", &O::shaped_reward, "B"), array("length_reward", &O::length_reward, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("target_length", &options::target_length, counts(40)),
                      option("alpha", &options::alpha, finite()), choice("mode", &options::mode));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The reward of one answer.
template <class T>
struct laser_shaping {
  using is_shaping = void;
  using operation = op::laser_reward;
  operation::inputs<T> in;
  operation::options o;

  GUERDON_HD double term(index_t i) const {
    return laser_bonus{o.alpha, o.mode}(in.correct[i] != 0, in.length[i] <= o.target_length);
  }
  GUERDON_HD double operator()(index_t i, double reward) const { return reward + term(i); }
};

/// Writes shaped reward and length term.
template <real T = float, backend Backend>
void laser_reward(const Backend& backend, const op::laser_reward::inputs<T>& in,
                  const op::laser_reward::outputs<T>& out, const op::laser_reward::options& o) {
  check<op::laser_reward>(backend, in, out, o);
  const laser_shaping<T> shaping{in, o};
  backend.each(in.reward.size(), [=] GUERDON_HD(index_t i) {
    out.length_reward[i] = T(shaping.term(i));
    out.shaped_reward[i] = T(shaping(i, double(in.reward[i])));
  });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto laser_reward(const Backend& backend, const op::laser_reward::inputs<T>& in,
                  const op::laser_reward::options& o = {}) {
  return returned<op::laser_reward, T>(backend, in, o, [&](auto& out) { laser_reward(backend, in, out, o); });
}

/// The operation as a part of a pipe.
template <real T = float>
laser_shaping<T> laser_reward(const op::laser_reward::inputs<T>& in,
                              const op::laser_reward::options& o) {
  return {in, o};
}

}}  // namespace guerdon
