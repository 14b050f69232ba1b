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

# What most headers begin with is read once, ahead of them, and counted with each. Threads, Eigen and the like are not in it.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '#include <guerdon/core/%s.hpp>\n' operation launch >"$work/core.hpp"
"$@" -x c++-header "$work/core.hpp" -o "$work/core.hpp.gch"
core=$("${preprocess[@]}" "$work/core.hpp" | awk '!/^#/ && !/^ *$/ { n++ } END { print n + 0 }')
# Lines, whether threads and strings are read, and what is unwanted.
read_header() {
  "${preprocess[@]}" "$@" - 2>/dev/null | awk -v unwanted="$unwanted" '
    /^# / { host = host || /\/guerdon\/core\/(host_operation|host_rows|value|text)[.]hpp"/
            if ($0 ~ unwanted && !(($3) in seen)) { seen[$3]; found = found " " $3 } }
    !/^#/ && !/^ *$/ { n++ }
    END { print n + 0, host + 0, found }'
}

failed=0
while read -r header; do
  unwanted='/(ranges|execution|iostream|functional|regex)"|/Eigen/|/xtensor/|/thrust/|/cub/|/cuda'
  case $header in
    guerdon/*/eigen*) budget=120 unwanted='/thrust/|/cub/|/cuda' ;;
    guerdon/adapt/* | guerdon/backend/emulated.hpp | guerdon/backend/thrust.hpp) budget=120 unwanted='^$' ;;
    guerdon/guerdon.hpp | guerdon/verify.hpp | guerdon/mdp.hpp | guerdon/recipes/*) budget=120 ;;
    guerdon/backend/host.hpp | guerdon/backend/scalar.hpp | guerdon/default_backend.hpp) budget=60 ;;
    *) budget=50 ;;
  esac
  text=$(read_header -fpch-preprocess -include "$work/core.hpp" <<<"#include <$header>") || continue  # a library is not here
  read -r lines host found <<<"$text"
  lines=$((lines + core))
  if ((budget == 50 && host)); then budget=70; fi
  budget=$((budget * (reference > 30000 ? reference : 30000) / 30))
  if ((lines > budget)); then  # it may use little of that core
    text=$(read_header <<<"#include <$header>")
    lines=${text%% *}
  fi
  note=
  if ((lines > budget)); then note='  over the budget' failed=1; fi
  if [[ -n $found ]]; then note+="  includes $found" failed=1; fi
  printf '%-52s %8d %8d%s\n' "$header" "$lines" "$budget" "$note"
done < <(cd "$folder" && find guerdon -name '*.hpp' | sort)
exit $failed
