#pragma once
// Loss of a reward model on groups of answers, from all pairs of which one is preferred.
//
// $$\ell_g = \frac{1}{|P_g|} \sum_{(i,j) \in P_g} -\log\sigma\big(\beta (r_i - r_j)\big), \qquad
//   P_g = \{(i,j): p_i > p_j\}$$
//
// with the preference p of each answer, of which only the order counts. The loss is the mean over the groups that have a
// pair: all pairs of a prompt are one sample.
//
// Source: InstructGPT, arXiv:2203.02155, eq. 1.
//
// Details that differ:
// - Pairs taken one by one (bradley_terry_loss) let prompts with many answers dominate: their number grows with the square.
// - Equal preferences and NaN make no pair. An answer in no pair is not looked at, its gradient is 0.
// - NaN in a reward of a pair reaches the loss, and the gradients of the pairs that it is in. No pair: loss 0.
//
// Cost: every pair of a group is looked at twice.

#include <guerdon/preference/logistic.hpp>

namespace guerdon {
namespace op {
struct kwise_bradley_terry_loss {
  static constexpr info about{"kwise_bradley_terry_loss", "preference", "All pairs of a prompt's answers as one sample",
                              "arXiv:2203.02155", skeleton::pairs};
  template <real T>
  struct inputs {
    view<const T> reward;      ///< [N] of the answers
    view<const T> preference;  ///< [N] any numbers: the greater one is preferred
    segments groups;           ///< cuts the N answers into G prompts
  };
  template <real T, template <class> class Of = view>
  struct outputs {
    Of<T> loss;         ///< [1] mean over the groups that have a pair
    Of<T> grad_reward;  ///< [N] d loss / d reward
  };
  struct options {
    double beta = 1;  ///< > 0, what differences are multiplied by
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("reward", &I::reward, "N"), array("preference", &I::preference, "N"),
                      cuts("groups", &I::groups, "G", "N").in_files("group_offsets"));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("loss", &O::loss, "1"), array("grad_reward", &O::grad_reward, "N"));
  }
  static constexpr auto parameters() {
    return std::tuple(option("beta", &options::beta, greater_than(0, 0.05, 2)));
  }
  static constexpr std::array gradients{gradient{"grad_reward", "loss", "reward"}};
};
}  // namespace op

inline namespace GUERDON_ABI {

struct kwise_programs {
  /// How many pairs a group has.
  template <class T>
  struct count {
    static constexpr bool short_segments = true;
    op::kwise_bradley_terry_loss::inputs<T> in;
    view<double> pairs;  // [G]

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t g) const {
      const index_t n = in.groups.size(g);
      const T* const preference = in.preference.data() + in.groups.begin(g);
      const double total = team.sum(n, [&](index_t i) {
        index_t won = 0;
        for (index_t j = 0; j < n; ++j) won += preference[i] > preference[j];
        return won;
      });
      team.once([&] { pairs[g] = total; });
    }
  };

  /// The mean loss of a group's pairs, and its share of the gradient.
  template <class T>
  struct loss {
    static constexpr bool short_segments = true;
    op::kwise_bradley_terry_loss::inputs<T> in;
    double beta;
    view<const double> pairs, groups_with_pairs;
    view<double> group_loss;  // [G]
    view<T> grad;

    template <class Team>
    GUERDON_HD void operator()(Team& team, index_t g) const {
      const index_t begin = in.groups.begin(g), n = in.groups.size(g);
      const T *const preference = in.preference.data() + begin, *const reward = in.reward.data() + begin;
      const double weight = pairs[g] > 0 ? 1 / pairs[g] : 0, share = weight / math::max(groups_with_pairs[0], 1.0);
      const double total = team.sum(n, [&](index_t i) {
        double sum = 0, slope = 0;
        for (index_t j = 0; j < n; ++j) {
          const bool wins = preference[i] > preference[j], loses = preference[i] < preference[j];
          if (!wins && !loses) continue;
          const double d = beta * (double(reward[i]) - double(reward[j]));
          const logistic_value pair = logistic(wins ? d : -d);
          sum += wins ? pair.loss : 0;
          slope += wins ? pair.slope : -pair.slope;
        }
        grad[begin + i] = T(beta * slope * share);
        return sum;
      });
      team.once([&] { group_loss[g] = total * weight; });
    }
  };
};

/// Writes loss and gradient.
template <real T = float, backend Backend>
void kwise_bradley_terry_loss(const Backend& backend, const op::kwise_bradley_terry_loss::inputs<T>& in,
                              const op::kwise_bradley_terry_loss::outputs<T>& out,
                              const op::kwise_bradley_terry_loss::options& o) {
  check<op::kwise_bradley_terry_loss>(backend, in, out, o);
  const index_t groups = in.groups.count();
  auto scratch = backend.scratch();
  const auto pairs = scratch.template take<double>(groups), group_loss = scratch.template take<double>(groups);
  const auto with_pairs = scratch.template take<double>(1);
  backend.for_segments(in.groups, kwise_programs::count<T>{in, pairs});
  reduce_few<add>(
      backend, groups, [=] GUERDON_HD(index_t g) { return lanes{pairs[g] > 0 ? 1.0 : 0.0}; },
      [=] GUERDON_HD(const lanes<double, 1>& total) { with_pairs[0] = total[0]; });
  backend.for_segments(in.groups, kwise_programs::loss<T>{in, o.beta, pairs, with_pairs, group_loss, out.grad_reward});
  const auto loss = out.loss;
  reduce_few<add>(
      backend, groups, [=] GUERDON_HD(index_t g) { return lanes{group_loss[g]}; },
      [=] GUERDON_HD(const lanes<double, 1>& total) {
        loss[0] = T(with_pairs[0] > 0 ? total[0] / with_pairs[0] : 0.0);
      });
}

/// The same into arrays of the backend's.
template <real T = float, backend Backend>
auto kwise_bradley_terry_loss(const Backend& backend, const op::kwise_bradley_terry_loss::inputs<T>& in,
                              const op::kwise_bradley_terry_loss::options& o = {}) {
  return returned<op::kwise_bradley_terry_loss, T>(backend, in, o,
                                                   [&](auto& out) { kwise_bradley_terry_loss(backend, in, out, o); });
}

}}  // namespace guerdon
