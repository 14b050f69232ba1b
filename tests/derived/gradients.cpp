#include "faults.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace guerdon::harness {
namespace {

constexpr target in_double{backend_id::scalar, element_id::float64};

/// "level=sequence, importance=none" as settings.
settings settings_of(const operation& op, std::string_view where) {
  settings result;
  while (!where.empty()) {
    const std::size_t comma = where.find(',');
    std::string_view part = where.substr(0, comma);
    where = comma == std::string_view::npos ? "" : where.substr(comma + 1);
    while (part.starts_with(' ')) part.remove_prefix(1);
    const std::size_t equals = part.find('=');
    const std::string key(part.substr(0, equals)), x(part.substr(equals + 1));
    const parameter_info* p = parameter_named(op, key);
    if (p == nullptr)
      throw harness_error(std::string(op.about.name) + ": a gradient names " + key + ", which is in no list");
    if (p->form == parameter_info::choice)
      result[key] = x;
    else
      result[key] = std::stod(x);
  }
  return result;
}

double sum(const value& v) {
  double total = 0;
  for (const double x : v.data) total += x;
  return total;
}

struct tally {
  int checked = 0, kinks = 0, masked = 0;
};

void check_call(const operation& op, const op::gradient& g, call c, dice& d, std::uint64_t seed, tally& t,
                std::vector<std::string>& failures) {
  const std::string of(g.of), by(g.by), gradient_name(g.name);
  const answer base = ask(op, in_double, c);
  if (!base.outputs) return;
  const value& slope = base.outputs->at(gradient_name);
  value& x = c.inputs.at(by);
  const auto fail = [&](std::size_t i, const std::string& what) {
    failures.push_back(std::string(op.about.name) + " seed " + std::to_string(seed) + " {" +
                       settings_text(c.parameters) + "}: " + gradient_name + "[" + std::to_string(i) + "] " + what);
  };
  if (slope.size() != x.size()) return fail(0, "has another size than " + by);

  const value* mask = mask_for(op, c, by, x);
  for (std::size_t i = 0; mask && i < slope.data.size(); ++i)
    if (mask->data[i] == 0) {
      ++t.masked;
      if (slope.data[i] != 0) fail(i, "is " + std::to_string(slope.data[i]) + " under the mask");
    }

  const double here = sum(base.outputs->at(of));
  if (!std::isfinite(here) || x.data.empty()) return;
  for (int k = 0; k < 12; ++k) {
    const auto i = static_cast<std::size_t>(d.whole(0, x.size() - 1));
    if (mask && mask->data[i] == 0) continue;
    const double kept = x.data[i], h = 1e-6 * std::max(1.0, std::abs(kept));
    const auto at = [&](double moved) {
      x.data[i] = moved;
      const answer a = ask(op, in_double, c);
      x.data[i] = kept;
      return a.outputs ? sum(a.outputs->at(of)) : std::numeric_limits<double>::quiet_NaN();
    };
    const double after = at(kept + h), before = at(kept - h);
    if (!std::isfinite(after) || !std::isfinite(before)) continue;
    const double right = (after - here) / h, left = (here - before) / h, both = (after - before) / (2 * h);
    // Rounding of the sums, divided by the step; and two steps of curvature.
    const double error = 1e-9 * std::abs(here) + 2e-5 * (1 + std::abs(both));
    if (std::abs(right - left) > error) {
      ++t.kinks;
      continue;
    }
    ++t.checked;
    if (!(std::abs(slope.data[i] - both) <= error))
      fail(i, "is " + std::to_string(slope.data[i]) + ", finite differences say " + std::to_string(both));
  }
}

}  // namespace

std::vector<std::string> gradient_failures(const operation& op) {
  std::vector<std::string> failures;
  std::uint64_t number = 0;
  for (const op::gradient& g : op.gradients) {
    ++number;
    const settings where = settings_of(op, g.where);
    tally t;
    for (std::uint64_t seed = 0; seed < 60 && t.checked < 400; ++seed) {
      dice d(seed * 7919 + number);
      constexpr shape_mode shapes[] = {shape_mode::length_one, shape_mode::ragged, shape_mode::long_rows};
      call c = draw(op, d, shapes[seed % 3], seed % 4 == 3 ? content_mode::masked_garbage : content_mode::plain);
      for (const auto& [key, x] : where) c.parameters[key] = x;
      if (c.inputs.count(g.by)) check_call(op, g, c, d, seed, t, failures);
    }
    const auto fail = [&](const std::string& what) {
      failures.push_back(std::string(op.about.name) + ", " + g.name + " where " + g.where + ": " + what);
    };
    if (t.checked < 50) fail("only " + std::to_string(t.checked) + " derivatives could be checked");
    if (t.checked < 2 * t.kinks)
      fail("most elements lie at kinks: " + std::to_string(t.kinks) + " of " + std::to_string(t.kinks + t.checked));
    const input_info *mask = input_named(op, "mask"), *by = input_named(op, g.by);
    if (mask && mask->governs && mask->shape == by->shape && t.masked == 0) fail("no gradient under a mask was seen");
  }
  return failures;
}

TEST_CASE("gradients equal finite differences") {
  std::size_t gradients = 0;
  for (const operation& op : all_operations()) {
    gradients += op.gradients.size();
    const auto failures = gradient_failures(op);
    for (std::size_t k = 0; k < failures.size() && k < 5; ++k) FAIL_CHECK(failures[k]);
  }
  CHECK((gradients > 0 || all_operations().size() < 30));
}

}  // namespace guerdon::harness
