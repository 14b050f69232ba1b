#pragma once
// A description as data, and where in the operation's structs each described thing lies.

#include "operation.hpp"

#include <string>
#include <vector>

namespace guerdon::docs {

/// A described thing and the offset, in bytes, of the member that holds it.
struct place {
  std::string name;
  std::size_t offset;
};

struct described {
  harness::operation op;  ///< without run and backends
  std::string header;     ///< of the description: "guerdon/description/advantage/grpo_advantage.hpp"
  std::vector<place> inputs, outputs, parameters;  ///< in the order of op's
  std::vector<place> layouts;                      ///< "rows" or "time"
  std::size_t inputs_size, outputs_size, options_size;
};

/// Every operation that is described, by family and name.
const std::vector<described>& all_described();

}  // namespace guerdon::docs
