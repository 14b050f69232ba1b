#pragma once
// An operation without static types: its lists as data, and a call that takes values.

#include "value.hpp"

#include <guerdon/core/operation.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>

namespace guerdon::harness {

enum class backend_id { scalar, eigen, emulated, thrust, cuda };
enum class element_id { float64, float32, float16, bfloat16 };
inline constexpr int backend_count = 5, element_count = 4;

inline constexpr const char* backend_names[] = {"scalar", "eigen", "emulated", "thrust", "cuda"};
inline constexpr const char* element_names[] = {"double", "float", "half", "bfloat16"};
inline const char* name(backend_id b) { return backend_names[static_cast<int>(b)]; }
inline const char* name(element_id e) { return element_names[static_cast<int>(e)]; }

/// Where and in which type to run: `width` is the number of threads (eigen) or members (emulated).
struct target {
  backend_id backend = backend_id::scalar;
  element_id element = element_id::float64;
  int width = 1;
  bool descending = false;  // emulated: order of the members
};

/// The fault of an operation's lists, a case or an implementation; never an answer to bad input.
struct harness_error : std::logic_error {
  using std::logic_error::logic_error;
};

/// `real` is stored as the element type says, `wide` as double whatever it says.
enum class kind { real, wide, integer, flag, text, segments };

struct input_info {
  std::string name, shape;  // the name in case files
  harness::kind kind;
  op::range range;
  bool optional = false;
  std::string cut;      // segments: the dimension they cut
  std::string written;  // the name in code
  bool governs = true;
};

struct output_info {
  std::string name, shape;  // shape for default options
  harness::kind kind;
  bool may_be_nan = false;
  op::range range = {};  // of an index: what it leads into
};

struct parameter_info {
  enum form_t { number, integer, flag, choice, text } form;
  std::string name;  // in case files
  op::range range;
  std::optional<setting> standard;  // the default; none: the caller must give it
  std::vector<std::string> names;   // choice
  std::string written;              // the name in code: "clip.high"
};

/// Called right before and after an operation, without the harness's own conversions: for tests that count
/// what it does.
inline void (*before_call)() = nullptr;
inline void (*after_call)() = nullptr;

struct array_table;
struct host_table;

struct operation {
  op::info about;
  std::vector<input_info> inputs;
  std::vector<output_info> outputs;
  std::vector<parameter_info> parameters;
  std::vector<op::gradient> gradients;
  bool has_rows = false;  // takes segments of tokens: may run ragged
  bool runs[backend_count][element_count] = {};

  /// Throws std::invalid_argument where the operation refuses, harness_error where something is wrong with
  /// it.
  std::function<arguments(const target&, const arguments&, const settings&)> run;

  const array_table* array = nullptr;      ///< the lists of one on arrays, and its calls
  std::shared_ptr<const host_table> host;  ///< the lists of one on the host

  bool has(backend_id b, element_id e) const { return runs[static_cast<int>(b)][static_cast<int>(e)]; }
  bool has(backend_id b) const {
    for (const bool r : runs[static_cast<int>(b)])
      if (r) return true;
    return false;
  }
  bool on_host_only() const { return about.skeleton == op::skeleton::host; }
};

template <class Info>
const Info* named(const std::vector<Info>& all, std::string_view name) {
  for (const Info& i : all)
    if (i.name == name) return &i;
  return nullptr;
}
inline const input_info* input_named(const operation& op, std::string_view name) { return named(op.inputs, name); }
inline const output_info* output_named(const operation& op, std::string_view name) { return named(op.outputs, name); }
inline const parameter_info* parameter_named(const operation& op, std::string_view name) {
  return named(op.parameters, name);
}

/// Every operation of the library, by name.
const std::vector<operation>& all_operations();

inline const operation* find_operation(std::string_view name) {
  for (const operation& op : all_operations())
    if (op.about.name == name) return &op;
  return nullptr;
}

}  // namespace guerdon::harness
