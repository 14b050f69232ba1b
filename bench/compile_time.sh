#!/usr/bin/env bash
# Seconds of processor time: to include each part of guerdon, beside what the standard library alone costs; and to use
# an operation on the Eigen backend in one type, -O3, beyond the includes. Best of 3.
# usage: compile_time.sh [compiler]   (CXX, default g++)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
compiler=${1:-${CXX:-g++}}
TIMEFORMAT=%U

cost() {  # cost TEXT OPTIONS...
  local text=$1 best=999 seconds
  shift
  for _ in 1 2 3; do
    seconds=$({ time printf '%b' "$text" | "$compiler" -std=c++20 -x c++ -Iinclude "$@" -; } 2>&1)
    best=$(printf '%s\n%s\n' "$best" "$seconds" | sort -g | head -n 1)
  done
  printf '%s' "$best"
}
include() { cost "$1" -O2 -fsyntax-only "${@:2}"; }

printf '| include | seconds |\n|---|---|\n'
printf '| `<vector>`, `<string>`, `<cmath>` | %s |\n' "$(include '#include <vector>\n#include <string>\n#include <cmath>\n')"
for header in advantage/grpo_advantage.hpp objective/ppo_clip_loss.hpp returns/gae.hpp backend/scalar.hpp guerdon.hpp; do
  printf '| `guerdon/%s` | %s |\n' "$header" "$(include "#include <guerdon/$header>\n")"
done
eigen=$(pkg-config --cflags eigen3 2>/dev/null | sed 's/-I/-isystem /' || echo -isystem /usr/include/eigen3)
printf '| `guerdon/backend/eigen.hpp` (`Eigen/Core` alone: %s) | %s |\n' \
  "$(include '#include <Eigen/Core>\n' $eigen)" "$(include '#include <guerdon/backend/eigen.hpp>\n' $eigen)"

# use OPERATION HEADER ARGUMENTS OPTIONS: a program that makes one checked call on vectors.
use() {
  local includes="#include <guerdon/$2>\n#include <guerdon/backend/eigen.hpp>\n#include <vector>\n" before after
  local arrays='using namespace guerdon; std::vector<float> x, y; std::vector<flag_t> m; std::vector<index_t> i; segments s;'
  before=$(cost "${includes}int main() { $arrays guerdon::eigen_backend cpu; }\n" -O3 -march=native -S -o /dev/null $eigen)
  after=$(cost "${includes}int main() { $arrays guerdon::eigen_backend cpu; auto r = $1(cpu, {$3}, {$4}); (void)r; }\n" \
          -O3 -march=native -S -o /dev/null $eigen)
  printf '| `%s` | %s |\n' "$1" "$(awk "BEGIN { printf \"%.2f\", $after - $before }")"
}
printf '\n| one call of, on Eigen in float, -O3 | seconds beyond the includes |\n|---|---|\n'
use ppo_clip_loss objective/ppo_clip_loss.hpp '.rows = s, .logprob = x, .old_logprob = y, .advantage = x, .mask = m' ''
use gspo_loss objective/gspo_loss.hpp '.rows = s, .logprob = x, .old_logprob = y, .advantage = x, .mask = m' ''
use masked_gae returns/masked_gae.hpp '.rows = s, .token_reward = x, .values = y, .mask = m' ''
use logprob_from_logits objective/logprob_from_logits.hpp '.rows = s, .logits = x, .token = i' ''
use grpo_advantage advantage/grpo_advantage.hpp '.reward = x, .groups = s' ''
