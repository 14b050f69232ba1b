#pragma once
// What is judged: answers with scores, verdicts on pairs of candidates, verdicts of right and wrong. Each line of input is
// one of the three, told by its keys.

#include <guerdon/core/view.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "statistics.hpp"

namespace guerdon::examples {
struct rollouts;
}

namespace judging {

namespace ex = guerdon::examples;
using guerdon::flag_t;
using guerdon::index_t;
using numbers = std::vector<double>;

struct answer {
  std::size_t candidate = 0;  ///< whose it is
  std::string text = {};
  std::string extracted = {};  ///< its final answer; empty: none
  bool right = false;          ///< by the rule, or by the data where there is nothing for a rule to read
  std::optional<bool> label = {};
  double length = 0;
  std::map<std::string, double> score = {};  ///< that judges gave it
};

struct task {
  std::string prompt;
  bool by_rule = false;
  std::vector<answer> answers;
};

/// A verdict on a pair: 1 for a, -1 for b, 0 for a tie, NaN where it could not be read.
struct pair_verdict {
  std::string judge;
  std::size_t a, b;
  double said;
  std::optional<double> swapped = {};  ///< with b shown first; 1 is a still
  int label = 0;                       ///< 1 or -1: which is better in truth; 0: not known
};

struct right_verdict {
  std::string judge, subset, attack;  ///< attack: the empty answer that was judged
  index_t said;                       ///< 1, 0, -1: could not be read
  index_t label;
  double confidence = ex::not_a_number;
};

class records {
 public:
  /// Takes a line in. Throws bad_line, and then nothing has changed.
  void take(const std::string& line);

  std::vector<task> tasks;
  std::vector<pair_verdict> pairs;
  std::vector<right_verdict> verdicts;
  std::vector<std::string> candidates;  ///< names, in the order they came

  static constexpr std::size_t most_candidates = 64;

 private:
  void take_responses(ex::rollouts& line);
  void take_pair(const ex::rollouts& line);
  void take_verdict(const ex::rollouts& line);
  std::size_t candidate(const std::string& name, std::size_t column, const std::string& key);
};

/// The final answer of a text, as the rule finds it; empty: none.
std::string final_answer(std::string_view text);

/// In words.
double length_of(std::string_view text);

}  // namespace judging
