# One header of many: what the files named on the command line include of guerdon is put in their place, each once, and
# each behind a guard, so that two such headers can stand in one program. Their default backend is the scalar one.
#   awk -v root=include -f cmake/amalgamate.awk guerdon/backend/scalar.hpp guerdon/advantage/*.hpp
function emit(name,    path, line, parts, guard) {
  if (name in seen) return
  seen[name] = 1
  path = root "/" name
  if ((getline line < path) <= 0) {
    print "amalgamate: " path " cannot be read" > "/dev/stderr"
    failed = 1
    return
  }
  guard = toupper(name)
  gsub(/[^A-Z0-9]/, "_", guard)
  print "#ifndef " guard "\n#define " guard
  do {
    if (line ~ /^#pragma once/) continue
    if (line ~ /^[ \t]*#[ \t]*include[ \t]*<guerdon\//) {
      split(line, parts, /[<>]/)
      emit(parts[2])
    } else {
      print line
    }
  } while ((getline line < path) > 0)
  close(path)
  print "#endif"
}
BEGIN {
  for (i = 1; i < ARGC; ++i) emit(ARGV[i])
  print "#ifndef GUERDON_DEFAULT_BACKEND_HPP\n#define GUERDON_DEFAULT_BACKEND_HPP"
  print "namespace guerdon { using default_backend = scalar_backend; }\n#endif"
  exit failed
}
