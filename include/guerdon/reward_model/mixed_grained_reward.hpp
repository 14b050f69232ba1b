#pragma once
// The reward of a page: what a judge says of the whole, and the discounted rewards of its items.
//
// $$I = \frac{\sum_i d_i r_i}{\sum_i d_i}, \qquad r = (1 - \lambda)\,r_{page} + \lambda I$$
//
// with the discount $d_i$ of position i: $1/\log_2(i+2)$ (`dcg`), 1 (`uniform`) or $1/(i+1)$ (`reciprocal`).
//
// Source: PageLLM, arXiv:2506.09084, which has both rewards and gives no formula; the definition is this project's.
//
// Details that differ:
// - A page without items: I = 0. A NaN item makes its page NaN, with an item_weight of 0 too.
//
// Cost: one read per item, two writes per page.

#include <guerdon/shaping/position_discount.hpp>

namespace guerdon {
namespace op {
struct mixed_grained_reward {
  static constexpr info about{"mixed_grained_reward", "reward_model", "Page reward mixed with discounted item rewards",
                              "arXiv:2506.09084", skeleton::segmented_reduce, 1e-5, true};
  template <real T>
  struct inputs {
    view<const T> page_reward;  ///< [B] of the whole pages
    view<const T> item_reward;  ///< [M] of the items, in page order
    segments items;             ///< cuts the M items into B pages
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> item_level_reward;  ///< [B] discounted mean of the page's items
    Of<T> reward;             ///< [B]
  };
  struct options {
    double item_weight = 0.5;  ///< [0, 1], lambda
    guerdon::position_discount position_discount = guerdon::position_discount::dcg;  ///< what a position is worth
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("page_reward", &I::page_reward, "B"), array("item_reward", &I::item_reward, "M"),
                      cuts("items", &I::items, "B", "M").in_files("item_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("item_level_reward", &O::item_level_reward, "B"), array("reward", &O::reward, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("item_weight", &options::item_weight, within(0, 1)),
                      choice("position_discount", &options::position_discount));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {

template <class T>
struct mixed_grained_program {
  static constexpr bool short_segments = true;
  op::mixed_grained_reward::inputs<T> in;
  op::mixed_grained_reward::outputs<T> out;
  op::mixed_grained_reward::options o;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t page) const {
    const T* const item = in.item_reward.data() + in.items.begin(page);
    const auto sum = team.template reduce<add, add>(in.items.size(page), [&](index_t i) {
      const double d = discount_of(o.position_discount, i);
      return lanes{d * double(item[i]), d};
    });
    team.once([&] {
      const double items = sum[1] > 0 ? sum[0] / sum[1] : 0;
      out.item_level_reward[page] = T(items);
      out.reward[page] = T((1 - o.item_weight) * double(in.page_reward[page]) + o.item_weight * items);
    });
  }
};

/// Writes both rewards.
template <real T = float, backend Backend>
void mixed_grained_reward(const Backend& backend, const op::mixed_grained_reward::inputs<T>& in,
                          const op::mixed_grained_reward::outputs<T>& out, const op::mixed_grained_reward::options& o) {
  check<op::mixed_grained_reward>(backend, in, out, o);
  backend.for_segments(in.items, mixed_grained_program<T>{in, out, o});
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto mixed_grained_reward(const Backend& backend, const op::mixed_grained_reward::inputs<T>& in,
                          const op::mixed_grained_reward::options& o = {}) {
  return returned<op::mixed_grained_reward, T>(backend, in, o,
                                               [&](auto& out) { mixed_grained_reward(backend, in, out, o); });
}

}}  // namespace guerdon
