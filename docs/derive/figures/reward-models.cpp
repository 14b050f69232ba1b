// Curves of the guide to reward models: the loss of a pair, calibration, and what best-of-n gives.

#include "figure.hpp"

#include <guerdon/judge/best_of_n_estimate.hpp>
#include <guerdon/judge/temperature_scaling.hpp>
#include <guerdon/preference/bradley_terry_loss.hpp>

#include <algorithm>
#include <cstdint>

namespace {

using namespace guerdon::docs;
using doubles = std::vector<double>;

/// The loss of one pair, or its slope, by the margin.
curve pair_loss(const char* title, double smoothing, bool slope) {
  return {title, [=](const doubles& margin) {
            doubles y;
            for (const double z : margin) {
              const doubles chosen{z}, rejected{0};
              const auto out = guerdon::bradley_terry_loss<double>(backend, {chosen, rejected},
                                                                   {.label_smoothing = smoothing});
              y.push_back(slope ? out.grad_chosen_reward[0] : out.loss[0]);
            }
            return y;
          }};
}

/// splitmix64, and normal numbers from it.
struct random_numbers {
  std::uint64_t state;
  double uniform() {
    std::uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (static_cast<double>((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53;
  }
  double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * 3.14159265358979323846 * uniform()); }
};

/// A judge whose logits are `sharpness` times what they should be, before and after temperature scaling.
curve calibration(const char* title, double sharpness, bool scaled) {
  return {title, [=](const doubles& confidence) {
            random_numbers random{1};
            doubles logits;
            std::vector<guerdon::index_t> label;
            for (int i = 0; i < 2000; ++i) {
              const double z = 1.5 * random.normal();
              logits.insert(logits.end(), {sharpness * z, 0.0});
              label.push_back(random.uniform() < 1 / (1 + std::exp(-z)) ? 0 : 1);
            }
            const double t = scaled ? guerdon::temperature_scaling({label, logits}).temperature : 1;
            doubles right;
            for (const double c : confidence)
              right.push_back(1 / (1 + std::exp(-std::log(c / (1 - c)) * t / sharpness)));
            return right;
          }};
}

/// The truth of the best of n among 64 answers a prompt: truth is normal, the score is truth and an error.
curve best_of(const char* title, double (*error)(random_numbers&)) {
  return {title, [=](const doubles& n) {
            constexpr guerdon::index_t prompts = 300, answers = 64;
            random_numbers random{7};
            doubles score, truth;
            for (guerdon::index_t i = 0; i < prompts * answers; ++i) {
              truth.push_back(random.normal());
              score.push_back(truth.back() + error(random));
            }
            doubles y;
            guerdon::index_t last = 0;
            for (const double at : n) {
              const guerdon::index_t count = std::max<guerdon::index_t>(1, std::llround(std::exp2(at)));
              if (count != last) y.push_back(guerdon::best_of_n_estimate({prompts, score, truth}, {.n = count}).gold);
              else y.push_back(y.back());
              last = count;
            }
            return y;
          }};
}

}  // namespace

int main() {
  figure("reward-models_loss", "margin", "loss of a pair, and its slope", -6, 6,
         {pair_loss("loss", 0, false), pair_loss("loss, a tenth of the labels wrong", 0.1, false),
          pair_loss("slope", 0, true), pair_loss("slope, a tenth wrong", 0.1, true)});
  figure("reward-models_calibration", "confidence that the judge states", "share of right answers", 0.02, 0.98,
         {calibration("logits 2.5 times too large", 2.5, false),
          calibration("the same at the fitted temperature", 2.5, true),
          calibration("logits half of what they should be", 0.5, false)},
         "set yrange [0:1]");
  figure("reward-models_best_of_n", "answers to choose from", "truth of the answer chosen, in deviations", 0, 6,
         {best_of("no error", [](random_numbers&) { return 0.0; }),
          best_of("normal errors", [](random_numbers& r) { return r.normal(); }),
          best_of("heavy tails", [](random_numbers& r) { return r.normal() / std::abs(r.normal()); })},
         "set xtics ('1' 0, '2' 1, '4' 2, '8' 3, '16' 4, '32' 5, '64' 6)");
}
