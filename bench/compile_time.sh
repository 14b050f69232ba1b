#!/usr/bin/env bash
# Seconds of processor time to include each part of guerdon, beside what the standard library alone costs: best of 3.
# usage: compile_time.sh [compiler]   (CXX, default g++)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
compiler=${1:-${CXX:-g++}}
TIMEFORMAT=%U

cost() {  # cost TEXT OPTIONS...
  local text=$1 best=999 seconds
  shift
  for _ in 1 2 3; do
    seconds=$({ time printf '%b' "$text" | "$compiler" -std=c++20 -O2 -fsyntax-only -x c++ -Iinclude "$@" -; } 2>&1)
    best=$(printf '%s\n%s\n' "$best" "$seconds" | sort -g | head -n 1)
  done
  printf '%s' "$best"
}

printf '| include | seconds |\n|---|---|\n'
printf '| `<vector>`, `<string>`, `<cmath>` | %s |\n' "$(cost '#include <vector>\n#include <string>\n#include <cmath>\n')"
for header in advantage/grpo_advantage.hpp objective/ppo_clip_loss.hpp returns/gae.hpp backend/scalar.hpp guerdon.hpp; do
  printf '| `guerdon/%s` | %s |\n' "$header" "$(cost "#include <guerdon/$header>\n")"
done
eigen=$(pkg-config --cflags eigen3 2>/dev/null | sed 's/-I/-isystem /' || echo -isystem /usr/include/eigen3)
printf '| `guerdon/backend/eigen.hpp` (`Eigen/Core` alone: %s) | %s |\n' \
  "$(cost '#include <Eigen/Core>\n' $eigen)" "$(cost '#include <guerdon/backend/eigen.hpp>\n' $eigen)"
