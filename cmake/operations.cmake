# Which operations there are: read from their headers, which say it in `static constexpr info about{"name", ...`.

# guerdon_find_operations(VARIABLE INCLUDE_FOLDER): names into VARIABLE; for each NAME_header, NAME_family and NAME_kind
# (array, host or value).
macro(guerdon_find_operations variable folder)
  file(GLOB operation_headers CONFIGURE_DEPENDS RELATIVE ${folder} ${folder}/guerdon/*/*.hpp)
  list(SORT operation_headers)
  set(${variable} "")
  foreach(header IN LISTS operation_headers)
    file(STRINGS ${folder}/${header} says REGEX "static constexpr info about\\{" LIMIT_COUNT 1)
    if(says)
      get_filename_component(op ${header} NAME_WE)
      string(REGEX REPLACE "^guerdon/([^/]*)/.*" "\\1" ${op}_family ${header})
      set(${op}_header ${header})
      file(STRINGS ${folder}/${header} kind REGEX "^struct [a-z0-9_]+ : (host_kind|value_kind) " LIMIT_COUNT 1)
      if(kind MATCHES ": (host|value)_kind")
        set(${op}_kind ${CMAKE_MATCH_1}_kind)
      else()
        set(${op}_kind array)
      endif()
      list(APPEND ${variable} ${op})
    endif()
  endforeach()
endmacro()

# guerdon_operation_source(VARIABLE OP KIND RUNS BODY): the source that makes the table of one operation, or its runs.
function(guerdon_operation_source variable op kind runs body)
  set(header ${${op}_header})
  set(source ${CMAKE_CURRENT_BINARY_DIR}/operations/${op}.${kind}.cpp)
  if(body)
    set(text "#include \"${runs}\"
#include <${header}>

namespace guerdon::harness {
namespace {
struct call_${op} {
  template <class T, class... A>
  static void call(const A&... a) { guerdon::${op}<T>(a...); }
};
}  // namespace
void ${kind}_runs_${op}(array_table& t) {${body}
}
}  // namespace guerdon::harness
")
    if(kind STREQUAL "eigen")  # both stand in one file for clang
      string(REPLACE "call_${op}" "eigen_call_${op}" text "${text}")
    endif()
  else()
    set(call "guerdon::${op}(in, o)")
    if(kind STREQUAL "value_kind")
      set(call "updated(op::${op}(), in, o)")
    endif()
    set(text "#include \"${runs}\"
#include <${header}>

namespace guerdon::harness {
namespace {
struct call_${op} {
  static auto call(const op::${op}::inputs& in, const op::${op}::options& o) { return ${call}; }
};
}  // namespace
operation ${kind}_operation_${op}() { return bind_${kind}<op::${op}, call_${op}>(); }
}  // namespace guerdon::harness
")
  endif()
  file(CONFIGURE OUTPUT ${source} CONTENT "${text}" @ONLY)
  set(${variable} ${source} PARENT_SCOPE)
endfunction()

# guerdon_all_operations_source(FILE DECLARATIONS CALLS): the source of harness::all_operations().
function(guerdon_all_operations_source file declarations calls)
  file(CONFIGURE OUTPUT ${file} CONTENT [[
#include "bind.hpp"

namespace guerdon::harness {
@declarations@
const std::vector<operation>& all_operations() {
  static const std::vector<operation> all = {
@calls@  };
  return all;
}
}  // namespace guerdon::harness
]] @ONLY)
endfunction()
