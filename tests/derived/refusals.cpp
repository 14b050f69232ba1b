// What the lists forbid is refused by the call: options out of range or left out, arrays of another size, cuts that do
// not fit, each with a sentence that names it as the code writes it. Nothing is written before (the harness looks).

#include "faults.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace guerdon::harness {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// The next number that counts: an infinity, beyond the largest finite one.
double beyond(double bound, double step) {
  return std::abs(bound) == std::numeric_limits<double>::max() ? bound * 2 : bound + step;
}

/// Numbers that an option must not be.
std::vector<double> illegal(const parameter_info& p) {
  std::vector<double> all;
  if (p.form == parameter_info::number && !p.range.nan) all.push_back(nan);
  if (std::isfinite(p.range.low)) all.push_back(p.range.open_low ? p.range.low : beyond(p.range.low, -1));
  if (std::isfinite(p.range.high)) all.push_back(p.range.open_high ? p.range.high : beyond(p.range.high, 1));
  if (p.form == parameter_info::choice) all = {-1, static_cast<double>(p.names.size())};
  if (p.form == parameter_info::integer) std::erase_if(all, [](double x) { return !(std::abs(x) < 1e15); });
  if (p.form == parameter_info::flag || p.form == parameter_info::text) all.clear();
  return all;
}

}  // namespace

std::vector<std::string> refusal_failures(const operation& op) {
  std::vector<std::string> failures;
  call good;
  bool found = false;  // a call that is answered as it stands
  for (std::uint64_t seed = 0; seed < 200 && !found; ++seed) {
    dice d(seed + 6000);
    good = draw(op, d, shape_mode::long_rows, content_mode::plain);
    for (const parameter_info& p : op.parameters)
      if (p.standard && seed < 100) good.parameters.erase(p.name);
    found = ask(op, {}, good).outputs.has_value();
    for (const auto& [key, v] : good.inputs) found = found && v.size() > 0;
  }
  if (!found) return {std::string(op.about.name) + ": no call is answered"};

  const auto must_refuse = [&](const call& bad, std::string_view written, const std::string& what) {
    std::string heard;
    try {
      const answer a = ask(op, {}, bad);
      if (!a.outputs && a.refusal.find(written) != std::string::npos) return;
      heard = a.outputs ? "answered" : "refused: " + a.refusal;
    } catch (const std::exception& fault) {
      heard = fault.what();
    }
    failures.push_back(std::string(op.about.name) + " {" + settings_text(bad.parameters) + "}, " + what + ": " + heard);
  };
  for (const parameter_info& p : op.parameters) {
    for (const double x : illegal(p)) {
      call bad = good;
      bad.parameters[p.name] = x;
      must_refuse(bad, p.written, p.written + " of " + std::to_string(x));
    }
    if (!p.standard) {
      call bad = good;
      bad.parameters.erase(p.name);
      must_refuse(bad, p.written, p.written + " left out");
    }
  }
  for (const auto& [key, v] : good.inputs) {
    const input_info* input = input_named(op, key);
    if (input == nullptr) continue;
    if (!input->optional) {
      call bad = good;
      bad.inputs.erase(key);
      must_refuse(bad, input->written, key + " left out");
    }
    const bool cuts_array = std::any_of(op.inputs.begin(), op.inputs.end(), [&](const input_info& i) {
      return i.shape == input->cut || i.shape == input->cut + "+1" || i.shape.starts_with(input->cut + ",");
    }) || input->cut.find(',') != std::string::npos || input->cut == "*";
    if (input->kind == kind::segments && cuts_array) {  // an end that is not the array's
      call bad = good;
      bad.inputs[key].data.back() += 1;
      must_refuse(bad, input->written, key + " too long");
    } else if (input->range.limits() &&
               (input->kind == kind::integer || input->kind == kind::wide || input->kind == kind::real)) {
      call bad = good;
      bad.inputs[key].data.back() = std::isfinite(input->range.low)    ? beyond(input->range.low, -1)
                                    : std::isfinite(input->range.high) ? beyond(input->range.high, 1)
                                                                       : nan;
      must_refuse(bad, input->written, key + " out of range");
    }
  }
  return failures;
}

TEST_CASE("refusals name what is out of range, left out or of the wrong size") {
  for (const operation& op : all_operations()) {
    const auto failures = refusal_failures(op);
    for (std::size_t k = 0; k < failures.size() && k < 5; ++k) FAIL_CHECK(failures[k]);
  }
}

}  // namespace guerdon::harness
