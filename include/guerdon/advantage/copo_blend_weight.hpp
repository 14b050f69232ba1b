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

#include <guerdon/core/operation.hpp>

namespace guerdon {

enum class copo_mode { soft, soft_with_zero, soft_with_forced, only_zero, only_forced, local, global };
constexpr auto enumerators(copo_mode) {
  return std::array{"soft", "soft_with_zero", "soft_with_forced", "only_zero", "only_forced", "local", "global"};
}

namespace op {
struct copo_blend_weight {
  static constexpr info about{"copo_blend_weight", "advantage", "Entropy gate between local and global loss (COPO)",
                              "arXiv:2508.04138", skeleton::map};
  template <real T>
  struct inputs {
    view<const T> entropy;          ///< [G] of the answers' classes
    view<const T> reward;           ///< [N] one reward per answer
    view<const T> local_advantage;  ///< [N]
    segments groups;                ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> local_weight;  ///< [N] between 0 and 1; the global loss gets 1 minus it
  };
  struct options {
    double k = 5;                                ///< steepness of the gate
    double b = 1;                                ///< the entropy at which it is half open
    copo_mode mode = copo_mode::soft_with_zero;  ///< which answers the gate is for
    double zero_value = 0;                       ///< the reward that the zero modes leave to the global loss
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N"), cuts("groups", &I::groups, "G", "N").in_files("group_offsets"),
                      array("entropy", &I::entropy, "G", drawn(0, 3)),
                      array("local_advantage", &I::local_advantage, "N"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("local_weight", &O::local_weight, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("k", &options::k), option("b", &options::b), choice("mode", &options::mode),
                      option("zero_value", &options::zero_value));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct copo_blend_program {
  static constexpr bool short_segments = true;
  op::copo_blend_weight::inputs<T> in;
  view<T> local_weight;
  op::copo_blend_weight::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t g) const {
    const index_t begin = in.groups.begin(g);
    const double above = double(in.entropy[g]) - double(T(o.b));
    const double gate = math::sigmoid(math::zero_select_product(above, o.k));
    team.each(in.groups.size(g), [&](index_t i) {
      const bool rewarded = in.reward[begin + i] != T(o.zero_value);
      const bool ahead = in.local_advantage[begin + i] != T(0);
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

/// Writes the weights.
template <real T = float, backend Backend>
void copo_blend_weight(const Backend& backend, const op::copo_blend_weight::inputs<T>& in,
                       const op::copo_blend_weight::outputs<T>& out, const op::copo_blend_weight::options& o) {
  check<op::copo_blend_weight>(backend, in, out, o);
  backend.for_segments(in.groups, copo_blend_program<T>{in, out.local_weight, o});
}

/// The weights in an array of the backend's.
template <real T = float, backend Backend>
auto copo_blend_weight(const Backend& backend, const op::copo_blend_weight::inputs<T>& in,
                       const op::copo_blend_weight::options& o = {}) {
  return returned<op::copo_blend_weight, T>(backend, in, o,
                                            [&](auto& out) { copo_blend_weight(backend, in, out, o); });
}

}}  // namespace guerdon
