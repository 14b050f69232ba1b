// The three layouts of segments, what a view refuses, and the sentences a user reads.

#include <guerdon/backend/scalar.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

using guerdon::index_t;
using guerdon::segments;
using guerdon::view;

namespace {

std::string refusal(const segments& s, index_t total) {
  try {
    guerdon::detail::require_segments(guerdon::scalar_backend{}, s, total, "operation", "group_offsets");
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "";
}

std::string offsets_refusal(std::vector<index_t> offsets, index_t total) {
  return refusal(segments(view<const index_t>(offsets)), total);
}

}  // namespace

TEST_CASE("ragged, uniform and padded segments cut an array as they say") {
  const std::vector<index_t> offsets{0, 2, 2, 7}, lengths{1, 0, 3};
  const segments ragged(offsets), uniform = segments::uniform(3, 4), padded = segments::padded(4, lengths);
  CHECK(ragged.count() == 3);
  CHECK(ragged.begin(2) == 2);
  CHECK(ragged.size(1) == 0);
  CHECK(ragged.size(2) == 5);
  CHECK(ragged.stride() == 0);
  CHECK(ragged.ragged());
  CHECK(uniform.begin(2) == 8);
  CHECK(uniform.size(2) == 4);
  CHECK(padded.begin(2) == 8);
  CHECK(padded.size(2) == 3);
  CHECK(padded.padded());
  const bool held[] = {true, false, false, false, false, false, false, false, true, true, true, false};
  for (index_t i = 0; i < 12; ++i) CHECK(padded.holds(i) == held[i]);
  CHECK(ragged.holds(6));
  CHECK(static_cast<bool>(uniform));
  CHECK_FALSE(static_cast<bool>(segments()));
  CHECK(segments(std::vector<index_t>{0}).count() == 0);
}

TEST_CASE("segments that do not cut the array are refused in one sentence") {
  CHECK(offsets_refusal({0, 2, 7}, 7) == "");
  CHECK(offsets_refusal({0}, 0) == "");
  CHECK(refusal(segments(), 0) == "operation: group_offsets is required and was not given");
  CHECK(offsets_refusal({}, 0) == "operation: group_offsets is required and was not given");
  CHECK(offsets_refusal({1, 7}, 7) == "operation: group_offsets offsets must start at 0");
  CHECK(offsets_refusal({0, 5, 4, 7}, 7) == "operation: group_offsets offsets must not decrease");
  CHECK(offsets_refusal({0, 5}, 7) ==
        "operation: group_offsets offsets must end at the size of the array they cut");
  CHECK(refusal(segments::uniform(2, 3), 6) == "");
  CHECK(refusal(segments::uniform(2, 3), 7).find("does not match the size") != std::string::npos);
  const std::vector<index_t> lengths{2, 4}, negative{-1, 2};
  CHECK(refusal(segments::padded(3, lengths), 6) ==
        "operation: group_offsets lengths must lie between 0 and the stride");
  CHECK(refusal(segments::padded(3, negative), 6) ==
        "operation: group_offsets lengths must lie between 0 and the stride");
  CHECK(refusal(segments::padded(4, lengths), 8) == "");
}

TEST_CASE("a view takes what is contiguous and tells a left-out argument from an empty one") {
  std::vector<float> numbers{1, 2, 3};
  std::array<float, 2> pair{4, 5};
  const view<float> v = numbers;
  const view<const float> w = v, p = pair;
  CHECK(v.size() == 3);
  CHECK(w[2] == 3);
  CHECK(p.size() == 2);
  v[0] = 7;
  CHECK(numbers[0] == 7);
  CHECK_FALSE(static_cast<bool>(view<float>()));
  CHECK(static_cast<bool>(v));
  float total = 0;
  for (const float x : w) total += x;
  CHECK(total == 12);
}

TEST_CASE("time layouts index [T,B] and [T+1,B] arrays in both orders") {
  const auto time = guerdon::time_major(5, 3);
  CHECK(time.size() == 15);
  CHECK(time.at(2, 1).i == 7);
  CHECK(time.at(2, 1).v == 7);
  CHECK(time.at(2, 1).v_next == 10);
  const auto batch = guerdon::batch_major(3, 5);
  CHECK(batch.at(2, 1).i == 7);
  CHECK(batch.at(2, 1).v == 8);
  CHECK(batch.at(2, 1).v_next == 9);
}
