#pragma once
// Recurrences over rows of tokens, some of which may not be the policy's: the same one as in trace_decay.hpp, with
// coefficients that are constant, and with tokens in place of steps.
//
// What reaches a token from the later ones is the single number u = gamma V + gamma lambda A of the next token of the
// recursion. A token's target is r + u, and it hands on gamma (1 - lambda) V + gamma lambda (r + u): one pass, with
// holes or without, in which no large value is added to be taken away again.

#include <guerdon/core/operation.hpp>

namespace guerdon {

/// What a masked token is to a recursion over the row.
enum class mask_mode { skip, zero, ignore };
constexpr auto enumerators(mask_mode) { return std::array{"skip", "zero", "ignore"}; }

inline namespace GUERDON_ABI {

namespace detail {

/// What a token hands on to the ones before it.
template <class R>
GUERDON_HD affine<R, at_zero::multiply> token_step(R reward, R value, R gamma, R lambda) {
  const R decay = gamma * lambda;
  // value - value: 0, or the NaN that an infinite value makes of gamma V - decay V.
  return {(gamma - decay) * value + decay * reward + (value - value), decay};
}

/// Rewards and values of one row.
template <class T>
struct token_values {
  const T *reward, *value;
  const flag_t* mask;  ///< may be null where nothing is masked
};

/// The scan over one row of n tokens: `write(i, valid, target, value)` takes what each token's value should have been.
/// u is what arrives behind the last token. One loop for every mode: a mask left out is read from where something
/// stands, and not used.
template <class T, class R, class Team, class Write>
GUERDON_HD void scan_tokens(Team& team, index_t n, const token_values<T>& tokens, mask_mode mode, R gamma, R lambda,
                            R u, Write write) {
  const T* const reward = tokens.reward;
  const T* const value = tokens.value;
  const flag_t* const mask = tokens.mask ? tokens.mask : reinterpret_cast<const flag_t*>(reward);
  const flag_t all_valid = tokens.mask ? 0 : 1, all_seen = mode == mask_mode::ignore ? 1 : all_valid;
  const R unseen = mode == mask_mode::skip ? R(1) : gamma * lambda;
  team.recur_backward(
      n, u,
      [=](index_t i) {
        const bool seen = (mask[i] | all_seen) != 0;
        const R r = math::select(seen, R(reward[i]), R(0)), v = math::select(seen, R(value[i]), R(0));
        auto map = token_step(r, v, gamma, lambda);
        map.m = math::select(seen, map.m, unseen);
        return map;
      },
      [=](index_t i, R, R next) {
        const bool valid = (mask[i] | all_valid) != 0;
        write(i, valid, R(reward[i]) + next, R(value[i]));
      });
}

/// The discounted sum over one row, whose rewards `reward(i)` count on valid tokens only; `write(i, sum)`, 0 where not
/// valid. In double: thousands of undiscounted rewards are too many for float.
template <class Team, class Valid, class Reward, class Write>
GUERDON_HD void discount_tokens(Team& team, index_t n, double gamma, mask_mode mode, Valid valid, Reward reward,
                                Write write) {
  const double hole = mode == mask_mode::skip ? 1 : gamma;
  team.recur_backward(
      n, 0.0,
      [=](index_t i) {
        const bool here = valid(i);
        const double paid = math::select(here, double(reward(i)), 0.0);
        return affine<double, at_zero::multiply>{paid, math::select(here, gamma, hole)};
      },
      [=](index_t i, double x, double) { write(i, math::select(valid(i), x, 0.0)); });
}

}  // namespace detail

}}  // namespace guerdon
