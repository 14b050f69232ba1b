#pragma once

#include <guerdon/description/policy_objective.hpp>
#include <guerdon/objective/gspo_loss.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct gspo_loss {
  static constexpr summary about{.name = "gspo_loss",
                                 .family = "objective",
                                 .title = "Clipped surrogate with one ratio per response (GSPO)",
                                 .papers = "arXiv:2507.18071",
                                 .skeleton = skeleton::segmented_reduce};
  template <class T>
  using inputs = gspo_loss_inputs<T>;
  template <class T>
  using outputs = gspo_loss_outputs<T>;
  using options = gspo_loss_options;

  template <class T>
  static constexpr auto arguments() {
    return policy_arguments<T>();
  }
  template <class T>
  static constexpr auto results() {
    return policy_results<T>();
  }
  static constexpr auto parameters() {
    return std::tuple_cat(std::tuple(number("clip_low", &options::clip_low, closed(0, 0.99)),
                                     number("clip_high", &options::clip_high, at_least(0, 1)),
                                     choice("level", &options::level, "sequence_token", "sequence", "segment"),
                                     choice("reduce", &options::reduce, "mean", "sum"),
                                     number("dual_clip", &options::dual_clip, greater_than(1, 1.1, 5)),
                                     number("delta", &options::delta, greater_than(1, 1.1, 5)),
                                     number("log_ratio_max", &options::log_ratio_max, any_value())),
                          aggregation_parameters("aggregation", &options::aggregation));
  }
  static constexpr std::array gradients{gradient{"grad_logprob", "loss", "logprob", "level=sequence, aggregation=seq-mean-token-mean"},
                                        gradient{"grad_logprob", "loss", "logprob", "level=segment"}};

  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::gspo_loss<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
