#pragma once

#include <guerdon/description/policy_objective.hpp>
#include <guerdon/objective/ppo_clip_loss.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct ppo_clip_loss {
  static constexpr summary about{.name = "ppo_clip_loss",
                                 .family = "objective",
                                 .title = "Clipped surrogate of PPO: clip-higher, dual clip, two-sided delta",
                                 .papers = "arXiv:1707.06347; arXiv:1912.09729; arXiv:2503.14476; arXiv:2505.07291",
                                 .skeleton = skeleton::global_reduce};
  template <class T>
  using inputs = ppo_clip_loss_inputs<T>;
  template <class T>
  using outputs = ppo_clip_loss_outputs<T>;
  using options = ppo_clip_loss_options;

  template <class T>
  static constexpr auto arguments() { return policy_arguments<T>(); }
  template <class T>
  static constexpr auto results() { return policy_results<T>(); }
  static constexpr auto parameters() {
    return std::tuple_cat(
        std::tuple(number("clip_low", &options::clip_low, closed(0, 0.99)),
                   number("clip_high", &options::clip_high, at_least(0, 1)),
                   number("dual_clip", &options::dual_clip, greater_than(1, 1.1, 5)),
                   number("delta", &options::delta, greater_than(1, 1.1, 5)),
                   number("log_ratio_clamp", &options::log_ratio_clamp, greater_than(0, 0.1, 20))),
        aggregation_parameters("aggregation", &options::aggregation));
  }
  static constexpr std::array gradients{gradient{"grad_logprob", "loss", "logprob"}};

  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::ppo_clip_loss<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
