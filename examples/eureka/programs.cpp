#include "programs.hpp"

#include "table.hpp"

#include <guerdon/program/compose.hpp>
#include <guerdon/program/diagnose_components.hpp>
#include <guerdon/program/reward_reflection.hpp>
#include <guerdon/program/staged_reward.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

namespace eureka {
namespace {

namespace g = guerdon;

constexpr index_t most_components = 5;

std::string number(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", x);
  return text;
}

/// Of the components' traces, which stand before that of the task.
g::op::diagnose_components::outputs tips(const g::training_record& r) {
  const index_t epochs = index_t(r.trace.size()) / r.components, parts = r.components - 1;
  return g::diagnose_components(
      {parts, {r.trace.data(), parts * epochs}, {r.trace.data() + parts * epochs, epochs}});
}

component drawn(const world& w, random_source& random) {
  component c;
  c.what = static_cast<form>(random.below(5));
  c.distance = index_t(random.below(w.distances.size()));
  c.behind = static_cast<gate>(random.below(3));
  constexpr std::array weights{0.1, 0.3, 1.0, 3.0};
  c.weight = weights[random.below(weights.size())];
  switch (c.what) {
    case form::reaching: c.a = 1 + double(random.below(6)); break;
    case form::cooled: c.a = 0.1 * double(1 + random.below(10)); break;
    case form::ranged: c.a = 0.2 * double(random.below(4)), c.b = 0.2 * double(random.below(8)); break;
    case form::progress: c.a = 2 * double(1 + random.below(5)); break;
    case form::hurry: c.behind = gate::none; break;
  }
  return c;
}

/// A change of one component or of the list of them.
void change(program& p, const world& w, random_source& random) {
  const std::size_t parts = p.components.size();
  const std::size_t kind = random.below(5), at = parts == 0 ? 0 : random.below(parts);
  if (parts == 0 || (kind == 0 && parts < most_components)) return p.components.push_back(drawn(w, random));
  component& c = p.components[at];
  switch (kind) {
    case 1: c.weight *= random.below(2) == 0 ? 0.3 : 3; break;
    case 2: c.behind = c.what == form::hurry ? gate::none : static_cast<gate>(random.below(3)); break;
    case 3:
      if (parts > 1) return void(p.components.erase(p.components.begin() + std::ptrdiff_t(at)));
      [[fallthrough]];
    default: c = drawn(w, random);
  }
}

}  // namespace

std::string text_of(const component& c, const world& w) {
  const std::string& d = w.distances[std::size_t(c.distance)].name;
  std::string text;
  switch (c.what) {
    case form::reaching: text = "reaching(" + d + ", " + number(c.a) + ")"; break;
    case form::cooled: text = "cooled(" + d + ", " + number(c.a) + ")"; break;
    case form::ranged: text = "(1 - in_unit_range(" + d + ", " + number(c.a) + ", " + number(c.b) + "))"; break;
    case form::progress: text = "progress(" + d + ", " + d + "_before, " + number(c.a) + ")"; break;
    case form::hurry: return number(-c.weight);
  }
  text = number(c.weight) + " * " + text;
  if (c.behind == gate::none) return text;
  return std::string("when(") + (c.behind == gate::open ? "" : "!") + w.flag_name + ", " + text + ")";
}

std::string text_of(const program& p, const world& w) {
  std::string sum;
  for (const component& c : p.components) sum += (sum.empty() ? "" : "\n         + ") + text_of(c, w);
  return "finished(done, " + number(p.success) + ",\n           " + sum + ")";
}

payment paid(const program& p, const world& w) {
  using namespace g::terms;
  using points = g::view<const double>;
  const std::size_t count = std::size_t(w.transitions());
  std::vector<double> values;
  std::vector<flag_t> gates;
  for (const component& c : p.components) {
    const distance& d = w.distances[std::size_t(c.distance)];
    const auto now = between(points(d.from), points(d.to), 2);
    const auto before = between(points(d.from_before), points(d.to_before), 2);
    std::vector<double> value(count);
    const auto run = [&](const auto& term) { g::run_program<double>(cpu, c.weight * term, value); };
    switch (c.what) {
      case form::reaching: run(reaching(now, c.a)); break;
      case form::cooled: run(cooled(now, c.a)); break;
      case form::ranged: run(1 - in_unit_range(now, c.a, c.b)); break;
      case form::progress: run(progress(now, before, c.a)); break;
      case form::hurry: run(constant{-1}); break;
    }
    values.insert(values.end(), value.begin(), value.end());
    for (const flag_t flag : w.flag) gates.push_back(c.behind == gate::none || (flag != 0) == (c.behind == gate::open));
  }
  payment result;
  result.reward = g::staged_reward<double>(cpu, {.gates = gates, .terms = values, .success = w.done},
                                           {.nested = false, .success_reward = p.success});
  for (std::size_t k = 0; k < values.size(); ++k)
    result.component.push_back(gates[k] != 0 && w.done[k % count] == 0 ? values[k] : 0);
  return result;
}

program written_by_hand(const world& w) {
  if (w.name == "carry")  // in the manner of Text2Reward's program for picking a cube
    return {5, {{form::reaching, 0, gate::none, 1, 5}, {form::reaching, 1, gate::open, 1, 5}}};
  return {5, {{form::reaching, 0, gate::none, 1, 5}}};
}

std::vector<program> propose(const g::trained_program<program>& context, index_t count, const world& w,
                             random_source& random) {
  const g::training_record& seen = context.record;
  const bool trained = seen.failure.empty() && !seen.trace.empty();
  const auto told = trained ? tips(seen) : g::op::diagnose_components::outputs{};
  std::vector<program> all;
  for (index_t k = 0; k < count; ++k) {
    program p = context.program;
    if (told.never_succeeds && k % 2 == 1) {
      p.components.clear();
      for (std::size_t parts = 1 + random.below(3); parts > 0; --parts) p.components.push_back(drawn(w, random));
    } else {
      // A tip is followed half of the time: two that were all followed would leave one program.
      for (std::size_t c = p.components.size(); trained && c-- > 0;) {
        if (random.below(2) == 0) continue;
        if (told.constant[c] && p.components.size() > 1) p.components.erase(p.components.begin() + std::ptrdiff_t(c));
        else if (told.dominant[c]) p.components[c].weight *= 0.3;
      }
      for (std::size_t changes = 1 + random.below(2); changes > 0; --changes) change(p, w, random);
    }
    all.push_back(std::move(p));
  }
  return all;
}

std::string reflection(const g::trained_program<program>& t, const world& w) {
  const g::training_record& r = t.record;
  if (!r.failure.empty()) return "It did not run: " + r.failure + ".\n";
  const auto course = g::reward_reflection({r.components, r.trace});
  const std::size_t rows = std::size_t(r.components), columns = course.checkpoints.size() / rows;
  std::string text;
  const auto told = tips(r);
  for (std::size_t c = 0; c < rows; ++c) {
    const bool task = c + 1 == rows;
    text += (task ? "task" : text_of(t.program.components[c], w)) + ":";
    for (std::size_t k = 0; k < columns; ++k)
      text += (k == 0 ? " " : ", ") + g::examples::format_number(course.checkpoints[c * columns + k], 2);
    text += "; max " + g::examples::format_number(course.max[c], 2) + ", mean " +
            g::examples::format_number(course.mean[c], 2) + ", min " + g::examples::format_number(course.min[c], 2);
    if (!task && told.constant[c]) text += "; it hardly moves";
    if (!task && told.dominant[c]) text += "; it drowns the others";
    text += "\n";
  }
  if (told.never_succeeds) text += "The task is never done.\n";
  return text;
}

}  // namespace eureka
