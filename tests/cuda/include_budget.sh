#!/usr/bin/env bash
# What including the CUDA backend costs: at most 50 000 lines more than nvcc reads for an empty file (about three seconds
# of its time; the design allows six), and no Thrust or CUB.
# usage: include_budget.sh SOURCE NVCC [FLAGS]     SOURCE includes the header
set -euo pipefail
source=$1
shift

lines() { "${preprocess[@]}" "$1" | grep -cv -e '^#' -e '^ *$'; }
preprocess=("$@" -E -x cu)
empty=$(lines /dev/null)
taken=$(lines "$source")
echo "an empty file: $empty lines; with $(grep -o '<.*>' "$source"): $taken"
unwanted=$("$@" -M -x cu "$source" | tr -s ' \\' '\n' | grep -E '/(thrust|cub)/' | head -n 3 | xargs || true)
[[ -z $unwanted ]] || { echo "includes $unwanted"; exit 1; }
((taken - empty <= 50000)) || { echo "over the budget of 50000 lines more than an empty file"; exit 1; }
