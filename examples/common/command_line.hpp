#pragma once
// What programs that read and write files of the user's share: their command quoted, files that must differ, output that
// must have got out.

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <ostream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "plots.hpp"

namespace guerdon::examples {

/// The command as a shell takes it.
inline std::string quoted_command(int argc, char** argv) {
  std::string command;
  for (int i = 0; i < argc; ++i) {
    const std::string word = argv[i];
    const bool plain = !word.empty() && word.find_first_of(" \t\n'\"\\$`*?&|;<>()#~!") == std::string::npos;
    std::string quoted = word;
    detail::replace_all(quoted, "'", "'\\''");
    command += (i ? " " : "") + (plain ? word : "'" + quoted + "'");
  }
  return command;
}

/// Whether two paths lead to one regular file, however they are spelled and through links; it need not exist.
inline bool same_file(const std::filesystem::path& a, const std::filesystem::path& b) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::exists(a, error) || fs::exists(b, error))
    return fs::is_regular_file(a, error) && fs::equivalent(a, b, error);
  // What no one may look at is known by its name alone.
  const auto place = [&](const fs::path& path) {
    const fs::path whole = fs::absolute(path, error), real = fs::weakly_canonical(whole, error);
    return error ? whole.lexically_normal() : real;
  };
  return place(a) == place(b);
}

/// The text must have got out: a full disk is not to pass for success.
inline void require_written(std::ostream& out, const std::string& what) {
  if (!out.flush()) throw std::runtime_error("cannot write " + what);
}

/// Bytes to read when every input is a regular file, else 0: there is no telling.
inline std::int64_t total_bytes(const std::vector<std::string>& inputs) {
  std::int64_t total = 0;
  for (const std::string& path : inputs) {
    struct stat status {};
    if (path == "-" || ::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return 0;
    total += status.st_size;
  }
  return total;
}

}  // namespace guerdon::examples
