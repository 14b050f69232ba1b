#pragma once
// What a text says of itself, in numbers: calculations that are right, answers that were calculated, numbers that came from
// nowhere. A reward model's head is trained on them.

#include <string>
#include <string_view>
#include <vector>

namespace judging {

/// A calculation as GSM8K's solutions annotate it: <<12*4=48>>.
struct calculation {
  std::vector<double> operands;
  double result = 0;   ///< as it is written
  bool right = false;  ///< what the left side gives, up to the digits that are written
};
std::vector<calculation> calculations_in(std::string_view text);

/// All numbers of a text, 1,000 as one.
std::vector<double> numbers_in(std::string_view text);

/// The text that the final answer `extracted` was found in, as numbers; of the empty text as well.
std::vector<double> features_of(std::string_view prompt, std::string_view text, const std::string& extracted);
const std::vector<std::string>& feature_names();

}  // namespace judging
