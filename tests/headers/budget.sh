#!/usr/bin/env bash
# What including a header costs, in CPU seconds (user time, -O2, the best of three), against a budget:
#   an operation, its parts, the scalar backend   0.5 s, and none of the expensive standard headers, Eigen or CUDA
#   the Eigen backend and adapter                 1.5 s
#   all at once, descriptions, other adapters     2.0 s
# The budgets are for a machine that takes 0.27 s for a handful of standard headers; a slower one gets as much longer.
# usage: budget.sh INCLUDE_FOLDER COMPILER [FLAGS]
set -euo pipefail
TIMEFORMAT=%U
folder=$1
shift
compile=("$@" -O2 -x c++)

# seconds TEXT ENOUGH: user time of compiling TEXT, the best of up to three, fewer once it is at most ENOUGH.
seconds() {
  local best=999 s
  for _ in 1 2 3; do
    s=$({ time "${compile[@]}" -fsyntax-only - <<<"$1"; } 2>&1)
    best=$(printf '%s\n' "$best" "$s" | sort -g | head -n 1)
    ! less "$2" "$best" || continue
    break
  done
  echo "$best"
}
less() { awk "BEGIN { exit !($1 < $2) }"; }
of() { awk "BEGIN { printf \"%.2f\", $1 }"; }

reference=$(seconds $'#include <vector>\n#include <span>\n#include <cmath>\n#include <stdexcept>\n#include <concepts>' 0)
machine=$(awk "BEGIN { m = $reference / 0.27; print (m > 1 ? m : 1) * 1.1 }")  # a tenth for noise
printf 'standard headers alone: %s s\n%-52s %8s %8s\n' "$reference" header seconds budget

failed=0
while read -r header; do
  unwanted='/(ranges|execution|iostream|functional|regex)$|/Eigen/|/xtensor/|/thrust/|/cub/|/cuda'
  case $header in
    guerdon/*/eigen*) budget=1.5 unwanted='/thrust/|/cub/|/cuda' ;;
    guerdon/adapt/* | guerdon/backend/emulated.hpp | guerdon/backend/thrust.hpp | guerdon/description*) budget=2 unwanted= ;;
    guerdon/*.hpp) budget=0.5 ;;
  esac
  [[ $header == guerdon/guerdon.hpp ]] && budget=2
  taken=$(seconds "#include <$header>" "$budget")
  note=
  if less "$budget * $machine" "$taken"; then note='  over the budget' failed=1; fi
  if [[ -n $unwanted ]]; then
    found=$("${compile[@]}" -M - <<<"#include <$header>" | tr -s ' \\' '\n' | grep -E "$unwanted" | head -n 3 | xargs || true)
    [[ -z $found ]] || { note+="  includes $found" failed=1; }
  fi
  printf '%-52s %8s %8s%s\n' "$header" "$taken" "$budget" "$note"
done < <(cd "$folder" && find guerdon -name '*.hpp' | sort)
exit $failed
