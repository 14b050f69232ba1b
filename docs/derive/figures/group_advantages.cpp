// What baselines, divisors and agreement do to the advantages of a group.

#include "figure.hpp"

#include <guerdon/advantage/grpo_advantage.hpp>
#include <guerdon/advantage/maxrl_advantage.hpp>
#include <guerdon/advantage/rloo_advantage.hpp>
#include <guerdon/shaping/majority_vote_reward.hpp>

#include <random>

namespace {

using namespace guerdon;
using namespace guerdon::docs;
using numbers = std::vector<double>;

const scalar_backend cpu;

using advantage_of = std::function<numbers(const numbers&, const segments&)>;

numbers grpo(const numbers& reward, const segments& groups) {
  return grpo_advantage<double>(cpu, {reward, groups}, {});
}
numbers centred(const numbers& reward, const segments& groups) {
  return grpo_advantage<double>(cpu, {reward, groups}, {.std_scope = std_scope::none});
}
numbers rloo(const numbers& reward, const segments& groups) {
  return rloo_advantage<double>(cpu, {reward, groups}, {});
}
numbers maxrl(const numbers& reward, const segments& groups) {
  return maxrl_advantage<double>(cpu, {reward, groups}, {});
}
numbers raw(const numbers& reward, const segments&) { return reward; }

/// What one right answer of eight gets, by how many are right.
line of_a_right_answer(const char* title, const advantage_of& f) {
  line l{title, {}, {}, "linespoints lw 2.4 pt 7 ps 0.5"};
  for (int right = 1; right <= 8; ++right) {
    numbers reward(8, 0.0);
    for (int i = 0; i < right; ++i) reward[std::size_t(i)] = 1;
    l.x.push_back(right);
    l.y.push_back(f(reward, segments::uniform(1, 8))[0]);
  }
  return l;
}

/// The deviation over the mean of the estimated gradient, d/d theta of the success rate p = sigmoid(theta) of a prompt
/// with n answers, by n: how many samples of noise a signal takes. Exact, since only the number of right ones counts.
line noise_of(const char* title, const advantage_of& f, double p, double shift) {
  line l{title, {}, {}, "linespoints lw 2.4 pt 7 ps 0.5"};
  for (const int n : {2, 3, 4, 6, 8, 12, 16, 24, 32}) {
    numbers reward;  // a group for each number of right answers
    for (int right = 0; right <= n; ++right)
      for (int i = 0; i < n; ++i) reward.push_back(shift + (i < right));
    const numbers advantage = f(reward, segments::uniform(n + 1, n));
    double mean = 0, squares = 0;
    for (int right = 0; right <= n; ++right) {
      double gradient = 0;
      for (int i = 0; i < n; ++i) gradient += advantage[std::size_t(right * n + i)] * (i < right ? 1 - p : -p) / n;
      const double probability = std::exp(std::lgamma(n + 1) - std::lgamma(right + 1) - std::lgamma(n - right + 1) +
                                          right * std::log(p) + (n - right) * std::log(1 - p));
      mean += probability * gradient, squares += probability * gradient * gradient;
    }
    l.x.push_back(n);
    l.y.push_back(std::sqrt(squares - mean * mean) / mean);
  }
  return l;
}

/// The share of a vote's rewards that are as the truth would have them, by how often an answer is right; wrong ones
/// fall on `lures` values, and on one more, which attracts `pull` of them.
line agreement(const char* title, int n, int lures, double pull) {
  line l{title, {}, {}, "lines lw 2.4"};
  std::mt19937_64 random(5);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  for (double p = 0.05; p < 0.99; p += 0.05) {
    constexpr int prompts = 600;
    std::vector<index_t> answer;
    for (int i = 0; i < prompts * n; ++i) {
      const bool right = uniform() < p, first = uniform() < pull;
      const index_t other = 2 + static_cast<index_t>(random() % static_cast<unsigned>(lures));
      answer.push_back(right ? 0 : first ? 1 : other);
    }
    const auto groups = segments::uniform(prompts, n);
    const numbers reward = majority_vote_reward<double>(cpu, {answer, groups}, {}).reward;
    double agreed = 0;
    for (std::size_t i = 0; i < answer.size(); ++i) agreed += (reward[i] > 0) == (answer[i] == 0);
    l.x.push_back(p);
    l.y.push_back(agreed / double(answer.size()));
  }
  return l;
}

}  // namespace

int main() {
  picture("group_advantages_scale", 720, 380);
  labels("right answers among eight", "advantage of a right one");
  std::printf("set xrange [1:8]\nset yrange [0:8]\n");
  plot({of_a_right_answer("grpo_advantage", grpo), of_a_right_answer("without the deviation (Dr.GRPO)", centred),
        of_a_right_answer("rloo_advantage", rloo), of_a_right_answer("maxrl_advantage", maxrl)});

  picture("group_advantages_baseline", 720, 380);
  labels("answers to a prompt", "deviation of the gradient over its mean");
  std::printf("set logscale xy\nset xrange [2:32]\nset xtics (2,4,8,16,32)\nset yrange [0.1:10]\n");
  plot({noise_of("no baseline, rewards 0 and 1", raw, 0.3, 0), noise_of("no baseline, rewards 4 and 5", raw, 0.3, 4),
        noise_of("mean of the group, either", centred, 0.3, 4), noise_of("and divided", grpo, 0.3, 4)});

  picture("group_advantages_agreement", 720, 380);
  labels("probability of a right answer", "rewards that are as the truth would have them");
  std::printf("set xrange [0:1]\nset yrange [0:1]\n");
  plot({agreement("errors scatter, 8 votes", 8, 40, 0), agreement("half of them alike, 8 votes", 8, 40, 0.5),
        agreement("errors scatter, 64 votes", 64, 40, 0), agreement("half of them alike, 64 votes", 64, 40, 0.5)});
}
