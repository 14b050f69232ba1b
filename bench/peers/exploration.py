#!/usr/bin/env python3
"""Counts, hashes and look-ups of exploration, and programs cut out of answers, beside the Python that does the same.

Needs numpy and the library guerdon_exploration_peer of a Release build:
    python3 bench/peers/exploration.py build/bench/lib/libguerdon_exploration_peer.so
The peers are what trainers write: a dictionary of counts for each table or episode, numpy where the numbers are in
arrays. Each one's values are held against guerdon's before it is timed.
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
          f"| {peer / mine:.0f} |", flush=True)


def counts(library, keys, online):
    """A table that lives as long as training, asked in batches."""
    bonus = np.empty(BATCH)
    listed = keys.tolist()
    table = {}

    def ours(check=None):
        for i in range(0, len(keys), BATCH):
            n = min(BATCH, len(keys) - i)
            library.guerdon_count(pointer(keys[i:]), integer(n), pointer(bonus))
            if check is not None:
                check.extend(bonus[:n].tolist())

    def theirs(check=None):
        for i in range(0, len(listed), BATCH):
            part = listed[i:i + BATCH]
            if online:
                bonuses = []
                for k in part:
                    n = table[k] = table.get(k, 0) + 1
                    bonuses.append(1.0 / math.sqrt(n))
            else:
                for k in part:
                    table[k] = table.get(k, 0) + 1
                bonuses = [1.0 / math.sqrt(table[k]) for k in part]
            if check is not None:
                check.extend(bonuses)

    library.guerdon_forget(ctypes.c_double(1), ctypes.c_int(online))
    mine, peer = [], []
    ours(mine)
    theirs(peer)
    assert mine == peer
    return ours, theirs


def episodic(library, keys, start):
    count = np.empty(len(keys), dtype=np.int64)
    listed, starts = keys.tolist(), start.tolist()

    def ours():
        library.guerdon_episodic_visit_count(pointer(keys), pointer(start), integer(len(keys)), integer(COLUMNS),
                                             pointer(count))

    def theirs():
        seen = [{} for _ in range(COLUMNS)]
        result = []
        for i, k in enumerate(listed):
            column = i % COLUMNS
            if starts[i]:
                seen[column] = {}
            table = seen[column]
            n = table[k] = table.get(k, 0) + 1
            result.append(n)
        return result

    ours()
    assert count.tolist() == theirs()
    return ours, theirs


def retrieval(library, keys, judged, label):
    reward = np.empty(len(keys))
    listed, table = keys.tolist(), {}

    def ours():
        library.guerdon_retrieval(pointer(keys), integer(len(keys)), pointer(judged), pointer(label),
                                  integer(len(judged)), pointer(reward))

    def theirs():
        table = dict(zip(judged.tolist(), label.tolist()))
        return [table.get(k, 0.0) for k in listed], [k in table for k in listed]

    ours()
    assert reward.tolist() == theirs()[0]
    return ours, theirs


def simhash(library, state, projection):
    n = len(state) // DIMENSIONS
    key = np.empty(n, dtype=np.int64)
    states, normals = state.reshape(n, DIMENSIONS), projection.reshape(DIMENSIONS, PLANES)
    powers = 1 << np.arange(PLANES, dtype=np.int64)

    def ours():
        library.guerdon_simhash(pointer(state), integer(n), pointer(projection), integer(DIMENSIONS), integer(PLANES),
                                pointer(key))

    def theirs():
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
        for online in (False, True):
            order = "online" if online else "batch"
            row(f"`hash_count_bonus`, {states} states, {order}", "dict", "M keys/s", VISITS, *counts(library, keys, online))
    row("`episodic_visit_count`, 64 environments", "dict", "M keys/s", VISITS, *episodic(library, visited(VISITS, 200), start))
    row("`oni_retrieval_reward`, 3000 judged", "dict", "M keys/s", VISITS,
        *retrieval(library, visited(VISITS, 4000), visited(3000, 4000), np.ones(3000)))
    row("`simhash`, 32 dimensions, 24 planes", "numpy", "M states/s", 10_000,
        *simhash(library, normal(10_000 * DIMENSIONS, 5), normal(DIMENSIONS * PLANES, 6)))
    for memories in (100, 1000):
        row(f"`episodic_novelty`, {memories} memories", "numpy", "M queries/s", 256,
            *novelty(library, normal(256 * DIMENSIONS, 8), normal(memories * DIMENSIONS, 7)))
    bytes_ = library.guerdon_answer_with_program(integer(200_000), None)
    text = ctypes.create_string_buffer(bytes_)
    library.guerdon_answer_with_program(integer(200_000), text)
    row("`extract_program`", "re", "MB/s", bytes_, *programs(library, text.raw[:bytes_]))


if __name__ == "__main__":
    main()
