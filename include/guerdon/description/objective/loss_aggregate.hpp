#pragma once

#include <guerdon/description.hpp>
#include <guerdon/objective/loss_aggregate.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

struct loss_aggregate {
  static constexpr summary about{.name = "loss_aggregate",
                                 .family = "objective",
                                 .title = "How token losses become one number, and each token's weight in it",
                                 .papers = "arXiv:2503.14476; arXiv:2402.03300; arXiv:2503.20783",
                                 .skeleton = skeleton::global_reduce};
  template <class T>
  using inputs = loss_aggregate_inputs<T>;
  template <class T>
  using outputs = loss_aggregate_outputs<T>;
  using options = loss_aggregate_options;

  template <class T>
  static constexpr auto arguments() {
    return std::tuple(rows_input(&inputs<T>::rows),
                      input("token_loss", &inputs<T>::token_loss, "B,T", any_real()),
                      input("mask", &inputs<T>::mask, "B,T", yes_or_no()),
                      segments_input("group_offsets", &inputs<T>::groups, "G", "B", true));
  }
  template <class T>
  static constexpr auto results() {
    return std::tuple(output("loss", &outputs<T>::loss, "1"),
                      output("weight", &outputs<T>::weight, "B,T"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("mode", &options::mode, "token-mean", "token-sum", "seq-mean-token-sum",
                             "seq-mean-token-mean", "seq-mean-token-sum-norm", "prompt-mean"),
                      number("loss_scale_factor", &options::loss_scale_factor, at_least(0, 20)),
                      integer("global_num_tokens", &options::global_num_tokens, at_least(0, 50)),
                      integer("global_batch_size", &options::global_batch_size, at_least(0, 9)),
                      number("dp_size", &options::dp_size, greater_than(0, 1, 8)));
  }
  static constexpr std::array gradients{gradient{"weight", "loss", "token_loss"}};

  template <class T, class Backend>
  static void run(const Backend& backend, const inputs<T>& in, const outputs<T>& out, const options& o) {
    guerdon::loss_aggregate<T>(backend, in, out, o);
  }
};

}}}  // namespace guerdon::describe
