// Results whose size is in what they hold: both ways to call, and arrays of another size.

#include <guerdon/backend/emulated.hpp>
#include <guerdon/backend/scalar.hpp>
#ifdef GUERDON_HAS_EIGEN
#include <guerdon/backend/eigen.hpp>
#endif
#ifdef GUERDON_HAS_HOST_THRUST
#include <guerdon/backend/thrust.hpp>
#endif
#include <guerdon/shaping/swap_pairs.hpp>

#include <doctest/doctest.h>

using guerdon::index_t;
namespace op = guerdon::op;

namespace {

template <class Backend>
void check_both_calls(const Backend& backend) {
  const std::vector<float> engagement{3, 1, 2, 5, 0};
  const std::vector<index_t> pages{0, 3, 3, 5};
  const op::swap_pairs::inputs<float> in{engagement, pages};

  const auto [first, second, gain, pair_offsets] = guerdon::swap_pairs<float>(backend, in);
  CHECK(first == std::vector<index_t>{0, 0, 0});
  CHECK(second == std::vector<index_t>{1, 2, 1});
  CHECK(pair_offsets == std::vector<index_t>{0, 2, 2, 3});

  const op::swap_pairs::options o;
  REQUIRE(op::swap_pairs::ragged_size<float>(backend, in, o) == 3);
  for (const std::size_t room : {3u, 2u, 4u}) {
    std::vector<index_t> a(room, -7), b(room, -7), offsets(4, -7);
    std::vector<float> g(room, -7);
    const op::swap_pairs::outputs<float> out{a, b, g, offsets};
    if (room == 3) {
      guerdon::swap_pairs<float>(backend, in, out, o);
      CHECK(a == first);
      CHECK(b == second);
      CHECK(g == gain);
      CHECK(offsets == pair_offsets);
    } else {
      CHECK_THROWS_WITH_AS(guerdon::swap_pairs<float>(backend, in, out, o), doctest::Contains("first"),
                           std::invalid_argument);
      CHECK(a == std::vector<index_t>(room, -7));
      CHECK(offsets == std::vector<index_t>(4, -7));
    }
  }
  const std::vector<index_t> wrong{0, 9};
  CHECK_THROWS_WITH_AS(op::swap_pairs::ragged_size<float>(backend, {engagement, wrong}, o), doctest::Contains("pages"),
                       std::invalid_argument);
}

}  // namespace

TEST_CASE("a ragged result: its size and then the arrays, or all in one") {
  check_both_calls(guerdon::scalar_backend());
  check_both_calls(guerdon::emulated_backend(7));
#ifdef GUERDON_HAS_EIGEN
  check_both_calls(guerdon::eigen_backend());
#endif
#ifdef GUERDON_HAS_HOST_THRUST
  check_both_calls(guerdon::host_thrust());
#endif
}
