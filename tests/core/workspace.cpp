// A warm call allocates nothing: every operation, counted by replacing operator new in this program.

#include "compare.hpp"

#include <guerdon/backend/scalar.hpp>
#include <guerdon/core/workspace.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <new>

namespace {

bool counting = false;
int allocations = 0;

void* allocate(std::size_t bytes, std::size_t alignment) {
  if (counting) ++allocations;
  void* data = alignment <= alignof(std::max_align_t)
                   ? std::malloc(bytes)
                   : std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (data == nullptr) throw std::bad_alloc();
  return data;
}

}  // namespace

// The pair that a test calls by name is not inlined: g++ would see malloc() meet delete, or new meet free(), and warn.
[[gnu::noinline]] void* operator new(std::size_t bytes) { return allocate(bytes == 0 ? 1 : bytes, 1); }
void* operator new[](std::size_t bytes) { return allocate(bytes == 0 ? 1 : bytes, 1); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  try {
    return allocate(bytes == 0 ? 1 : bytes, 1);
  } catch (...) {
    return nullptr;
  }
}
void operator delete(void* data, const std::nothrow_t&) noexcept { std::free(data); }
void* operator new(std::size_t bytes, std::align_val_t a) {
  return allocate(bytes == 0 ? 1 : bytes, static_cast<std::size_t>(a));
}
void* operator new[](std::size_t bytes, std::align_val_t a) {
  return allocate(bytes == 0 ? 1 : bytes, static_cast<std::size_t>(a));
}
[[gnu::noinline]] void operator delete(void* data) noexcept { std::free(data); }
void operator delete[](void* data) noexcept { std::free(data); }
void operator delete(void* data, std::size_t) noexcept { std::free(data); }
void operator delete[](void* data, std::size_t) noexcept { std::free(data); }
void operator delete(void* data, std::align_val_t) noexcept { std::free(data); }
void operator delete[](void* data, std::align_val_t) noexcept { std::free(data); }
void operator delete(void* data, std::size_t, std::align_val_t) noexcept { std::free(data); }
void operator delete[](void* data, std::size_t, std::align_val_t) noexcept { std::free(data); }

namespace guerdon::harness {

TEST_CASE(
    "a warm call of any operation allocates nothing, on scalar and on eigen with one thread and with two") {
  for (const operation& op : all_operations()) {
    if (op.on_host_only()) continue;  // its results are strings and vectors
    for (std::uint64_t seed = 0; static_cast<double>(seed) < 4 * effort(); ++seed) {
      dice d(seed + 6000);
      constexpr shape_mode shapes[] = {shape_mode::ragged, shape_mode::block_edges, shape_mode::large,
                                       shape_mode::one_long};
      const call c = rounded(op, draw(op, d, shapes[seed % 4], content_mode::plain), element_id::float32);
      for (const target& t : {target{backend_id::scalar, element_id::float32},
                              target{backend_id::eigen, element_id::float32, 1},
                              target{backend_id::eigen, element_id::float32, 2}}) {
        if (!op.has(t.backend, t.element) || !ask(op, t, c).outputs) continue;  // the first call may
        allocations = 0;
        before_call = [] { counting = true; };
        after_call = [] { counting = false; };
        const answer warm = ask(op, t, c);
        before_call = after_call = nullptr;
        counting = false;
        REQUIRE(warm.outputs);
        CHECK_MESSAGE(allocations == 0, op.about.name << " seed " << seed + 6000 << " on " << name(t) << " {"
                                                      << settings_text(c.parameters) << "}: " << allocations
                                                      << " allocations in a warm call");
      }
    }
  }
}

}  // namespace guerdon::harness

using guerdon::workspace;

TEST_CASE("the counter counts, and a workspace settles after its first call") {
  counting = true;
  allocations = 0;
  ::operator delete(::operator new(8));
  counting = false;
  CHECK(allocations == 1);

  workspace<> w;
  const auto call = [&] {
    workspace<>::scope scope(w);
    const auto a = scope.take<float>(1000);
    {
      workspace<>::scope inner(w);
      const auto b = inner.take<double>(5000);
      b[4999] = 1;
      CHECK(static_cast<void*>(b.data()) != static_cast<void*>(a.data()));
      CHECK(reinterpret_cast<std::uintptr_t>(b.data()) % 64 == 0);
    }
    const auto again = scope.take<char>(0);
    CHECK(again.data() != nullptr);
    a[999] = 1;
  };
  call();
  const std::size_t capacity = w.capacity();
  for (int k = 0; k < 3; ++k) {
    allocations = 0;
    call();
    CHECK(w.capacity() == capacity);
  }
  workspace<> ahead;
  ahead.reserve(1 << 20);
  CHECK(ahead.capacity() >= 1 << 20);
  const std::size_t before = ahead.capacity();
  { workspace<>::scope(ahead).take<char>(1 << 19); }
  CHECK(ahead.capacity() == before);
}

TEST_CASE("a warm launch that orders, selects, counts or compacts allocates nothing") {
  using numbers = std::vector<guerdon::index_t>;
  const guerdon::scalar_backend backend;
  const numbers keys{3, 1, 3, 2}, values{1, 2, 3, 4};
  const std::vector<guerdon::flag_t> flags{1, 0, 1, 1};
  numbers a(4), b(4), count(1), sums(5);
  const auto call = [&] {
    backend.sort_pairs<guerdon::index_t, guerdon::index_t>(keys, values, a, b);
    backend.select<guerdon::index_t>(flags, values, a, count);
    backend.reduce_by_key<guerdon::add, guerdon::index_t, guerdon::index_t>(keys, values, a, b, count);
    backend.exclusive_sum<guerdon::index_t>(values, sums);
  };
  call();
  allocations = 0;
  counting = true;
  call();
  counting = false;
  CHECK(allocations == 0);
}

TEST_CASE("pieces taken in one scope never overlap, and grow over blocks") {
  workspace<> w;
  for (int round = 0; round < 3; ++round) {
    workspace<>::scope scope(w);
    std::vector<guerdon::view<int>> pieces;
    for (int k = 0; k < 40; ++k) {
      pieces.push_back(scope.take<int>(1 + 97 * k % 61));
      for (int& x : pieces.back()) x = k;
    }
    for (int k = 0; k < 40; ++k)
      for (const int x : pieces[static_cast<std::size_t>(k)]) CHECK(x == k);
  }
}
