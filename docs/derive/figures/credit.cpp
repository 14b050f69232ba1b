// Figures of the guide on credit.

#include "figure.hpp"

#include <guerdon/shaping/lare_linear_fit.hpp>
#include <guerdon/shaping/lare_redistribute.hpp>
#include <guerdon/shaping/uniform_redistribution.hpp>

using namespace guerdon::docs;

namespace {

constexpr guerdon::index_t steps = 10, episodes = 12, kinds = 4;
constexpr double worth[kinds] = {0, 0.5, 2, -1};

/// The kind of a step: mixed differently in every episode.
guerdon::index_t kind_of(guerdon::index_t e, guerdon::index_t t) {
  return (t * (e + 2) + t * t * (e % 3) + e * e) % kinds;
}

/// The rewards of the first episode as a line with steps.
curve stepped(const char* title, std::vector<double> reward) {
  return {title, [reward](const std::vector<double>& x) {
            std::vector<double> y;
            for (const double at : x) y.push_back(reward[std::min(std::size_t(at), reward.size() - 1)]);
            return y;
          }};
}

}  // namespace

int main() {
  std::vector<double> factor, returns, truth;
  std::vector<guerdon::index_t> cuts{0};
  for (guerdon::index_t e = 0; e < episodes; ++e) {
    double sum = 0;
    for (guerdon::index_t t = 0; t < steps; ++t) {
      const guerdon::index_t kind = kind_of(e, t);
      for (guerdon::index_t k = 0; k < kinds; ++k) factor.push_back(k == kind);
      sum += worth[kind];
      if (e == 0) truth.push_back(worth[kind]);
    }
    returns.push_back(sum);
    cuts.push_back((e + 1) * steps);
  }
  const std::vector<double> uniform = guerdon::uniform_redistribution({returns, cuts}).reward;
  const auto fit = guerdon::lare_linear_fit({kinds, factor, cuts, returns}, {.ridge = 0.02});
  const std::vector<double> decoded =
      guerdon::lare_redistribute({kinds, factor, cuts, fit.weight, returns}, {.preserve_return = true}).reward;
  figure("credit_redistribution", "step of an episode", "reward", 0, double(steps),
         {stepped("what the steps are worth", truth), stepped("uniform", {uniform.begin(), uniform.begin() + steps}),
          stepped("LaRe, ridge 0.02", {decoded.begin(), decoded.begin() + steps})});
}
