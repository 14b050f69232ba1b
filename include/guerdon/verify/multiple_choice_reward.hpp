#pragma once
// The letter that a completion chooses, against the right one.
//
//   answer_colon   the letter behind the first "Answer:"
//   lenient        the whole text, of the last answer block and box if there are any, as a letter; else the letter
//                  behind the last "answer is" or "answer:"; else the last capital that stands alone
//
// $$r = [\text{extracted} = \text{answer}]$$
//
// Source: NeMo-RL, environments (multiple-choice verifier) for answer_colon; lenient is this project's own definition.
//
// Details that differ:
// - In answer_colon the letter may begin a word: "Answer: Because" is B.
// - Key words and letters are read without regard to ASCII case, tags as they stand. The capitals that count as an
//   answer by themselves must be capitals.
//
// Cost: linear. No gradient.

#include <guerdon/core/host_operation.hpp>
#include <guerdon/verify/boxed.hpp>
#include <guerdon/verify/tags.hpp>

#include <span>

namespace guerdon {

enum class choice_mode { answer_colon, lenient };
constexpr auto enumerators(choice_mode) { return std::array{"answer_colon", "lenient"}; }

namespace op {
struct multiple_choice_reward : host_kind {
  static constexpr info about{"multiple_choice_reward", "verify",
                              "The letter that was chosen against the right one", "", skeleton::host};
  struct inputs {
    std::string_view completion;
    std::string_view answer;  ///< one capital letter
  };
  struct outputs {
    std::string extracted;  ///< a capital letter; empty where none was found
    double reward = 0;      ///< 1 or 0
  };
  struct options {
    choice_mode mode = choice_mode::answer_colon;
    std::string_view letters = "ABCD";  ///< ASCII capitals that can be chosen
  };

  template <class I>
  static constexpr auto arguments() {
    return std::tuple(array("completion", &I::completion, "B", words()), array("answer", &I::answer, "B", words()));
  }
  template <class O>
  static constexpr auto results() {
    return std::tuple(array("extracted", &O::extracted, "B"), array("reward", &O::reward, "B"));
  }
  static constexpr auto parameters() {
    return std::tuple(choice("mode", &options::mode), text("letters", &options::letters));
  }
};
}  // namespace op

inline namespace GUERDON_ABI {
namespace choices {

constexpr bool is_word(char c) {
  const char l = tags::lower_ascii(c);
  return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '_';
}
constexpr bool word_at(std::string_view text, std::size_t at) { return at < text.size() && is_word(text[at]); }

/// The letter at `at` as a capital, if it is one of them; else 0.
constexpr char letter_at(std::string_view text, std::size_t at, std::string_view letters) {
  if (at >= text.size()) return 0;
  const char l = tags::lower_ascii(text[at]);
  const char capital = l >= 'a' && l <= 'z' ? static_cast<char>(l - 32) : '\0';
  return capital != 0 && letters.find(capital) != letters.npos ? capital : '\0';
}

constexpr std::size_t skip(std::string_view text, std::size_t at, std::string_view set) {
  return std::min(text.find_first_not_of(set, at), text.size());
}
constexpr std::size_t skip_space(std::string_view text, std::size_t at) {
  return text.size() - unicode::trim_left(text.substr(at)).size();
}

/// Behind the first "Answer:".
constexpr char behind_colon(std::string_view text, std::string_view letters) {
  constexpr std::string_view word = "answer", blank = " \t";
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!tags::stands_at(text, at, word)) continue;
    std::size_t end = skip(text, at + word.size(), blank);
    if (end == text.size() || text[end] != ':') continue;
    end = skip(text, end + 1, blank);
    if (end < text.size() && text[end] == '$') ++end;
    if (const char letter = letter_at(text, end, letters)) return letter;
  }
  return 0;
}

/// The whole text: "(B)", "B.".
constexpr char alone(std::string_view text, std::string_view letters) {
  if (text.starts_with('(') || text.starts_with('[')) text.remove_prefix(1);
  const bool is_letter = !text.empty() && letters.find(text[0]) != letters.npos;
  const bool ends = text.size() == 1 || (text.size() == 2 && std::string_view(")].:").find(text[1]) != text.npos);
  return is_letter && ends ? text[0] : '\0';
}

/// Behind the "answer" that ends at `at`: "is", ":" or both, then opening marks, then a letter that begins no word.
constexpr char behind_answer(std::string_view text, std::size_t at, std::string_view letters) {
  at = skip_space(text, at);
  const bool is = tags::stands_at(text, at, "is");
  if (is) at += 2;
  const std::size_t colon = is ? skip_space(text, at) : at;
  if (colon < text.size() && text[colon] == ':') at = colon + 1;
  else if (!is) return 0;
  for (std::size_t next; (next = skip(text, skip_space(text, at), "([*$")) != at; at = next) {}
  return word_at(text, at + 1) ? '\0' : letter_at(text, at, letters);
}

constexpr char lenient(std::string_view text, std::string_view letters) {
  if (const auto block = tags::last_block(text, "<answer>", "</answer>")) text = block->content;
  if (const auto box = boxed::last(text)) text = *box;
  text = unicode::trim(text);
  if (const char letter = alone(text, letters)) return letter;
  constexpr std::string_view word = "answer";
  for (std::size_t at = text.size(); at-- > 0;)
    if (tags::stands_at(text, at, word))
      if (const char letter = behind_answer(text, at + word.size(), letters)) return letter;
  for (std::size_t at = text.size(); at-- > 0;)
    if (letters.find(text[at]) != letters.npos && !word_at(text, at + 1) && (at == 0 || !is_word(text[at - 1])))
      return text[at];
  return 0;
}

}  // namespace choices

/// One completion.
inline op::multiple_choice_reward::outputs multiple_choice_reward(const op::multiple_choice_reward::inputs& in,
                                                                  const op::multiple_choice_reward::options& o = {}) {
  const auto rule = check<op::multiple_choice_reward>(in, o);
  const bool capitals = std::all_of(o.letters.begin(), o.letters.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  rule(capitals && !o.letters.empty(), "letters", "must be ASCII capitals");
  const char letter = o.mode == choice_mode::answer_colon ? choices::behind_colon(in.completion, o.letters)
                                                          : choices::lenient(in.completion, o.letters);
  if (letter == 0) return {};
  std::string extracted(1, letter);
  const double reward = extracted == in.answer;
  return {std::move(extracted), reward};
}

/// A batch, in order.
inline auto multiple_choice_reward(const host_rows& rows, std::span<const op::multiple_choice_reward::inputs> in,
                                   const op::multiple_choice_reward::options& o = {}) {
  return rows.map(in, [&](const auto& row) { return multiple_choice_reward(row, o); });
}

}}  // namespace guerdon
