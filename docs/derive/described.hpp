#pragma once
// An operation's lists as data, for the pages.

#include "operation.hpp"

#include <guerdon/core/host_operation.hpp>

#include <string>
#include <vector>

namespace guerdon::docs {

enum class operation_kind { array, host, value };

struct described_field {
  op::field_info info;
  harness::kind kind;
  bool single;         ///< of host operations: one text or number, no array
  index_t doubles;     ///< of an array of structs of doubles: how many they are
  std::size_t offset;  ///< in its struct: the order in which braces name members
};

struct described_option {
  op::option_info info;
  std::optional<harness::setting> standard;  ///< none: it is required, or may be left out
  std::optional<harness::setting> inner;     ///< of a nested one: the default of its own struct, once that is in braces
  std::size_t offset;
};

struct described {
  op::info about;
  operation_kind kind;
  std::string header;  ///< "guerdon/advantage/grpo_advantage.hpp"
  std::vector<described_field> inputs, outputs;
  std::vector<described_option> options;
  std::vector<op::gradient> gradients;
  bool narrow = false;  ///< takes half and bfloat16
  bool ragged = false;  ///< how large its results are is counted first

  std::string name() const { return std::string(about.name); }
  std::string family() const { return std::string(about.family); }
  bool on_device() const { return kind == operation_kind::array && about.skeleton != op::skeleton::host; }
};

}  // namespace guerdon::docs
