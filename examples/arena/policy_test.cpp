// The hand-written backward pass against central finite differences, in double.

#include "policy.hpp"

#include <doctest/doctest.h>

#include "tasks.hpp"

namespace {

using namespace arena;

// A policy small enough for a difference per parameter, with weights large enough to bend every nonlinearity, and
// some answers of its own, of unequal length, with a random d loss / d log-probability for each character.
struct case_of_policy {
  weights<double> policy{{static_cast<arena::index_t>(alphabet.size()), prompt_width, 7}};
  conversation text;
  std::vector<double> slope;

  explicit case_of_policy(std::uint64_t seed) {
    policy.initialise(random_stream(seed));
    policy.flat *= 2;
    random_stream random(seed, 1);
    text = sample(policy, prompt_tokens(make_problems(3, false, random)), 3, stop_token, 12, random);
    for (arena::index_t i = 0; i < text.characters(); ++i)
      slope.push_back(static_cast<double>(random.uniform()) - 0.5);
  }

  // sum of slope * log-probability, straight from the definition.
  double loss() {
    policy_pass<double> pass;
    const matrix<double>& logits = pass.forward(policy, text);
    double sum = 0;
    for (arena::index_t i = 0; i < text.characters(); ++i) {
      const auto column = logits.col(i).array();
      const double logprob = column(text.response[i]) - std::log(column.exp().sum());
      sum += slope[static_cast<std::size_t>(i)] * logprob;
    }
    return sum;
  }
};

TEST_CASE("the backward pass agrees with finite differences in every parameter") {
  for (const std::uint64_t seed : {1U, 2U}) {
    case_of_policy c(seed);
    weights<double> gradient(c.policy.shape);
    policy_pass<double> pass;
    pass.forward(c.policy, c.text);
    pass.backward(c.policy, c.text, c.slope, gradient);
    int moving = 0;
    for (arena::index_t i = 0; i < c.policy.flat.size(); ++i) {
      constexpr double h = 1e-6;
      const double x = c.policy.flat[i];
      c.policy.flat[i] = x + h;
      const double above = c.loss();
      c.policy.flat[i] = x - h;
      const double below = c.loss();
      c.policy.flat[i] = x;
      CAPTURE(i);
      const double difference = (above - below) / (2 * h);
      moving += std::abs(difference) > 1e-4;
      CHECK(gradient.flat[i] == doctest::Approx(difference).epsilon(1e-5).scale(0.01));
    }
    CHECK(moving > c.policy.flat.size() / 2);  // or the test would say little
  }
}

TEST_CASE("the gradient is added to what is there") {
  case_of_policy c(3);
  weights<double> once(c.policy.shape), twice(c.policy.shape);
  policy_pass<double> pass;
  pass.forward(c.policy, c.text);
  pass.backward(c.policy, c.text, c.slope, once);
  for (int k = 0; k < 2; ++k) {
    pass.forward(c.policy, c.text);
    pass.backward(c.policy, c.text, c.slope, twice);
  }
  CHECK((twice.flat - 2 * once.flat).norm() < 1e-12 * once.flat.norm());
}

TEST_CASE("sampling and forward see the same policy") {
  case_of_policy c(4);
  random_stream random(4, 2);
  matrix<double> drawn;
  const conversation text = sample(c.policy, c.text.prompt, 5, stop_token, 20, random, &drawn);
  policy_pass<double> pass;
  const matrix<double>& logits = pass.forward(c.policy, text);
  REQUIRE(drawn.cols() == logits.cols());
  CHECK((drawn - logits).cwiseAbs().maxCoeff() < 1e-12);
  for (arena::index_t i = 0; i < text.responses(); ++i) {
    const bool stopped = text.response[text.offsets[i + 1] - 1] == stop_token;
    CHECK((stopped || text.length(i) == 20));
  }
}

TEST_CASE("characters are drawn with the probabilities of the softmax") {
  case_of_policy c(5);
  random_stream random(5, 2);
  const list<token> prompt(c.text.prompt.begin(), c.text.prompt.begin() + prompt_width);
  constexpr arena::index_t draws = 20000;
  matrix<double> logits;
  const conversation text = sample(c.policy, prompt, draws, stop_token, 1, random, &logits);
  const vector<double> probability = logits.col(0).array().exp() / logits.col(0).array().exp().sum();
  vector<double> count = vector<double>::Zero(probability.size());
  for (const token t : text.response) ++count[t];
  for (arena::index_t k = 0; k < count.size(); ++k) {
    const double p = probability[k], deviation = std::sqrt(p * (1 - p) / draws);
    CHECK(std::abs(count[k] / draws - p) < 5 * deviation + 1e-9);
  }
}

}  // namespace
