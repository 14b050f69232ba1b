#!/usr/bin/env bash
# Where the time of `./run test` went: seconds of compiler and test runs, by part, and what that is per operation. The
# budget stands in HACKING.md.
# usage: seconds.sh BUILD_FOLDER NUMBER_OF_OPERATIONS
set -euo pipefail
build=$1 operations=$2

{
  for log in "$build/.ninja_log" "$build"/sanitizers/.ninja_log "$build"/clang/.ninja_log; do
    [[ -f $log ]] || continue
    prefix=$(dirname "${log#"$build"/}")
    awk -v prefix="$prefix" -v build="$(cd "$(dirname "$log")" && pwd)/" '
      NR > 1 && !(($1, $2, $5) in seen) {  # a step that makes several files is one step
               seen[$1, $2, $5]; name = $4; if (index(name, build) == 1) name = substr(name, length(build) + 1)
               printf "%s/%s %.3f\n", prefix, name, ($2 - $1) / 1000 }' "$log"
  done
  for costs in "$build/Testing/Temporary/CTestCostData.txt"; do
    [[ -f $costs ]] && awk '/^---/ { exit } { printf "test:%s %.3f\n", $1, $3 }' "$costs"
  done
} | awk -v n="$operations" '
  function part(name) {
    if (name ~ /^test:matrix/) return ""  # builds and tests of a tree of its own, which is counted below
    if (name ~ /^test:clang\./) return "1 clang, front end"
    if (name ~ /^test:header\..*guerdon\/(core|backend|adapt)\// || name ~ /^test:header\.(budget|nvcc|clang)/) return "3 headers of the core alone"
    if (name ~ /^test:header\./) return "1 headers alone"
    if (name ~ /^test:random\./) return "1 random calls"
    if (name ~ /^test:cuda\.emulated/) return "2 samples on fibers of a GPU, running"
    if (name ~ /^test:/) return "3 other tests, running"
    if (name ~ /^sanitizers\/.*guerdon_(host|host_kind|eigen)_runs/) return "1 sanitizers, operations"
    if (name ~ /^sanitizers\//) return "3 sanitizers, the rest"
    if (name ~ /^clang\//) return "3 clang, whole tree"
    if (name ~ /guerdon_(host|host_kind)_runs/) return "1 scalar, emulated, host kinds"
    if (name ~ /guerdon_eigen_runs/) return "1 eigen"
    if (name ~ /guerdon_sample_runs/) return "2 samples: Thrust, half, members in float"
    if (name ~ /cuda\/cubin\/(samples|cub_samples|launches)/) return "2 samples to machine code"
    if (name ~ /cuda\/cubin/) return "1 machine code"
    if (name ~ /cuda\/.*\.gpu\.cpp/) return "2 samples on fibers of a GPU"
    if (name ~ /cuda\/.*device/) return "2 samples on a GPU"
    if (name ~ /(^|\/)docs\/.*(programs|describe)\//) return "1 pages and their programs"
    if (name ~ /(^|\/)docs\//) return "3 pages"
    if (name ~ /(^|\/)examples\//) return "3 examples"
    if (name ~ /(^|\/)bench\//) return "3 benches"
    return "3 harness, tests by hand"
  }
  { p = part($1); if (p != "" && !(($1, $2) in seen)) { seen[$1, $2]; seconds[p] += $2 } }
  END {
    kind["1"] = "per operation"; kind["2"] = "samples"; kind["3"] = "once"
    printf "%-44s %9s %16s\n", "seconds of compiler and test runs", "all", "per operation"
    for (p in seconds) printf "%s %-42s %9.0f %16s\n", substr(p, 1, 1), substr(p, 3), seconds[p], substr(p, 1, 1) == "1" ? sprintf("%.2f", seconds[p] / n) : "" | "sort"
    close("sort")
    for (p in seconds) { all += seconds[p]; if (substr(p, 1, 1) == "1") each += seconds[p] }
    printf "  %-42s %9.0f %16.2f\n", "together, " n " operations", all, each / n
  }'
