#pragma once
// Case files: JSON arrays of calls with known answers.

#include "operation.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace guerdon::harness {

struct known_answer {
  std::string op, source, note;
  std::size_t index = 0;  // in its file
  arguments inputs;
  settings parameters;
  arguments expected;
  std::string error;  // the noun that the refusal must contain; empty: the call succeeds
  std::string fault;  // why the entry is no case; empty: it is one
  double atol = 0, rtol = 0;
};

/// The file itself, or every .json file in the folder and its subfolders. Throws std::runtime_error.
std::vector<std::filesystem::path> case_files(const std::filesystem::path& path);
/// All cases of a file. Throws std::runtime_error with file and reason.
std::vector<known_answer> read_cases(const std::filesystem::path& file);

/// What is wrong with the operation's answer: empty when nothing is.
struct failure {
  std::string output, got, want;
};
std::vector<failure> check(const operation& op, const known_answer& a, const target& t);

}  // namespace guerdon::harness
