// Proof 5: neither the number of threads nor repetition changes a bit.

#include "faults.hpp"

#include <doctest/doctest.h>

#include <cstring>

namespace guerdon::harness {
namespace {

bool same_bits(const value& a, const value& b) {
  return a.shape == b.shape && a.text == b.text && a.data.size() == b.data.size() &&
         (a.data.empty() || std::memcmp(a.data.data(), b.data.data(), a.data.size() * sizeof(double)) == 0);
}

index_t largest_array(const call& c) {
  index_t n = 0;
  for (const auto& [key, v] : c.inputs) {
    n = std::max(n, v.size());
    if (key.ends_with("offsets")) n = std::max(n, static_cast<index_t>(v.data.back()));
  }
  return n;
}

}  // namespace

std::vector<std::string> thread_failures(const operation& op) {
  std::vector<std::string> failures;
  int threaded = 0;
  const double seeds = 4 * effort();
  for (std::uint64_t seed = 0; static_cast<double>(seed) < seeds || (threaded == 0 && seed < 40); ++seed) {
    dice d(seed + 5000);
    const call drawn = draw(op, d, shape_mode::large, seed % 3 == 2 ? content_mode::offset : content_mode::plain);
    for (const element_id e : {element_id::float32, element_id::float64}) {
      if (!op.has(backend_id::eigen, e)) continue;
      const call c = rounded(op, drawn, e);
      const answer want = ask(op, {backend_id::eigen, e, 1}, c);
      if (!want.outputs) continue;
      threaded += largest_array(c) >= 16384;  // below, the backend does not wake its threads
      for (const int threads : {1, 2, 3, 7, 7}) {
        if (effort() < 1 && threads < 7) continue;
        const answer got = ask(op, {backend_id::eigen, e, threads}, c);
        for (const output_info& o : op.outputs)
          if (!got.outputs || !same_bits(want.outputs->at(o.name), got.outputs->at(o.name)))
            failures.push_back(std::string(op.about.name) + " seed " + std::to_string(seed) + " {" +
                               settings_text(c.parameters) + "}: " + o.name + " has other bits in " + name(e) +
                               " with " + std::to_string(threads) + " threads");
      }
    }
  }
  if (threaded == 0) failures.push_back(std::string(op.about.name) + " never had enough work for threads");
  return failures;
}

TEST_CASE("proof: 1, 2, 3 and 7 threads and every repetition give the same bits") {
  for (const operation& op : all_operations()) {
    if (!op.has(backend_id::eigen) || op.on_host_only()) continue;
    const auto failures = thread_failures(op);
    for (std::size_t k = 0; k < failures.size() && k < 5; ++k) FAIL_CHECK(failures[k]);
  }
}

}  // namespace guerdon::harness
