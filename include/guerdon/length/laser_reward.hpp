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

#include <guerdon/core/launch.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// What a correct response gets: alpha within the target, -alpha beyond it, or both.
enum class laser_mode { reward, penalty, hybrid };

/// The length term of one response, shared by the LASER family.
struct laser_bonus {
  double alpha;
  laser_mode mode;

  GUERDON_HD double operator()(bool correct, bool within_target) const {
    if (!correct) return 0;
    if (within_target) return mode == laser_mode::penalty ? 0 : alpha;
    return mode == laser_mode::reward ? 0 : 0 - alpha;
  }
};

inline void require_laser(double alpha, laser_mode mode, std::string_view operation) {
  require(math::is_finite(alpha), operation, "alpha", "must be finite");
  require_choice(mode, laser_mode::hybrid, operation, "mode");
}

template <storage T>
struct laser_reward_inputs {
  view<const T> reward;        ///< [B] base reward
  view<const flag_t> correct;  ///< [B] 1 = the answer is right
  view<const index_t> length;  ///< [B] tokens of the response, >= 0
};

template <storage T, template <class> class Of = view>
struct laser_reward_outputs {
  Of<T> shaped_reward;  ///< [B] reward + length_reward
  Of<T> length_reward;  ///< [B] the length term alone
};

struct laser_reward_options {
  index_t target_length = required;      ///< >= 0, in tokens
  double alpha = 0.5;                    ///< finite
  laser_mode mode = laser_mode::reward;  ///< bonus within the target, penalty beyond it, or both
};

/// Writes shaped reward and length term. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void laser_reward(const Backend& backend, const laser_reward_inputs<T>& in,
                  const laser_reward_outputs<T>& out, const laser_reward_options& o) {
  constexpr auto op = "laser_reward";
  const index_t n = in.reward.size();
  require_size(in.correct.size(), n, op, "correct", "reward");
  require_size(in.length.size(), n, op, "length", "reward");
  require_size(out.shaped_reward.size(), n, op, "shaped_reward", "reward");
  require_size(out.length_reward.size(), n, op, "length_reward", "reward");
  require_given(o.target_length, op, "target_length");
  require(o.target_length >= 0, op, "target_length", "must be at least 0");
  require_laser(o.alpha, o.mode, op);
  require_not_negative(backend, in.length, op, "length");

  const laser_bonus bonus{o.alpha, o.mode};
  const index_t target = o.target_length;
  backend.each(n, [=] GUERDON_HD(index_t i) {
    const double term = bonus(in.correct[i] != 0, in.length[i] <= target);
    out.length_reward[i] = T(term);
    out.shaped_reward[i] = T(double(in.reward[i]) + term);
  });
}

/// The same into arrays of the backend's.
template <storage T = float, backend Backend>
auto laser_reward(const Backend& backend, const laser_reward_inputs<T>& in, const laser_reward_options& o) {
  const index_t n = in.reward.size();
  laser_reward_outputs<T, Backend::template array> result{backend.template make<T>(n),
                                                          backend.template make<T>(n)};
  laser_reward<T>(backend, in, {result.shaped_reward, result.length_reward}, o);
  return result;
}

}}  // namespace guerdon
