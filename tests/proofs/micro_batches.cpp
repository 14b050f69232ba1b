// Proof 4: gradient accumulation. A batch split into micro-batches, each given the counts of the whole batch,
// has the same loss (as a sum) and the same gradients (side by side) as the batch in one piece, in every mode
// that takes global counts.

#include "compare.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace guerdon::harness {
namespace {

/// The parameter that says how token losses become one number: it knows "token_mean".
const parameter_info* aggregation_of(const operation& op) {
  for (const parameter_info& p : op.parameters)
    if (std::find(p.names.begin(), p.names.end(), "token_mean") != p.names.end()) return &p;
  return nullptr;
}

index_t rows_of(const call& c) {
  const auto ragged = c.inputs.find("row_offsets");
  return ragged != c.inputs.end() ? ragged->second.size() - 1 : c.inputs.at("mask").shape[0];
}

/// Rows first .. last - 1 of every array that has rows.
call slice(const operation& op, const call& whole, index_t first, index_t last) {
  call part = whole;
  const index_t rows = rows_of(whole);
  const auto ragged = whole.inputs.find("row_offsets");
  const auto cut = [](value& v, index_t from, index_t to) {
    v.data = std::vector<double>(v.data.begin() + from, v.data.begin() + to);
  };
  for (auto& [key, v] : part.inputs) {
    const input_info* i = input_named(op, key);
    if (i == nullptr || (i->shape[0] != 'B' && i->shape != "*")) continue;
    const bool per_row = i->shape == "B" && v.size() == rows;  // there may be as many tokens as rows
    if (ragged != whole.inputs.end() && !per_row && v.size() == static_cast<index_t>(ragged->second.data.back())) {
      const auto& at = ragged->second.data;
      cut(v, static_cast<index_t>(at[static_cast<std::size_t>(first)]),
          static_cast<index_t>(at[static_cast<std::size_t>(last)]));
      v.shape = {v.size()};
    } else if (v.shape[0] == rows) {
      const index_t width = rows == 0 ? 0 : v.size() / rows;
      cut(v, first * width, last * width);
      v.shape[0] = last - first;
    }
  }
  if (ragged != whole.inputs.end()) {
    value& offsets = part.inputs["row_offsets"];
    cut(offsets, first, last + 1);
    const double begin = offsets.data[0];
    for (double& x : offsets.data) x -= begin;
    offsets.shape = {offsets.size()};
  }
  return part;
}

struct counts {
  double tokens = 0, rows = 0;
};
counts count(const call& c) {
  const value& mask = c.inputs.at("mask");
  const auto ragged = c.inputs.find("row_offsets");
  counts n;
  const index_t rows = rows_of(c);
  for (index_t b = 0; b < rows; ++b) {
    const index_t width = rows == 0 ? 0 : mask.size() / rows;
    const auto at = [&](index_t row) {
      return ragged == c.inputs.end()
                 ? row * width
                 : static_cast<index_t>(ragged->second.data[static_cast<std::size_t>(row)]);
    };
    const double valid = static_cast<double>(std::count_if(
        mask.data.begin() + at(b), mask.data.begin() + at(b + 1), [](double m) { return m != 0; }));
    n.tokens += valid;
    n.rows += valid > 0;
  }
  return n;
}

void check(const operation& op, const std::string& mode, std::uint64_t seed, int& compared) {
  dice d(seed + 4000);
  constexpr shape_mode shapes[] = {shape_mode::ragged, shape_mode::long_rows, shape_mode::length_one};
  call whole = draw(op, d, shapes[seed % 3], content_mode::plain);
  for (const input_info& i : op.inputs)
    if (i.kind == kind::segments && i.optional) whole.inputs.erase(i.name);
  if (!whole.inputs.count("mask")) return;
  whole.parameters[aggregation_of(op)->name] = mode;
  whole.parameters["loss_scale_factor"] = 7.0;
  whole.parameters.erase("global_num_tokens");
  whole.parameters.erase("global_batch_size");

  const counts n = count(whole);
  const index_t rows = rows_of(whole);
  index_t cuts[] = {0, d.whole(0, rows), d.whole(0, rows), rows};
  std::sort(std::begin(cuts), std::end(cuts));
  for (const backend_id backend : {backend_id::scalar, backend_id::eigen}) {
    if (!op.has(backend, element_id::float64)) continue;
    const answer want = ask(op, {backend}, whole);
    if (!want.outputs) return;
    double loss = 0;
    std::map<std::string, std::vector<double>> gradients;
    for (int k = 0; k < 3; ++k) {
      call part = slice(op, whole, cuts[k], cuts[k + 1]);
      part.parameters["global_num_tokens"] = n.tokens;
      part.parameters["global_batch_size"] = n.rows;
      const answer got = ask(op, {backend}, part);
      REQUIRE_MESSAGE(got.outputs, op.about.name << " refused a micro-batch: " << got.refusal);
      loss += got.outputs->at("loss").data[0];
      for (const output_info& o : op.outputs)
        if (o.name.starts_with("grad")) {
          const auto& g = got.outputs->at(o.name).data;
          gradients[o.name].insert(gradients[o.name].end(), g.begin(), g.end());
        }
    }
    const auto where = [&] {
      return std::string(op.about.name) + " " + mode + " seed " + std::to_string(seed) + " on " +
             name(backend) + ": ";
    };
    CHECK_MESSAGE(close(loss, want.outputs->at("loss").data[0], 1e-12, 1e-12),
                  where() << "the losses add up to " << loss << ", the whole batch has "
                          << want.outputs->at("loss").data[0]);
    for (const auto& gradient : gradients) {
      const std::string& key = gradient.first;
      const std::vector<double>&g = gradient.second, &w = want.outputs->at(key).data;
      REQUIRE_MESSAGE(g.size() == w.size(), where()
                                                << key << " has " << g.size() << " elements in its parts");
      for (std::size_t i = 0; i < g.size(); ++i) {
        ++compared;
        if (!close(g[i], w[i], 1e-13, 1e-12))
          FAIL_CHECK(where() << key << "[" << i << "] is " << g[i] << " in its part, " << w[i]
                             << " in the whole");
      }
    }
  }
}

}  // namespace

TEST_CASE("proof: micro-batches with global counts add up to the batch") {
  int operations = 0;
  for (const operation& op : all_operations()) {
    const parameter_info* aggregation = aggregation_of(op);
    if (aggregation == nullptr || !parameter_named(op, "global_num_tokens") || !output_named(op, "loss"))
      continue;
    if (output_named(op, "selected")) continue;  // chooses among the tokens of its batch: another batch, another choice
    ++operations;
    for (const std::string& mode : aggregation->names) {
      if (mode == "prompt_mean") continue;  // divides by the prompts of this batch: takes no global count
      int compared = 0;
      for (std::uint64_t seed = 0; seed < 20; ++seed) check(op, mode, seed, compared);
      const bool has_gradient = std::any_of(op.outputs.begin(), op.outputs.end(),
                                            [](const output_info& o) { return o.name.starts_with("grad"); });
      if (has_gradient)
        CHECK_MESSAGE(compared > 100, op.about.name << " answered too few calls in mode " << mode);
    }
  }
  CHECK((operations >= 1 || all_operations().size() < 30));
}

}  // namespace guerdon::harness
