#!/usr/bin/env python3
"""guerdon's rules on texts beside the Python originals: first the values of 10^4 pairs each, then the time.

Needs the library guerdon_text of a Release build and, of the peers, what can be imported (pip install sacrebleu
rouge-score rapidfuzz math-verify); difflib and SQuAD's script are at hand:
    python3 bench/peers/text.py build/bench/lib/libguerdon_text.so [rollouts.jsonl]
Pairs are generated (words, code, numbers, ill-spaced Unicode) and, where a file of rollouts is given, taken from its
responses. A difference is a value whose bits differ, and for the F of ROUGE-L, whose original multiplies in another
order, one beyond 1e-12. Times are the least of some runs in turn; the originals run over fewer pairs where they
take longer than a few seconds.
"""
import collections
import ctypes
import difflib
import importlib
import importlib.metadata
import json
import logging
import platform
import random
import re
import string
import sys
import time

import numpy as np

PAIRS = 10_000
ONE_TEXT = ("normalize_answer", "bleu_tokenize", "word_repetition")  # the first of each pair


def fnv(text):
    text = text.encode()
    h = 14695981039346656037 + len(text)
    for at in range(0, len(text), 8):
        h = ((h ^ int.from_bytes(text[at:at + 8], "little")) * 1099511628211) % 2**64
    return float(h >> 12)


# --- the originals -------------------------------------------------------------------------------------------------
def ratio(a, b):
    return difflib.SequenceMatcher(None, a, b).ratio()


def ratio_without_autojunk(a, b):
    return difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()


def unified_diff(a, b):
    # As SWE-RL calls it, without the two lines of file names.
    lines = difflib.unified_diff(a.splitlines(), b.splitlines(), lineterm="")
    return "\n".join(list(lines)[2:])


def normalize_answer(s):
    """SQuAD, evaluate-v1.1.py."""
    s = "".join(c for c in s.lower() if c not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", s).split())


def exact_match(a, b):
    return float(normalize_answer(a) == normalize_answer(b))


def token_f1(a, b):
    a, b = normalize_answer(a).split(), normalize_answer(b).split()
    same = sum((collections.Counter(a) & collections.Counter(b)).values())
    if same == 0:
        return 0.0
    precision, recall = same / len(a), same / len(b)
    return 2 * precision * recall / (precision + recall)


def word_repetition(a):
    """open-r1, repetition penalty of trigrams, times -1."""
    words = a.lower().split()
    if len(words) < 3:
        return 0.0
    ngrams = list(zip(*(words[k:] for k in range(3))))
    return (1 - len(set(ngrams)) / len(ngrams)) * -1.0


def first_half(text):
    encoded = text.encode()
    return encoded[:len(encoded) // 2].decode(errors="ignore")


def forget():
    """sacrebleu keeps the tokens of sentences that it has seen; a reward sees a response once."""
    for name in ("13a", "re", "zh", "char"):
        module = sys.modules.get(f"sacrebleu.tokenizers.tokenizer_{name}")
        for thing in vars(module).values() if module else ():
            if hasattr(getattr(thing, "__call__", None), "cache_clear"):
                thing.__call__.cache_clear()


def originals():
    """name: (whose, function of two texts, tolerance)."""
    found = {
        "ratio": ("difflib", ratio, 0),
        "ratio_without_autojunk": ("difflib", ratio_without_autojunk, 0),
        "unified_diff": ("difflib", lambda a, b: unified_diff(a, b), 0),
        "normalize_answer": ("SQuAD's script", lambda a, b: normalize_answer(a), 0),
        "exact_match": ("SQuAD's script", exact_match, 0),
        "token_f1": ("SQuAD's script", token_f1, 0),
        "word_repetition": ("open-r1's rule", lambda a, b: word_repetition(a), 0),
    }

    def module(name):
        try:
            return importlib.import_module(name)
        except ImportError as missing:
            print(f"{name} is left out: {missing}", file=sys.stderr)

    if sacrebleu := module("sacrebleu"):
        logging.getLogger("sacrebleu").setLevel(logging.ERROR)  # it advises another setting, a line a sentence
        bleu = sacrebleu.BLEU(effective_order=False)
        whose = f"sacrebleu {sacrebleu.__version__}"
        found["bleu"] = (whose, lambda a, b: bleu.sentence_score(a, [b]).score, 0)
        for name in ("zh", "char"):
            other = sacrebleu.BLEU(effective_order=False, tokenize=name)
            found["bleu_" + name] = (whose, lambda a, b, other=other: other.sentence_score(a, [b]).score, 0)
        lower = sacrebleu.BLEU(effective_order=True, lowercase=True)
        found["bleu_two_references"] = (whose, lambda a, b: lower.sentence_score(a, [b, first_half(a)]).score, 0)
        tokenizer = importlib.import_module("sacrebleu.tokenizers.tokenizer_13a").Tokenizer13a()
        found["bleu_tokenize"] = (whose, lambda a, b: tokenizer(a.rstrip()), 0)
    if rouge := module("rouge_score.rouge_scorer"):
        scorer = rouge.RougeScorer(["rougeL"])
        version = importlib.metadata.version("rouge-score")
        found["rouge_l"] = (f"rouge-score {version}", lambda a, b: scorer.score(b, a)["rougeL"].fmeasure, 1e-12)
    if module("rapidfuzz"):
        from rapidfuzz.distance import Levenshtein
        import rapidfuzz
        found["levenshtein"] = (f"rapidfuzz {rapidfuzz.__version__} (C++)", Levenshtein.distance, 0)
    return found


# --- the pairs ------------------------------------------------------------------------------------------------------
WORDS = "a an the The cat sat on mat 1,000 2.75 $5 -6 x=1; return f(x) don't U.S.A. naïve Straße İ 中文 — “quoted” e\u0301 \u00a0 3:1 A".split(" ")


def generated(rng, longest):
    text = []
    for _ in range(rng.randrange(longest)):
        text.append(rng.choice(WORDS))
        text.append(rng.choice(["  ", "\n", "\t", ", ", "."]) if rng.random() < 0.2 else " ")
    return "".join(text)


def changed(rng, text):
    words = text.split(" ")
    for _ in range(rng.randrange(1 + len(words) // 3)):
        at = rng.randrange(len(words))
        words[at:at + rng.randrange(2)] = [rng.choice(WORDS)] * rng.randrange(3)
        if not words:
            words = [""]
    return " ".join(words)


def all_pairs(rollouts):
    rng = random.Random(20250218)
    pairs = []
    real = []
    if rollouts:
        for line in open(rollouts, encoding="utf-8"):
            texts = [r["text"] for r in json.loads(line)["responses"]]
            real += [(a, b) for a in texts for b in texts if a is not b]
        rng.shuffle(real)
        real = real[:PAIRS // 2]
    while len(pairs) < PAIRS - len(real):
        text = generated(rng, 60)
        pairs.append((text, changed(rng, text) if rng.random() < 0.7 else generated(rng, 60)))
    return pairs, real


def files(count):
    """Files of code and what a change makes of them, for what compares lines."""
    rng = random.Random(20250225)
    pairs = []
    for _ in range(count):
        lines = []
        for k in range(rng.randrange(20, 400)):
            words = " ".join(rng.choice(WORDS) for _ in range(rng.randrange(8)))
            lines.append(rng.choice(["", "    }", "  " * rng.randrange(5) + f"v{rng.randrange(50)} = {words}"]))
        new = list(lines)
        for _ in range(rng.randrange(6)):
            at = rng.randrange(len(new))
            new[at:at + rng.randrange(4)] = [f"    changed({rng.randrange(99)})"] * rng.randrange(4)
        pairs.append(("\n".join(lines), "\n".join(new)))
    return pairs


def packed(texts):
    encoded = [t.encode() for t in texts]
    offsets = np.concatenate([[0], np.cumsum([len(e) for e in encoded])]).astype(np.int64)
    return b"".join(encoded), offsets


class Peer:
    def __init__(self, path):
        self.call = ctypes.CDLL(path).guerdon_text

    def pack(self, pairs):
        a, a_offsets = packed([p[0] for p in pairs])
        b, b_offsets = packed([p[1] for p in pairs])
        return len(pairs), a, a_offsets, b, b_offsets, np.zeros(len(pairs))

    def run(self, name, batch):
        n, a, a_offsets, b, b_offsets, out = batch
        failed = self.call(name.encode(), ctypes.c_int64(n), a, a_offsets.ctypes.data_as(ctypes.c_void_p), b,
                           b_offsets.ctypes.data_as(ctypes.c_void_p), out.ctypes.data_as(ctypes.c_void_p))
        assert not failed, name
        return out


def least(runs, *functions):
    best = [float("inf")] * len(functions)
    for _ in range(runs):
        for k, f in enumerate(functions):
            start = time.process_time()
            f()
            best[k] = min(best[k], time.process_time() - start)
    return best


def against_math_verify(peer):
    """Whether numeric_equal and Math-Verify agree, on numbers in many notations. Not one rule: counted, not asserted."""
    try:
        from math_verify import parse, verify
    except ImportError as missing:
        print(f"math_verify is left out: {missing}", file=sys.stderr)
        return
    rng = random.Random(7)
    pairs = []
    for _ in range(1000):
        p, q = rng.randrange(-50, 50), rng.randrange(1, 20)
        forms = [f"\\frac{{{p}}}{{{q}}}", f"{p}/{q}", f"{p / q:.6g}", f"{p}", f"{p}.0", f"{p},000", f"{p}\\%"]
        pairs.append((rng.choice(forms), rng.choice(forms)))
    got = peer.run("numeric_equal", peer.pack(pairs))
    differ = []
    for (a, b), mine in zip(pairs, got):
        theirs = verify(parse(f"${b}$"), parse(f"${a}$"))
        if bool(mine) != bool(theirs):
            differ.append((a, b, bool(mine), bool(theirs)))
    version = importlib.metadata.version("math-verify")
    print(f"\nnumeric_equal and Math-Verify {version}: {len(pairs) - len(differ)} of {len(pairs)} verdicts agree")
    for a, b, mine, theirs in differ[:10]:
        print(f"  {a!r} against {b!r}: {mine}, Math-Verify {theirs}")


def compared(peer, name, title, whose, original, tolerance, pairs, some):
    """Values first, then the time of some of the pairs."""
    got = peer.run(name, peer.pack(pairs)).copy()
    want = [original(a, b) for a, b in pairs]
    if isinstance(want[0], str):
        want = [fnv(w) for w in want]
    apart = np.abs(got - np.array(want, dtype=np.float64))
    differ = int(np.sum(apart > tolerance))
    if differ:
        at = int(np.argmax(apart))
        print(f"  {name} first at {at}: {pairs[at]!r}: {got[at]!r} for {want[at]!r}", file=sys.stderr)
    small = peer.pack(some)

    def theirs():
        forget()
        return [original(a, b) for a, b in some]
    seconds, mine = least(3, theirs, lambda: peer.run(name, small))
    size = sum(len(a.encode()) + (name not in ONE_TEXT) * len(b.encode()) for a, b in some) / 1e6
    print(f"{title:24}{whose:26}{len(pairs):7}{differ:8}{apart.max():10.1e}{size / seconds:7.2f} MB/s"
          f"{size / mine:7.1f} MB/s{seconds / mine:8.0f}", flush=True)
    return differ


def main():
    peer = Peer(sys.argv[1])
    made, real = all_pairs(sys.argv[2] if len(sys.argv) > 2 else None)
    pairs = made + real
    print(f"{len(made)} generated pairs, {len(real)} of responses; Python {platform.python_version()}, one thread")
    print(f"{'operation':24}{'original':26}{'pairs':>7}{'differ':>8}{'largest':>10}{'original':>12}{'guerdon':>12}{'ratio':>8}")
    worst = 0
    code = files(200)
    for name, (whose, original, tolerance) in originals().items():
        worst += compared(peer, name, name, whose, original, tolerance, pairs, pairs[::20])
        if name == "unified_diff":
            worst += compared(peer, name, "the same of code files", whose, original, tolerance, code, code[::10])
    against_math_verify(peer)
    sys.exit(1 if worst else 0)


if __name__ == "__main__":
    main()
