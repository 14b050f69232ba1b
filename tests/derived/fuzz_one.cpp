#include "fuzz_one.hpp"

#include "compare.hpp"

#include <algorithm>
#include <limits>

namespace guerdon::harness {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN(),
                 inf = std::numeric_limits<double>::infinity();

/// Some element of `map`, or nullptr.
template <class Map>
auto* any_of(Map& map, dice& d) {
  auto at = map.begin();
  if (map.empty()) return static_cast<decltype(&*at)>(nullptr);
  std::advance(at, d.whole(0, static_cast<index_t>(map.size()) - 1));
  return &*at;
}

void resize(value& v, index_t n) {
  if (v.is_text)
    v.text.resize(static_cast<std::size_t>(n), "x");
  else
    v.data.resize(static_cast<std::size_t>(n), 1);
}
index_t product(const std::vector<index_t>& shape) {
  index_t n = 1;
  for (const index_t size : shape) n *= size;
  return n;
}

/// One thing that a careless caller does.
void spoil(const operation& op, call& c, dice& d) {
  constexpr double odd_numbers[] = {nan, inf, -inf, 0, -0.0, 1e4, -1e4, 5e-324, -1, 3};
  constexpr double odd_integers[] = {-1, 9e15, -9e15, 1e18, nan, 0, 2147483648.0, 1, 7};
  switch (d.whole(0, 6)) {
    case 0: {  // an argument is forgotten
      if (auto* input = any_of(c.inputs, d)) c.inputs.erase(c.inputs.find(input->first));
      return;
    }
    case 1: {  // an array is longer or shorter than the others
      auto* input = any_of(c.inputs, d);
      if (input == nullptr || input->second.shape.empty()) return;
      value& v = input->second;
      index_t& size = v.shape[static_cast<std::size_t>(d.whole(0, static_cast<index_t>(v.shape.size()) - 1))];
      size = std::max<index_t>(0, size + d.whole(-2, 2));
      return resize(v, product(v.shape));
    }
    case 2: {  // another number of dimensions
      auto* input = any_of(c.inputs, d);
      if (input == nullptr) return;
      value& v = input->second;
      if (v.shape.size() > 1 && d.chance(0.5))
        std::reverse(v.shape.begin(), v.shape.end());
      else if (v.shape.size() > 1)
        v.shape = {v.size()};
      else
        v.shape.push_back(1);
      return;
    }
    case 3: {  // offsets that are none
      for (auto& [key, v] : c.inputs) {
        const input_info* i = input_named(op, key);
        if ((key != "row_offsets" && (i == nullptr || i->kind != kind::segments)) || v.data.empty()) continue;
        v.data[static_cast<std::size_t>(d.whole(0, v.size() - 1))] =
            odd_integers[d.whole(0, std::size(odd_integers) - 1)];
      }
      return;
    }
    case 4: {  // odd contents
      auto* input = any_of(c.inputs, d);
      if (input == nullptr || input->second.data.empty()) return;
      value& v = input->second;
      const input_info* i = input_named(op, input->first);
      const bool integer = i == nullptr || i->kind == kind::integer || i->kind == kind::segments;
      for (index_t k = d.whole(1, 4); k > 0; --k)
        v.data[static_cast<std::size_t>(d.whole(0, v.size() - 1))] =
            integer ? odd_integers[d.whole(0, std::size(odd_integers) - 1)]
                    : odd_numbers[d.whole(0, std::size(odd_numbers) - 1)];
      return;
    }
    case 5: {  // odd options
      if (op.parameters.empty()) return;
      const parameter_info& p = d.pick(op.parameters);
      setting& s = c.parameters[p.name];
      if (d.chance(0.3))
        s = std::string("no such thing");
      else if (p.form == parameter_info::number)
        s = odd_numbers[d.whole(0, std::size(odd_numbers) - 1)];
      else
        s = odd_integers[d.whole(0, std::size(odd_integers) - 1)];
      return;
    }
    default: {  // rows of another layout
      if (!op.has_rows) return;
      if (c.inputs.count("row_offsets"))
        c.inputs.erase("row_offsets");
      else
        c.inputs["row_offsets"] = offsets(std::vector<index_t>(static_cast<std::size_t>(d.whole(0, 3)), 0));
    }
  }
}

}  // namespace

bool fuzz_one(const std::uint8_t* data, std::size_t size) {
  dice d(data, size);
  const operation& op = d.pick(all_operations());
  constexpr shape_mode shapes[] = {shape_mode::ragged, shape_mode::empty_batch, shape_mode::empty_segments,
                                   shape_mode::length_one, shape_mode::long_rows};
  const shape_mode shape = shapes[d.whole(0, std::size(shapes) - 1)];
  const content_mode content = content_modes[d.whole(0, std::size(content_modes) - 1)];
  call c = draw(op, d, shape, content);
  for (index_t faults = d.whole(0, 3); faults > 0; --faults) spoil(op, c, d);

  const auto complain = [&](const std::string& what) {
    throw harness_error(std::string(op.about.name) + " {" + settings_text(c.parameters) + "}: " + what);
  };
  const answer want = ask(op, {backend_id::scalar}, c);
  if (!op.has(backend_id::eigen, element_id::float64)) return want.outputs.has_value();
  const answer got = ask(op, {backend_id::eigen}, c);
  if (want.outputs.has_value() != got.outputs.has_value())
    complain("one of scalar and eigen refused: " + want.refusal + got.refusal);
  if (!want.outputs) {
    if (want.refusal != got.refusal) complain("two sentences: " + want.refusal + " / " + got.refusal);
    return false;
  }
  double largest = 1;
  for (const auto& [key, v] : c.inputs)
    for (const double x : v.data)
      if (std::isfinite(x) && std::abs(x) <= 1e5) largest = std::max(largest, std::abs(x));
  for (const auto& [key, w] : *want.outputs) {
    const value& g = got.outputs->at(key);
    if (g.text != w.text || g.data.size() != w.data.size()) complain(key + " differs");
    for (std::size_t i = 0; i < w.data.size(); ++i)
      if (!close(g.data[i], w.data[i], 1e-11 * largest * largest, 1e-9)) {
        dice again(data, size);  // perhaps no type could tell the two apart: a sign beside 0
        if (const std::string text = disagreement(op, c, content, again); !text.empty()) complain(std::string(name(content)) + text);
        return true;
      }
  }
  return true;
}

}  // namespace guerdon::harness
