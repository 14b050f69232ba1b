#pragma once
// JSON lines of a file, one after another, with the malformed ones told by file, line, column and key.

#include <cstdint>
#include <string>

#include "line_reader.hpp"
#include "progress.hpp"
#include "rollout.hpp"

namespace guerdon::examples {

/// "rollouts.jsonl:12:90: responses[1].text must be a string". What is not printable ASCII in a parser's quotation of the
/// input would spoil the terminal.
inline std::string told(const std::string& place, const bad_line& bad) {
  std::string text = (bad.key.empty() ? "the line" : bad.key) + " " + bad.what();
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = '?';
  return place + ":" + std::to_string(bad.column) + ": " + text;
}

/// Calls take(line, place) for every line of `path` that is not blank, and bad(sentence) where that throws bad_line, or
/// the line is too long. False when `stop` became true. `bar` is advanced by bytes, or by lines.
template <class Stop, class Take, class Bad>
bool read_lines(const std::string& path, progress& bar, bool count_bytes, Stop stop, Take take, Bad bad) {
  line_reader reader(path);
  std::string line;
  bool too_long = false;
  std::int64_t done = 0;
  while (reader.next(line, too_long, stop)) {
    const std::string place = reader.name() + ":" + std::to_string(reader.number());
    try {
      if (too_long)
        throw bad_line(1, "", "is longer than " + std::to_string(line_reader::longest_line >> 20) + " MiB");
      if (line.find_first_not_of(" \t") != std::string::npos) take(line, place);
    } catch (const bad_line& error) {
      bad(told(place, error));
    }
    bar.advance(count_bytes ? reader.bytes_read() - done : 1);
    done = reader.bytes_read();
    if (stop()) break;
  }
  return !stop();
}

}  // namespace guerdon::examples
