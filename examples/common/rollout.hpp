#pragma once
// One line of input: a prompt, its reference answer, the responses sampled for it, and what else the rules read.
// parse_rollouts() says of a bad line in which column and under which key it is bad.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace guerdon::examples {

/// The most that the lengths given in one line may add up to: far above any group of responses, and low
/// enough that wrong numbers there cannot take all memory where a recipe holds an array of all tokens.
inline constexpr std::int64_t most_tokens = std::int64_t{1} << 24;

/// What stood under a key that a rule reads.
struct keyed_value {
  nlohmann::json value;
  std::size_t column = 0;
  std::string path;  ///< such as responses[2].outputs
};
using keyed_values = std::map<std::string, keyed_value, std::less<>>;

/// What the rules read beyond the keys of every line.
struct wanted_keys {
  enum answer { none, one, several };
  answer ground_truth = one;              ///< several: an array of answers will do, too
  bool responses = true, text = true;     ///< whether they must be there
  std::map<std::string, bool> of_line = {}, of_response = {};  ///< whether it must be there

  /// What two rules together read.
  wanted_keys& operator+=(const wanted_keys& other) {
    if (ground_truth == none) ground_truth = other.ground_truth;
    else if (other.ground_truth != none) ground_truth = std::min(ground_truth, other.ground_truth);
    responses |= other.responses;
    text |= other.text;
    for (const auto& [key, needed] : other.of_line) of_line[key] |= needed;
    for (const auto& [key, needed] : other.of_response) of_response[key] |= needed;
    return *this;
  }
};

struct response {
  std::string text;
  std::string source;                  ///< whose answer it is; may be empty
  std::optional<bool> is_correct;      ///< the data's own label
  std::optional<std::int64_t> length;  ///< in whatever unit the data counts
  keyed_values values;                 ///< what rules read
};

struct rollouts {
  nlohmann::json prompt_id;  ///< a number or a string, passed through; null when there is none
  std::string ground_truth;
  std::vector<std::string> answers;  ///< ground_truth, or what it lists
  std::vector<response> responses;
  bool has_responses = false;  ///< there is such a key
  keyed_values values;  ///< what rules read
};

/// What is wrong with a line, and where: `column` counts characters from 1, `key` is a path such as
/// responses[2].text.
struct bad_line : std::runtime_error {
  bad_line(std::size_t column, std::string key, const std::string& what)
      : std::runtime_error(what), column(column), key(std::move(key)) {}
  std::size_t column;
  std::string key;
};

namespace detail {

/// Hands the line to the parser byte by byte and counts, because the parser tells its events no position.
class counting_iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  counting_iterator(const char* at, const char** furthest) : at_(at), furthest_(furthest) {}
  reference operator*() const { return *at_; }
  counting_iterator& operator++() {
    *furthest_ = ++at_;
    return *this;
  }
  counting_iterator operator++(int) {
    const counting_iterator old = *this;
    ++*this;
    return old;
  }
  bool operator==(const counting_iterator& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  const char** furthest_;
};

class rollouts_reader {
 public:
  using json = nlohmann::json;

  rollouts_reader(std::string_view line, const wanted_keys& wanted)
      : line_(line), read_(line.data()), last_end_(line.data()), wanted_(wanted) {}

  rollouts run() {
    const counting_iterator first(line_.data(), &read_), last(line_.data() + line_.size(), &read_);
    json::sax_parse(first, last, this);
    if (wanted_.ground_truth != wanted_keys::none && !seen_.contains("ground_truth"))
      fail_at(line_.size(), "ground_truth", "is missing");
    result_.has_responses = seen_.contains("responses");
    if (wanted_.responses && !result_.has_responses) fail_at(line_.size(), "responses", "is missing");
    require_wanted(wanted_.of_line, seen_, line_.size(), "");
    return std::move(result_);
  }

  // What nlohmann's parser calls, in the order of the text.
  bool null() {
    return value([&] {
      if (keep(nullptr)) return;
      return any_type("null");
    });
  }
  bool boolean(bool v) {
    return value([&] {
      if (keep(v)) return;
      if (in_response_ && key_ == "is_correct") return void(current().is_correct = v);
      any_type("a boolean");
    });
  }
  bool number_integer(std::int64_t v) {
    return value([&] {
      if (keep(v)) return;
      if (at_top() && key_ == "prompt_id") return void(result_.prompt_id = v);
      if (at_top() && key_ == "ground_truth") return reference(std::to_string(v));
      if (in_response_ && key_ == "is_correct")
        fail("must be 0, 1, true or false, and is " + std::to_string(v));
      if (in_response_ && key_ == "length") fail("must be at least 0, and is " + std::to_string(v));
      any_type("a number");
    });
  }
  bool number_unsigned(std::uint64_t v) {
    return value([&] {
      if (keep(v)) return;
      if (at_top() && key_ == "prompt_id") return void(result_.prompt_id = v);
      if (at_top() && key_ == "ground_truth") return reference(std::to_string(v));
      if (in_response_ && key_ == "is_correct") {
        if (v > 1) fail("must be 0, 1, true or false, and is " + std::to_string(v));
        return void(current().is_correct = v == 1);
      }
      if (in_response_ && key_ == "length") {
        if (v > static_cast<std::uint64_t>(most_tokens - tokens_))
          fail("must not bring the lengths in the line to more than " + std::to_string(most_tokens) +
               " together, and is " + std::to_string(v));
        current().length = static_cast<std::int64_t>(v);
        return void(tokens_ += *current().length);
      }
      any_type("a number");
    });
  }
  bool number_float(double v, const std::string& text) {
    return value([&] {
      if (keep(v)) return;
      if (at_top() && key_ == "ground_truth")
        return reference(written(v, text));
      if (in_response_ && (key_ == "is_correct" || key_ == "length"))
        fail("must be a whole number, and is " + text);
      any_type("a number");
    });
  }
  bool string(std::string& v) {
    return value([&] {
      if (keep(v)) return;
      if (at_top() && key_ == "prompt_id") return void(result_.prompt_id = v);
      if (at_top() && key_ == "ground_truth") return reference(v);
      if (in_response_ && key_ == "text") return void(current().text = std::move(v));
      if (in_response_ && key_ == "source") return void(current().source = std::move(v));
      any_type("a string");
    });
  }
  bool binary(json::binary_t&) { return true; }  // does not occur in text

  bool start_object(std::size_t) {
    if (depth_ == 0) return enter(), true;
    if (begin_kept()) return true;
    if (in_responses_array()) {
      value_start_ = start_of_value();
      result_.responses.emplace_back();
      in_response_ = true;
      seen_in_response_.clear();
      return enter(), true;
    }
    return value([&] { any_type("an object"); }), enter(), true;
  }
  bool end_object() {
    leave();
    end_kept();
    if (in_response_ && depth_ == 2) {
      in_response_ = false;
      if (wanted_.text && !seen_in_response_.contains("text"))
        fail_at(offset(), path_of_response() + ".text", "is missing");
      require_wanted(wanted_.of_response, seen_in_response_, offset(), path_of_response() + ".");
    }
    return true;
  }
  bool start_array(std::size_t) {
    if (at_top() && key_ == "responses") {
      value_start_ = start_of_value();
      in_responses_ = true;
      return enter(), true;
    }
    if (begin_kept()) return true;
    return value([&] { any_type("an array"); }), enter(), true;
  }
  bool end_array() {
    leave();
    end_kept();
    if (in_responses_ && depth_ == 1) in_responses_ = false;
    return true;
  }
  bool key(std::string& name) {
    static const std::set<std::string> of_line{"prompt_id", "ground_truth", "responses"},
        of_response{"text", "source", "is_correct", "length"};
    last_end_ = read_;
    // Only keys that mean something here are worth keeping; the others are skipped with all they hold.
    if (!at_top() && !(in_response_ && depth_ == 3)) return true;
    if (kept_depth_ > 0) return true;
    key_ = name;
    if (((at_top() ? of_line : of_response).contains(name) || wants(name)) &&
        !(at_top() ? seen_ : seen_in_response_).insert(name).second) {
      value_start_ = start_of_value();
      fail("stands twice; keep one of them");
    }
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) {
    if (error.id == 406) {
      value_start_ = start_of_value();
      fail("holds a number that is too large: 1.8e308 is the largest that can be read");
    }
    std::string what = error.what();
    // "[json.exception.parse_error.101] parse error at line 1, column 9: syntax error while parsing value -
    // ..."
    if (const auto colon = what.find(": "); colon != std::string::npos) what.erase(0, colon + 2);
    fail_at(position > 0 ? position - 1 : 0, path(), "is not JSON: " + what);
  }

 private:
  response& current() { return result_.responses.back(); }
  bool at_top() const { return depth_ == 1; }
  bool in_responses_array() const { return in_responses_ && depth_ == 2; }
  void enter() {
    ++depth_;
    last_end_ = read_;
  }
  void leave() {
    --depth_;
    last_end_ = read_;
  }
  std::size_t offset() const { return static_cast<std::size_t>(read_ - line_.data()); }

  template <class Take>
  bool value(Take take) {
    value_start_ = start_of_value();
    take();
    last_end_ = read_;
    return true;
  }

  void reference(std::string text) {
    result_.answers = {text};
    result_.ground_truth = std::move(text);
  }
  /// pandas writes a whole number as 18.0, and no response says it that way. From 2^53 on a double is not the number
  /// that was written.
  static std::string written(double v, const std::string& text) {
    return v == std::trunc(v) && std::abs(v) < 0x1p53 ? std::to_string(static_cast<std::int64_t>(v)) : text;
  }

  // --- what rules read ---
  bool wants(const std::string& name) const {
    return at_top() ? wanted_.of_line.contains(name) : in_response_ && wanted_.of_response.contains(name);
  }
  bool at_wanted() const {
    return kept_depth_ == 0 && (at_top() || (in_response_ && depth_ == 3)) && wants(key_);
  }
  void store(json&& v, std::size_t start) {
    (at_top() ? result_.values : current().values)[key_] = {std::move(v), column_of(start), path()};
  }
  template <class V>
  bool keep(const V& v) {
    if (kept_depth_ > 0) return true;
    if (!at_wanted()) return false;
    store(json(v), value_start_);
    return true;
  }
  /// An array or an object that a rule reads, or several answers: read once more as a whole when it is closed.
  bool begin_kept() {
    const bool answers = kept_depth_ == 0 && at_top() && key_ == "ground_truth" &&
                         wanted_.ground_truth == wanted_keys::several && line_[start_of_value()] == '[';
    if (answers || at_wanted()) {
      kept_start_ = start_of_value();
      kept_depth_ = depth_ + 1;
      return enter(), true;
    }
    if (kept_depth_ > 0) return enter(), true;
    return false;
  }
  void end_kept() {
    if (kept_depth_ == 0 || depth_ + 1 != kept_depth_) return;
    kept_depth_ = 0;
    json v = json::parse(line_.substr(kept_start_, offset() - kept_start_));
    if (key_ != "ground_truth" || !at_top()) return store(std::move(v), kept_start_);
    std::vector<std::string> answers;
    value_start_ = kept_start_;
    for (const json& one : v) {
      if (one.is_string()) answers.push_back(one.get<std::string>());
      else if (one.is_number_float()) answers.push_back(written(one.get<double>(), one.dump()));
      else if (one.is_number()) answers.push_back(one.dump());
      else fail("must hold strings and numbers alone");
    }
    if (answers.empty()) fail("must hold at least one answer");
    result_.ground_truth = answers.front();
    result_.answers = std::move(answers);
  }
  void require_wanted(const std::map<std::string, bool>& keys, const std::set<std::string>& seen, std::size_t byte,
                      const std::string& before) const {
    for (const auto& [key, needed] : keys)
      if (needed && !seen.contains(key)) fail_at(byte, before + key, "is missing, and a rule reads it");
  }

  /// A value that no key here asked for: fine under a key that means nothing, an error where one type is
  /// expected.
  void any_type(const std::string& type) {
    if (depth_ == 0) fail("must be an object, and is " + type);
    if (in_responses_array()) fail("must be an object, and is " + type);
    if (at_top() && key_ == "responses") fail("must be an array, and is " + type);
    const bool several = wanted_.ground_truth == wanted_keys::several;
    if (at_top() && key_ == "ground_truth" && (type != "null" || wanted_.ground_truth != wanted_keys::none))
      fail("must be a string" + std::string(several ? ", a number or an array of them" : " or a number") +
           ", and is " + type);
    if (at_top() && key_ == "prompt_id" && type != "null")
      fail("must be a string or a whole number, and is " + type);
    if (in_response_ && depth_ == 3) {
      if (key_ == "text") fail("must be a string, and is " + type);
      if (type == "null") return;  // an optional key without a value
      if (key_ == "source") fail("must be a string, and is " + type);
      if (key_ == "is_correct") fail("must be 0, 1, true or false, and is " + type);
      if (key_ == "length") fail("must be a whole number, and is " + type);
    }
  }

  /// Where the value whose event this is begins: past the separators after the token before it.
  std::size_t start_of_value() const {
    auto at = static_cast<std::size_t>(last_end_ - line_.data());
    while (at < line_.size() && std::string_view(" \t\r\n,:").find(line_[at]) != std::string_view::npos) ++at;
    return at;
  }

  std::string path_of_response() const {
    return "responses[" + std::to_string(result_.responses.size() - 1) + "]";
  }
  std::string path() const {
    if (in_response_)
      return key_.empty() || depth_ < 3 ? path_of_response() : path_of_response() + "." + key_;
    if (in_responses_array()) return "responses[" + std::to_string(result_.responses.size()) + "]";
    return depth_ == 0 ? "" : key_;
  }

  [[noreturn]] void fail(const std::string& what) const { fail_at(value_start_, path(), what); }
  [[noreturn]] void fail_at(std::size_t byte, const std::string& key, const std::string& what) const {
    throw bad_line(column_of(byte), key, what);
  }
  std::size_t column_of(std::size_t byte) const {
    std::size_t column = 1;
    for (const char c : line_.substr(0, byte)) column += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    return column;
  }

  std::string_view line_;
  const char* read_;      // how far the parser has read
  const char* last_end_;  // how far it had read at the end of the last token
  std::size_t value_start_ = 0;
  int depth_ = 0;
  std::string key_;
  bool in_responses_ = false, in_response_ = false;
  std::set<std::string> seen_, seen_in_response_;  // the keys that mean something, to find one that is twice
  std::int64_t tokens_ = 0;                        // all lengths given so far
  const wanted_keys& wanted_;
  int kept_depth_ = 0;  // inside what a rule reads: its depth; else 0
  std::size_t kept_start_ = 0;
  rollouts result_;
};

}  // namespace detail

/// Throws bad_line.
inline rollouts parse_rollouts(std::string_view line, const wanted_keys& wanted = {}) {
  return detail::rollouts_reader(line, wanted).run();
}

}  // namespace guerdon::examples
