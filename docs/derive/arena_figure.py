#!/usr/bin/env python3
"""Learning curves of the arena as a script for gnuplot, in the look of the other figures:

    python3 docs/derive/arena_figure.py NAME FOLDER variant='a title' ... | (cd docs/figures && gnuplot)

FOLDER is the arena's --out. A line is the mean over seeds and tasks of the accuracy on held-out problems; its bars reach
from the lowest seed to the highest.
"""
import csv
import sys
from collections import defaultdict

COLOURS = ["#96521a", "#1f5f72", "#47702b", "#7a4a9a", "#c2912e"]


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    name, folder, wanted = sys.argv[1], sys.argv[2], [a.split("=", 1) for a in sys.argv[3:]]
    of_seed = defaultdict(list)  # variant, step, seed: accuracies of the tasks
    with open(f"{folder}/evaluations.csv", newline="") as file:
        for row in csv.DictReader(file):
            of_seed[row["variant"], int(row["step"]), int(row["seed"])].append(float(row["accuracy"]))
    print(f"reset\nset terminal svg size 720,380 font 'sans-serif,13' background '#ffffff'\nset output '{name}.svg'\n"
          "set border 3 lc '#6d675f'\nset tics nomirror textcolor '#6d675f'\nset grid lc '#e6e0d6' lt 1 lw 1\n"
          "set key tmargin left horizontal Left reverse noenhanced samplen 2 width -1 textcolor '#23211f' spacing 1.2\n"
          "set xlabel 'step' tc '#23211f'\nset ylabel 'accuracy on held-out problems' tc '#23211f'")
    for k, (variant, _) in enumerate(wanted):
        print(f"$c{k} << END")
        for step in sorted({s for v, s, _ in of_seed if v == variant}):
            seeds = [sum(a) / len(a) for (v, s, _), a in of_seed.items() if (v, s) == (variant, step)]
            print(f"{step} {sum(seeds) / len(seeds):.5f} {min(seeds):.5f} {max(seeds):.5f}")
        print("END")
    parts = []
    for k, (_, title) in enumerate(wanted):
        parts.append(f"$c{k} using ($1+{0.5 * k}):2:3:4 with yerrorbars lc '{COLOURS[k]}' pt 0 lw 1 notitle")
        parts.append(f"$c{k} using ($1+{0.5 * k}):2 with lines lw 2.4 lc '{COLOURS[k]}' title '{title}'")
    print("plot " + ", ".join(parts))


if __name__ == "__main__":
    main()
