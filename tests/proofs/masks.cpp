// Proof 3: what stands under a mask never leaks. With NaN, infinities and huge numbers there, every output
// has the bits it has with zeros there.

#include "compare.hpp"

#include <doctest/doctest.h>

#include <cstring>

namespace guerdon::harness {
namespace {

/// The same call with zeros under the mask.
call cleaned(const operation& op, call c) {
  for (auto& [key, v] : c.inputs) {
    const input_info* i = input_named(op, key);
    const value* mask = mask_for(op, c, key, v);
    if (mask == nullptr || i == nullptr || (i->kind != kind::real && i->kind != kind::wide)) continue;
    for (std::size_t k = 0; k < v.data.size(); ++k)
      if (mask->data[k] == 0) v.data[k] = 0;
  }
  return c;
}

/// `keep_masked` sends masked elements through the map: there, and only there, their values show.
bool keeps_masked(const settings& s) {
  const auto at = s.find("keep_masked");
  return at != s.end() && std::get<double>(at->second) != 0;
}
/// `mask_mode = ignore` is the wish not to have a mask.
bool ignores_mask(const settings& s) {
  const auto at = s.find("mask_mode");
  return at != s.end() && std::get<std::string>(at->second) == "ignore";
}

}  // namespace

TEST_CASE("proof: NaN or infinity under the mask never leaks") {
  int operations = 0;
  for (const operation& op : all_operations()) {
    if (!has_governing_mask(op)) continue;
    ++operations;
    int compared = 0;
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      dice d(seed + 3000);
      constexpr shape_mode shapes[] = {shape_mode::ragged, shape_mode::long_rows, shape_mode::length_one,
                                       shape_mode::block_edges};
      const call drawn = draw(op, d, shapes[seed % 4], content_mode::masked_garbage);
      if (ignores_mask(drawn.parameters)) continue;
      for (const element_id e : {element_id::float64, element_id::float32}) {
        const call dirty = rounded(op, drawn, e), clean = cleaned(op, dirty);
        for (const target& t : targets(op, e, seed % 4 == 3 ? 1000 : 0)) {
          const answer a = ask(op, t, dirty), b = ask(op, t, clean);
          REQUIRE_MESSAGE(a.outputs.has_value() == b.outputs.has_value(),
                          op.about.name << " seed " << seed
                                        << ": what stands under the mask decides whether it refuses: "
                                        << a.refusal << b.refusal);
          if (!a.outputs) continue;
          for (const output_info& o : op.outputs) {
            const std::string& key = o.name;
            const value &v = a.outputs->at(key), &w = b.outputs->at(key);
            const value* mask = mask_for(op, dirty, key, v);
            int leaks = 0;
            for (std::size_t i = 0; i < v.data.size(); ++i) {
              if (mask && mask->data[i] == 0 && keeps_masked(dirty.parameters)) continue;
              leaks += std::memcmp(&v.data[i], &w.data[i], sizeof(double)) != 0;
              ++compared;
            }
            CHECK_MESSAGE(leaks == 0, op.about.name << " seed " << seed << " on " << name(t) << " {"
                                                    << settings_text(dirty.parameters) << "}: " << leaks
                                                    << " elements of " << key << " depend on what is masked");
          }
        }
      }
    }
    CHECK_MESSAGE(compared > 100, op.about.name << " answered too few masked calls");
  }
  CHECK((operations >= 1 || all_operations().size() < 30));
}

}  // namespace guerdon::harness
