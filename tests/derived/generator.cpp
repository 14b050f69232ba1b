#include "generator.hpp"

#include "../verify/nasty_text.hpp"

#include <guerdon/core/storage.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace guerdon::harness {

// --- dice --------------------------------------------------------------------------------------------------
std::uint64_t dice::bits(int bytes) {
  if (from_bytes_) {
    std::uint64_t x = 0;
    for (int k = 0; k < bytes; ++k) x = x << 8 | (data_ != end_ ? *data_++ : 0u);
    return x << (64 - 8 * bytes);
  }
  std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;  // splitmix64
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

index_t dice::whole(index_t low, index_t high) {
  if (high <= low) return low;
  const auto count = static_cast<std::uint64_t>(high - low) + 1;
  const int bytes = count <= 256 ? 1 : 4;
  return low + static_cast<index_t>((bits(bytes) >> 32) * count >> 32);
}

double dice::real(double low, double high) {
  const double unit = static_cast<double>(bits(2) >> 11) * 0x1p-53;
  return low + (high - low) * unit;
}

double dice::normal() {
  const double radius = std::sqrt(-2 * std::log(1 - real(0, 1)));
  return radius * std::cos(6.283185307179586 * real(0, 1));
}

// --- names -------------------------------------------------------------------------------------------------
const char* name(shape_mode m) {
  constexpr std::array names{"empty_batch", "empty_segments", "length_one",  "ragged",
                             "long_rows",   "one_long",       "block_edges", "large"};
  return names[static_cast<std::size_t>(m)];
}
const char* name(content_mode m) {
  constexpr std::array names{"plain", "masked_garbage", "constant", "offset", "special"};
  return names[static_cast<std::size_t>(m)];
}

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string> symbols_of(std::string_view shape) {
  std::vector<std::string> parts(1);
  for (const char c : shape) {
    if (c == ',')
      parts.emplace_back();
    else if (c != ' ')
      parts.back() += c;
  }
  return parts;
}
bool is_number(const std::string& symbol) {
  return symbol.find_first_not_of("0123456789") == std::string::npos;
}
std::string without_plus_one(const std::string& symbol) {
  return symbol.ends_with("+1") || symbol.ends_with("-1") ? symbol.substr(0, symbol.size() - 2) : symbol;
}

// --- sizes -------------------------------------------------------------------------------------------------
/// The dimensions of one call. One level of it (a cut into segments, the rows, or a free dimension) is in the
/// focus: it gets the sizes of the mode; the others stay small.
class layout {
 public:
  layout(const operation& op, const std::vector<const input_info*>& given, dice& d, shape_mode mode)
      : dice_(d), mode_(mode) {
    std::vector<const input_info*> cuts;
    for (const input_info* i : given)
      if (i->kind == kind::segments) cuts.push_back(i);
    bool rows = false, any = false;
    for (const input_info* i : given)
      if (i->kind != kind::segments) {
        rows = rows || (op.has_rows && i->shape == "B,T");
        any = any || i->shape == "*";
      }

    for (const input_info* i : given)
      if (i->range.draws == op::range::position && i->range.generator) within_[i->shape] = i->range.generator;

    index_t levels = static_cast<index_t>(cuts.size()) + (rows || any);
    std::vector<std::string> dimensions;
    for (const input_info* i : given)
      for (const std::string& part : symbols_of(i->shape)) {
        const std::string s = without_plus_one(part);
        const bool settled = s == "*" || is_number(s) || is_counted(cuts, s) || is_cut(cuts, s) ||
                             (rows && (s == "B" || s == "T"));
        if (!settled && std::find(dimensions.begin(), dimensions.end(), s) == dimensions.end())
          dimensions.push_back(s);
      }
    levels += static_cast<index_t>(dimensions.size());
    index_t focus = d.whole(0, std::max<index_t>(levels - 1, 0));

    // Outer cuts first: what counts the segments of one may be cut by another.
    for (bool progress = true; progress && !cuts.empty();) {
      progress = false;
      for (std::size_t k = 0; k < cuts.size(); ++k) {
        const std::string count = without_plus_one(cuts[k]->shape);
        if (!sizes_.count(count) && is_cut(cuts, count)) continue;
        cut(*cuts[k], count, focus-- == 0);
        cuts.erase(cuts.begin() + static_cast<std::ptrdiff_t>(k));
        progress = true;
        break;
      }
    }
    if (rows || any) lay_rows(op.has_rows, any, focus-- == 0);
    for (const std::string& s : dimensions) {
      const bool focused = focus-- == 0;
      const index_t size = !focused                          ? length(false)
                           : mode == shape_mode::empty_batch ? 0
                           : mode == shape_mode::large       ? 20000
                                                             : length(true);
      index_t most = size;  // what grows with the square or the cube of a dimension stays small
      for (const input_info* i : given) {
        const auto parts = symbols_of(i->shape);
        if (std::none_of(parts.begin(), parts.end(), [&](const auto& p) { return without_plus_one(p) == s; })) continue;
        const std::string_view generator = i->range.generator ? i->range.generator : "";
        const bool squared = std::any_of(parts.begin(), parts.end(), [&](const auto& p) {
          return std::count(parts.begin(), parts.end(), p) > 1;
        });
        if (squared || generator == "map row") most = std::min<index_t>(most, 40);  // a cell is a state
        if (generator.starts_with("few")) most = std::min<index_t>(most, 5);
      }
      sizes_.try_emplace(s, most);
    }
  }

  std::vector<index_t> shape_of(std::string_view shape) const {
    if (shape == "*") return any_;
    if (shape == "B,T" && row_offsets_) return {row_offsets_->back()};
    std::vector<index_t> result;
    for (const std::string& part : symbols_of(shape)) {
      const std::string s = without_plus_one(part);
      const auto at = sizes_.find(s);
      const index_t size = at == sizes_.end() ? 0 : at->second;
      result.push_back(is_number(s) ? std::stoll(s) : op::shape(part.c_str()).at[0].at(size));
    }
    return result;
  }
  index_t row_length(std::size_t b) const {
    return row_offsets_ ? (*row_offsets_)[b + 1] - (*row_offsets_)[b] : sizes_.at("T");
  }
  index_t shortest_row() const {
    if (!row_offsets_) return sizes_.at("T");
    index_t shortest = row_offsets_->size() > 1 ? row_length(0) : 0;
    for (std::size_t b = 0; b + 1 < row_offsets_->size(); ++b) shortest = std::min(shortest, row_length(b));
    return shortest;
  }
  const std::optional<std::vector<index_t>>& row_offsets() const { return row_offsets_; }
  const std::vector<index_t>& offsets(const std::string& input) const { return offsets_.at(input); }

  /// Offsets that cut an array of this shape, if any do: for contents that are constant inside segments.
  const std::vector<index_t>* cut_of(std::string_view shape) const {
    if (row_offsets_ && (shape == "B,T" || shape == "*")) return &*row_offsets_;
    const auto at = by_cut_.find(shape);
    return at == by_cut_.end() ? nullptr : &offsets_.at(at->second);
  }

 private:
  static bool is_counted(const std::vector<const input_info*>& cuts, const std::string& s) {
    return std::any_of(cuts.begin(), cuts.end(), [&](auto* c) { return without_plus_one(c->shape) == s; });
  }
  static bool is_cut(const std::vector<const input_info*>& cuts, const std::string& s) {
    return std::any_of(cuts.begin(), cuts.end(), [&](auto* c) { return c->cut == s; });
  }

  index_t count(bool focused) {
    if (!focused) return dice_.whole(1, 4);
    switch (mode_) {
      case shape_mode::empty_batch:
        return 0;
      case shape_mode::empty_segments:
        return dice_.whole(1, 6);
      case shape_mode::length_one:
        return dice_.whole(1, 40);
      case shape_mode::ragged:
        return dice_.whole(1, 20);
      case shape_mode::long_rows:
        return dice_.whole(1, 10);
      case shape_mode::one_long:
        return 1;
      case shape_mode::block_edges:
        return dice_.whole(1, 2);
      case shape_mode::large:
        return 300;
    }
    return 0;
  }
  index_t length(bool focused) {
    constexpr index_t edges[] = {31, 32, 33, 511, 512, 513, 4095, 4096, 4097};
    if (!focused) return dice_.whole(dice_.chance(0.1) ? 0 : 1, 4);
    switch (mode_) {
      case shape_mode::empty_batch:
        return dice_.whole(0, 3);
      case shape_mode::empty_segments:
        return dice_.chance(0.7) ? 0 : dice_.whole(1, 2);
      case shape_mode::length_one:
        return 1;
      case shape_mode::ragged:
        return dice_.whole(0, 9);
      case shape_mode::long_rows:
        return dice_.whole(1, 64);
      case shape_mode::one_long:
        return dice_.whole(1000, 5000);
      case shape_mode::block_edges:
        return edges[dice_.whole(0, std::size(edges) - 1)];
      case shape_mode::large:
        return dice_.whole(40, 160);
    }
    return 0;
  }

  void cut(const input_info& input, const std::string& counted, bool focused) {
    const index_t segments = sizes_.try_emplace(counted, count(focused)).first->second;
    std::vector<index_t> offsets(1, 0);
    const auto known = sizes_.find(input.cut);
    if (known != sizes_.end()) {  // a second cut of the same dimension: anywhere
      for (index_t s = 0; s < segments; ++s) offsets.push_back(dice_.whole(0, known->second));
      if (segments > 0)
        offsets.back() = known->second;
      else
        known->second = 0;
      std::sort(offsets.begin(), offsets.end());
    } else {
      const auto outer = within_.find(input.cut);  // where that has nothing, there is nothing to point into it
      const std::vector<index_t>* room = outer == within_.end() ? nullptr : cut_of(outer->second);
      for (index_t s = 0; s < segments; ++s) {
        const auto n = static_cast<std::size_t>(s);
        const bool none = room && (*room)[n + 1] == (*room)[n];
        offsets.push_back(offsets.back() + (none ? 0 : length(focused)));
      }
      sizes_[input.cut] = offsets.back();
    }
    by_cut_[input.cut] = input.name;
    offsets_[input.name] = std::move(offsets);
  }

  void lay_rows(bool may_be_ragged, bool any, bool focused) {
    const index_t rows = sizes_.try_emplace("B", count(focused)).first->second;
    if (may_be_ragged && dice_.chance(0.5)) {
      row_offsets_.emplace(1, 0);
      for (index_t b = 0; b < rows; ++b) row_offsets_->push_back(row_offsets_->back() + length(focused));
      if (any) any_ = {row_offsets_->back()};
      return;
    }
    const index_t width = sizes_.try_emplace("T", length(focused)).first->second;
    if (any) any_ = may_be_ragged || dice_.chance(0.5) ? std::vector{rows, width} : std::vector{rows * width};
  }

  dice& dice_;
  shape_mode mode_;
  std::map<std::string, index_t, std::less<>> sizes_;
  std::map<std::string, std::vector<index_t>, std::less<>> offsets_;
  std::map<std::string, std::string, std::less<>> by_cut_;
  std::map<std::string, std::string, std::less<>> within_;
  std::optional<std::vector<index_t>> row_offsets_;
  std::vector<index_t> any_;
};

// --- contents ----------------------------------------------------------------------------------------------
double one_number(const op::range& range, dice& d) {
  const double low = range.draw_low, high = range.draw_high;
  switch (range.draws) {
    case op::range::normal:
      return (low + high) / 2 + (high - low) / 2 * d.normal();
    case op::range::uniform:
      return d.real(low, high);
    case op::range::whole:
      return static_cast<double>(d.whole(static_cast<index_t>(low), static_cast<index_t>(high)));
    case op::range::yes_no:
      return d.chance(0.5) ? 1 : 0;
    case op::range::position:
    case op::range::slots:
    case op::range::index:
    case op::range::index_of_segment:
    case op::range::offsets:
    case op::range::words:
      break;
  }
  return 0;
}

/// Values that belong together, by the name that a list gives them.
std::string formula(dice& d, int depth) {
  constexpr const char *unary[] = {"!", "X ", "N ", "F ", "G "},
                       *binary[] = {" & ", " | ", " U ", " R ", " W ", " -> "},
                       *leaves[] = {"a", "b", "true", "false", "last"};
  if (depth == 0 || d.chance(0.2)) return leaves[d.whole(0, d.chance(0.8) ? 1 : 4)];
  if (d.chance(0.5)) return unary[d.whole(0, 4)] + formula(d, depth - 1);
  return "(" + formula(d, depth - 1) + binary[d.whole(0, 5)] + formula(d, depth - 1) + ")";
}
/// Up to `most` of the pieces, in any order.
std::string pieces(dice& d, std::initializer_list<const char*> all, index_t most = 8) {
  std::string text;
  for (index_t n = d.whole(0, most); n > 0; --n) text += all.begin()[d.whole(0, static_cast<index_t>(all.size()) - 1)];
  return text;
}
std::string tool_call(dice& d) {
  std::string text = "<think>x</think>\n<tool_call>\n";
  for (index_t calls = d.whole(1, 3); calls > 0; --calls) {
    text += d.chance(0.5) ? R"({"name":"f","parameters":{)" : R"({"name":"g","parameters":{)";
    const index_t parameters = d.whole(0, 2);
    for (index_t k = 0; k < parameters; ++k) {
      constexpr const char *names[] = {R"("a":)", R"("b":)", R"("c":)"},
                           *values[] = {"1", "1.0", "true", R"("x")", "[1,null]", R"({"a":NaN})"};
      text.append(k > 0 ? "," : "").append(names[d.whole(0, 2)]).append(values[d.whole(0, 5)]);
    }
    text += "}}\n";
  }
  return text + "</tool_call>";
}
std::string box_list(dice& d) {
  constexpr const char *corners[] = {"1, 2, 30, 40", "5, 6, 5, 9", "1.5, 0, 1000, \"7\"", "1, 2, 3", "NaN, 1, 2, 3"},
                       *labels[] = {"\"cat\"", "\"a b\"", "3", "\"\""};
  std::string text = d.chance(0.4) ? "```json\n[" : "[";
  const index_t boxes = d.whole(0, 3);
  for (index_t k = 0; k < boxes; ++k)
    text += (k > 0 ? ", " : "") + std::string("{\"bbox_2d\": [") + corners[d.whole(0, 4)] + "], \"label\": " +
            labels[d.whole(0, 3)] + "}";
  return text + (d.chance(0.8) ? "]" : "") + (d.chance(0.4) ? "\n```" : "");
}
/// A disjunction of conjunctions of literals.
std::string literals(dice& d) {
  constexpr const char* all[] = {"a", "b", "!a", "!b", "!!a", "True", "False", " a "};
  std::string text = all[d.whole(0, 7)];
  for (index_t k = d.whole(0, 3); k > 0; --k) text += std::string(d.chance(0.5) ? "&" : "|") + all[d.whole(0, 7)];
  return text;
}
std::string signal_formula(dice& d, int depth) {
  constexpr const char *leaves[] = {"x > 0.5", "x <= -1", "x < 1e-1", "x >= +.5", "true", "false"},
                       *unary[] = {"!", "F ", "G ", "F[0,2] ", "G[1,inf] ", "F[3,3]"},
                       *binary[] = {" & ", " | ", " U ", " U[1,4] ", " -> "};
  if (depth == 0 || d.chance(0.2)) return leaves[d.whole(0, d.chance(0.8) ? 3 : 5)];
  if (d.chance(0.5)) return unary[d.whole(0, 5)] + signal_formula(d, depth - 1);
  return "(" + signal_formula(d, depth - 1) + binary[d.whole(0, 4)] + signal_formula(d, depth - 1) + ")";
}
constexpr std::array formalisms{"MR", "LAR", "LTL", "RM", "INMR", "RRL", "ONMR", "FPR", "GOMORL", "OMO", "PO"};
/// Completions that a rule finds something in.
std::optional<std::string> completion_by_name(std::string_view name, dice& d) {
  if (name == "tool call") return tool_call(d);
  if (name == "routed turns")
    return pieces(d, {"<think>a</think>", "<think>...</think>", "<search>qwen: b</search>", "<answer>", " ",
                      "<information>c</information>", "<answer>the a</answer>"});
  if (name == "judged turns")
    return pieces(d, {"<information>A b</information>", "<information> </information>", "<judge>Yes</judge>",
                      "<JUDGE>no</judge>", "<answer>a</answer>", "<", "x"});
  if (name == "translation")
    return pieces(d,
                  {"Assistant:", "<think>a</think>", "<translate>the cat, sat on 4 mats.</translate>", "<translate>"});
  if (name == "shop action") return pieces(d, {"click", "type_and_submit", "terminate"}, 1);
  if (name == "shop completion")
    return pieces(d, {R"({"rationale":"r","action":{"type":"click","name":"a, b"}})", "{}",
                      R"({"action":{"type":"type_and_submit","name":"a","text":"b"},"rationale":""})"}, 1);
  if (name == "screen action kind") return pieces(d, {"click", "CLICK", "type", "open", "swipe", "wait"}, 1);
  if (name == "screen action")
    return pieces(
        d, {"<think>", "</think>", "<answer>{'action': 'click', 'coordinate': [1, 1]}</answer>", "\n",
            "<answer>'action': scroll [0, 0, 2, 2]</answer>", "<answer>'action': 'click' [0, 0, 2, 2]</answer>"});
  return std::nullopt;
}
std::string text_by_name(std::string_view name, dice& d) {
  constexpr const char* labels[] = {"", "a", "b", "a, b", "c"};
  if (name == "labels") return labels[d.whole(0, 4)];
  if (name == "temporal formula") return formula(d, 3);
  if (name == "empty text") return "";
  if (name == "box list") return box_list(d);
  constexpr const char *rows[] = {"S.G", ".#.", "H..", "...", "#G."}, *names[] = {"x", "x", "x", "y"};
  if (name == "map row") return rows[d.whole(0, 4)];
  if (name == "signal name") return names[d.whole(0, 3)];
  if (name == "literals") return literals(d);
  if (name == "signal formula") return signal_formula(d, 3);
  if (name == "formalism") return d.pick(formalisms);
  if (const auto text = completion_by_name(name, d)) return *text;
  if (name == "whole number") return std::to_string(d.whole(0, 1'000'000'000));
  throw harness_error("there is no generator of " + std::string(name));
}
/// Of "with reward": reward, together with which alone the array is given.
std::string_view partner_of(const op::range& range) {
  const std::string_view name = range.generator ? range.generator : "";
  return name.starts_with("with ") ? name.substr(5) : std::string_view();
}
void make_together(std::string_view name, value& v) {
  if (name == "signs") {
    for (double& x : v.data) x = x < 0 ? -1 : 1;
    return;
  }
  if (name == "ascending") return std::sort(v.data.begin(), v.data.end());
  if (name == "boxes") {  // x1, y1, x2, y2
    for (std::size_t k = 0; k + 4 <= v.data.size(); k += 4)
      for (std::size_t c = k; c < k + 2; ++c)
        if (v.data[c] > v.data[c + 2]) std::swap(v.data[c], v.data[c + 2]);
    return;
  }
  if (name.starts_with("with ") || name == "few" || name == "seldom") return;
  const auto width = static_cast<std::size_t>(v.shape.back());
  for (std::size_t begin = 0; begin + width <= v.data.size() && width > 0; begin += width) {
    if (name.ends_with("distributions")) {
      double sum = 0;
      for (std::size_t k = begin; k < begin + width; ++k) sum += v.data[k] = v.data[k] < 0.2 ? 0 : v.data[k];
      for (std::size_t k = begin; k < begin + width; ++k) v.data[k] = sum > 0 ? v.data[k] / sum : k == begin ? 1 : 0;
    } else if (name == "increasing") {
      for (std::size_t k = begin + 1; k < begin + width; ++k) v.data[k] = v.data[k - 1] + 0.05 + std::abs(v.data[k]);
    } else {
      throw harness_error("there is no generator of " + std::string(name));
    }
  }
}

double garbage(dice& d) {
  constexpr double all[] = {nan, inf, -inf, 3e4, -3e4};
  return all[d.whole(0, std::size(all) - 1)];
}

std::vector<double> permutation(index_t n, dice& d) {
  std::vector<double> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0.0);
  for (index_t k = n - 1; k > 0; --k)
    std::swap(order[static_cast<std::size_t>(k)], order[static_cast<std::size_t>(d.whole(0, k))]);
  return order;
}

value contents(const input_info& input, const layout& sizes, dice& d, content_mode mode) {
  value v;
  v.shape = sizes.shape_of(input.shape);
  index_t n = 1;
  for (const index_t size : v.shape) n *= size;
  const auto count = static_cast<std::size_t>(n);

  if (input.kind == kind::text) {
    v.is_text = true;
    for (std::size_t i = 0; i < count; ++i) {
      if (input.range.generator) {
        v.text.push_back(text_by_name(input.range.generator, d));
        continue;
      }
      std::mt19937 random(static_cast<unsigned>(d.whole(0, 1 << 30)));
      v.text.push_back(nasty::text(random, 12));
    }
    return v;
  }
  v.data.resize(count);
  if (input.kind == kind::flag) {
    constexpr double densities[] = {0.5, 0.8, 0.2, 1, 0, 0.5, 0.8, 0.95};
    const double density = densities[d.whole(0, std::size(densities) - 1)];
    for (double& x : v.data) x = density == 1 || d.chance(density) ? 1 : 0;
    return v;
  }

  const op::range& range = input.range;
  if (range.draws == op::range::position && range.generator) {
    const auto *own = sizes.cut_of(input.shape), *other = sizes.cut_of(range.generator);
    for (std::size_t s = 0; s + 1 < own->size(); ++s)
      for (index_t k = (*own)[s]; k < (*own)[s + 1]; ++k)
        v.data[static_cast<std::size_t>(k)] = static_cast<double>(d.whole(0, (*other)[s + 1] - (*other)[s] - 1));
    return v;
  }
  if (constexpr std::string_view cuts = "offsets ";
      range.generator && std::string_view(range.generator).starts_with(cuts)) {
    const index_t end = sizes.shape_of(range.generator + cuts.size())[0];
    for (double& x : v.data) x = static_cast<double>(d.whole(0, end));
    std::sort(v.data.begin(), v.data.end());
    if (count > 0) v.data.front() = 0, v.data.back() = static_cast<double>(end);
    return v;
  }
  if (range.draws == op::range::position) {
    for (std::size_t b = 0; b < count; ++b) v.data[b] = static_cast<double>(d.whole(0, sizes.row_length(b) - 1));
    return v;
  }
  if (range.draws == op::range::slots) {
    const bool for_all = v.shape.size() == 1;  // one list for all rows
    const auto slots = static_cast<std::size_t>(v.shape.back());
    for (std::size_t b = 0; slots > 0 && b * slots < count; ++b) {
      std::vector<double> order = permutation(for_all ? sizes.shortest_row() : sizes.row_length(b), d);
      order.resize(slots, -1);
      for (std::size_t k = 0; k < slots; ++k) v.data[b * slots + k] = d.chance(0.2) ? -1 : order[k];
    }
    return v;
  }
  if (range.generator && std::string_view(range.generator) == "permutations") {  // of the members of each segment
    const auto& cut = *sizes.cut_of(input.shape);
    for (std::size_t s = 0; s + 1 < cut.size(); ++s) {
      const std::vector<double> order = permutation(cut[s + 1] - cut[s], d);
      std::copy(order.begin(), order.end(), v.data.begin() + cut[s]);
    }
    return v;
  }
  const auto draw_between = [&](double& x, index_t low, index_t high) { x = static_cast<double>(d.whole(low, high)); };
  if (range.draws == op::range::index_of_segment) {
    const std::vector<index_t>& offsets = sizes.offsets(range.generator);
    for (std::size_t s = 0; s < count; ++s) draw_between(v.data[s], offsets[s], offsets[s + 1] - 1);
    return v;
  }
  if (const std::string_view name = range.generator ? range.generator : ""; name.starts_with("place in ")) {
    const std::vector<index_t>& offsets = sizes.offsets(std::string(name.substr(9)));  // counted inside the segment
    for (std::size_t s = 0; s < count; ++s) draw_between(v.data[s], 0, offsets[s + 1] - offsets[s] - 1);
    return v;
  }
  if (range.draws == op::range::index || range.draws == op::range::offsets) {
    const index_t size = sizes.shape_of(range.generator).front();
    const bool cut = range.draws == op::range::offsets;
    for (double& x : v.data) draw_between(x, cut ? 0 : static_cast<index_t>(range.draw_low), cut ? size : size - 1);
    if (!cut || v.data.empty()) return v;
    std::sort(v.data.begin(), v.data.end());
    v.data.front() = 0;
    if (v.data.size() > 1) v.data.back() = static_cast<double>(size);
    return v;
  }
  const bool real = input.kind == kind::real || input.kind == kind::wide;
  if (mode == content_mode::constant) {
    const auto* cut = sizes.cut_of(input.shape);
    if (cut == nullptr) {
      std::fill(v.data.begin(), v.data.end(), one_number(range, d));
    } else {
      for (std::size_t s = 0; s + 1 < cut->size(); ++s)
        std::fill(v.data.begin() + (*cut)[s], v.data.begin() + (*cut)[s + 1], one_number(range, d));
    }
    if (range.generator) make_together(range.generator, v);
    return v;
  }
  for (double& x : v.data) x = one_number(range, d);
  if (range.generator) make_together(range.generator, v);
  if (!real || range.generator) return v;
  if (mode == content_mode::offset && range.draws == op::range::normal) {
    const auto [offset, spread] = d.chance(0.5) ? std::pair(1e4, 0.05) : std::pair(-3e3, 0.01);
    for (double& x : v.data) x = offset + spread * x;
  } else if (range.draws != op::range::whole && d.chance(0.3)) {  // equal values and ties
    const double step = (range.draw_high - range.draw_low) / 8;
    for (double& x : v.data) x = range.draw_low + step * std::round((x - range.draw_low) / step);
  }
  if (mode == content_mode::special && range.nan) {
    const double rate = d.chance(0.5) ? 0.02 : 0.2;
    for (double& x : v.data) {
      if (!d.chance(rate)) continue;
      const bool bounded = range.draws != op::range::normal;
      x = bounded || d.chance(0.5) ? nan : d.chance(0.5) ? inf : -inf;
    }
  }
  return v;
}

setting one_setting(const parameter_info& p, dice& d) {
  const auto& r = p.range;
  switch (p.form) {
    case parameter_info::flag:
      return d.chance(0.5) ? 1.0 : 0.0;
    case parameter_info::text:
      if (r.generator) return text_by_name(r.generator, d);
      return p.standard ? *p.standard : setting(std::string("a"));
    case parameter_info::choice:
      return d.pick(p.names);
    case parameter_info::integer: {
      const double low = r.open_low && r.draw_low <= r.low ? r.low + 1 : r.draw_low;
      return static_cast<double>(
          d.whole(static_cast<index_t>(std::ceil(low)), static_cast<index_t>(std::floor(r.draw_high))));
    }
    case parameter_info::number:
      break;
  }
  if (d.chance(0.15) && !r.open_low) return r.draw_low;
  if (d.chance(0.1) && !(r.open_high && r.draw_high >= r.high)) return r.draw_high;
  return d.real(r.draw_low, r.draw_high);
}

}  // namespace

// --- calls -------------------------------------------------------------------------------------------------
call draw(const operation& op, dice& d, shape_mode shape, content_mode content) {
  std::vector<const input_info*> given;
  for (std::size_t k = 0; k < op.inputs.size(); ++k) {
    const input_info& i = op.inputs[k];
    const auto same = [&](const input_info* other) { return other->name == i.name; };
    if (const auto at = std::find_if(given.begin(), given.end(), same); at != given.end()) {
      if (d.chance(0.5)) *at = &i;  // the other shape of the same input
      continue;
    }
    const bool has_alternative =
        std::any_of(op.inputs.begin() + static_cast<std::ptrdiff_t>(k) + 1, op.inputs.end(),
                    [&](const input_info& other) { return other.name == i.name; });
    const std::string_view partner = partner_of(i.range);
    const bool with_partner = std::any_of(given.begin(), given.end(), [&](auto* g) { return g->name == partner; });
    const bool seldom = i.range.generator && std::string_view(i.range.generator) == "seldom";
    const double how_often = has_alternative ? 0.9 : seldom ? 0.05 : 0.6;
    if (!i.optional || (partner.empty() ? d.chance(how_often) : with_partner)) given.push_back(&i);
  }
  const layout sizes(op, given, d, shape);

  call c;
  if (sizes.row_offsets()) c.inputs["row_offsets"] = offsets(*sizes.row_offsets());
  for (const input_info* i : given)
    c.inputs[i->name] =
        i->kind == kind::segments ? offsets(sizes.offsets(i->name)) : contents(*i, sizes, d, content);
  if (content == content_mode::masked_garbage)
    for (const input_info* i : given) {
      value& v = c.inputs[i->name];
      const value* mask = mask_for(op, c, i->name, v);
      if (mask == nullptr || (i->kind != kind::real && i->kind != kind::wide)) continue;
      for (std::size_t k = 0; k < v.data.size(); ++k)
        if (mask->data[k] == 0) v.data[k] = garbage(d);
    }
  for (const parameter_info& p : op.parameters)
    if (!p.standard || d.chance(0.6)) {
      // An integer that is the size of a dimension of the arrays: of those that were drawn, if any has it.
      const bool sized = p.form == parameter_info::integer && p.range.generator;
      std::string_view of = sized ? p.range.generator : "";
      const bool in_pairs = of.starts_with("pairs of ");  // as many as have that number of pairs
      if (in_pairs) of.remove_prefix(9);
      index_t size = sized ? sizes.shape_of(of).front() : 0;
      if (in_pairs) size = static_cast<index_t>((1 + std::sqrt(1 + 8 * static_cast<double>(size))) / 2);
      c.parameters[p.name] = size > 0 ? setting(static_cast<double>(size)) : one_setting(p, d);
    }
  return c;
}

double rounded(double x, element_id element) {
  switch (element) {
    case element_id::float64:
      return x;
    case element_id::float32:
      return static_cast<float>(x);
    case element_id::float16:
      return float16(x);
    case element_id::bfloat16:
      return bfloat16(x);
  }
  return x;
}

double epsilon_of(element_id element) {
  switch (element) {
    case element_id::float64:
      return 0x1p-52;
    case element_id::float32:
      return 0x1p-23;
    case element_id::float16:
      return 0x1p-10;
    case element_id::bfloat16:
      return 0x1p-7;
  }
  return 0;
}

call rounded(const operation& op, call c, element_id element) {
  if (element == element_id::float64) return c;
  for (auto& [key, v] : c.inputs)
    if (const input_info* i = input_named(op, key); i != nullptr && i->kind == kind::real)
      for (double& x : v.data) x = rounded(x, element);
  for (const parameter_info& p : op.parameters) {
    const auto at = c.parameters.find(p.name);
    if (at == c.parameters.end() || p.form != parameter_info::number) continue;
    if (double* x = std::get_if<double>(&at->second)) {
      float y = static_cast<float>(*x);
      if (y > p.range.high) y = std::nextafter(y, -std::numeric_limits<float>::infinity());
      if (y < p.range.low) y = std::nextafter(y, std::numeric_limits<float>::infinity());
      *x = y;
    }
  }
  return c;
}

bool has_governing_mask(const operation& op) {
  const input_info* mask = input_named(op, "mask");
  return mask != nullptr && mask->governs && std::any_of(op.inputs.begin(), op.inputs.end(), [&](const input_info& i) {
           return i.shape == mask->shape && (i.kind == kind::real || i.kind == kind::wide);
         });
}

const value* mask_for(const operation& op, const call& c, std::string_view name, const value& v) {
  const auto mask = c.inputs.find("mask");
  if (mask == c.inputs.end() || name == "mask" || mask->second.shape != v.shape) return nullptr;
  if (!input_named(op, "mask")->governs) return nullptr;
  const std::string& shape = input_named(op, "mask")->shape;
  const auto like_mask = [&](const auto& described) {
    return described.name == name && described.shape == shape;
  };
  const bool applies = std::any_of(op.inputs.begin(), op.inputs.end(), like_mask) ||
                       std::any_of(op.outputs.begin(), op.outputs.end(), like_mask);
  return applies ? &mask->second : nullptr;
}

std::string settings_text(const settings& s) {
  std::string text;
  for (const auto& [key, x] : s) {
    char number[40];
    if (const double* y = std::get_if<double>(&x)) std::snprintf(number, sizeof number, "%.17g", *y);
    text += (text.empty() ? "" : " ") + key + "=" +
            (std::holds_alternative<double>(x) ? number : std::get<std::string>(x));
  }
  return text;
}

}  // namespace guerdon::harness
