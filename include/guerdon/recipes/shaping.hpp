#pragma once
// The shapings of the recipes: what becomes of the rewards before they are compared. Each returns an array [N].

#include <guerdon/length/adaptive_length_penalty.hpp>
#include <guerdon/length/cosine_length_reward.hpp>
#include <guerdon/length/crf_reward.hpp>
#include <guerdon/length/dast_length_reward.hpp>
#include <guerdon/length/efficient_reasoner_reward.hpp>
#include <guerdon/length/generalized_length_penalty.hpp>
#include <guerdon/length/grpo_lead_length_reward.hpp>
#include <guerdon/length/group_max_length_penalty.hpp>
#include <guerdon/length/kimi_length_reward.hpp>
#include <guerdon/length/l1_exact_reward.hpp>
#include <guerdon/length/l1_max_reward.hpp>
#include <guerdon/length/laser_d_reward.hpp>
#include <guerdon/length/laser_de_reward.hpp>
#include <guerdon/length/laser_reward.hpp>
#include <guerdon/length/linear_length_penalty.hpp>
#include <guerdon/length/shorter_better_reward.hpp>
#include <guerdon/length/soft_overlong_punishment.hpp>
#include <guerdon/length/stop_properly_penalty.hpp>
#include <guerdon/length/truncation_reward.hpp>
#include <guerdon/recipes/batch.hpp>
#include <guerdon/shaping/backward_correction.hpp>
#include <guerdon/shaping/centered_reward.hpp>
#include <guerdon/shaping/co_reward.hpp>
#include <guerdon/shaping/consistency_reward.hpp>
#include <guerdon/shaping/majority_vote_reward.hpp>
#include <guerdon/shaping/par_reward.hpp>
#include <guerdon/shaping/relative_bounded_reward.hpp>
#include <guerdon/shaping/rlpr_reward.hpp>
#include <guerdon/shaping/trust_reward.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace recipes {

/// The reward plus an array of the backend's, in that array.
template <class Backend, real T, class Array>
Array added(const Backend& backend, view<const T> reward, Array penalty) {
  const view<T> sum(penalty);
  backend.each(sum.size(), [=] GUERDON_HD(index_t i) { sum[i] = reward[i] + sum[i]; });
  return penalty;
}

/// Indices as numbers.
template <real T, class Backend>
typename Backend::template array<T> numbers_of(const Backend& backend, view<const index_t> from) {
  auto made = backend.template make<T>(from.size());
  const view<T> to(made);
  backend.each(to.size(), [=] GUERDON_HD(index_t i) { to[i] = T(from[i]); });
  return made;
}
template <real T, class Backend>
typename Backend::template array<T> one_number(const Backend& backend, double x) {
  auto made = backend.template make<T>(1);
  const view<T> to(made);
  backend.each(1, [=] GUERDON_HD(index_t i) { to[i] = T(x); });
  return made;
}

namespace shaping {

/// The reward as it is.
struct none {
  static constexpr reads needs = reads::nothing_more;
  static std::string text() { return {}; }
};

// --- Length -------------------------------------------------------------------------------------------------------

struct overlong {
  static constexpr reads needs = reads::length | reads::lengths_wanted;
  static std::string text() { return call_text<op::soft_overlong_punishment>(); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings& s) const {
    return added(b, a.reward,
                 soft_overlong_punishment<T>(b, {.length = a.length},
                                             {.max_length = s.max_length, .cache_length = s.cache_length}));
  }
};
struct laser {
  static constexpr reads needs = reads::correct | reads::length | reads::lengths_wanted;
  double alpha = 0.5;
  std::string text() const { return call_text<op::laser_reward>({.alpha = alpha}); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings& s) const {
    return laser_reward<T>(b, {.reward = a.reward, .correct = a.correct, .length = a.length},
                           {.target_length = s.target_length, .alpha = alpha}).shaped_reward;
  }
};
struct laser_d {
  static constexpr reads needs = reads::correct | reads::length | reads::lengths_wanted;
  op::laser_d_reward::options o = {};
  std::string text() const { return call_text<op::laser_d_reward>(o); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings& s) const {
    return laser_d_reward<T>(b, {.reward = a.reward, .correct = a.correct, .length = a.length, .groups = a.groups,
                                 .target_length = s.target_lengths}, o).shaped_reward;
  }
};
struct laser_de {
  static constexpr reads needs = reads::correct | reads::length | reads::lengths_wanted;
  op::laser_de_reward::options o = {};
  std::string text() const { return call_text<op::laser_de_reward>(o); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings& s) const {
    return laser_de_reward<T>(b, {.reward = a.reward, .correct = a.correct, .length = a.length, .groups = a.groups,
                                  .target_length = s.target_lengths}, o).shaped_reward;
  }
};
struct truncation {
  static constexpr reads needs = reads::length | reads::lengths_wanted;
  static std::string text() { return call_text<op::truncation_reward>(); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings& s) const {
    return truncation_reward<T>(b, {.reward = a.reward, .length = a.length}, {.target_length = s.target_length});
  }
};
struct kimi {
  static constexpr reads needs = reads::correct | reads::length;
  op::kimi_length_reward::options o = {};
  std::string text() const { return call_text<op::kimi_length_reward>(o); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings&) const {
    return kimi_length_reward<T>(b, {.reward = a.reward, .correct = a.correct, .length = a.length, .groups = a.groups},
                                 o)
        .shaped_reward;
  }
};
struct cosine {
  static constexpr reads needs = reads::correct | reads::length | reads::lengths_wanted;
  static std::string text() { return call_text<op::cosine_length_reward>(); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings& s) const {
    return cosine_length_reward<T>(b, {.correct = a.correct, .length = a.length}, {.max_length = s.max_length});
  }
};
struct adaptive {
  static constexpr reads needs = reads::correct | reads::length | reads::lengths_wanted;
  static std::string text() {
    return call_text<op::adaptive_length_penalty>() + ", beta half the target length's inverse";
  }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings& s) const {
    return adaptive_length_penalty<T>(b, {.correct = a.correct, .length = a.length, .groups = a.groups},
                                      {.beta = 0.5 / static_cast<double>(s.target_length)}).shaped_reward;
  }
};
struct dast {
  static constexpr reads needs = reads::length;
  static constexpr op::dast_length_reward::options o{.full_reward = 1};
  static std::string text() { return call_text<op::dast_length_reward>(o); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings&) const {
    return dast_length_reward<T>(b, {.reward = a.reward, .length = a.length, .groups = a.groups}, o);
  }
};
struct efficient_reasoner {
  static constexpr reads needs = reads::correct | reads::length;
  static std::string text() { return call_text<op::efficient_reasoner_reward>(); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings&) const {
    return efficient_reasoner_reward<T>(b, {.correct = a.correct, .length = a.length, .groups = a.groups});
  }
};
struct grpo_lead {
  static constexpr reads needs = reads::length;
  static constexpr op::grpo_lead_length_reward::options o{.min_mean_shortest = -1};
  static std::string text() { return call_text<op::grpo_lead_length_reward>(o); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings&) const {
    return grpo_lead_length_reward<T>(b, {.reward = a.reward, .length = a.length, .groups = a.groups}, o);
  }
};
struct shorter_better {
  static constexpr reads needs = reads::correct | reads::length | reads::lengths_wanted;
  static std::string text() {
    return call_text<op::shorter_better_reward>({.alpha = 1}) + ", beta half the target length's inverse";
  }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings& s) const {
    return shorter_better_reward<T>(b, {.correct = a.correct, .length = a.length, .groups = a.groups},
                                    {.alpha = 1, .beta = 0.5 / static_cast<double>(s.target_length)}).shaped_reward;
  }
};
struct linear {
  static constexpr reads needs = reads::length | reads::lengths_wanted;
  static std::string text() { return call_text<op::linear_length_penalty>() + " beyond the target length"; }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings& s) const {
    return linear_length_penalty<T>(b, {.reward = a.reward, .length = a.length},
                                    {.threshold = static_cast<double>(s.target_length)});
  }
};
/// Of the output tokens; prime-rl charges input tokens and turns as well.
struct group_max {
  static constexpr reads needs = reads::length;
  static constexpr double weight_of_tokens = 0.25;
  static std::string text() { return call_text<op::group_max_length_penalty>() + " of the lengths, weight 0.25"; }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings&) const {
    const auto used = numbers_of<T>(b, a.length), weight = one_number<T>(b, weight_of_tokens);
    return group_max_length_penalty<T>(
        b, {.reward = a.reward, .quantity = used, .quantity_weight = weight, .groups = a.groups}).shaped_reward;
  }
};
struct harmo {
  static constexpr reads needs = reads::correct | reads::length | reads::lengths_wanted;
  op::generalized_length_penalty::options o = {.direction = length_direction::long_answers, .weight = 0.5};
  std::string text() const { return call_text<op::generalized_length_penalty>(o); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings& s) const {
    auto with = o;
    if (o.direction == length_direction::long_answers) with.max_length = static_cast<double>(s.max_length);
    return added(b, a.reward, generalized_length_penalty<T>(
        b, {.length = a.length, .correct = a.correct, .groups = a.groups}, with).penalty);
  }
};
/// Cut off is what reached the longest length allowed.
struct stop_properly {
  static constexpr reads needs = reads::length | reads::lengths_wanted;
  static constexpr op::stop_properly_penalty::options o{.coef = 0.5, .mode = stop_penalty_mode::subtract};
  static std::string text() { return call_text<op::stop_properly_penalty>(o); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings& s) const {
    auto cut = b.template make<flag_t>(a.length.size());
    const view<flag_t> truncated(cut);
    b.each(truncated.size(), [=, length = a.length, most = s.max_length] GUERDON_HD(index_t i) {
      truncated[i] = length[i] >= most;
    });
    return stop_properly_penalty<T>(b, {.reward = a.reward, .truncated = cut}, o);
  }
};
/// One budget for all prompts, where L1's training draws one for each.
template <class Backend>
typename Backend::template array<index_t> same_budget(const Backend& b, index_t n, index_t budget) {
  auto array = b.template make<index_t>(n);
  const view<index_t> of_answer(array);
  b.each(n, [=] GUERDON_HD(index_t i) { of_answer[i] = budget; });
  return array;
}
struct l1_exact {
  static constexpr reads needs = reads::length | reads::lengths_wanted;
  static std::string text() { return call_text<op::l1_exact_reward>() + ", alpha half the target length's inverse"; }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings& s) const {
    const auto budget = same_budget(b, a.reward.size(), s.target_length);
    return l1_exact_reward<T>(b, {.reward = a.reward, .length = a.length, .target_length = budget},
                              {.alpha = 0.5 / static_cast<double>(s.target_length)});
  }
};
struct l1_max {
  static constexpr reads needs = reads::correct | reads::length | reads::lengths_wanted;
  static std::string text() { return call_text<op::l1_max_reward>() + ", alpha half the target length's inverse"; }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings& s) const {
    const auto budget = same_budget(b, a.reward.size(), s.target_length);
    return l1_max_reward<T>(b, {.correct = a.correct, .length = a.length, .target_length = budget},
                            {.alpha = 0.5 / static_cast<double>(s.target_length)});
  }
};
struct crf {
  static constexpr reads needs = reads::conciseness;
  static std::string text() { return call_text<op::crf_reward>(); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings&) const {
    return crf_reward<T>(b, {.reward = a.reward, .conciseness = a.conciseness, .difficulty = a.difficulty,
                             .groups = a.groups});
  }
};

// --- Learned rewards against those of a reference -----------------------------------------------------------------

struct par {
  static constexpr reads needs = reads::reference_answers;
  static std::string text() { return call_text<op::par_reward>(); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings& s) const {
    return par_reward<T>(b, {.reward = a.reward, .ref_reward = a.reference_reward, .references = a.references},
                         {.k = s.steepness});
  }
};
struct centred {
  static constexpr reads needs = reads::reference_answers;
  static std::string text() { return call_text<op::centered_reward>(); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings&) const {
    return centered_reward<T>(b, {.reward = a.reward, .ref_reward = a.reference_reward, .references = a.references});
  }
};
struct relative_bounded {
  static constexpr reads needs = reads::reference_answers;
  static constexpr op::relative_bounded_reward::options o{.function = bounded_function::tanh};
  static std::string text() { return call_text<op::relative_bounded_reward>(o); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings&) const {
    return relative_bounded_reward<T>(
        b, {.reward = a.reward, .ref_reward = a.reference_reward, .references = a.references}, o);
  }
};

// --- What the verdict is worth ------------------------------------------------------------------------------------

struct backward {
  static constexpr reads needs = reads::noise_rates;
  static std::string text() { return call_text<op::backward_correction>(); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings& s) const {
    return backward_correction<T>(b, {.reward = a.reward}, {.rho0 = s.false_positive, .rho1 = s.false_negative});
  }
};
struct trust {
  static constexpr reads needs = reads::judge;
  static std::string text() { return call_text<op::trust_reward>(); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings&) const {
    return trust_reward<T>(b, {.outcome_reward = a.reward, .thinking_reward = a.judge_score, .groups = a.groups})
        .reward;
  }
};
struct consistent {
  static constexpr reads needs = reads::judge;
  static constexpr op::consistency_reward::options o{.format_coef = 0};
  static std::string text() { return call_text<op::consistency_reward>(o); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a,
                  const settings&) const {  // what the format earns is in the reward
    return consistency_reward<T>(b, {.result = a.reward, .consistency = a.judge_score, .format = a.reward}, o);
  }
};
struct probability {
  static constexpr reads needs = reads::probabilities;
  static std::string text() { return call_text<op::rlpr_reward>(); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings&) const {
    return rlpr_reward<T>(b, {.score = a.probability, .base_score = a.base_probability, .format = a.format}).reward;
  }
};

// --- No labels ----------------------------------------------------------------------------------------------------

struct majority {
  static constexpr reads needs = reads::outcome;
  static std::string text() { return call_text<op::majority_vote_reward>(); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings&) const {
    return majority_vote_reward<T>(b, {.answer_id = a.outcome, .groups = a.groups}).reward;
  }
};
struct rephrased {
  static constexpr reads needs = reads::outcome | reads::rephrased_answers;
  static std::string text() { return call_text<op::co_reward>(); }
  template <class Backend, real T>
  auto operator()(const Backend& b, const answers<T>& a, const settings&) const {
    return co_reward<T>(b, {.answer_id = a.outcome, .groups = a.groups, .paired_answer_id = a.rephrased_outcome,
                            .paired_groups = a.rephrased_groups}).reward;
  }
};

}  // namespace shaping
}}}  // namespace guerdon::recipes
