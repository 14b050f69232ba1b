#include "progress.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

namespace ex = guerdon::examples;

TEST_CASE("durations read well") {
  CHECK(ex::format_duration(7.4) == "7 s");
  CHECK(ex::format_duration(185) == "3 min 05 s");
  CHECK(ex::format_duration(7800) == "2 h 10 min");
  CHECK(ex::format_duration(-1) == "0 s");
}

TEST_CASE("off a terminal a short job prints nothing of its own, and threads may share the bar") {
  std::FILE* out = std::tmpfile();
  REQUIRE(out);
  {
    ex::progress bar(4000, "work", out);
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) bar.advance(1, "step");
      });
    threads.clear();
    bar.say("a line");
  }
  std::rewind(out);
  char text[256] = {};
  const std::size_t n = std::fread(text, 1, sizeof text - 1, out);
  CHECK(std::string(text, n) == "a line\n");
  std::fclose(out);
}
