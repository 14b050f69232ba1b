#!/usr/bin/env python3
"""Value iteration and dense solves of guerdon beside a script in NumPy and SciPy, in one process, in turn, on one thread.

    pip install numpy scipy
    python3 bench/peers/mdp.py build/bench/lib/libguerdon_mdp_peer.so

Two processes of 10^5 states, 4 actions and 5 successors a pair: a random one, and a grid whose moves slip, in which news
travels slowly. The script sweeps with one product of a compressed matrix and a vector, and ends as the textbook does,
where a sweep changes no value by more than is asked for; a second script ends by the bounds of MacQueen and Porteus, as
guerdon does unless it is told not to. All must agree within their tolerances before anything is printed.
"""
import ctypes
import os
import resource
import sys

os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # one core, whatever threads there are

import numpy as np  # noqa: E402
import scipy  # noqa: E402
import scipy.linalg  # noqa: E402
import scipy.sparse  # noqa: E402
import timing  # noqa: E402

timing.RUNS = 3
STATES, ACTIONS, SUCCESSORS, GAMMA, TOLERANCE = 100_000, 4, 5, 0.99, 1e-9


def pointer(x):
    return x.ctypes.data_as(ctypes.c_void_p)


def random_process(rng):
    pairs = STATES * ACTIONS
    column = rng.integers(0, STATES, (pairs, SUCCESSORS)).astype(np.int32)
    p = np.diff(np.sort(rng.random((pairs, SUCCESSORS - 1)), axis=1), prepend=0, append=1)
    return column, p, rng.random(pairs)


def grid_process(rng):
    """A move succeeds in seven of ten; the other three directions have a tenth each less what stays where it is."""
    rows, columns = 250, STATES // 250
    s = np.arange(STATES)
    row, col = s // columns, s % columns
    moves = [np.clip(row + dr, 0, rows - 1) * columns + np.clip(col + dc, 0, columns - 1)
             for dr, dc in ((-1, 0), (0, 1), (1, 0), (0, -1))]
    column = np.stack(moves + [s], axis=1).astype(np.int32)
    p = np.full((ACTIONS, SUCCESSORS), 0.08)
    p[:, 4] = 0.06
    p[np.arange(ACTIONS), np.arange(ACTIONS)] = 0.7
    reward = np.where(rng.random(STATES) < 1e-4, 1.0, 0.0)  # ten places or so that pay
    return np.repeat(column, ACTIONS, axis=0), np.tile(p, (STATES, 1)), np.repeat(reward, ACTIONS)


def script(transition, reward, bounds):
    v, sweeps = np.zeros(STATES), 0
    while True:
        q = reward + GAMMA * (transition @ v)
        new = q.reshape(STATES, ACTIONS).max(1)
        change = new - v
        v, sweeps = new, sweeps + 1
        if not bounds:
            if np.abs(change).max() < TOLERANCE * max(1, np.abs(v).max()):
                return v, sweeps
            continue
        low, high = change.min(), change.max()
        middle = GAMMA / (1 - GAMMA) * (low + high) / 2
        if GAMMA / (1 - GAMMA) * (high - low) / 2 <= TOLERANCE * max(1, np.abs(v).max() + abs(middle)):
            return v + middle, sweeps


def value_iteration(library, name, process):
    column, p, reward = process
    begin = np.arange(0, column.size + 1, SUCCESSORS, dtype=np.int32)
    transition = scipy.sparse.csr_matrix((p.ravel(), column.ravel(), begin), shape=(STATES * ACTIONS, STATES))
    transition.sum_duplicates()
    handle = ctypes.c_void_p(library.guerdon_sparse_mdp(
        ctypes.c_int64(STATES), ctypes.c_int64(ACTIONS), pointer(transition.indptr), pointer(transition.indices),
        pointer(transition.data), pointer(reward), ctypes.c_double(GAMMA)))
    results = {}

    def ours(bounds):
        value, error = np.empty(STATES), ctypes.c_double()
        sweeps = library.guerdon_value_iteration(handle, ctypes.c_double(TOLERANCE), ctypes.c_bool(bounds), 1,
                                                 pointer(value), ctypes.byref(error))
        results["guerdon", bounds] = value, sweeps

    def theirs(bounds):
        results["script", bounds] = script(transition, reward, bounds)

    calls = [(f, bounds) for bounds in (True, False) for f in (ours, theirs)]
    times = timing.best_times(*[lambda f=f, b=b: f(b) for f, b in calls])
    library.guerdon_forget(handle)
    best, _ = results["guerdon", True]
    plain, _ = results["guerdon", False]
    for bounds in (True, False):
        value, sweeps = results["script", bounds]
        mine, own_sweeps = results["guerdon", bounds]
        size = np.abs(best).max()
        if sweeps != own_sweeps or not np.abs(value - mine).max() <= 1e-12 * size:
            sys.exit(f"{name}: the same sweeps do not give the same values")
    if not np.abs(plain - best).max() <= TOLERANCE * size * (1 + GAMMA / (1 - GAMMA)):
        sys.exit(f"{name}: not the same optimum")
    usual = times[3]
    for (f, bounds), seconds in zip(calls, times):
        who = "guerdon" if f is ours else "script"
        sweeps = results[who, bounds][1]
        print(f"| {name} | {who}, {'by bounds' if bounds else 'by the change'} | {sweeps} | {1e3 * seconds / sweeps:.2f} "
              f"| {seconds:.3f} | {usual / seconds:.1f} |")


def dense(library):
    rng = np.random.default_rng(2)
    for n in (100, 300, 1000):
        p = rng.random((n, n))
        p /= p.sum(1, keepdims=True)
        reward = rng.random(n)
        handle = ctypes.c_void_p(library.guerdon_dense_mdp(ctypes.c_int64(n), pointer(p), pointer(reward),
                                                           ctypes.c_double(GAMMA)))
        values = [np.empty(n) for _ in range(4)]
        found = {}

        def call(value, name, *arguments):
            return lambda: getattr(library, name)(handle, *arguments, pointer(value))

        def lapack():
            found["x"] = scipy.linalg.solve(np.eye(n) - GAMMA * p, reward)

        times = timing.best_times(call(values[0], "guerdon_policy_value"), call(values[1], "guerdon_eigen_lu"),
                                  call(values[2], "guerdon_policy_evaluation", ctypes.c_bool(True)),
                                  call(values[3], "guerdon_policy_evaluation", ctypes.c_bool(False)), lapack)
        library.guerdon_forget_dense(handle)
        for v in values:
            if not np.abs(v - found["x"]).max() <= 1e-9 * np.abs(found["x"]).max():
                sys.exit("dense values differ")
        print(f"| {n} | " + " | ".join(f"{1e3 * t:.2f}" for t in times) + f" | {times[0] / times[1]:.2f} |")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    library = ctypes.CDLL(sys.argv[1])
    library.guerdon_sparse_mdp.restype = library.guerdon_dense_mdp.restype = ctypes.c_void_p
    library.guerdon_value_iteration.restype = ctypes.c_int64
    print(f"numpy {np.__version__}, scipy {scipy.__version__}, double, one core, least of {timing.RUNS} turns; gamma "
          f"{GAMMA}, tolerance {TOLERANCE:g} of the largest value\n")
    print(f"| {STATES} states, {ACTIONS} actions | who, ends | sweeps | ms a sweep | seconds | times the script |")
    print("|---|---|--:|--:|--:|--:|")
    value_iteration(library, "random", random_process(np.random.default_rng(0)))
    value_iteration(library, "grid", grid_process(np.random.default_rng(1)))
    print("\n| dense, states | `policy_value`, ms | Eigen's LU alone, ms | `mdp_policy_evaluation<eigen_solver>`, ms | "
          "`mdp_policy_evaluation`, ms | SciPy, ms | `policy_value` by Eigen alone |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    dense(library)
    print(f"\nLargest memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB.")


if __name__ == "__main__":
    main()
