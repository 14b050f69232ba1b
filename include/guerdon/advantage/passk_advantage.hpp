#pragma once
// pass@k advantage: only the best answer of a prompt gets credit, by how far it is ahead of the second best.
//
// $$A_{best} = \frac{r_{(1)} - r_{(2)}}{\mathrm{std}(r_g) + \varepsilon}, \qquad A_i = 0$$
//
// for the others.
//
// Source: arXiv:2503.19595 (training on the maximum over k samples).
//
// Details that differ:
// - Of several best answers the first counts as the best; it is ahead by 0, so that its whole group gets 0.
// - A group of one has no second best and is an error, as in the authors' code. A backend whose memory the
//   host cannot read checks that for uniform groups only and writes 0 for such a group of a ragged batch. An
//   empty group is skipped.
// - NaN or an infinite reward makes its whole group NaN. No gradient: advantages are constants for the loss.
//
// Cost: one pass over the rewards, read from cache five times.

#include <guerdon/core/moments.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

template <storage T>
struct passk_advantage_inputs {
  view<const T> reward;  ///< [N] one reward per answer
  segments groups;       ///< cuts the N answers into G prompts of two or more (or none)
};

template <storage T, template <class> class Of = view>
struct passk_advantage_outputs {
  Of<T> advantage;  ///< [N]
};

struct passk_advantage_options {
  bool normalize_std = true;  ///< divide by the group's deviation
  index_t ddof = 1;           ///< 0 or 1: the variance divides by n - ddof
  double epsilon = 1e-6;      ///< >= 0, added to the deviation
};

namespace detail {

template <class T>
struct passk_program {
  view<const T> reward;
  segments groups;
  view<T> advantage;
  passk_advantage_options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    constexpr double inf = std::numeric_limits<double>::infinity();
    const index_t begin = groups.begin(g), n = groups.size(g);
    const auto r = [&](index_t i) { return double(reward[begin + i]); };
    const moments m = segment_moments(team, n, r);
    const double first = team.template reduce<lowest>(n, [&](index_t i) {
      return lanes{r(i) == m.high ? double(i) : inf};
    })[0];
    const double second = team.template reduce<highest>(n, [&](index_t i) {
      return lanes{double(i) == first ? -inf : r(i)};
    })[0];
    const double epsilon = double(real_t<T>(o.epsilon)), variance = m.variance(double(o.ddof));
    const double scale = o.normalize_std ? spread_scale(variance, epsilon, epsilon_mode::add_std) : 1;
    const double ahead = n > 1 ? math::zero_select_product(m.high - second, scale) : 0;
    team.each(n, [&](index_t i) {
      const double a = double(i) == first ? ahead : 0;
      advantage[begin + i] = T(m.finite() ? a : std::numeric_limits<double>::quiet_NaN());
    });
  }
};

}  // namespace detail

/// Writes the advantages. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void passk_advantage(const Backend& backend, const passk_advantage_inputs<T>& in,
                     const passk_advantage_outputs<T>& out, const passk_advantage_options& o = {}) {
  constexpr auto op = "passk_advantage";
  const index_t n = in.reward.size();
  require_segments(backend, in.groups, n, op, "group_offsets");
  require_size(out.advantage.size(), n, op, "advantage", "reward");
  require(o.ddof == 0 || o.ddof == 1, op, "ddof", "must be 0 or 1");
  require(o.epsilon >= 0, op, "epsilon", "must be at least 0");
  constexpr auto lone = "hold a group of one, which has no second best";
  if constexpr (Backend::on_host)
    for (index_t g = 0; g < in.groups.count(); ++g)
      require(in.groups.size(g) != 1, op, "group_offsets", lone);
  require(in.groups.ragged() || in.groups.padded() || in.groups.count() == 0 || in.groups.stride() != 1, op,
          "group_offsets", lone);

  backend.for_segments(in.groups, detail::passk_program<T>{in.reward, in.groups, out.advantage, o});
}

/// The advantages in an array of the backend's.
template <storage T = float, backend Backend>
auto passk_advantage(const Backend& backend, const passk_advantage_inputs<T>& in,
                     const passk_advantage_options& o = {}) {
  auto advantage = backend.template make<T>(in.reward.size());
  passk_advantage<T>(backend, in, {.advantage = advantage}, o);
  return advantage;
}

}}  // namespace guerdon
