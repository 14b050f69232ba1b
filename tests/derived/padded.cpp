// Segments padded to a stride, with garbage behind each of them, give what the same segments give ragged; behind them,
// results are left as they were, or 0.

#include "compare.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace guerdon::harness {
namespace {

/// Which segments of a call to pad: the offsets' name, and the shape of the arrays that they cut.
struct cut {
  std::string offsets, shape;
  bool cuts(const std::string& described) const {
    return described == shape || (offsets == "row_offsets" && described == "*");
  }
};

/// The cuts of the call whose dimension stands alone wherever it stands.
std::vector<cut> cuts_of(const operation& op, const call& c) {
  std::vector<cut> all;
  if (c.inputs.count("row_offsets")) all.push_back({"row_offsets", "B,T"});
  for (const input_info& i : op.inputs) {
    if (i.kind != kind::segments || !c.inputs.count(i.name)) continue;
    const bool alone = std::none_of(op.inputs.begin(), op.inputs.end(), [&](const input_info& other) {
      return other.name != i.name && (other.cut == i.cut || other.shape == i.cut + "+1" ||
                                      (other.shape != i.cut && other.shape.find(i.cut) != std::string::npos));
    });
    if (alone && !(op.has_rows && i.cut == "B")) all.push_back({i.name, i.cut});
  }
  return all;
}

/// Where element k of the ragged array lies in the padded one.
struct placement {
  std::vector<index_t> at, lengths;
  index_t stride = 0, total = 0;

  placement(const value& offsets, dice& d) {
    for (std::size_t s = 0; s + 1 < offsets.data.size(); ++s)
      lengths.push_back(static_cast<index_t>(offsets.data[s + 1] - offsets.data[s]));
    stride = lengths.empty() ? 0 : *std::max_element(lengths.begin(), lengths.end());
    stride += d.whole(0, 3);
    for (std::size_t s = 0; s < lengths.size(); ++s)
      for (index_t k = 0; k < lengths[s]; ++k) at.push_back(static_cast<index_t>(s) * stride + k);
    total = stride * static_cast<index_t>(lengths.size());
  }
};

/// Garbage no program may look at: a flag that says yes, an index that leads nowhere.
double garbage(kind k) {
  return k == kind::flag ? 1 : k == kind::integer ? -7e14 : std::numeric_limits<double>::quiet_NaN();
}

/// Is this an index into the array that is padded?
bool leads_there(const op::range& range, const cut& which) {
  return (range.draws == op::range::index_of_segment && which.offsets == range.generator) ||
         (range.draws == op::range::index && which.shape == range.generator);
}

call pad(const operation& op, call c, const cut& which, const placement& p) {
  const auto ragged_size = static_cast<index_t>(p.at.size());
  for (auto& [key, v] : c.inputs) {
    if (const input_info* i = input_named(op, key); i != nullptr && leads_there(i->range, which))
      for (double& x : v.data)
        if (x >= 0 && x < static_cast<double>(ragged_size)) x = static_cast<double>(p.at[static_cast<std::size_t>(x)]);
    const bool applies = std::any_of(op.inputs.begin(), op.inputs.end(), [&, &name = key](const input_info& i) {
      return i.name == name && i.kind != kind::segments && which.cuts(i.shape);
    });
    if (!applies || v.shape != std::vector{ragged_size}) continue;
    value wide = numbers({p.total}, std::vector<double>(static_cast<std::size_t>(p.total),
                                                        garbage(input_named(op, key)->kind)));
    if (which.offsets == "row_offsets") wide.shape = {static_cast<index_t>(p.lengths.size()), p.stride};
    for (std::size_t k = 0; k < p.at.size(); ++k) wide.data[static_cast<std::size_t>(p.at[k])] = v.data[k];
    v = std::move(wide);
  }
  c.inputs[which.offsets] = padded(p.stride, p.lengths);
  return c;
}

/// What differs, or an empty text.
std::string difference(const output_info& o, const value& ragged, const value& wide, const cut& which,
                       const placement& p) {
  const auto differ = [&](std::size_t in_ragged, std::size_t in_wide) {  // sums over the whole array fall otherwise
    double a = ragged.data[in_ragged];
    const double b = wide.data[in_wide];
    if (leads_there(o.range, which) && a >= 0) a = static_cast<double>(p.at[static_cast<std::size_t>(a)]);
    if (close(b, a, 1e-6, 1e-6)) return std::string();
    return o.name + "[" + std::to_string(in_ragged) + "] is " + std::to_string(b) + " padded, and " +
           std::to_string(a) + " ragged";
  };
  if (ragged.shape == wide.shape && !which.cuts(o.shape)) {
    for (std::size_t i = 0; i < ragged.data.size(); ++i)
      if (std::string text = differ(i, i); !text.empty()) return text;
    return "";
  }
  if (wide.size() != p.total) return o.name + " has shape " + shape_text(wide.shape);
  std::vector<bool> inside(static_cast<std::size_t>(p.total));
  for (std::size_t k = 0; k < p.at.size(); ++k) {
    const auto i = static_cast<std::size_t>(p.at[k]);
    inside[i] = true;
    if (std::string text = differ(k, i); !text.empty()) return text;
  }
  for (std::size_t i = 0; i < inside.size(); ++i)
    if (!inside[i] && wide.data[i] != 0 && !never_written(wide, i, o.kind))
      return "wrote behind a segment of " + o.name;
  return "";
}

}  // namespace

TEST_CASE("padded segments give what ragged ones give") {
  int operations = 0;
  for (const operation& op : all_operations()) {
    if (op.on_host_only()) continue;
    int compared = 0;
    bool has_cut = false;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
      dice d(seed + 9000);
      constexpr shape_mode shapes[] = {shape_mode::ragged, shape_mode::empty_segments, shape_mode::long_rows};
      const call drawn = rounded(op, draw(op, d, shapes[seed % 3], content_mode::plain), element_id::float32);
      for (const cut& which : cuts_of(op, drawn)) {
        has_cut = true;
        const placement p(drawn.inputs.at(which.offsets), d);
        const call wide = pad(op, drawn, which, p);
        for (const target& t : targets(op, element_id::float32, 0, static_cast<int>(seed % 2))) {
          const answer a = ask(op, t, drawn);
          if (!a.outputs) continue;
          const answer b = ask(op, t, wide);
          INFO(op.about.name << " seed " << seed << " on " << name(t) << " {" << settings_text(drawn.parameters)
                             << "}, " << which.offsets << " padded");
          REQUIRE_MESSAGE(b.outputs, b.refusal);
          ++compared;
          for (const output_info& o : op.outputs) {
            const std::string text = difference(o, a.outputs->at(o.name), b.outputs->at(o.name), which, p);
            CHECK_MESSAGE(text.empty(), text);
          }
        }
      }
    }
    operations += has_cut;
    const auto each = static_cast<int>(targets(op, element_id::float32, 0, 0).size());
    CHECK_MESSAGE((!has_cut || compared > 10 * each), op.about.name << " answered too few calls");
  }
  CHECK((operations >= 10 || all_operations().size() < 30));
}

}  // namespace guerdon::harness
