// Runs every program of the documentation and compares what it prints with what its page says: words exactly,
// numbers within the tolerance of the case they come from.

#include "programs.hpp"

#include <unistd.h>

#include <charconv>
#include <cmath>
#include <cstdio>
#include <exception>
#include <iostream>
#include <limits>
#include <optional>
#include <sstream>
#include <string>

std::vector<documented_program> all_programs();  // generated

namespace {

/// What `run` writes to standard output.
std::string printed_by(void (*run)()) {
  std::fflush(stdout);
  std::FILE* file = std::tmpfile();
  const int kept = dup(STDOUT_FILENO);
  if (!file || kept < 0 || dup2(fileno(file), STDOUT_FILENO) < 0)
    throw std::runtime_error("standard output cannot be redirected");
  std::string fault;
  std::cout.copyfmt(std::ios(nullptr));  // as a program of its own finds it
  try {
    run();
  } catch (const std::exception& e) {
    fault = std::string("threw: ") + e.what();
  }
  std::cout.flush();
  std::fflush(stdout);
  dup2(kept, STDOUT_FILENO);
  close(kept);
  std::rewind(file);
  std::string text;
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
  std::fclose(file);
  return text + fault;
}

std::optional<double> number(const std::string& word) {
  if (word == "nan" || word == "-nan") return std::numeric_limits<double>::quiet_NaN();
  double x = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), x);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return x;
}

bool agree(const std::string& got, const std::string& want, double tolerance) {
  std::istringstream a(got), b(want);
  std::string x, y;
  while (true) {
    const bool more_x = static_cast<bool>(a >> x), more_y = static_cast<bool>(b >> y);
    if (more_x != more_y) return false;
    if (!more_x) return true;
    const auto p = number(x), q = number(y);
    if (p && q) {
      if (std::isnan(*p) && std::isnan(*q)) continue;
      if (*p == *q) continue;
      if (!(std::abs(*p - *q) <= tolerance + tolerance * std::abs(*q))) return false;
    } else if (x != y) {
      return false;
    }
  }
}

}  // namespace

int main() {
  const std::vector<documented_program> all = all_programs();
  std::size_t failed = 0, silent = 0;
  for (const documented_program& p : all) {
    const std::string got = printed_by(p.run), want = p.output;
    if (want.empty()) ++silent;
    if (want.empty() ? got.find("threw: ") == std::string::npos : agree(got, want, p.tolerance)) continue;
    ++failed;
    std::fprintf(stderr, "%s: its program prints\n%sand the page says\n%s\n", p.page, got.c_str(),
                 want.c_str());
  }
  std::printf("%zu programs of the documentation, %zu failed, %zu of them without a stated output.\n",
              all.size(), failed, silent);
  return failed == 0 && !all.empty() ? 0 : 1;
}
