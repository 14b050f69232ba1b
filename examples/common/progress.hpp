#pragma once
// A progress bar with the time left, on standard error. On a terminal it redraws itself in place; elsewhere
// it prints a plain line at most every ten seconds, so that a log stays readable. Any thread may call
// advance().

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <ostream>
#include <string>
#include <utility>

namespace guerdon::examples {

/// "7 s", "3 min 05 s", "2 h 10 min".
inline std::string format_duration(double seconds) {
  const auto s = static_cast<long long>(std::max(0.0, seconds) + 0.5);
  char text[64];
  if (s < 60)
    std::snprintf(text, sizeof text, "%lld s", s);
  else if (s < 3600)
    std::snprintf(text, sizeof text, "%lld min %02lld s", s / 60, s % 60);
  else
    std::snprintf(text, sizeof text, "%lld h %02lld min", s / 3600, s / 60 % 60);
  return text;
}

class progress {
 public:
  using clock = std::chrono::steady_clock;

  /// `total` units of work; 0 when it is not known, then only what is done is shown.
  progress(std::int64_t total, std::string label, std::FILE* out = stderr)
      : total_(total), label_(std::move(label)), out_(out), terminal_(::isatty(::fileno(out)) == 1) {}

  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  ~progress() { finish(); }

  /// `units` more are done; `note` says what is going on and stays until the next one.
  void advance(std::int64_t units = 1, const std::string& note = {}) {
    const std::lock_guard lock(mutex_);
    done_ += units;
    if (!note.empty()) note_ = note;
    const auto now = clock::now();
    if (now - drawn_ >= (terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(10'000)))
      draw(now);
  }

  /// Units that an earlier run had already done: they count as done, but not for the speed.
  void skip(std::int64_t units) {
    const std::lock_guard lock(mutex_);
    done_ += units;
    skipped_ += units;
  }

  /// Prints a line above the bar.
  void say(const std::string& line) {
    const std::lock_guard lock(mutex_);
    if (terminal_) std::fputs("\r\x1b[K", out_);
    std::fprintf(out_, "%s\n", line.c_str());
    if (terminal_ && !finished_) draw(clock::now());
  }

  /// Draws the last state and ends the line; called by the destructor too.
  void finish() {
    const std::lock_guard lock(mutex_);
    if (std::exchange(finished_, true)) return;
    if (terminal_ || ever_drawn_) draw(clock::now());
    if (terminal_) std::fputc('\n', out_);
    std::fflush(out_);
  }

  double seconds() const { return std::chrono::duration<double>(clock::now() - start_).count(); }

 private:
  void draw(clock::time_point now) {
    drawn_ = now;
    ever_drawn_ = true;
    const double elapsed = std::chrono::duration<double>(now - start_).count();
    std::string line = label_;
    if (total_ > 0) {
      const double share = std::clamp(static_cast<double>(done_) / static_cast<double>(total_), 0.0, 1.0);
      char percent[16];
      std::snprintf(percent, sizeof percent, " %3.0f %%", 100 * share);
      if (terminal_) line += " " + bar(share);
      line += percent;
      const std::int64_t fresh = done_ - skipped_;
      if (done_ >= total_)
        line += ", took " + format_duration(elapsed);
      else if (fresh > 0)
        line += ", " +
                format_duration(elapsed * static_cast<double>(total_ - done_) / static_cast<double>(fresh)) +
                " left";
    } else {
      line += " " + std::to_string(done_) + ", " + format_duration(elapsed);
    }
    if (!note_.empty()) line += "  " + note_;
    if (!terminal_) {
      std::fprintf(out_, "%s\n", line.c_str());
    } else {
      std::fprintf(out_, "\r%s\x1b[K", fit(line).c_str());
    }
    std::fflush(out_);
  }

  static std::string bar(double share) {
    constexpr int cells = 24;
    std::string text;
    for (int i = 0; i < cells; ++i) text += i < static_cast<int>(share * cells) ? "█" : "░";
    return text;
  }

  /// Cuts the line to the terminal's width, between code points, so that it never wraps.
  std::string fit(const std::string& line) const {
    winsize size{};
    std::size_t width = 80;
    if (::ioctl(::fileno(out_), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) width = size.ws_col;
    std::size_t columns = 0, i = 0;
    for (; i < line.size(); ++i) {
      const bool starts_character = (static_cast<unsigned char>(line[i]) & 0xc0) != 0x80;
      if (starts_character && columns++ == width - 1) break;
    }
    return line.substr(0, i);
  }

  mutable std::mutex mutex_;
  const std::int64_t total_;
  std::int64_t done_ = 0, skipped_ = 0;
  const std::string label_;
  std::string note_;
  std::FILE* out_;
  const bool terminal_;
  bool finished_ = false, ever_drawn_ = false;
  const clock::time_point start_ = clock::now();
  clock::time_point drawn_ = start_;
};

}  // namespace guerdon::examples
