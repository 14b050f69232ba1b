#include "features.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <set>

namespace judging {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The number that begins at `at`, with commas between its digits; `at` moves behind it. NaN: there is none.
double number_at(std::string_view text, std::size_t& at) {
  std::string digits;
  std::size_t i = at;
  for (; i < text.size(); ++i) {
    const bool digit_follows = i + 1 < text.size() && is_digit(text[i + 1]);
    if (is_digit(text[i]) || (text[i] == '.' && digit_follows)) digits += text[i];
    else if (!(text[i] == ',' && !digits.empty() && digit_follows)) break;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error != std::errc() || end == digits.data()) return std::numeric_limits<double>::quiet_NaN();
  at = i;
  return value;
}

/// + - * / and parentheses; % divides by 100. NaN where the text is something else.
class expression {
 public:
  expression(std::string_view text, std::vector<double>& operands) : text_(text), operands_(operands) {}
  double value() {
    const double v = sum(0);
    return at_ == text_.size() ? v : std::numeric_limits<double>::quiet_NaN();
  }

 private:
  bool next(char c) {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '$')) ++at_;
    return at_ < text_.size() && text_[at_] == c && (++at_, true);
  }
  double sum(int depth) {
    double v = product(depth);
    while (true) {
      if (next('+')) v += product(depth);
      else if (next('-')) v -= product(depth);
      else return v;
    }
  }
  double product(int depth) {
    double v = factor(depth);
    while (true) {
      if (next('*') || next('x')) v *= factor(depth);
      else if (next('/')) v /= factor(depth);
      else if (next('%')) v /= 100;
      else return v;
    }
  }
  double factor(int depth) {
    constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
    if (depth > 50) return nothing;
    if (next('-')) return -factor(depth + 1);
    if (next('(')) {
      const double v = sum(depth + 1);
      return next(')') ? v : nothing;
    }
    next('\0');  // blanks
    const double v = number_at(text_, at_);
    if (v == v) operands_.push_back(v);
    return v;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<double>& operands_;
};

/// Whole numbers exactly, others to half a cent.
bool near(double written, double exact) {
  return std::abs(written - exact) <= (written == std::trunc(written) ? 1e-9 * std::max(1.0, std::abs(exact)) : 0.0051);
}

bool among(double x, const std::vector<double>& all) { return std::find(all.begin(), all.end(), x) != all.end(); }

std::vector<std::string> words_in(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const unsigned char c = i < text.size() ? static_cast<unsigned char>(text[i]) : ' ';
    if (std::isalpha(c)) word += static_cast<char>(std::tolower(c));
    else if (!word.empty()) words.push_back(std::move(word)), word.clear();
  }
  return words;
}

double share(double part, double whole) { return whole > 0 ? part / whole : 0; }

}  // namespace

std::vector<double> numbers_in(std::string_view text) {
  std::vector<double> found;
  for (std::size_t i = 0; i < text.size();) {
    const double v = is_digit(text[i]) ? number_at(text, i) : std::numeric_limits<double>::quiet_NaN();
    if (v == v) found.push_back(v);
    else ++i;
  }
  return found;
}

std::vector<calculation> calculations_in(std::string_view text) {
  std::vector<calculation> found;
  for (std::size_t open = 0; (open = text.find("<<", open)) != text.npos; open += 2) {
    const std::size_t close = text.find(">>", open);
    if (close == text.npos) break;
    const std::string_view inside = text.substr(open + 2, close - open - 2);
    const std::size_t equals = inside.rfind('=');
    if (equals == inside.npos) continue;
    calculation c;
    std::vector<double> ignored;
    const double given = expression(inside.substr(0, equals), c.operands).value();
    c.result = expression(inside.substr(equals + 1), ignored).value();
    c.right = near(c.result, given);
    found.push_back(std::move(c));
  }
  return found;
}

const std::vector<std::string>& feature_names() {
  static const std::vector<std::string> names{"words, log", "lines", "calculations", "calculations right", "all right",
                                              "answer found", "answer was calculated", "answer is whole",
                                              "size of the answer, log", "answer stands in the prompt",
                                              "numbers of the prompt used", "operands from nowhere",
                                              "results not used", "words to a line", "different words",
                                              "words of the prompt"};
  return names;
}

std::vector<double> features_of(std::string_view prompt, std::string_view text, const std::string& extracted) {
  const std::vector<std::string> words = words_in(text), asked = words_in(prompt);
  const std::set<std::string> vocabulary(words.begin(), words.end()), of_prompt(asked.begin(), asked.end());
  const std::vector<double> given = numbers_in(prompt);
  const std::vector<calculation> steps = calculations_in(text);
  const auto lines = static_cast<double>(std::count(text.begin(), text.end(), '\n') + (text.empty() ? 0 : 1));
  std::size_t at = !extracted.empty() && extracted[0] == '-' ? 1 : 0;
  double last = number_at(extracted, at);
  if (!extracted.empty() && extracted[0] == '-') last = -last;

  double right = 0, operands = 0, from_nowhere = 0, unused = 0;
  std::vector<double> used, results;
  for (const calculation& c : steps) {
    right += c.right;
    for (const double x : c.operands) {
      ++operands;
      from_nowhere += !among(x, given) && !among(x, results);
      used.push_back(x);
    }
    results.push_back(c.result);
  }
  for (std::size_t k = 0; k + 1 < results.size(); ++k) unused += !among(results[k], used);
  double prompts_used = 0, of_the_prompt = 0;
  for (const double x : given) prompts_used += among(x, used);
  for (const std::string& w : words) of_the_prompt += of_prompt.contains(w);

  const auto n = static_cast<double>(words.size()), count = static_cast<double>(steps.size());
  const bool found = !extracted.empty() && last == last;
  return {std::log1p(n),
          lines,
          count,
          share(right, count),
          count > 0 && right == count ? 1.0 : 0.0,
          found ? 1.0 : 0.0,
          found && !results.empty() && results.back() == last ? 1.0 : 0.0,
          found && last == std::trunc(last) ? 1.0 : 0.0,
          found ? std::log1p(std::abs(last)) : 0.0,
          found && among(last, given) ? 1.0 : 0.0,
          share(prompts_used, static_cast<double>(given.size())),
          share(from_nowhere, operands),
          share(unused, count),
          share(n, lines),
          share(static_cast<double>(vocabulary.size()), n),
          share(of_the_prompt, n)};
}

}  // namespace judging
