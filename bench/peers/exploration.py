#!/usr/bin/env python3
"""Counts, hashes and look-ups of exploration, and programs cut out of answers, beside the Python that does the same.

Needs numpy and the library guerdon_exploration_peer of a Release build:
    python3 bench/peers/exploration.py build/bench/lib/libguerdon_exploration_peer.so
The peers are what trainers write: a dictionary of counts for each table or episode, numpy where it has the operation.
Both take arrays and give arrays, from and to which a loop in Python has to make lists. Each one's values are held
against guerdon's before it is timed.
"""
import ctypes
import math
import platform
import re
import sys

import numpy as np

from timing import best_times

VISITS, BATCH, COLUMNS, DIMENSIONS, PLANES = 200_000, 8192, 64, 32, 24


def pointer(x):
    return x.ctypes.data_as(ctypes.c_void_p)


def integer(n):
    return ctypes.c_int64(n)


def row(name, whose, unit, amount, ours, theirs):
    mine, peer = best_times(ours, theirs)
    print(f"| {name} | {whose} | {amount / mine * 1e-6:.1f} {unit} | {amount / peer * 1e-6:.3f} {unit} "
          f"| {peer / mine:.{0 if peer > 9.5 * mine else 1}f} |", flush=True)


def count_loop(table, keys, online):
    """A dictionary, as a trainer counts: keys from an array, bonuses to an array."""
    part = keys.tolist()
    if online:
        bonus = []
        for k in part:
            n = table[k] = table.get(k, 0) + 1
            bonus.append(1.0 / math.sqrt(n))
    else:
        for k in part:
            table[k] = table.get(k, 0) + 1
        bonus = [1.0 / math.sqrt(table[k]) for k in part]
    return np.array(bonus)


def count_unique(table, keys, online):
    """The same batch by numpy's sort; the dictionary is asked once for each state."""
    states, where, times = np.unique(keys, return_inverse=True, return_counts=True)
    total = []
    for k, n in zip(states.tolist(), times.tolist()):
        n = table[k] = table.get(k, 0) + n
        total.append(n)
    return 1 / np.sqrt(np.array(total))[where]


def counts(library, keys, online, peer):
    """A table that lives as long as training, asked in batches."""
    library.guerdon_count.restype = ctypes.POINTER(ctypes.c_double)
    table = {}

    def ours(check=None):
        for i in range(0, len(keys), BATCH):
            n = min(BATCH, len(keys) - i)
            bonus = library.guerdon_count(pointer(keys[i:]), integer(n))
            if check is not None:
                check.append(np.ctypeslib.as_array(bonus, (n,)).copy())

    def theirs(check=None):
        for i in range(0, len(keys), BATCH):
            part = peer(table, keys[i:i + BATCH], online)
            if check is not None:
                check.append(part)

    library.guerdon_forget(ctypes.c_double(1), ctypes.c_int(online))
    mine, his = [], []
    ours(mine)
    theirs(his)
    assert np.array_equal(np.concatenate(mine), np.concatenate(his))
    return ours, theirs


def episodic(library, keys, start):
    library.guerdon_episodic_visit_count.restype = ctypes.POINTER(ctypes.c_int64)

    def ours():
        return library.guerdon_episodic_visit_count(pointer(keys), pointer(start), integer(len(keys)), integer(COLUMNS))

    def theirs():
        seen = [{} for _ in range(COLUMNS)]
        result = []
        starts = start.tolist()
        for i, k in enumerate(keys.tolist()):
            column = i % COLUMNS
            if starts[i]:
                seen[column] = {}
            table = seen[column]
            n = table[k] = table.get(k, 0) + 1
            result.append(n)
        return np.array(result)

    assert np.array_equal(np.ctypeslib.as_array(ours(), keys.shape), theirs())
    return ours, theirs


def retrieval(library, keys, judged, label):
    reward, known = ctypes.POINTER(ctypes.c_double)(), ctypes.POINTER(ctypes.c_uint8)()

    def ours():
        library.guerdon_retrieval(pointer(keys), integer(len(keys)), pointer(judged), pointer(label),
                                  integer(len(judged)), ctypes.byref(reward), ctypes.byref(known))

    def theirs():
        table = dict(zip(judged.tolist(), label.tolist()))
        listed = keys.tolist()
        return np.array([table.get(k, 0.0) for k in listed]), np.array([k in table for k in listed])

    ours()
    for mine, his in zip((reward, known), theirs()):
        assert np.array_equal(np.ctypeslib.as_array(mine, keys.shape), his)
    return ours, theirs


def simhash(library, state, projection, loop):
    """State by state, as environments hand them out and as Tang et al. write it; or all of a batch by BLAS."""
    n = len(state) // DIMENSIONS
    key = np.empty(n, dtype=np.int64)
    states, normals = state.reshape(n, DIMENSIONS), projection.reshape(DIMENSIONS, PLANES)
    powers = 1 << np.arange(PLANES, dtype=np.int64)
    planes = np.ascontiguousarray(normals.T)

    def ours():
        library.guerdon_simhash(pointer(state), integer(n), pointer(projection), integer(DIMENSIONS), integer(PLANES),
                                pointer(key))

    def theirs():
        if loop:
            return np.array([(planes @ s >= 0) @ powers for s in states])
        return (states @ normals >= 0) @ powers

    ours()
    assert np.array_equal(key, theirs())
    return ours, theirs


def novelty(library, query, memory):
    n, memories, k = len(query) // DIMENSIONS, len(memory) // DIMENSIONS, 10
    reward = np.empty(n)
    queries, known = query.reshape(n, DIMENSIONS), memory.reshape(memories, DIMENSIONS)

    def ours():
        library.guerdon_novelty(pointer(query), integer(n), pointer(memory), integer(memories), integer(DIMENSIONS),
                                integer(k), pointer(reward))

    def theirs():
        nearest = np.array([np.partition(((known - q) ** 2).sum(axis=1), k - 1)[:k] for q in queries])
        rate = np.maximum(nearest / nearest.mean() - 8e-3, 0)
        similarity = np.sqrt((1e-4 / (rate + 1e-4)).sum(axis=1)) + 1e-3
        return np.where(similarity > 8, 0, 1 / similarity)

    ours()
    assert np.allclose(reward, theirs(), rtol=1e-9)
    return ours, theirs


def programs(library, text):
    space = ctypes.create_string_buffer(len(text))
    response = text.decode()

    def ours():
        return library.guerdon_extract_program(text, integer(len(text)), space)

    def theirs():
        """As Eureka looks: patterns in order, then the lines from the first function on."""
        program = response
        for pattern in (r"```python(.*?)```", r"```(.*?)```"):
            if found := re.search(pattern, response, re.DOTALL):
                program = found.group(1).strip()
                break
        lines = program.split("\n")
        for i, line in enumerate(lines):
            if line.strip().startswith("def "):
                return "\n".join(lines[i:])
        return program

    library.guerdon_extract_program.restype = ctypes.c_int64
    found = ours()
    assert space.raw[:found].decode() == theirs()
    return ours, theirs


def main():
    library = ctypes.CDLL(sys.argv[1])

    def visited(n, states):
        keys = np.empty(n, dtype=np.int64)
        library.guerdon_visited(integer(n), integer(states), pointer(keys))
        return keys

    def normal(n, seed):
        x = np.empty(n)
        library.guerdon_normal_numbers(integer(n), ctypes.c_uint(seed), pointer(x))
        return x

    start = np.empty(VISITS, dtype=np.uint8)
    library.guerdon_episode_starts(integer(VISITS), pointer(start))
    print(f"Python {platform.python_version()}, numpy {np.__version__}")
    print("| | peer | guerdon | peer | times |\n|---|---|--:|--:|--:|")
    for states in (1000, 20000):
        keys = visited(VISITS, states)
        name = f"`hash_count_bonus`, {states} states"
        row(f"{name}, online", "dict", "M keys/s", VISITS, *counts(library, keys, True, count_loop))
        row(f"{name}, batch", "dict", "M keys/s", VISITS, *counts(library, keys, False, count_loop))
        row(f"{name}, batch", "np.unique, dict", "M keys/s", VISITS, *counts(library, keys, False, count_unique))
    row("`episodic_visit_count`, 64 environments", "dict", "M keys/s", VISITS,
        *episodic(library, visited(VISITS, 200), start))
    row("`oni_retrieval_reward`, 3000 judged", "dict", "M keys/s", VISITS,
        *retrieval(library, visited(VISITS, 4000), visited(3000, 4000), np.ones(3000)))
    for loop in (True, False):
        row("`simhash`, 32 dimensions, 24 planes", "numpy, state by state" if loop else "numpy, batch",
            "M states/s", 10_000,
            *simhash(library, normal(10_000 * DIMENSIONS, 5), normal(DIMENSIONS * PLANES, 6), loop))
    for memories in (100, 1000):
        row(f"`episodic_novelty`, {memories} memories", "numpy", "M queries/s", 256,
            *novelty(library, normal(256 * DIMENSIONS, 8), normal(memories * DIMENSIONS, 7)))
    bytes_ = library.guerdon_answer_with_program(integer(200_000), None)
    text = ctypes.create_string_buffer(bytes_)
    library.guerdon_answer_with_program(integer(200_000), text)
    row("`extract_program`", "re", "MB/s", bytes_, *programs(library, text.raw[:bytes_]))


if __name__ == "__main__":
    main()
