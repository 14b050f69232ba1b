// libFuzzer's entry for the operations on texts, one at a time: GUERDON_FUZZ_TEXT names it, and left out the input's
// first byte chooses. The second byte chooses the options; a third says where the other text begins.

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>

#include "verify/text_operations.hpp"

namespace {

const text_operations::operation* named() {
  const char* name = std::getenv("GUERDON_FUZZ_TEXT");
  if (name == nullptr) return nullptr;
  for (const auto& op : text_operations::all)
    if (std::string_view(op.name) == name) return &op;
  std::fprintf(stderr, "There is no operation on texts '%s'.\n", name);
  std::exit(2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const text_operations::operation* const chosen = named();
  if (size < 3) return 0;
  const auto& op = chosen ? *chosen : text_operations::all[data[0] % std::size(text_operations::all)];
  const std::string_view text(reinterpret_cast<const char*>(data) + 3, size - 3);
  const std::size_t cut = text.size() * data[2] / 256;
  // What an operation pays is a number, whatever it is given.
  if (!std::isfinite(op.run(text.substr(0, cut), text.substr(cut), data[1]))) std::abort();
  return 0;
}
