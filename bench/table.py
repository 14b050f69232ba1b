#!/usr/bin/env python3
"""A result of `bench --benchmark_format=json` as the table of docs/performance.md: table.py FILE.json"""
import json
import sys

with open(sys.argv[1]) as file:
    result = json.load(file)
context = result["context"]
print(f"{context['date'][:10]}, {context['num_cpus']} x {context['mhz_per_cpu']} MHz, {context.get('compiler', '')}\n")
print("| operation | threads | ns per element | GB/s | times the ceiling |")
print("|---|---|---|---|---|")
for row in result["benchmarks"]:
    if "x_ceiling" not in row:
        continue
    name, *arguments = row["name"].removesuffix("_median").split("/")
    given = dict(a.split(":") for a in arguments if ":" in a)
    threads = given.pop("threads", "1")
    what = "".join(f", {key} {value}" for key, value in given.items())
    print(f"| `{name}`{what} | {threads} | {row['ns']:.2f} | {row['GB/s']:.1f} | {row['x_ceiling']:.2f} |")
