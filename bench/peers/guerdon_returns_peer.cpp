// Plain C entry points to preference losses and returns, for preference.py and returns.py.

#include <guerdon/backend/eigen.hpp>
#include <guerdon/control/categorical_project.hpp>
#include <guerdon/control/quantile_regression_loss.hpp>
#include <guerdon/control/td_target.hpp>
#include <guerdon/preference/cpo_loss.hpp>
#include <guerdon/preference/dpo_loss.hpp>
#include <guerdon/preference/kto_loss.hpp>
#include <guerdon/preference/orpo_loss.hpp>
#include <guerdon/preference/simpo_loss.hpp>
#include <guerdon/returns/gae.hpp>
#include <guerdon/returns/importance_corrected_td_errors.hpp>
#include <guerdon/returns/lambda_returns.hpp>
#include <guerdon/returns/n_step_returns.hpp>
#include <guerdon/returns/off_policy_returns.hpp>
#include <guerdon/returns/q_lambda.hpp>
#include <guerdon/returns/retrace.hpp>
#include <guerdon/returns/vtrace.hpp>

using namespace guerdon;

namespace {

const eigen_backend& cpu() {
  static const eigen_backend one;
  return one;
}
using in = const float*;
using out = float*;
view<const float> read(in x, index_t n) { return {x, n}; }
view<float> written(out x, index_t n) { return {x, n}; }

}  // namespace

extern "C" {

double guerdon_dpo_loss(int type, int divergence, index_t n, in chosen, in rejected, in ref_chosen, in ref_rejected,
                        const index_t* chosen_length, const index_t* rejected_length, double beta, double smoothing,
                        double alpha, double tau, out grad_chosen, out grad_rejected, out rewards) {
  float loss = 0;
  dpo_loss(cpu(),
           {.chosen_logprob = read(chosen, n),
            .rejected_logprob = read(rejected, n),
            .ref_chosen_logprob = read(ref_chosen, n),
            .ref_rejected_logprob = read(ref_rejected, n),
            .chosen_length = {chosen_length, n},
            .rejected_length = {rejected_length, n}},
           {.loss = {&loss, 1},
            .grad_chosen_logprob = written(grad_chosen, n),
            .grad_rejected_logprob = written(grad_rejected, n),
            .chosen_reward = written(rewards, n),
            .rejected_reward = written(rewards + n, n)},
           {.loss_type = static_cast<dpo_loss_type>(type),
            .beta = beta,
            .label_smoothing = smoothing,
            .divergence = static_cast<dpo_divergence>(divergence),
            .alpha = alpha,
            .discopop_tau = tau});
  return loss;
}

double guerdon_cpo_loss(int type, index_t n, in chosen, in rejected, double beta, double smoothing, out grad_chosen,
                        out grad_rejected) {
  float loss = 0;
  cpo_loss(cpu(), {.chosen_logprob = read(chosen, n), .rejected_logprob = read(rejected, n)},
           {.loss = {&loss, 1},
            .grad_chosen_logprob = written(grad_chosen, n),
            .grad_rejected_logprob = written(grad_rejected, n)},
           {.loss_type = static_cast<cpo_loss_type>(type), .beta = beta, .label_smoothing = smoothing});
  return loss;
}

double guerdon_simpo_loss(index_t n, in chosen, in rejected, double beta, double gamma, double alpha, out grad_chosen,
                          out grad_rejected) {
  float loss = 0;
  simpo_loss(cpu(), {.chosen_mean_logprob = read(chosen, n), .rejected_mean_logprob = read(rejected, n)},
             {.loss = {&loss, 1},
              .grad_chosen_mean_logprob = written(grad_chosen, n),
              .grad_rejected_mean_logprob = written(grad_rejected, n)},
             {.beta = beta, .gamma = gamma, .alpha = alpha});
  return loss;
}

double guerdon_orpo_loss(index_t n, in chosen, in rejected, double beta, out grad_chosen, out grad_rejected,
                         out log_odds) {
  float loss = 0;
  orpo_loss(cpu(), {.chosen_mean_logprob = read(chosen, n), .rejected_mean_logprob = read(rejected, n)},
            {.loss = {&loss, 1},
             .grad_chosen_mean_logprob = written(grad_chosen, n),
             .grad_rejected_mean_logprob = written(grad_rejected, n),
             .log_odds = written(log_odds, n)},
            {.beta = beta});
  return loss;
}

double guerdon_kto_loss(int type, index_t n, in logprob, in ref_logprob, const flag_t* label, float kl, double beta,
                        double desirable, double undesirable, out grad, out reward) {
  float loss = 0;
  kto_loss(cpu(),
           {.logprob = read(logprob, n), .ref_logprob = read(ref_logprob, n), .label = {label, n}, .kl = {&kl, 1}},
           {.loss = {&loss, 1}, .grad_logprob = written(grad, n), .implicit_reward = written(reward, n)},
           {.beta = beta,
            .desirable_weight = desirable,
            .undesirable_weight = undesirable,
            .loss_type = static_cast<kto_loss_type>(type)});
  return loss;
}

void guerdon_gae(index_t steps, index_t columns, in reward, in discount, in values, double lambda, out advantage,
                 out target) {
  const index_t n = steps * columns;
  gae(cpu(), {.time = time_major(steps, columns), .reward = read(reward, n), .discount = read(discount, n),
              .values = read(values, n + columns)},
      {.advantage = written(advantage, n), .value_target = written(target, n)}, {.lambda = lambda});
}

void guerdon_lambda_returns(index_t steps, index_t columns, in reward, in discount, in value_next, double lambda,
                            out returns) {
  const index_t n = steps * columns;
  lambda_returns(cpu(), {.time = time_major(steps, columns), .reward = read(reward, n), .discount = read(discount, n),
                         .value_next = read(value_next, n)},
                 {.returns = written(returns, n)}, {.lambda = lambda});
}

void guerdon_n_step_returns(index_t steps, index_t columns, in reward, in discount, in value_next, index_t window,
                            out returns) {
  const index_t n = steps * columns;
  n_step_returns(cpu(), {.time = time_major(steps, columns), .reward = read(reward, n), .discount = read(discount, n),
                         .value_next = read(value_next, n)},
                 {.returns = written(returns, n)}, {.n = window});
}

void guerdon_vtrace(index_t steps, index_t columns, in value, in value_next, in reward, in discount, in rho,
                    double lambda, out error, out advantage, out q, out target) {
  const index_t n = steps * columns;
  vtrace(cpu(), {.time = time_major(steps, columns), .value = read(value, n), .value_next = read(value_next, n),
                 .reward = read(reward, n), .discount = read(discount, n), .rho = read(rho, n)},
         {.td_error = written(error, n), .pg_advantage = written(advantage, n), .q_estimate = written(q, n),
          .value_target = written(target, n)},
         {.lambda = lambda});
}

void guerdon_importance_corrected_td_errors(index_t steps, index_t columns, in reward, in discount, in rho, in values,
                                            double lambda, out error) {
  const index_t n = steps * columns;
  importance_corrected_td_errors(cpu(),
                                 {.time = time_major(steps, columns), .reward = read(reward, n),
                                  .discount = read(discount, n), .rho = read(rho, n),
                                  .values = read(values, n + columns)},
                                 {.td_error = written(error, n)}, {.lambda = lambda});
}

void guerdon_off_policy_returns(index_t steps, index_t columns, in reward, in discount, in v, in q, in c, out returns) {
  const index_t n = steps * columns;
  off_policy_returns(cpu(),
                     {.time = time_major(steps, columns), .reward = read(reward, n), .discount = read(discount, n),
                      .v = read(v, n), .q = read(q, n - columns), .c = read(c, n - columns)},
                     {.returns = written(returns, n)}, {});
}

void guerdon_retrace(index_t steps, index_t columns, index_t actions, in reward, in discount, in q, in q_next,
                     const index_t* action, const index_t* action_next, in policy, in behaviour, double lambda,
                     out target, out error) {
  const index_t n = steps * columns;
  retrace(cpu(),
          {.time = time_major(steps, columns), .reward = read(reward, n), .discount = read(discount, n),
           .q_tm1 = read(q, n * actions), .q_t = read(q_next, n * actions), .a_tm1 = {action, n},
           .a_t = {action_next, n}, .pi_t = read(policy, n * actions), .mu_t = read(behaviour, n)},
          {.target = written(target, n), .td_error = written(error, n)}, {.lambda = lambda});
}

void guerdon_q_lambda(index_t steps, index_t columns, index_t actions, in reward, in discount, in q, in q_next,
                      const index_t* action, double lambda, out target, out error) {
  const index_t n = steps * columns;
  q_lambda(cpu(),
           {.time = time_major(steps, columns), .reward = read(reward, n), .discount = read(discount, n),
            .q_tm1 = read(q, n * actions), .q_t = read(q_next, n * actions), .a_tm1 = {action, n}},
           {.target = written(target, n), .td_error = written(error, n)},
           {.kind = q_lambda_kind::peng, .lambda = lambda});
}

void guerdon_td_target(int kind, index_t n, index_t actions, in reward, in discount, in q_next, in selector, in policy,
                       in prediction, out target, out bootstrap, out error) {
  op::td_target::inputs<float> x{.time = time_major(n, 1), .reward = read(reward, n), .discount = read(discount, n),
                                 .q_next = read(q_next, n * actions)};
  const auto k = static_cast<td_kind>(kind);
  if (k == td_kind::double_q) x.q_selector = read(selector, n * actions);
  if (k == td_kind::expected_sarsa) x.probs_next = read(policy, n * actions);
  x.prediction = read(prediction, n);
  td_target(cpu(), x, {.target = written(target, n), .bootstrap = written(bootstrap, n), .td_error = written(error, n)},
            {.kind = k});
}

void guerdon_categorical_project(index_t n, index_t atoms_count, in probs, in row_atoms, in atoms, out projected) {
  categorical_project(cpu(),
                      {.count = n, .probs = read(probs, n * atoms_count), .row_atoms = read(row_atoms, n * atoms_count),
                       .atoms = read(atoms, atoms_count)},
                      {.probs = written(projected, n * atoms_count)}, {});
}

void guerdon_quantile_regression_loss(index_t n, index_t width, in quantiles, in tau, in target, double kappa, out loss,
                                      out grad) {
  quantile_regression_loss(cpu(),
                           {.count = n, .quantiles = read(quantiles, n * width), .target = read(target, n * width),
                            .row_tau = read(tau, n * width)},
                           {.loss = written(loss, n), .grad_quantiles = written(grad, n * width)},
                           {.huber_kappa = kappa});
}

}  // extern "C"
