#pragma once
// The parameters that every loss with an `aggregation` option shares.

#include <guerdon/description.hpp>
#include <guerdon/objective/aggregation.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

/// `of` is the member of the operation's options that holds its aggregation_options; case files call the mode
/// `mode_name`.
template <class Of>
constexpr auto aggregation_parameters(std::string_view mode_name, Of of) {
  return std::tuple(
      choice(mode_name, [of](auto& o) -> auto& { return (o.*of).mode; }, "token-mean", "token-sum",
             "seq-mean-token-sum", "seq-mean-token-mean", "seq-mean-token-sum-norm", "prompt-mean"),
      number("loss_scale_factor", [of](auto& o) -> auto& { return (o.*of).loss_scale_factor; }, at_least(0, 20)),
      integer("global_num_tokens", [of](auto& o) -> auto& { return (o.*of).global_num_tokens; }, at_least(0, 50)),
      integer("global_batch_size", [of](auto& o) -> auto& { return (o.*of).global_batch_size; }, at_least(0, 9)),
      number("dp_size", [of](auto& o) -> auto& { return (o.*of).dp_size; }, greater_than(0, 1, 8)));
}

}}}  // namespace guerdon::describe
