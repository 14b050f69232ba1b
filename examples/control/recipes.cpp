#include "recipes.hpp"

#include <guerdon/backend/scalar.hpp>
#include <guerdon/control/td_target.hpp>
#include <guerdon/returns/gae.hpp>
#include <guerdon/returns/lambda_returns.hpp>
#include <guerdon/returns/n_step_returns.hpp>
#include <guerdon/returns/q_lambda.hpp>
#include <guerdon/returns/retrace.hpp>
#include <guerdon/returns/tree_backup.hpp>
#include <guerdon/returns/upgo_returns.hpp>
#include <guerdon/returns/vtrace.hpp>

#include <algorithm>

namespace control {

namespace {

// Batches are small: the scalar backend is as fast as any here. Its scratch memory is not for two threads at once.
thread_local const guerdon::scalar_backend cpu;

// --- One step ---

numbers q_learning(const value_reading& x) {
  return guerdon::td_target<double>(cpu, {.time = x.steps.time, .reward = x.steps.reward, .discount = x.steps.discount,
                                          .q_next = x.q_next})
      .target;
}

/// The value that the policy learned about gives each state reached.
guerdon::op::td_target::outputs<double, guerdon::scalar_backend::array> expected(const value_reading& x) {
  return guerdon::td_target<double>(cpu, {.time = x.steps.time, .reward = x.steps.reward, .discount = x.steps.discount,
                                          .q_next = x.q_next, .probs_next = x.policy_next},
                                    {.kind = guerdon::td_kind::expected_sarsa});
}
numbers expected_sarsa(const value_reading& x) { return expected(x).target; }

numbers double_q(const value_reading& x) {
  return guerdon::td_target<double>(cpu, {.time = x.steps.time, .reward = x.steps.reward, .discount = x.steps.discount,
                                          .q_next = x.other_next, .q_selector = x.q_next},
                                    {.kind = guerdon::td_kind::double_q})
      .target;
}

// --- Many steps, uncorrected ---

numbers n_step(const value_reading& x) {
  numbers follow(x.steps.truncated.size());  // a cut is a lambda of 0
  for (std::size_t i = 0; i < follow.size(); ++i) follow[i] = x.steps.truncated[i] ? 0 : 1;
  return guerdon::n_step_returns<double>(cpu, {.time = x.steps.time, .reward = x.steps.reward,
                                               .discount = x.steps.discount, .value_next = expected(x).bootstrap,
                                               .element_lambda = follow},
                                         {.n = x.s.n});
}

numbers lambda_return(const value_reading& x) {
  return guerdon::lambda_returns<double>(cpu, {.time = x.steps.time, .reward = x.steps.reward,
                                               .discount = x.steps.discount, .value_next = expected(x).bootstrap,
                                               .truncated = x.steps.truncated},
                                         {.lambda = x.s.lambda});
}

numbers peng(const value_reading& x) {
  return guerdon::q_lambda<double>(cpu, {.time = x.steps.time, .reward = x.steps.reward, .discount = x.steps.discount,
                                         .q_tm1 = x.q, .q_t = x.q_next, .a_tm1 = x.steps.action,
                                         .truncated = x.steps.truncated},
                                   {.kind = guerdon::q_lambda_kind::peng, .lambda = x.s.lambda})
      .target;
}

// --- Many steps, corrected ---

numbers watkins(const value_reading& x) {
  numbers lambda(x.steps.reward.size());  // 0 where the next action was not greedy
  const std::size_t actions = x.q_next.size() / lambda.size();
  for (std::size_t i = 0; i < lambda.size(); ++i) {
    const double* q = x.q_next.data() + i * actions;
    lambda[i] = q[x.steps.next_action[i]] >= *std::max_element(q, q + actions) ? x.s.lambda : 0;
  }
  return guerdon::q_lambda<double>(cpu, {.time = x.steps.time, .reward = x.steps.reward, .discount = x.steps.discount,
                                         .q_tm1 = x.q, .q_t = x.q_next, .a_tm1 = x.steps.action,
                                         .truncated = x.steps.truncated, .element_lambda = lambda},
                                   {.kind = guerdon::q_lambda_kind::watkins})
      .target;
}

numbers harutyunyan(const value_reading& x) {
  return guerdon::q_lambda<double>(cpu, {.time = x.steps.time, .reward = x.steps.reward, .discount = x.steps.discount,
                                         .q_tm1 = x.q, .q_t = x.q_next, .a_tm1 = x.steps.action,
                                         .a_t = x.steps.next_action, .pi_t = x.policy_next,
                                         .truncated = x.steps.truncated},
                                   {.kind = guerdon::q_lambda_kind::harutyunyan, .lambda = x.s.lambda})
      .target;
}

numbers tree_backup(const value_reading& x) {
  return guerdon::tree_backup<double>(cpu, {.time = x.steps.time, .reward = x.steps.reward,
                                            .discount = x.steps.discount, .q_tm1 = x.q, .q_t = x.q_next,
                                            .a_tm1 = x.steps.action, .a_t = x.steps.next_action,
                                            .pi_t = x.policy_next, .truncated = x.steps.truncated},
                                      {.lambda = x.s.lambda})
      .target;
}

numbers retrace(const value_reading& x) {
  return guerdon::retrace<double>(cpu, {.time = x.steps.time, .reward = x.steps.reward, .discount = x.steps.discount,
                                        .q_tm1 = x.q, .q_t = x.q_next, .a_tm1 = x.steps.action,
                                        .a_t = x.steps.next_action, .pi_t = x.policy_next,
                                        .mu_t = x.steps.next_behaviour, .truncated = x.steps.truncated},
                                  {.lambda = x.s.lambda})
      .target;
}

// --- Actors ---

/// values [T+1,B]; its last row is not read, since value_next is given.
numbers with_a_row_more(numbers value, index_t columns) {
  value.resize(value.size() + static_cast<std::size_t>(columns));
  return value;
}

actor_signal gae(const actor_reading& x) {
  const numbers values = with_a_row_more(x.value, x.steps.time.columns);
  auto y = guerdon::gae<double>(cpu, {.time = x.steps.time, .reward = x.steps.reward, .discount = x.steps.discount,
                                      .values = values, .value_next = x.value_next, .truncated = x.steps.truncated},
                                {.lambda = x.s.lambda});
  return {y.advantage, y.value_target};
}

actor_signal vtrace(const actor_reading& x) {
  auto y = guerdon::vtrace<double>(cpu, {.time = x.steps.time, .value = x.value, .value_next = x.value_next,
                                         .reward = x.steps.reward, .discount = x.steps.discount, .rho = x.ratio,
                                         .truncated = x.steps.truncated},
                                   {.lambda = x.s.lambda});
  return {y.pg_advantage, y.value_target};
}

/// The critic learns as V-trace's does; the policy follows what went at least as well as expected.
actor_signal upgo(const actor_reading& x) {
  const numbers values = with_a_row_more(x.value, x.steps.time.columns);
  auto y = guerdon::upgo_returns<double>(cpu, {.time = x.steps.time, .reward = x.steps.reward, .values = values,
                                               .discount = x.steps.discount, .value_next = x.value_next,
                                               .truncated = x.steps.truncated});
  for (std::size_t i = 0; i < y.advantage.size(); ++i) y.advantage[i] *= std::min(1.0, x.ratio[i]);
  return {y.advantage, vtrace(x).value_target};
}

}  // namespace

const std::vector<recipe>& recipes() {
  static const std::vector<recipe> all{
      {.key = "q_learning", .title = "Q-learning", .kind = learner::values, .target = q_learning},
      {.key = "expected_sarsa", .title = "expected Sarsa", .kind = learner::values, .target = expected_sarsa},
      {.key = "double_q", .title = "double Q-learning", .kind = learner::double_values, .target = double_q},
      {.key = "categorical", .title = "categorical Q (C51)", .kind = learner::categorical},
      {.key = "quantile", .title = "quantile Q (QR)", .kind = learner::quantile},
      {.key = "n_step", .title = "n-step return", .kind = learner::values, .target = n_step},
      {.key = "lambda_return", .title = "lambda-return", .kind = learner::values, .target = lambda_return},
      {.key = "peng", .title = "Peng's Q(lambda)", .kind = learner::values, .target = peng},
      {.key = "watkins", .title = "Watkins' Q(lambda)", .kind = learner::values, .target = watkins},
      {.key = "harutyunyan", .title = "Harutyunyan's Q(lambda)", .kind = learner::values, .target = harutyunyan},
      {.key = "tree_backup", .title = "tree backup", .kind = learner::values, .target = tree_backup},
      {.key = "retrace", .title = "Retrace", .kind = learner::values, .target = retrace},
      {.key = "gae", .title = "actor-critic, GAE", .kind = learner::actor, .signal = gae},
      {.key = "upgo", .title = "actor-critic, UPGO", .kind = learner::actor, .signal = upgo},
      {.key = "vtrace", .title = "actor-critic, V-trace", .kind = learner::actor, .signal = vtrace},
  };
  return all;
}

}  // namespace control
