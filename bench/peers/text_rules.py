#!/usr/bin/env python3
"""Rules on tokens and texts beside the Python that trainers ship, in one process, in turn, in MB/s of what is read.

Needs the library guerdon_text of a Release build, and no package:
    python3 bench/peers/text_rules.py build/bench/lib/libguerdon_text.so
Each peer's result is checked against guerdon's before it is timed.
"""
import ctypes
import json
import random
import sys
import time
from collections import Counter, defaultdict

BYTES = 500_000
RUNS = 5


def ngram_repetition(tokens, n):
    """open-r1, repetition penalty: the share of n-grams that are not the first of their kind."""
    ngrams, total = set(), 0
    for ngram in zip(*[tokens[i:] for i in range(n)]):
        ngrams.add(ngram)
        total += 1
    return (1 - len(ngrams) / total) * -1.0 if total else 0.0


def ngram_repetition_dense(tokens, n=40, penalty=-0.05):
    """Demystifying long chains of thought, the dense form: every token of a repeated n-gram."""
    out, seen = [0.0] * len(tokens), set()
    for start in range(len(tokens) - n + 1):
        ngram = tuple(tokens[start:start + n])
        if ngram in seen:
            for j in range(start, start + n):
                out[j] = penalty
        seen.add(ngram)
    return out


def tail_repetition(tokens, size=4):
    """LASER: where a looping text began to, looked for from its end."""
    total = len(tokens)
    if total <= 2 * size:
        return total
    n = 2 if total < 30 else 3 if total < 100 else min(4, size)
    needed = 2 if total < 200 else 3
    seen = defaultdict(list)
    for i in range(total - n, -1, -1):
        ngram = tuple(tokens[i:i + n])
        if n > 2 and len(set(ngram)) == 1:
            continue
        places = seen[ngram]
        places.append(i)
        if len(places) >= needed:
            ordered = sorted(places)
            if any(b - a < total // 3 for a, b in zip(ordered, ordered[1:])):
                return ordered[0]
    if total >= 4 * n:
        earlier = set()
        for i in range(total - 2 * n, -1, -1):
            ngram = tuple(tokens[i:i + 2 * n])
            if ngram in earlier:
                return i
            earlier.add(ngram)
    return total


def step_split(marker, sentence, each, skip=1000, gap=400):
    """VSRM: steps begin at the sentences that hold a marker word; responses of one length, end to end."""
    split = bytearray(len(marker))
    for begin in range(0, len(marker), each):
        start, last = 0, None
        for t in range(each):
            if t > 0 and sentence[begin + t]:
                start = t
            if not marker[begin + t] or t < skip or (last is not None and t - last < gap):
                continue
            p = start or t
            if p > 0:
                split[begin + p], last = 1, p
    return split


def ngram_repeat(text, window=10, limit=10):
    """RLPR: some window of ten words that comes ten times."""
    pieces = [p for word in text.split() for p in word.split("_")]
    counts = Counter(tuple(pieces[i:i + window]) for i in range(len(pieces) - window + 1))
    return -1.0 if len(pieces) > window and max(counts.values()) >= limit else 0.0


def parse_boxes(text):
    """Vision-R1: JSON between fences, boxes whose corners are in order."""
    inside = text.strip()
    if inside.startswith("```json"):
        inside = inside.split("\n", 1)[1]
    boxes = []
    for item in json.loads(inside.split("```")[0]):
        x1, y1, x2, y2 = (int(c) for c in item["bbox_2d"])
        if x1 < x2 and y1 < y2:
            boxes.append((x1, y1, x2, y2, str(item.get("label", ""))))
    return len(boxes), float(sum(sum(b[:4]) for b in boxes))


def answer_ids(answers):
    numbers = {}
    return [numbers.setdefault(a, len(numbers)) for a in (a.strip() for a in answers)]


def fastest(*functions):
    best = [float("inf")] * len(functions)
    for _ in range(RUNS):
        for k, f in enumerate(functions):
            start = time.process_time()
            f()
            best[k] = min(best[k], time.process_time() - start)
    return best


def row(name, size, ours, theirs):
    mine, peer = fastest(ours, theirs)
    print(f"| {name} | {size / mine * 1e-6:.1f} | {size / peer * 1e-6:.2f} | {peer / mine:.1f} |")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    library = ctypes.CDLL(sys.argv[1])
    for name in ("guerdon_ngram_repetition", "guerdon_ngram_repeat"):
        getattr(library, name).restype = ctypes.c_double
    for name in ("guerdon_input_text", "guerdon_parse_boxes"):
        getattr(library, name).restype = ctypes.c_int64
    i64 = ctypes.c_int64

    count = BYTES // 8
    tokens = (i64 * count)()
    library.guerdon_tokens(i64(count), tokens)
    listed = list(tokens)

    def text_of(kind):
        buffer = ctypes.create_string_buffer(library.guerdon_input_text(kind, i64(BYTES), None))
        library.guerdon_input_text(kind, i64(BYTES), buffer)
        return buffer.raw

    print(f"Python {sys.version.split()[0]}, processor time, least of {RUNS} turns\n")
    print("| what | guerdon, MB/s | Python, MB/s | times faster |\n|---|--:|--:|--:|")

    def ours():
        return library.guerdon_ngram_repetition(tokens, i64(count), i64(3))
    assert abs(ours() - ngram_repetition(listed, 3)) < 1e-12
    row("n-gram repetition, 3 tokens", BYTES, ours, lambda: ngram_repetition(listed, 3))

    dense = (ctypes.c_double * count)()

    def ours_dense():
        library.guerdon_ngram_repetition_dense(tokens, i64(count), dense)
    ours_dense()
    assert list(dense) == ngram_repetition_dense(listed)
    row("dense n-gram repetition, 40 tokens", BYTES, ours_dense, lambda: ngram_repetition_dense(listed))

    library.guerdon_tail_repetition.restype = i64

    for name, period in (("a loop looked for, and there is none", 1_000_003), ("and there is one", 97)):
        kinds = [i * 7919 % period for i in range(count)]
        array = (i64 * count)(*kinds)

        def ours_tail():
            return library.guerdon_tail_repetition(array, i64(count))
        assert ours_tail() == tail_repetition(kinds)
        row(name, BYTES, ours_tail, lambda: tail_repetition(kinds))

    positions, each = BYTES // 2, 10_000  # two flags a position
    marker = bytes(t * 2654435761 % 97 == 0 for t in range(positions))
    sentence = bytes(t % 61 == 0 for t in range(positions))
    split = ctypes.create_string_buffer(positions)

    def ours_split():
        library.guerdon_step_split(marker, sentence, i64(positions), i64(each), split)
    ours_split()
    assert split.raw == step_split(marker, sentence, each)
    row("steps of thoughts", BYTES, ours_split, lambda: step_split(marker, sentence, each))

    raw = text_of(0)
    words = raw.decode()

    def ours_repeat():
        return library.guerdon_ngram_repeat(raw, i64(len(raw)))
    assert ours_repeat() == ngram_repeat(words)
    row("repeated windows of 10 words", len(raw), ours_repeat, lambda: ngram_repeat(words))

    boxes = text_of(1)
    box_text = boxes.decode()
    total = ctypes.c_double()

    def ours_boxes():
        return library.guerdon_parse_boxes(boxes, i64(len(boxes)), ctypes.byref(total)), total.value
    assert ours_boxes() == parse_boxes(box_text)
    row("lists of boxes", len(boxes), ours_boxes, lambda: parse_boxes(box_text))

    dice = random.Random(4)
    answers, size = [], 0
    while size < BYTES:
        answers.append(f" x = {dice.randrange(1000)}/{dice.randrange(10)}\n")
        size += len(answers[-1])
    joined = "".join(answers).encode()
    offsets = (i64 * (len(answers) + 1))()
    for i, a in enumerate(answers):
        offsets[i + 1] = offsets[i] + len(a)
    ids = (i64 * len(answers))()

    def ours_ids():
        library.guerdon_answer_ids(joined, offsets, i64(len(answers)), ids)
    ours_ids()
    assert list(ids) == answer_ids(answers)
    row("numbers for answers", size, ours_ids, lambda: answer_ids(answers))


if __name__ == "__main__":
    main()
