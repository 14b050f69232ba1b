// The figures of the guide to returns.

#include "figure.hpp"

#include <guerdon/mdp/split_mix.hpp>
#include <guerdon/returns/gae.hpp>
#include <guerdon/returns/lambda_returns.hpp>

#include <array>

namespace {

using namespace guerdon::docs;
using guerdon::index_t;
using numbers = std::vector<double>;

/// How much a reward k steps ahead counts in the lambda-return: that of one which is 1, where all values are 0.
curve share_of_later_rewards(double lambda, const char* title) {
  return {title, [=](const numbers& x) {
            numbers y;
            for (const double at : x) {
              const index_t k = static_cast<index_t>(at);
              numbers reward(std::size_t(k) + 2), discount(reward.size(), 1), zero(reward.size());
              reward[std::size_t(k)] = 1;
              y.push_back(guerdon::lambda_returns<double>(backend,
                                                          {.time = guerdon::time_major(k + 2, 1), .reward = reward,
                                                           .discount = discount, .value_next = zero},
                                                          {.lambda = lambda})[0]);
            }
            return y;
          }};
}

/// Walks from the middle of 19 cells to one of both ends, of which the right one pays 1; values that are half of what
/// they should be.
struct walks {
  static constexpr index_t cells = 19, steps = 400, count = 150;
  guerdon::time_layout time = guerdon::time_major(steps, count);
  numbers reward = numbers(std::size_t(time.size())), discount = reward, value_next = reward;

  walks() {
    guerdon::split_mix random(1);
    for (index_t b = 0; b < count; ++b) {
      index_t cell = cells / 2;
      for (index_t t = 0; t < steps && cell >= 0 && cell < cells; ++t) {
        cell += random.uniform() < 0.5 ? -1 : 1;
        const std::size_t i = std::size_t(time.at(t, b).i);
        reward[i] = cell == cells;
        discount[i] = cell >= 0 && cell < cells ? 1 : 0;
        value_next[i] = 0.5 * double(cell + 1) / double(cells + 1);
      }
    }
  }
  /// Mean and variance of the return from the middle, whose value is 1/2.
  std::array<double, 2> moments(double lambda) const {
    const auto y = guerdon::lambda_returns<double>(
        backend, {.time = time, .reward = reward, .discount = discount, .value_next = value_next}, {.lambda = lambda});
    double sum = 0, squares = 0;
    for (index_t b = 0; b < count; ++b) {
      const double first = y[std::size_t(time.at(0, b).i)];
      sum += first;
      squares += first * first;
    }
    const double mean = sum / count;
    return {mean, squares / count - mean * mean};
  }
};

curve of_walks(const char* title, double (*f)(double mean, double variance)) {
  return {title, [=](const numbers& x) {
            static const walks some;
            static std::vector<std::array<double, 2>> moments;  // by lambda: the curves share it
            for (std::size_t k = moments.size(); k < x.size(); ++k) moments.push_back(some.moments(x[k]));
            numbers y;
            for (const auto& [mean, variance] : moments) y.push_back(f(mean, variance));
            return y;
          }};
}

/// Value targets along 60 steps that are paid 1 each, at a discount of 0.9, with a critic that is right: the first
/// episode is cut off behind step 19, the second ends with step 39, the third goes on.
curve targets(const char* title, bool told) {
  return {title, [=](const numbers& x) {
            const std::size_t n = 60;
            numbers reward(n, 1), discount(n, 0.9), value_next(n, 10), values(n + 1, 10);
            std::vector<guerdon::flag_t> truncated(n);
            // The second episode knows its end: the value of k steps left.
            for (std::size_t t = 20; t < 40; ++t) {
              values[t] = 10 * (1 - std::pow(0.9, double(40 - t)));
              value_next[t] = 10 * (1 - std::pow(0.9, double(39 - t)));
            }
            discount[39] = 0;
            if (told) truncated[19] = 1;
            else discount[19] = 0;
            const auto y = guerdon::gae<double>(backend,
                                                {.time = guerdon::time_major(index_t(n), 1), .reward = reward,
                                                 .discount = discount, .values = values, .value_next = value_next,
                                                 .truncated = truncated},
                                                {.lambda = 0.95});
            numbers at;
            for (const double t : x) at.push_back(y.value_target[std::size_t(t)]);
            return at;
          }};
}

}  // namespace

int main() {
  figure("returns_lambda", "steps ahead", "weight of a reward there", 0, 60,
         {share_of_later_rewards(0, "lambda 0"), share_of_later_rewards(0.5, "0.5"), share_of_later_rewards(0.9, "0.9"),
          share_of_later_rewards(0.97, "0.97"), share_of_later_rewards(1, "1")},
         "set yrange [0:1.05]");
  figure("returns_error", "lambda", "squared error of the target", 0, 1,
         {of_walks("bias, squared", [](double mean, double) { return (mean - 0.5) * (mean - 0.5); }),
          of_walks("variance", [](double, double variance) { return variance; }),
          of_walks("both", [](double mean, double variance) { return (mean - 0.5) * (mean - 0.5) + variance; })},
         "set yrange [0:0.3]");
  figure("returns_ends", "step", "value target", 0, 59.9,
         {targets("the cut told by truncated and value_next", true), targets("the cut taken for an end", false)},
         "set yrange [0:12]");
}
