#!/usr/bin/env bash
# What including a header costs, as thousands of lines that the compiler has to read: unlike seconds, which
# bench/compile_time.sh measures, they are the same every time. 100 of them take about a second.
#   an operation, its parts                              50, and none of the expensive standard headers, Eigen or CUDA
#   the scalar backend                                   60, likewise
#   host operations and values                           70, likewise: threads and strings
#   the Eigen backend and adapter, all at once, other adapters                 120
# A standard library of longer headers than the 30 that a handful of libstdc++ 12's takes gets as much more.
# usage: budget.sh INCLUDE_FOLDER COMPILER [FLAGS]
set -euo pipefail
folder=$1
shift
preprocess=("$@" -E -x c++)

handful=$'#include <vector>\n#include <span>\n#include <cmath>\n#include <stdexcept>\n#include <concepts>'
reference=$("${preprocess[@]}" -P - <<<"$handful" | wc -l)
printf 'a handful of standard headers: %d lines\n%-52s %8s %8s\n' "$reference" header lines budget

failed=0
while read -r header; do
  unwanted='/(ranges|execution|iostream|functional|regex)"|/Eigen/|/xtensor/|/thrust/|/cub/|/cuda'
  case $header in
    guerdon/*/eigen*) budget=120 unwanted='/thrust/|/cub/|/cuda' ;;
    guerdon/adapt/* | guerdon/backend/emulated.hpp | guerdon/backend/thrust.hpp) budget=120 unwanted= ;;
    guerdon/guerdon.hpp | guerdon/verify.hpp | guerdon/mdp.hpp | guerdon/recipes/*) budget=120 ;;
    guerdon/backend/host.hpp | guerdon/backend/scalar.hpp | guerdon/default_backend.hpp) budget=60 ;;
    *) budget=50 ;;
  esac
  text=$("${preprocess[@]}" - <<<"#include <$header>" 2>/dev/null) || continue  # stands on a library that is not here
  if ((budget == 50)) && grep -qE '/guerdon/core/(host_operation|value|text)[.]hpp"' <<<"$text"; then budget=70; fi
  lines=$(grep -cv -e '^#' -e '^ *$' <<<"$text")
  budget=$((budget * (reference > 30000 ? reference : 30000) / 30))
  note=
  if ((lines > budget)); then note='  over the budget' failed=1; fi
  if [[ -n $unwanted ]]; then
    found=$(grep '^# ' <<<"$text" | grep -oE "[^ ]*($unwanted)[^ ]*" | sort -u | head -n 3 | xargs || true)
    [[ -z $found ]] || { note+="  includes $found" failed=1; }
  fi
  printf '%-52s %8d %8d%s\n' "$header" "$lines" "$budget" "$note"
done < <(cd "$folder" && find guerdon -name '*.hpp' | sort)
exit $failed
