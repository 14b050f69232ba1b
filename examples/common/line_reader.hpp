#pragma once
// Lines of a file or of standard input, one at a time, however large the file.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "child_process.hpp"

namespace guerdon::examples {

class line_reader {
 public:
  /// Longer lines are skipped, so that a file without line ends cannot take all memory.
  static constexpr std::size_t longest_line = std::size_t{64} << 20;

  /// `path` "-" is standard input.
  explicit line_reader(const std::string& path)
      : name_(path == "-" ? "standard input" : path),
        file_(path == "-" ? ::dup(0) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)),
        bytes_(1 << 18) {
    if (file_.get() < 0) fail();
    struct stat status {};
    if (::fstat(file_.get(), &status) == 0 && S_ISDIR(status.st_mode))
      throw std::runtime_error("cannot read '" + name_ + "': it is a directory; name the files in it");
  }

  /// The next line without its end; false at the end of the file, or when `stop` becomes true while waiting
  /// for input. `too_long` tells that the line was longer than longest_line, and is skipped.
  template <class Stop>
  bool next(std::string& line, bool& too_long, Stop stop) {
    line.clear();
    too_long = false;
    bool any = false;
    while (true) {
      if (at_ == end_) {
        const ssize_t n = ::read(file_.get(), bytes_.data(), bytes_.size());
        if (n < 0 && errno != EINTR) fail();
        if (stop()) return false;
        if (n < 0) continue;
        if (n == 0) break;
        at_ = 0;
        end_ = static_cast<std::size_t>(n);
      }
      any = true;
      const std::string_view rest(bytes_.data() + at_, end_ - at_);
      const std::size_t newline = rest.find('\n');
      const std::string_view piece = rest.substr(0, newline);
      if (line.size() + piece.size() > longest_line) too_long = true;
      if (too_long)
        line.clear();
      else
        line += piece;
      at_ += piece.size() + (newline != std::string_view::npos);
      read_ += static_cast<std::int64_t>(piece.size()) + (newline != std::string_view::npos);
      if (newline != std::string_view::npos) break;
    }
    if (!any) return false;
    ++number_;
    if (line.ends_with('\r')) line.pop_back();
    return true;
  }

  const std::string& name() const { return name_; }
  std::int64_t number() const { return number_; }    ///< of the line last read, from 1
  std::int64_t bytes_read() const { return read_; }  ///< including line ends

 private:
  [[noreturn]] void fail() const {
    throw std::runtime_error("cannot read '" + name_ + "': " + std::strerror(errno));
  }

  std::string name_;
  detail::descriptor file_;
  std::vector<char> bytes_;
  std::size_t at_ = 0, end_ = 0;
  std::int64_t number_ = 0, read_ = 0;
};

}  // namespace guerdon::examples
