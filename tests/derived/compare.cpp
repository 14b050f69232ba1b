#include "compare.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__)
#define GUERDON_WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GUERDON_WATCHED 1
#endif
#endif

namespace guerdon::harness {
namespace {

#ifdef GUERDON_WATCHED
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

constexpr target oracle{backend_id::scalar, element_id::float64};

std::string number_text(double x) {
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%.9g", x);
  return buffer;
}
std::string element_text(const value& v, std::size_t i) {
  return v.is_text ? '"' + v.text[i] + '"' : number_text(v.data[i]);
}

/// The call with every real number moved by up to half an epsilon of the type.
call moved(const operation& op, call c, double epsilon, dice& d) {
  const auto move = [&](double x) { return x * (1 + epsilon * d.real(-0.5, 0.5)); };
  for (auto& [key, v] : c.inputs)
    if (const input_info* i = input_named(op, key);
        i != nullptr && (i->kind == kind::real || i->kind == kind::wide))
      for (double& x : v.data) x = move(x);
  for (auto& [key, s] : c.parameters)
    if (double* x = std::get_if<double>(&s);
        x != nullptr && parameter_named(op, key)->form == parameter_info::number)
      *x = std::clamp(move(*x), parameter_named(op, key)->range.low, parameter_named(op, key)->range.high);
  return c;
}

/// How far the oracle's outputs move with the inputs' last bits.
class sensitivity {
 public:
  sensitivity(const operation& op, const call& c, double epsilon, const target& reference, dice& d) {
    for (int k = 0; k < 8; ++k)
      if (answer a = ask(op, reference, moved(op, c, epsilon, d)); a.outputs)
        samples_.push_back(std::move(*a.outputs));
  }
  bool allows(const std::string& output, std::size_t i, double got, double want, double bound) const {
    double most = 0;
    for (const arguments& sample : samples_) {
      const double x = sample.at(output).data[i];
      if (close(got, x, bound, 0)) return true;
      if (std::isfinite(x) && std::isfinite(want)) most = std::max(most, std::abs(x - want));
    }
    return close(got, want, bound + 4 * most, 0);
  }

 private:
  std::vector<arguments> samples_;
};

struct rules {
  double tolerance;  // relative and absolute
  double floor;      // absolute
  double carried;    // relative to the largest output
  double epsilon;    // how far inputs may be moved; 0: not at all
  double overflow;   // beyond it the type may hold infinities only
};

double largest(const value& v) {
  double most = 0;
  for (const double x : v.data)
    if (std::isfinite(x)) most = std::max(most, std::abs(x));
  return most;
}

double largest_input(const operation& op, const call& c) {
  double most = 0;
  for (const auto& [key, v] : c.inputs)
    if (const input_info* i = input_named(op, key);
        i != nullptr && (i->kind == kind::real || i->kind == kind::wide))
      most = std::max(most, largest(v));
  return most;
}

double longest_array(const call& c) {
  index_t n = 0;
  for (const auto& [key, v] : c.inputs) n = std::max(n, v.size());
  return static_cast<double>(n);
}

std::string compare(const operation& op, const call& c, const target& t, const target& reference,
                    const answer& want, const rules& r, dice& d) {
  const auto where = [&] { return " on " + name(t) + ": "; };
  answer got;
  try {
    got = ask(op, t, c);
  } catch (const std::exception& fault) {
    return where() + "fault: " + fault.what();
  }
  if (got.outputs.has_value() != want.outputs.has_value())
    return where() + (got.outputs ? "answered, but " + name(reference) + " refused: " + want.refusal
                                  : "refused: " + got.refusal + " but " + name(reference) + " answered");
  if (!got.outputs) return "";
  std::optional<sensitivity> moves;
  for (const output_info& o : op.outputs) {
    const value &w = want.outputs->at(o.name), &g = got.outputs->at(o.name);
    if (g.shape != w.shape || g.size() != w.size())
      return where() + o.name + " has shape " + shape_text(g.shape);
    const double floor = r.floor + r.carried * largest(w);
    for (std::size_t i = 0; i < static_cast<std::size_t>(w.size()); ++i) {
      if (never_written(g, i, o.kind))
        return where() + o.name + "[" + std::to_string(i) + "] was never written";
      bool same = false;
      if (g.is_text) {
        same = g.text[i] == w.text[i];
      } else {
        const double x = w.data[i];
        if (std::isfinite(x) && std::abs(x) > r.overflow) continue;
        const double bound = r.tolerance * (1 + std::abs(x)) + floor;
        same = close(g.data[i], x, o.kind == kind::integer || o.kind == kind::flag ? 0 : bound, 0);
        if (!same && r.epsilon > 0) {
          if (!moves) moves.emplace(op, c, r.epsilon, reference, d);
          same = moves->allows(o.name, i, g.data[i], x, bound);
        }
      }
      if (!same)
        return where() + o.name + "[" + std::to_string(i) + "]: got " + element_text(g, i) + ", want " +
               element_text(w, i);
    }
  }
  return "";
}

index_t segment_count(const operation& op, const call& c) {
  index_t most = 0;
  for (const auto& [key, v] : c.inputs) {
    const input_info* i = input_named(op, key);
    if (key == "row_offsets" || (i != nullptr && i->kind == kind::segments))
      most = std::max(most, v.size());
    else if (op.has_rows && v.shape.size() == 2)
      most = std::max(most, v.shape[0]);
  }
  return most;
}

/// A result of a size that no argument has: how many there are depends on what the arguments hold.
bool has_ragged_results(const operation& op) {
  return !op.on_host_only() && std::any_of(op.outputs.begin(), op.outputs.end(), [&](const output_info& o) {
    return o.shape.size() == 1 && std::isalpha(o.shape[0]) &&
           std::none_of(op.inputs.begin(), op.inputs.end(), [&](const input_info& i) {
             return i.shape.find(o.shape[0]) != std::string::npos || i.cut.find(o.shape[0]) != std::string::npos;
           }) && !(op.has_rows && o.shape == "B");
  });
}

std::uint64_t seed_of(std::string_view op, shape_mode s, content_mode c, int repetition) {
  std::uint64_t seed = 14695981039346656037u;  // FNV-1a
  for (const char x : op) seed = (seed ^ static_cast<unsigned char>(x)) * 1099511628211u;
  seed = (seed ^ static_cast<unsigned>(s)) * 1099511628211u;
  seed = (seed ^ static_cast<unsigned>(c)) * 1099511628211u;
  return (seed ^ static_cast<unsigned>(repetition)) * 1099511628211u >> 24;
}

}  // namespace

std::vector<target> targets(const operation& op, element_id element, index_t segments, int turn) {
  std::vector<target> all;
  for (int k = 0; k < backend_count; ++k) {
    const auto b = static_cast<backend_id>(k);
    if (!op.has(b, element)) continue;
    if (b == backend_id::eigen) {
      all.insert(all.end(), {{b, element, 1}, {b, element, 3}});
    } else if (b != backend_id::emulated) {
      all.push_back({b, element});
    } else if (segments > 200) {
      all.push_back({b, element, 7});
    } else {
      const target emulators[] = {{b, element, 1}, {b, element, 32}, {b, element, 7}, {b, element, 32, true}};
      if (turn < 0)
        all.insert(all.end(), std::begin(emulators), std::end(emulators));
      else
        all.insert(all.end(), {emulators[turn % 2], emulators[2 + turn % 2]});
    }
  }
  return all;
}

std::string name(const target& t) {
  std::string text = std::string(name(t.backend)) + "/" + name(t.element);
  if (t.width != 1) text += " width " + std::to_string(t.width);
  return t.descending ? text + " descending" : text;
}

answer ask(const operation& op, const target& t, const call& c) {
  try {
    return {op.run(t, c.inputs, c.parameters), ""};
  } catch (const std::invalid_argument& refusal) {
    return {std::nullopt, refusal.what()};
  }
}

bool never_written(const value& v, std::size_t i, kind k) {
  if (v.is_text) return v.text[i] == "\x01 never written";
  if (k == kind::integer) return v.data[i] == -8765432109.0;
  if (k == kind::flag) return v.data[i] == 0x5a;
  return v.data[i] == double(-8.765e4f);
}

std::string disagreement(const operation& op, const call& c, content_mode content, dice& d) {
  const bool offset = content == content_mode::offset;
  const int turn = static_cast<int>(d.whole(0, 1));
  constexpr double float_epsilon = 0x1p-23;
  const index_t segments = segment_count(op, c);
  for (const element_id element : {element_id::float64, element_id::float32}) {
    const call here = rounded(op, c, element);
    answer want;
    try {
      want = ask(op, oracle, here);
    } catch (const std::exception& fault) {
      return " on " + name(oracle) + ": fault: " + fault.what();
    }
    const double epsilon = epsilon_of(element);
    const bool wide = element == element_id::float64;
    const double tolerance =
        wide ? std::max(op.about.tolerance * epsilon / float_epsilon, longest_array(here) * epsilon)
             : op.about.tolerance;
    const rules r{tolerance, offset ? (wide ? 128 : 1) * 32 * epsilon * largest_input(op, here) : 0,
                  4 * epsilon, offset ? 0 : epsilon,
                  wide ? 1e308 : double(std::numeric_limits<float>::max()) / 2};
    for (const target& t : targets(op, element, segments, turn))
      if (std::string text = compare(op, here, t, oracle, want, r, d); !text.empty()) return text;
  }
  if (offset) return "";  // an offset leaves no spread in 8 or 11 bits
  for (const element_id element : {element_id::float16, element_id::bfloat16}) {
    const std::vector<target> narrow = targets(op, element, segments, turn);
    if (narrow.empty()) continue;
    const call here = rounded(op, c, element);
    const target reference{backend_id::scalar, element_id::float32};
    const answer want = ask(op, reference, here);
    const double epsilon = epsilon_of(element);
    const rules r{op.about.tolerance + 2 * epsilon, 0, 4 * float_epsilon, epsilon,
                  element == element_id::float16 ? 3e4 : 1e38};
    for (const target& t : narrow)
      if (std::string text = compare(op, here, t, reference, want, r, d); !text.empty()) return text;
  }
  return "";
}

random_result random_calls(const operation& op, int repetitions, std::optional<std::uint64_t> only_seed) {
  random_result result;
  for (const shape_mode s : shape_modes)
    for (const content_mode c : content_modes) {
      if (c == content_mode::masked_garbage && !has_governing_mask(op)) continue;
      // Pairs grow with the square of a segment.
      const bool pairs = has_ragged_results(op) || op.about.skeleton == op::skeleton::pairs;
      if (pairs && (s == shape_mode::one_long || s == shape_mode::block_edges)) continue;
      if (op.on_host_only() && c != content_mode::plain) continue;
      // Thousands of elements, on many backends, are many calls in one.
      const bool long_one = !op.on_host_only() && (s == shape_mode::one_long || s == shape_mode::block_edges);
      for (int k = 0; k < (long_one ? (repetitions + 2) / 3 : repetitions); ++k) {
        const std::uint64_t seed = seed_of(op.about.name, s, c, k);
        if (only_seed && seed != *only_seed) continue;
        dice d(seed);
        const call drawn = draw(op, d, s, c);
        ++result.calls;
        if (ask(op, oracle, drawn).outputs) ++result.answered;
        const std::string text = disagreement(op, drawn, c, d);
        if (!text.empty())
          result.failures.push_back(std::string(op.about.name) + " seed " + std::to_string(seed) + " " +
                                    name(s) + "/" + name(c) +
                                    (drawn.inputs.count("row_offsets") ? " ragged {" : " {") +
                                    settings_text(drawn.parameters) + "}" + text);
      }
    }
  return result;
}

double effort() {
  if (const char* given = std::getenv("GUERDON_TEST_EFFORT")) return std::atof(given);
  return sanitized ? 0.1 : 1;
}

}  // namespace guerdon::harness
