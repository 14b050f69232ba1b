#pragma once

#include <guerdon/description.hpp>
#include <guerdon/description/aggregation.hpp>
#include <guerdon/objective/copo_loss.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct copo_loss {
  static constexpr summary about{
      .name = "copo_loss",
      .family = "objective",
      .title = "Dual-clip surrogate blended from local and global advantage (COPO)",
      .papers = "arXiv:2508.04138",
      .skeleton = skeleton::global_reduce};
  template <class T>
  using inputs = copo_loss_inputs<T>;
  template <class T>
  using outputs = copo_loss_outputs<T>;
  using options = copo_loss_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(rows_input(&inputs<T>::rows),
                      input("logprob", &inputs<T>::logprob, "B,T", between(-3, 0)),
                      input("old_logprob", &inputs<T>::old_logprob, "B,T", between(-3, 0)),
                      input("local_advantage", &inputs<T>::local_advantage, "B", any_real()),
                      input("global_advantage", &inputs<T>::global_advantage, "B", any_real()),
                      input("local_weight", &inputs<T>::local_weight, "B", between(0, 1)),
                      input("mask", &inputs<T>::mask, "B,T", yes_or_no()),
                      segments_input("group_offsets", &inputs<T>::groups, "G", "B", true));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("loss", &outputs<T>::loss, "1"),
                      output("grad_logprob", &outputs<T>::grad_logprob, "B,T"));
  }
  static constexpr auto parameters() {
    return std::tuple_cat(std::tuple(number("clip_low", &options::clip_low, at_least(0, 0.9)),
                                     number("clip_high", &options::clip_high, at_least(0, 1)),
                                     number("clip_ratio_c", &options::clip_ratio_c, greater_than(1, 1.1, 5))),
                          aggregation_parameters("aggregation", &options::aggregation));
  }
  static constexpr std::array gradients{gradient{"grad_logprob", "loss", "logprob"}};

  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::copo_loss<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
