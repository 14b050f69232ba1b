// Curves of single operations. A file <operation>.svg appears on the operation's reference page.

#include "figure.hpp"

#include <guerdon/guerdon.hpp>

namespace {

using namespace guerdon::docs;

guerdon::policy_outputs<double, guerdon::scalar_backend::array> clipped(double ratio, double advantage, double dual) {
  const std::vector<double> now{std::log(ratio)}, old{0}, a{advantage};
  return guerdon::ppo_clip_loss<double>(
      backend, {.rows = guerdon::segments::uniform(1, 1), .logprob = now, .old_logprob = old, .advantage = a},
      {.clip = {.dual = dual}});
}

curve schedule(guerdon::schedule_kind kind, const char* title, std::vector<guerdon::index_t> milestones = {}) {
  return {title, [=](const std::vector<double>& x) {
            const std::vector<guerdon::index_t> step(x.begin(), x.end());
            return guerdon::schedule_value<double>(backend, {.step = step, .milestones = milestones},
                                                   {.kind = kind,
                                                    .start = 1,
                                                    .end = 0.1,
                                                    .total_steps = 200,
                                                    .warmup_steps = 20,
                                                    .time_constant = 60,
                                                    .power = 2,
                                                    .stable_ratio = 0.6,
                                                    .factor = 0.5});
          }};
}

curve bounded(guerdon::bounded_function function, const char* title) {
  return {title, [=](const std::vector<double>& x) {
            return guerdon::bounded_reward<double>(backend, {.reward = x}, {.function = function});
          }};
}

curve divergence(guerdon::kl_estimator estimator, const char* title) {
  return {
      title, [=](const std::vector<double>& x) {
        const std::vector<double> zero(x.size(), 0);
        return guerdon::kl_estimate<double>(backend, {.logprob = x, .ref_logprob = zero}, {.estimator = estimator}).kl;
      }};
}

curve overlong(guerdon::index_t cache, const char* title) {
  return {title, [=](const std::vector<double>& x) {
            const std::vector<guerdon::index_t> length(x.begin(), x.end());
            return guerdon::soft_overlong_punishment<double>(backend, {.length = length},
                                                             {.max_length = 1200, .cache_length = cache});
          }};
}

curve beats(std::vector<double> references, const char* title) {
  return {title, [=](const std::vector<double>& x) {
            std::vector<double> all;
            for (std::size_t i = 0; i < x.size(); ++i) all.insert(all.end(), references.begin(), references.end());
            return guerdon::par_reward<double>(
                backend, {.reward = x,
                          .ref_reward = all,
                          .references = guerdon::segments::uniform(guerdon::index_t(x.size()),
                                                                   guerdon::index_t(references.size()))});
          }};
}

curve preference(guerdon::dpo_loss_type type, const char* title) {
  return {title, [=](const std::vector<double>& x) {
            std::vector<double> y;
            for (const double margin : x) {
              const std::vector<double> better{margin / 2}, worse{-margin / 2}, zero{0};
              const std::vector<guerdon::index_t> one{1};
              y.push_back(guerdon::dpo_loss<double>(backend,
                                                    {.chosen_logprob = better,
                                                     .rejected_logprob = worse,
                                                     .ref_chosen_logprob = zero,
                                                     .ref_rejected_logprob = zero,
                                                     .chosen_length = one,
                                                     .rejected_length = one},
                                                    {.loss_type = type, .beta = 1})
                              .loss[0]);
            }
            return y;
          }};
}

}  // namespace

int main() {
  figure("ppo_clip_loss", "ratio of probabilities", "d loss / d log-probability", 0.01, 4,
         {each("advantage 1", [](double r) { return clipped(r, 1, infinity).grad_logprob[0]; }),
          each("advantage -1", [](double r) { return clipped(r, -1, infinity).grad_logprob[0]; }),
          each("advantage -1, dual clip 3", [](double r) { return clipped(r, -1, 3).grad_logprob[0]; })});
  figure("kl_estimate", "log-ratio to the reference policy", "estimate", -3, 3,
         {divergence(guerdon::kl_estimator::k1, "k1"), divergence(guerdon::kl_estimator::abs, "abs"),
          divergence(guerdon::kl_estimator::k2, "k2"), divergence(guerdon::kl_estimator::k3, "k3")},
         "set yrange [-3:8]");
  figure("bounded_reward", "reward", "shaped reward", -6, 6,
         {bounded(guerdon::bounded_function::sigmoid, "sigmoid"), bounded(guerdon::bounded_function::tanh, "tanh"),
          bounded(guerdon::bounded_function::arctan, "arctan"),
          bounded(guerdon::bounded_function::fitted_poly, "fitted_poly")});
  figure("par_reward", "learned reward of the answer", "shaped reward", -6, 6,
         {beats({0}, "one reference at 0"), beats({-3, 3}, "references at -3 and 3"),
          beats({-1, 0, 1, 2}, "references at -1, 0, 1, 2")});
  figure("soft_overlong_punishment", "tokens of the answer", "penalty", 0, 1400,
         {overlong(200, "max_length 1200, cache_length 200"), overlong(800, "max_length 1200, cache_length 800")});
  figure("schedule_value", "step", "value", 0, 240,
         {schedule(guerdon::schedule_kind::linear, "linear"),
          schedule(guerdon::schedule_kind::polynomial, "polynomial, power 2"),
          schedule(guerdon::schedule_kind::cosine, "cosine"),
          schedule(guerdon::schedule_kind::exponential, "exponential, time_constant 60"),
          schedule(guerdon::schedule_kind::geometric, "geometric"),
          schedule(guerdon::schedule_kind::step, "step, halved at 80 and 150", {80, 150}),
          schedule(guerdon::schedule_kind::wsd, "wsd, stable_ratio 0.6")});
  figure("dpo_loss", "log-ratio of the preferred answer minus that of the other (beta 1)", "loss", -3, 3,
         {preference(guerdon::dpo_loss_type::sigmoid, "sigmoid"), preference(guerdon::dpo_loss_type::hinge, "hinge"),
          preference(guerdon::dpo_loss_type::ipo, "ipo"), preference(guerdon::dpo_loss_type::nca_pair, "nca_pair"),
          preference(guerdon::dpo_loss_type::apo_zero, "apo_zero")},
         "set yrange [0:6]");
}
