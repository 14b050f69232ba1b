// Operations on texts, each on the same page of prose with an answer in every notation: bytes a second of the model's
// text. The quadratic ones have it against itself with every tenth word changed.

#include <benchmark/benchmark.h>

#include <string>

#include "../tests/verify/text_operations.hpp"

namespace {

/// About four kilobytes of what a model writes.
std::string page(int changed) {
  std::string text = "<think>\n";
  for (int k = 0; k < 70; ++k) {
    text += "Step " + std::to_string(k) + ": each box holds " + std::to_string(3 * k + 1) + " pens, so there are ";
    text += changed && k % changed == 0 ? "altogether" : "in all";
    text += " \\frac{" + std::to_string(k) + "}{2} dozens.\n";
  }
  return text + "</think>\n<answer>\n\\boxed{1,234.5}\n</answer>\n#### 1,234.5";
}

const bool registered = [] {
  static const std::string model = page(0), other = page(10);
  for (const auto& op : text_operations::all)
    benchmark::RegisterBenchmark((std::string("text/") + op.name).c_str(), [&op](benchmark::State& state) {
      for (auto _ : state) benchmark::DoNotOptimize(op.run(model, op.quadratic ? other : "1234.5", 0));
      state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * model.size()));
    });
  return true;
}();

}  // namespace
