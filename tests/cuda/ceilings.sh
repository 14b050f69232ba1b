#!/usr/bin/env bash
# What each kernel takes, as ptxas says it, against the ceilings.
# CUB tunes its own kernels: they are left out.
# usage: ceilings.sh CEILINGS TABLE FOLDER     FOLDER holds NAME.ARCH.log; TABLE is written, one line per kernel
set -euo pipefail
ceilings=$1 table=$2 folder=$3
demangle=$(command -v c++filt || echo cat)

for log in "$folder"/*.log; do
  name=$(basename "$log" .log)
  "$demangle" <"$log" | sed 's/guerdon::abi_cuda:://g' | awk -v op="${name%.*}" -v arch="${name##*.}" '
    /Compiling entry function/ {
      kernel = $0
      sub(/.*entry function .(void )?/, "", kernel); sub(/. for .sm_.*/, "", kernel); sub(/\(.*/, "", kernel)
      gsub(/\t/, " ", kernel)
    }
    /bytes stack frame/ { spilled = $5 + $9 }
    /Used [0-9]+ registers/ {
      registers = $0; sub(/.*Used /, "", registers); sub(/ registers.*/, "", registers)
      shared = 0
      if ($0 ~ /bytes smem/) { shared = $0; sub(/ bytes smem.*/, "", shared); sub(/.*[ ,]/, "", shared) }
      if (kernel !~ /^cub::/) printf "%s\t%s\t%d\t%d\t%d\t%s\n", op, arch, registers, shared, spilled, kernel
    }'
done >"$table.rows"
{ printf 'operation\tarch\tregisters\tshared\tspilled\tkernel\n'; cat "$table.rows"; } >"$table"
rm "$table.rows"

awk -F'\t' -v table="$table" '
  function above(taken, ceiling, what) {
    if (taken <= ceiling) return
    printf "%s on %s takes %d %s, the ceiling is %d: %s\n", $1, $2, taken, what, ceiling, $6
    bad = 1
  }
  FNR == NR {
    if ($0 !~ /^#/ && NF >= 3) { pattern[++lines] = $1; most_registers[lines] = $2; most_shared[lines] = $3 }
    next
  }
  FNR == 1 { next }
  {
    for (line = 1; line < lines && $6 !~ pattern[line]; ++line) {}
    ++kernels[$1]
    if ($3 > registers[$1]) registers[$1] = $3
    if ($4 > shared[$1]) shared[$1] = $4
    if ($5 > 0) { printf "%s on %s spills %d bytes: %s\n", $1, $2, $5, $6; bad = 1 }
    above($3, most_registers[line], "registers")
    above($4, most_shared[line], "bytes of shared memory")
  }
  END {
    printf "%-34s %8s %10s %10s\n", "compiled", "kernels", "registers", "shared"
    for (op in kernels) printf "%-34s %8d %10d %10d\n", op, kernels[op], registers[op], shared[op] | "sort"
    close("sort")
    printf "every kernel: %s\n", table
    if (NR == FNR) { print "no kernel was found"; bad = 1 }
    exit bad
  }' "$ceilings" "$table"
