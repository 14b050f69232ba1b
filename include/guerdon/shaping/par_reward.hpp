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

#include <guerdon/core/launch.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

template <storage T>
struct par_reward_inputs {
  view<const T> reward;      ///< [B] learned reward of each answer
  view<const T> ref_reward;  ///< [M] learned rewards of the reference answers, those of answer 0 first
  segments references;       ///< cuts the M references into the B answers' own
};

template <storage T, template <class> class Of = view>
struct par_reward_outputs {
  Of<T> shaped_reward;  ///< [B] between 0 and 1
};

struct par_reward_options {
  double k = 1;          ///< > 0, steepness
  index_t max_ref = 10;  ///< >= 1, references beyond that many are not looked at
};

namespace detail {

template <class T>
struct par_program {
  par_reward_inputs<T> in;
  view<T> shaped;
  par_reward_options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t i) const {
    const index_t begin = in.references.begin(i), all = in.references.size(i);
    const index_t n = all < o.max_ref ? all : o.max_ref;
    const double r = double(in.reward[i]);
    const double total =
        team.sum(n, [&](index_t j) { return math::sigmoid(o.k * (r - double(in.ref_reward[begin + j]))); });
    team.once([&] { shaped[i] = T(total / double(n)); });
  }
};

}  // namespace detail

/// References of each of `answers` answers: at least one.
template <class Backend>
void require_references(const Backend& backend, const segments& references, index_t total, index_t answers,
                        std::string_view operation) {
  require_segments(backend, references, total, operation, "ref_offsets");
  require_size(references.count() + 1, answers + 1, operation, "ref_offsets", "reward");
  if constexpr (Backend::on_host)
    for (index_t i = 0; i < answers; ++i)
      require(references.size(i) > 0, operation, "ref_offsets", "leaves an answer without any reference");
}

/// Writes the shaped rewards. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void par_reward(const Backend& backend, const par_reward_inputs<T>& in, const par_reward_outputs<T>& out,
                const par_reward_options& o = {}) {
  constexpr auto op = "par_reward";
  require_references(backend, in.references, in.ref_reward.size(), in.reward.size(), op);
  require_size(out.shaped_reward.size(), in.reward.size(), op, "shaped_reward", "reward");
  require(o.k > 0, op, "k", "must be greater than 0");
  require(o.max_ref >= 1, op, "max_ref", "must be at least 1");
  backend.for_segments(in.references, detail::par_program<T>{in, out.shaped_reward, o});
}

/// The shaped rewards in an array of the backend's.
template <storage T = float, backend Backend>
auto par_reward(const Backend& backend, const par_reward_inputs<T>& in, const par_reward_options& o = {}) {
  auto shaped_reward = backend.template make<T>(in.reward.size());
  par_reward<T>(backend, in, {.shaped_reward = shaped_reward}, o);
  return shaped_reward;
}

}}  // namespace guerdon
