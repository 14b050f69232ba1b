// The figures of the guide to preference losses.

#include "figure.hpp"

#include <guerdon/preference/dpo_loss.hpp>
#include <guerdon/preference/orpo_loss.hpp>

#include <algorithm>

namespace {

using namespace guerdon::docs;
using guerdon::dpo_loss_type;
using numbers = std::vector<double>;

template <class T>
auto of_margin(dpo_loss_type type, double margin) {
  const std::vector<T> better{T(margin / 2)}, worse{T(-margin / 2)}, zero{0};
  const std::vector<guerdon::index_t> one{1};
  return guerdon::dpo_loss<T>(backend,
                              {.chosen_logprob = better,
                               .rejected_logprob = worse,
                               .ref_chosen_logprob = zero,
                               .ref_rejected_logprob = zero,
                               .chosen_length = one,
                               .rejected_length = one},
                              {.loss_type = type, .beta = 1, .label_smoothing = type == dpo_loss_type::robust ||
                                                                                        type == dpo_loss_type::exo_pair
                                                                                    ? 0.1
                                                                                    : 0.0});
}

curve loss(dpo_loss_type type, const char* title) {
  return {title, [=](const numbers& x) {
            numbers y;
            for (const double margin : x) y.push_back(of_margin<double>(type, margin).loss[0]);
            return y;
          }};
}
/// How hard the preferred answer is pushed up.
curve push(dpo_loss_type type, const char* title) {
  return {title, [=](const numbers& x) {
            numbers y;
            for (const double margin : x) y.push_back(-of_margin<double>(type, margin).grad_chosen_logprob[0]);
            return y;
          }};
}

double off(double found, double exact) {
  // Nothing below 1e-9 is drawn, and infinity as 10.
  return std::isfinite(found) ? std::clamp(std::abs(found - exact) / exact, 1e-9, 10.0) : 10;
}

curve errors(const char* title, bool written_out) {
  return {title, [=](const numbers& x) {
            numbers y;
            for (const double at : x) {
              const double z = double(float(at / 2)) - double(float(-at / 2));  // what float makes of the margin
              const double exact = z > 0 ? std::log1p(std::exp(-z)) : -z + std::log1p(std::exp(z));
              const float plain = -std::log(1.0f / (1.0f + std::exp(-float(z))));
              const float ours = of_margin<float>(dpo_loss_type::sigmoid, at).loss[0];
              y.push_back(off(double(written_out ? plain : ours), exact));
            }
            return y;
          }};
}

/// log(1 - e^c), by which ORPO divides, of an answer that the policy is sure of; the other one is at log 1/2.
curve odds_errors(const char* title, bool written_out) {
  return {title, [=](const numbers& x) {
            numbers y;
            for (const double exponent : x) {
              const float c = -std::pow(10.0f, float(exponent)), r = -std::log(2.0f);
              const auto odds = [](double l) { return l - std::log(-std::expm1(l)); };
              const double exact = odds(double(c)) - odds(double(r));
              const std::vector<float> chosen{c}, rejected{r};
              const float found =
                  written_out ? (c - r) - (std::log(1 - std::exp(c)) - std::log(1 - std::exp(r)))
                              : guerdon::orpo_loss<float>(
                                    backend, {.chosen_mean_logprob = chosen, .rejected_mean_logprob = rejected})
                                    .log_odds[0];
              y.push_back(off(double(found), exact));
            }
            return y;
          }};
}

}  // namespace

int main() {
  using enum dpo_loss_type;
  figure("preference_losses", "margin z = beta (c - r)", "loss", -4, 4,
         {loss(sigmoid, "sigmoid"), loss(robust, "robust, 0.1"), loss(hinge, "hinge"), loss(ipo, "ipo"),
          loss(exo_pair, "exo_pair, 0.1"), loss(sppo_hard, "sppo_hard"), loss(discopop, "discopop")},
         "set yrange [-1:6]");
  figure("preference_push", "margin z = beta (c - r)", "push on the preferred answer", -6, 6,
         {push(sigmoid, "sigmoid"), push(hinge, "hinge"), push(ipo, "ipo"), push(exo_pair, "exo_pair, 0.1"),
          push(nca_pair, "nca_pair"), push(apo_zero, "apo_zero"), push(apo_down, "apo_down")},
         "set yrange [-1.5:2]");
  figure("preference_precision", "margin z", "relative error of the loss in float", -110, 110,
         {errors("-log(1 / (1 + exp(-z))), as written", true), errors("dpo_loss", false)},
         "set logscale y\nset format y '1e%T'\nset yrange [1e-9:20]");
  figure("preference_odds", "log10 of minus the mean log-probability of the preferred answer",
         "relative error of the log odds in float", -7.9, 1,
         {odds_errors("log(1 - exp(c)), as written", true), odds_errors("orpo_loss", false)},
         "set logscale y\nset format y '1e%T'\nset yrange [1e-9:20]");
}
