#pragma once
// Which pairs of items on a page must not change places, and how much engagement a swap would lose.
//
// $$g_{ij} = (e_i - e_j)\,(d_i - d_j), \qquad i < j$$
//
// with the engagement $e$ of the page's items and the discount $d$ of their positions: $1/\log_2(i+2)$ (`dcg`),
// $1/(i+1)$ (`reciprocal`) or 1 (`uniform`). Pairs of positive gain are listed page by page, by i and then by j.
//
//   const auto [first, second, gain, pair_offsets] = guerdon::swap_pairs<float>(backend, {engagement, pages});
//
// Memory of the caller's: `op::swap_pairs::ragged_size<float>(backend, in, o)` says how many pairs there are, for
// arrays of that size that the writing form fills.
//
// Source: position swaps of PageLLM, arXiv:2506.09084, which gives no formula; the definition is this project's.
//
// Details that differ:
// - Engagement that is NaN is in no pair. `uniform` has no pairs: no position is better than another.
// - Gains and their signs are of double precision for every element type.
// - ragged_size, and with it the returning form, waits for the backend. A backend whose memory the host cannot read
//   does not refuse arrays of another size, and fills what there is of them.
// - No gradient.
//
// Cost: every pair of a page is looked at twice, in the returning form three times.

#include <guerdon/shaping/position_discount.hpp>

namespace guerdon {
namespace op {
struct swap_pairs {
  static constexpr info about{"swap_pairs", "shaping", "Which position swaps would hurt a page, and how much (PageLLM)",
                              "arXiv:2506.09084", skeleton::sort, 1e-5, true};
  template <real T>
  struct inputs {
    view<const T> engagement;  ///< [M] of the items, in page order
    segments pages;            ///< cuts the M items into B pages
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<index_t> first;         ///< [P] a position within the page, from 0
    Of<index_t> second;        ///< [P] a later one
    Of<T> gain;                ///< [P] > 0, discounted engagement that a swap would lose
    Of<index_t> pair_offsets;  ///< [B+1] where the pairs of each page begin
  };
  struct options {
    guerdon::position_discount position_discount = guerdon::position_discount::dcg;  ///< what a position is worth
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("engagement", &I::engagement, "M"),
                      cuts("pages", &I::pages, "B", "M").in_files("item_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("first", &O::first, "P"), array("second", &O::second, "P"), array("gain", &O::gain, "P"),
                      array("pair_offsets", &O::pair_offsets, "B+1"));
  }
  static constexpr auto parameters() { return std::tuple(choice("position_discount", &options::position_discount)); }

  static constexpr char ragged_symbol = 'P';
  /// How many pairs there are.
  template <real T = float, class Backend>
  static index_t ragged_size(const Backend& backend, const inputs<T>& in, const options& o);
};
}  // namespace op

inline namespace GUERDON_ABI {

/// The discount of every item.
struct position_discount_program {
  static constexpr bool short_segments = true;
  segments pages;
  position_discount kind;
  view<double> discount;  // [M]

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t b) const {
    const index_t begin = pages.begin(b);
    team.each(pages.size(b), [&](index_t i) { discount[begin + i] = discount_of(kind, i); });
  }
};

/// What a page would lose if two of its items changed places.
template <class T>
struct swap_loss {
  view<const T> engagement;
  view<const double> discount;

  GUERDON_HD double operator()(index_t item, index_t later) const {
    return (double(engagement[item]) - double(engagement[later])) * (discount[item] - discount[later]);
  }
};

/// How many pairs an item is the first of.
template <class T>
struct swap_count_program {
  static constexpr bool short_segments = true;
  segments pages;
  swap_loss<T> loss;
  view<index_t> count;  // [M]

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t b) const {
    const index_t begin = pages.begin(b), n = pages.size(b);
    team.each(n, [&](index_t i) {
      index_t pairs = 0;
      for (index_t j = i + 1; j < n; ++j) pairs += loss(begin + i, begin + j) > 0;
      count[begin + i] = pairs;
    });
  }
};

/// Lists them from the place that the counts leave to the item.
template <class T>
struct swap_list_program {
  static constexpr bool short_segments = true;
  segments pages;
  swap_loss<T> loss;
  view<const index_t> place;  // [M+1]
  op::swap_pairs::outputs<T> out;

  template <class Team>
  GUERDON_HD void operator()(Team& team, index_t b) const {
    const index_t begin = pages.begin(b), n = pages.size(b), room = out.gain.size();
    team.each(n, [&](index_t i) {
      index_t at = place[begin + i];
      for (index_t j = i + 1; j < n; ++j) {
        const double gain = loss(begin + i, begin + j);
        if (!(gain > 0) || at >= room) continue;
        out.first[at] = i;
        out.second[at] = j;
        out.gain[at++] = T(gain);
      }
    });
  }
};

/// The discount of every item, and where the pairs begin that it is the first of.
template <class T, class Backend>
void place_swap_pairs(const Backend& backend, const op::swap_pairs::inputs<T>& in, const op::swap_pairs::options& o,
                      view<double> discount, view<index_t> place) {
  const index_t items = in.engagement.size();
  auto scratch = backend.scratch();
  const auto count = scratch.template take<index_t>(items);
  backend.each(items, [=] GUERDON_HD(index_t m) { count[m] = 0; });  // what lies behind padded pages has no pairs
  backend.for_segments(in.pages, position_discount_program{in.pages, o.position_discount, discount});
  backend.for_segments(in.pages, swap_count_program<T>{in.pages, {in.engagement, discount}, count});
  backend.template exclusive_sum<index_t>(count, place);
}

/// Writes the pairs into arrays of the size that op::swap_pairs::ragged_size says.
template <real T = float, backend Backend>
void swap_pairs(const Backend& backend, const op::swap_pairs::inputs<T>& in, const op::swap_pairs::outputs<T>& out,
                const op::swap_pairs::options& o) {
  const auto rule = check<op::swap_pairs>(backend, in, out, o);
  const index_t items = in.engagement.size();
  auto scratch = backend.scratch();
  const auto discount = scratch.template take<double>(items);
  const auto place = scratch.template take<index_t>(items + 1);
  place_swap_pairs<T>(backend, in, o, discount, place);
  if constexpr (Backend::on_host)
    rule(place[items] == out.first.size(), "first", "must have as many elements as there are pairs (ragged_size)");
  backend.for_segments(in.pages, swap_list_program<T>{in.pages, {in.engagement, discount}, place, out});
  backend.each(out.pair_offsets.size(),
               [=] GUERDON_HD(index_t b) { out.pair_offsets[b] = place[in.pages.begin(b)]; });
}

/// The pairs in arrays of the backend's.
template <real T = float, backend Backend>
auto swap_pairs(const Backend& backend, const op::swap_pairs::inputs<T>& in, const op::swap_pairs::options& o = {}) {
  return returned<op::swap_pairs, T>(backend, in, o, [&](auto& out) { swap_pairs(backend, in, out, o); });
}

}  // namespace GUERDON_ABI

template <real T, class Backend>
index_t op::swap_pairs::ragged_size(const Backend& backend, const inputs<T>& in, const options& o) {
  check_arguments<swap_pairs>(backend, in);
  const index_t items = in.engagement.size();
  auto scratch = backend.scratch();
  const auto place = scratch.template take<index_t>(items + 1);
  place_swap_pairs<T>(backend, in, o, scratch.template take<double>(items), place);
  return number_at<index_t>(backend, place.data() + items);
}

}  // namespace guerdon
