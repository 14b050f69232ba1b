#pragma once
// The arguments that the token-level policy losses share.

#include <guerdon/description/aggregation.hpp>
#include <guerdon/objective/policy_objective.hpp>

namespace guerdon { inline namespace GUERDON_ABI { namespace describe {

template <class T>
constexpr auto policy_arguments() {
  using in = policy_objective_inputs<T>;
  return std::tuple(rows_input(&in::rows), input("logprob", &in::logprob, "B,T", between(-3, 0)),
                    input("old_logprob", &in::old_logprob, "B,T", between(-3, 0)),
                    optional_input("advantage", &in::advantage, "B", any_real()),
                    optional_input("advantage", &in::token_advantage, "B,T", any_real()),
                    input("mask", &in::mask, "B,T", yes_or_no()),
                    optional_input("is_weight", &in::is_weight, "B,T", between(0, 2)),
                    segments_input("group_offsets", &in::groups, "G", "B", true));
}

template <class T>
constexpr auto policy_results() {
  using out = policy_objective_outputs<T>;
  return std::tuple(output("loss", &out::loss, "1"), output("grad_logprob", &out::grad_logprob, "B,T"),
                    output("clip_fraction", &out::clip_fraction, "1"));
}

}}}  // namespace guerdon::describe
