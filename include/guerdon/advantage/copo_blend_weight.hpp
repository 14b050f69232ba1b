#pragma once
// How much of the local loss an answer gets, the rest going to the global one: an entropy gate per prompt.
//
// $$s_i = \sigma\left(k\,(H_{g(i)} - b)\right)$$
//
// | mode | weight of the local loss |
// |---|---|
// | soft | s |
// | soft_with_zero | s where the reward is not `zero_value`, else 0 |
// | soft_with_forced | s where the local advantage is not 0, else 0 |
// | only_zero | 1 where the reward is not `zero_value`, else 0 |
// | only_forced | 1 where the local advantage is not 0, else 0 |
// | local | 1 |
// | global | 0 |
//
// Agreement (low entropy) means mostly global loss, disagreement mostly local.
//
// Source: COPO, arXiv:2508.04138; the modes are those of its published code.
//
// Details that differ:
// - k = 5 and b = 1 are the authors' README; their function's own defaults are 1 and 0.5.
// - The zero modes work answer by answer: in a mixed prompt the answers with reward `zero_value` are trained by the
//   global loss alone. The published code compares with 0, the default; where wrong answers get -1 say so, or no
//   reward is the zero and soft_with_zero is soft, only_zero local.
// - A very large k (also infinity) makes the gate a step that is exactly 0.5 at H = b.
// - A NaN reward is no zero. A NaN entropy gives NaN where the gate is used. No gradient: weights are
//   constants.
//
// Cost: two reads and a write per answer.

#include <guerdon/core/launch.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

enum class copo_mode { soft, soft_with_zero, soft_with_forced, only_zero, only_forced, local, global };

template <storage T>
struct copo_blend_weight_inputs {
  view<const T> entropy;          ///< [G] of the answers' classes
  view<const T> reward;           ///< [N] one reward per answer
  view<const T> local_advantage;  ///< [N]
  segments groups;                ///< cuts the N answers into G prompts
};

template <storage T, template <class> class Of = view>
struct copo_blend_weight_outputs {
  Of<T> local_weight;  ///< [N] between 0 and 1; the global loss gets 1 minus it
};

struct copo_blend_weight_options {
  double k = 5;  ///< steepness of the gate
  double b = 1;  ///< the entropy at which it is half open
  copo_mode mode = copo_mode::soft_with_zero;
  double zero_value = 0;  ///< the reward that the zero modes leave to the global loss; a number
};

namespace detail {

template <class T>
struct copo_blend_program {
  copo_blend_weight_inputs<T> in;
  view<T> local_weight;
  copo_blend_weight_options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g);
    const double above = double(in.entropy[g]) - double(real_t<T>(o.b));
    const double gate = math::sigmoid(math::zero_select_product(above, o.k));
    const double zero = double(T(o.zero_value));  // as a reward of that value is stored
    team.each(in.groups.size(g), [&](index_t i) {
      const bool rewarded = double(in.reward[begin + i]) != zero;
      const bool ahead = double(in.local_advantage[begin + i]) != 0;
      double w = 0;
      switch (o.mode) {
        case copo_mode::soft: w = gate; break;
        case copo_mode::soft_with_zero: w = rewarded ? gate : 0; break;
        case copo_mode::soft_with_forced: w = ahead ? gate : 0; break;
        case copo_mode::only_zero: w = rewarded ? 1 : 0; break;
        case copo_mode::only_forced: w = ahead ? 1 : 0; break;
        case copo_mode::local: w = 1; break;
        case copo_mode::global: break;
      }
      local_weight[begin + i] = T(w);
    });
  }
};

}  // namespace detail

/// Writes the weights. Throws std::invalid_argument naming the argument that is wrong.
template <storage T = float, backend Backend>
void copo_blend_weight(const Backend& backend, const copo_blend_weight_inputs<T>& in,
                       const copo_blend_weight_outputs<T>& out, const copo_blend_weight_options& o = {}) {
  constexpr auto op = "copo_blend_weight";
  const index_t n = in.reward.size();
  require_segments(backend, in.groups, n, op, "group_offsets");
  require_size(in.entropy.size(), in.groups.count(), op, "entropy", "one number per group");
  require_size(in.local_advantage.size(), n, op, "local_advantage", "reward");
  require_size(out.local_weight.size(), n, op, "local_weight", "reward");
  require_choice(o.mode, copo_mode::global, op, "mode");
  require(o.zero_value == o.zero_value, op, "zero_value", "must be a number");
  backend.for_segments(in.groups, detail::copo_blend_program<T>{in, out.local_weight, o});
}

/// The weights in an array of the backend's.
template <storage T = float, backend Backend>
auto copo_blend_weight(const Backend& backend, const copo_blend_weight_inputs<T>& in,
                       const copo_blend_weight_options& o = {}) {
  auto local_weight = backend.template make<T>(in.reward.size());
  copo_blend_weight<T>(backend, in, {.local_weight = local_weight}, o);
  return local_weight;
}

}}  // namespace guerdon
