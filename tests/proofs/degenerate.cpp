// Proof 2: a group of one, an empty group, an empty row and an empty batch are defined. No output is NaN
// unless an option asks for it, and none is left unwritten.

#include "compare.hpp"

#include <doctest/doctest.h>

namespace guerdon::harness {
namespace {

/// Does an option ask for NaN by name?
bool asks_for_nan(const settings& s) {
  for (const auto& [key, x] : s)
    if (const std::string* choice = std::get_if<std::string>(&x); choice && *choice == "nan") return true;
  return false;
}

}  // namespace

TEST_CASE("proof: groups of one, empty groups, empty rows and empty batches are defined") {
  for (const operation& op : all_operations()) {
    int answered = 0;
    for (const shape_mode shape :
         {shape_mode::empty_batch, shape_mode::empty_segments, shape_mode::length_one})
      for (std::uint64_t seed = 0; seed < 24; ++seed) {
        dice d(seed + 2000);
        call c = draw(op, d, shape, content_mode::plain);
        if (seed % 2 == 0)  // with the defaults, and then with anything
          for (const parameter_info& p : op.parameters)
            if (p.standard) c.parameters.erase(p.name);
        for (const target& t : {target{backend_id::scalar}, target{backend_id::eigen, element_id::float32},
                                target{backend_id::emulated, element_id::float64, 7}}) {
          if (!op.has(t.backend, t.element)) continue;
          const answer a = ask(op, t, c);
          if (!a.outputs) continue;
          ++answered;
          if (asks_for_nan(c.parameters)) continue;
          for (const output_info& o : op.outputs) {
            const value& v = a.outputs->at(o.name);
            int undefined = 0;
            for (std::size_t i = 0; i < static_cast<std::size_t>(v.size()); ++i)
              undefined += never_written(v, i, o.kind) || (!o.may_be_nan && !v.is_text && std::isnan(v.data[i]));
            CHECK_MESSAGE(undefined == 0,
                          op.about.name << " " << name(shape) << " seed " << seed + 2000 << " on " << name(t)
                                        << " {" << settings_text(c.parameters) << "}: " << undefined
                                        << " elements of " << o.name << " are NaN or unwritten");
          }
        }
      }
    CHECK_MESSAGE(answered > 0, op.about.name << " refused every degenerate call");
  }
}

}  // namespace guerdon::harness
