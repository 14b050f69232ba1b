#pragma once
// The reward that a small head reads out of an encoder's last hidden state.
//
// $$r = w_2 \cdot \mathrm{act}(W_1 h + b_1) + b_2, \qquad \mathrm{silu}(z) = z\,\sigma(z)$$
//
// `none` leaves the activation out: a single linear map.
//
// Source: BaseReward, arXiv:2509.16127: two layers and SiLU did best of one to five layers and of these activations.
//
// Details that differ:
// - None published. Sums run in double. NaN and infinity follow arithmetic.
//
// Cost: two operations per weight and sample.

#include <guerdon/reward_model/head.hpp>

namespace guerdon {
namespace op {
struct reward_head_forward {
  static constexpr info about{"reward_head_forward", "reward_model", "Two-layer head on hidden states (BaseReward)",
                              "arXiv:2509.16127", skeleton::segmented_reduce};
  template <real T>
  struct inputs {
    view<const T> hidden;  ///< [B,D] the encoder's last hidden states
    view<const T> w1;      ///< [H,D]
    view<const T> b1;      ///< [H]
    view<const T> w2;      ///< [H]
    view<const T> b2;      ///< [1]
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> reward;  ///< [B]
  };
  struct options {
    head_activation activation = head_activation::silu;
  };

  template <class I>
  static constexpr auto arguments() {  // what tells sizes comes first
    return std::tuple(array("b1", &I::b1, "H"), array("w2", &I::w2, "H"), array("b2", &I::b2, "1"),
                      array("w1", &I::w1, "H,D"), array("hidden", &I::hidden, "B,D", drawn(-2, 2)));
  }
  template <class O>
  static constexpr auto results() { return std::tuple(array("reward", &O::reward, "B")); }
  static constexpr auto parameters() { return std::tuple(choice("activation", &options::activation)); }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct reward_head_program {
  static constexpr bool short_segments = true;
  reward_head<T> head;
  view<const T> hidden;
  view<T> reward;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t b) const {
    const T* const h = hidden.data() + b * head.width();
    const double sum = team.sum(head.units(), [&](index_t u) {
      return double(head.w2[u]) * activated(head.before(u, h), head.activation).value;
    });
    team.once([&] { reward[b] = T(sum + double(head.b2[0])); });
  }
};

/// Writes the rewards.
template <real T = float, backend Backend>
void reward_head_forward(const Backend& backend, const op::reward_head_forward::inputs<T>& in,
                         const op::reward_head_forward::outputs<T>& out, const op::reward_head_forward::options& o) {
  check<op::reward_head_forward>(backend, in, out, o);
  const reward_head<T> head{in.w1, in.b1, in.w2, in.b2, o.activation};
  backend.for_segments(segments::uniform(out.reward.size(), head.units()),
                       reward_head_program<T>{head, in.hidden, out.reward});
}

/// The rewards in an array of the backend's.
template <real T = float, backend Backend>
auto reward_head_forward(const Backend& backend, const op::reward_head_forward::inputs<T>& in,
                         const op::reward_head_forward::options& o = {}) {
  return returned<op::reward_head_forward, T>(backend, in, o,
                                              [&](auto& out) { reward_head_forward(backend, in, out, o); });
}

}}  // namespace guerdon
