#pragma once
// The likelihood of rankings: the best is drawn first, by the softmax of all, then the next by that of the rest. What the
// losses on rankings share.

#include <guerdon/core/operation.hpp>

namespace guerdon { inline namespace GUERDON_ABI {

/// The numbers of groups in the order of their ranking, best first, each times `factor`.
template <class T>
struct ranked_numbers {
  view<const T> number;
  view<const index_t> ranking;  // within the group; left out: as they stand
  double factor;

  GUERDON_HD index_t at(index_t begin, index_t place) const {
    return begin + (ranking ? ranking[begin + place] : place);
  }
  GUERDON_HD double operator()(index_t begin, index_t place) const { return factor * double(number[at(begin, place)]); }
};

/// A group of n is n - 1 draws, or the first top_k of them.
GUERDON_HD inline index_t ranking_draws(index_t n, index_t top_k) {
  return n < 2 ? 0 : top_k > 0 && top_k < n - 1 ? top_k : n - 1;
}

/// What is left at a place has the sum S e^M, M its highest number: S = e^(x - M) + e^(M' - M) S' of the place behind it.
/// The chances of having been drawn before, D e^(x - log_left), add up forwards the same way. Neither overflows, nor loses
/// a place behind a far better one. A launch for each, since places read their neighbours.
template <class T>
struct ranking_programs {
  segments groups;
  ranked_numbers<T> x;
  index_t top_k;
  view<double> highest_left, log_left;  // [N]
  view<const double> rankings;          // [1] groups of two and more
  view<T> grad;                         // [N] d mean loss / d number
  view<double> loss;                    // [G]

  struct highest_program {
    static constexpr bool short_segments = true;
    ranking_programs p;

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t g) const {
      const index_t begin = p.groups.begin(g), n = p.groups.size(g);
      team.each(n, [&](index_t k) {
        double highest = p.x(begin, k);
        for (index_t j = k + 1; j < n; ++j) highest = math::nan_max(highest, p.x(begin, j));
        p.highest_left[begin + k] = highest;
      });
    }
  };

  struct log_program {
    static constexpr bool short_segments = true;
    ranking_programs p;

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t g) const {
      const index_t begin = p.groups.begin(g), n = p.groups.size(g);
      const double* const highest = p.highest_left.data() + begin;
      team.recur_backward(
          n, 0.0,
          [&](index_t k) {
            const double behind = k + 1 < n ? math::exp(highest[k + 1] - highest[k]) : 0;
            return affine<double>{math::exp(p.x(begin, k) - highest[k]), behind};
          },
          [&](index_t k, double sum, double) { p.log_left[begin + k] = highest[k] + math::log(sum); });
    }
  };

  struct slope_program {
    static constexpr bool short_segments = true;
    ranking_programs p;

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t g) const {
      const index_t begin = p.groups.begin(g), n = p.groups.size(g), draws = ranking_draws(n, p.top_k);
      const double* const left = p.log_left.data() + begin;
      const auto level = [=](index_t k) { return left[k < draws ? k : draws - 1]; };
      const double total = team.sum(draws, [&](index_t k) { return left[k] - p.x(begin, k); });
      team.once([&] { p.loss[g] = total; });
      if (draws == 0) return team.each(n, [&](index_t k) { p.grad[p.x.at(begin, k)] = T(0); });
      team.recur_forward(
          n, 0.0,
          [&](index_t k) {
            return affine<double>{k < draws ? 1.0 : 0.0, k > 0 ? math::exp(level(k) - level(k - 1)) : 0};
          },
          [&](index_t k, double drawn, double) {
            const double chance = drawn * math::exp(p.x(begin, k) - level(k));
            p.grad[p.x.at(begin, k)] = T(p.x.factor * (chance - (k < draws ? 1 : 0)) / p.rankings[0]);
          });
    }
  };
};

/// Writes the mean over groups of two and more, each group's loss into `group_loss` and the gradient into `grad`.
template <class T, class Backend>
void ranking_loss(const Backend& backend, const segments& groups, const ranked_numbers<T>& x, index_t top_k,
                  view<T> loss, view<double> group_loss, view<T> grad) {
  auto scratch = backend.scratch();
  const index_t n = x.number.size();
  const auto rankings = scratch.template take<double>(1);
  reduce_few<add>(
      backend, groups.count(), [=] GUERDON_HD(index_t g) { return lanes{groups.size(g) >= 2 ? 1.0 : 0.0}; },
      [=] GUERDON_HD(const lanes<double, 1>& total) { rankings[0] = total[0]; });
  const ranking_programs<T> p{groups, x, top_k, scratch.template take<double>(n), scratch.template take<double>(n),
                              rankings, grad, group_loss};
  backend.for_segments(groups, typename ranking_programs<T>::highest_program{p});
  backend.for_segments(groups, typename ranking_programs<T>::log_program{p});
  backend.for_segments(groups, typename ranking_programs<T>::slope_program{p});
  reduce_few<add>(
      backend, groups.count(), [=] GUERDON_HD(index_t g) { return lanes{group_loss[g]}; },
      [=] GUERDON_HD(const lanes<double, 1>& total) {
        loss[0] = T(rankings[0] > 0 ? total[0] / rankings[0] : 0.0);
      });
}
}}  // namespace guerdon
