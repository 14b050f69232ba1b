#!/usr/bin/env bash
# What including the CUDA backend costs: at most 6 s of nvcc's time (user and system, the best of three), and no Thrust
# or CUB. The budget is for a machine that compiles an empty file in 1.3 s; a slower one gets as much longer.
# usage: include_budget.sh SOURCE NVCC [FLAGS]     SOURCE includes the header
set -euo pipefail
TIMEFORMAT='%U %S'
source=$1
shift
compile=("$@" -O2 -c -x cu)

seconds() {  # of compiling standard input
  local best=999 s text
  text=$(cat)
  for _ in 1 2 3; do
    s=$({ time "${compile[@]}" -o /dev/null - <<<"$text" >&2; } 2>&1 | tail -n 1 | awk '{ print $1 + $2 }')
    best=$(printf '%s\n' "$best" "$s" | sort -g | head -n 1)
  done
  echo "$best"
}

empty=$(seconds <<<'')
taken=$(seconds <"$source")
echo "an empty file: $empty s; with $(grep -o '<.*>' "$source"): $taken s"
unwanted=$("$@" -M -x cu "$source" | tr -s ' \\' '\n' | grep -E '/(thrust|cub)/' | head -n 3 | xargs || true)
[[ -z $unwanted ]] || { echo "includes $unwanted"; exit 1; }
awk "BEGIN { machine = $empty / 1.3; exit !($taken <= 6 * (machine > 1 ? machine : 1)) }"
