#!/usr/bin/env python3
"""Measures Drover's tokenizers beside the fastest libraries: processor time, one thread, texts that are new to each.

Usage: scripts/bench/tokenizers.py [--vocabularies NAME,...] [--libraries NAME,...] [--rounds N] [--size CHARACTERS]
                                   [--no-ids] [--allocations | --long]

In each round every library has a process of its own: it loads the vocabulary, encodes a warm-up of other texts of the
same kinds, then is timed on English prose, source code and mixed French, Japanese and Chinese, cut into texts of 4,000
characters. Prints the median MB/s and its ratio to Drover's. Before that, each library's ids are compared with those of
Hugging Face's `tokenizers`, unless --no-ids says that they need not be; a library whose ids differ is marked with the
share of texts that do. Ratios are medians of the rounds' ratios. With --allocations, counts instead how often Drover
allocates memory to encode a text: once, for the result. With --long, measures Drover alone, on texts of a million
characters beside those of --size, in turns.

Needs the Python packages in tokenizers.requirements.txt, Debian's perl-doc and debian-reference-{fr,ja,zh-cn} for the
texts, and `swift build -c release --product tokenizer-bench`: `make bench-tokenizer` sees to all but Debian's.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

# Python puts this file's folder first, where it hides the package of the same name.
HERE = str(Path(__file__).resolve().parent)
sys.path = [path for path in sys.path if path != HERE] + [HERE]

import vocabularies
from vocabularies import CL100K, GPT2, HOME, ROOT, VOCABULARIES

OURS = ROOT / ".build/release/tokenizer-bench"
KINDS = ("english", "code", "mixed")


# The libraries: each gives a function from a text to something with a length, and one from that to a list of ids.


def tokenizers(name):
    from tokenizers import Tokenizer
    tokenizer = Tokenizer.from_file(str(vocabularies.tokenizer(name)))
    return lambda text: tokenizer.encode(text, add_special_tokens=False), lambda encoding: encoding.ids


def fastokens(name):
    from fastokens import Tokenizer
    tokenizer = Tokenizer.from_file(str(vocabularies.tokenizer(name)))
    return lambda text: tokenizer.encode(text, False), lambda found: getattr(found, "ids", found)


def gigatoken(name):
    from gigatoken import Tokenizer
    return Tokenizer(str(vocabularies.tokenizer(name))).encode, list


def tokie(name):
    from tokie import Tokenizer
    tokenizer = Tokenizer.from_json(str(vocabularies.tokenizer(name)))
    return lambda text: tokenizer.encode(text, False), lambda found: getattr(found, "ids", found)


def tiktoken(name):
    import tiktoken
    pattern = VOCABULARIES[name][3]
    if pattern is None:
        raise LookupError("its format cannot say this vocabulary")
    encoding = tiktoken.Encoding(name, pat_str=pattern, mergeable_ranks=vocabularies.ranks(name), special_tokens={})
    return encoding.encode_ordinary, list


def quicktok(name):
    import quicktok
    known = {"llama3": "llama3", "qwen": "qwen3", "cl100k": "cl100k_base"}
    if name not in known:
        raise LookupError("it does not have this vocabulary")
    return quicktok.get_encoding(known[name]).encode, list


def bpe_openai(name):
    import bpe_openai
    if name != "cl100k":
        raise LookupError("it does not have this vocabulary")
    return bpe_openai.get_encoding("cl100k_base").encode, list


PEERS = {function.__name__: function for function in (
    tokenizers, fastokens, gigatoken, tokie, tiktoken, quicktok, bpe_openai)}


def child(library, name, size, writes_ids):
    """One library's part of a round: prints a JSON object of [bytes, seconds, tokens] for each kind."""
    folder = vocabularies.pieces(size)
    texts = {kind: vocabularies.read_pieces(folder / kind) for kind in (*KINDS, "warm-up")}
    try:
        encode, ids = PEERS[library](name)
        for text in texts["warm-up"]:
            encode(text)
        result = {}
        for kind in KINDS:
            start = time.process_time()
            count = sum(len(encode(text)) for text in texts[kind])
            seconds = time.process_time() - start
            result[kind] = [sum(len(text.encode()) for text in texts[kind]), seconds, count]
            if writes_ids:
                write_ids(library, kind, ([int(id) for id in ids(encode(text))] for text in texts[kind]))
    except Exception as error:  # a library that cannot load this vocabulary says so, and the others go on
        result = {"error": f"{type(error).__name__}: {error}"[:120]}
    print(json.dumps(result))


def write_ids(library, kind, encodings):
    with open(HOME / f"ids-{library}-{kind}", "w") as file:
        for ids in encodings:
            file.write(" ".join(map(str, ids)) + "\n")


def measure(library, name, size, writes_ids):
    if library == "drover":
        command = [OURS, vocabularies.tokenizer(name), vocabularies.pieces(size)]
        command += [HOME / "ids-drover"] if writes_ids else []
    else:
        command = [sys.executable, __file__, "--child", library, name, str(size), str(int(writes_ids))]
    environment = {**os.environ, "TOKENIZERS_PARALLELISM": "false", "RAYON_NUM_THREADS": "1"}
    done = subprocess.run(command, stdout=subprocess.PIPE, env=environment, text=True)
    try:
        return json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        return {"error": f"it ended with {done.returncode}"}


def differences(library, kind):
    """The share of texts whose ids differ from the reference's."""
    lines = [open(HOME / f"ids-{name}-{kind}").read().splitlines() for name in ("tokenizers", library)]
    return sum(left != right for left, right in zip(*lines)) / len(lines[0])


def compare(name, libraries, size):
    """What is to be said of each library before it is measured; the reference goes first."""
    notes, failed = {}, {}
    for library in dict.fromkeys(["tokenizers", *libraries]):
        result = measure(library, name, size, True)
        if "error" in result:
            failed[library] = result["error"]
        else:
            notes[library] = {kind: differences(library, kind) for kind in KINDS}
    return notes, failed


def report(name, size, rounds, libraries, compares):
    notes, failed = compare(name, libraries, size) if compares else ({}, {})
    found = {library: {kind: [] for kind in KINDS} for library in libraries if library not in failed}
    for at in range(rounds):
        for library in found:
            if library == "tokenizers" and at > 0:
                continue  # it takes a hundred times as long as all the others
            result = measure(library, name, size, False)
            if "error" in result:
                failed[library] = result["error"]
                continue
            for kind, (size_bytes, seconds, _) in result.items():
                found[library][kind].append(size_bytes / seconds / 1e6)
    found = {library: speeds for library, speeds in found.items() if library not in failed}
    medians = {library: {kind: statistics.median(speeds[kind]) for kind in KINDS} for library, speeds in found.items()}
    print(f"\n{VOCABULARIES[name][0]}, texts of {size:,} characters, MB/s of processor time (ratio to Drover's)\n")
    print("| library | " + " | ".join(KINDS) + " |\n|---|" + "---|" * len(KINDS))
    for library, speeds in medians.items():
        cells = []
        for kind in KINDS:
            ratio = ""
            if "drover" in medians:
                ratios = (theirs / ours for theirs, ours in zip(found[library][kind], found["drover"][kind]))
                ratio = f" ({statistics.median(ratios):.2f})"
            differing = notes.get(library, {}).get(kind)
            cells.append(f"{speeds[kind]:.0f}{ratio}" + (f" ids differ in {differing:.0%}" if differing else ""))
        print(f"| {library} | " + " | ".join(cells) + " |")
    for library, error in failed.items():
        print(f"\n{library}: {error}")
    sys.stdout.flush()


def report_allocations(names, size):
    """How often Drover allocates memory for each text, when it has encoded others before."""
    counter = HOME / "allocations.so"
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-shared", "-fPIC", "-o", counter, f"{HERE}/allocations.c"],
                   check=True)
    print(f"\nAllocations for a text of {size:,} characters\n")
    print("| vocabulary | " + " | ".join(KINDS) + " |\n|---|" + "---|" * len(KINDS))
    for name in names:
        command = [OURS, vocabularies.tokenizer(name), vocabularies.pieces(size), "--allocations"]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True,
                              env={**os.environ, "LD_PRELOAD": str(counter)})
        counts = json.loads(done.stdout)
        cells = (f"{allocations / texts:.2f}" for texts, allocations in (counts[kind] for kind in KINDS))
        print(f"| {VOCABULARIES[name][0]} | " + " | ".join(cells) + " |")


def report_long(names, size, rounds):
    """Drover's speed on texts of a million characters, as a ratio to that on texts of `size`."""
    print(f"\nDrover on texts of 1,000,000 characters, ratio of its speed to that on {size:,}\n")
    print("| vocabulary | " + " | ".join(KINDS) + " |\n|---|" + "---|" * len(KINDS))
    for name in names:
        ratios = {kind: [] for kind in KINDS}
        for at in range(rounds):
            sizes = (size, 1_000_000) if at % 2 else (1_000_000, size)
            results = {each: measure("drover", name, each, False) for each in sizes}
            for kind in KINDS:
                short, long = (results[each][kind][0] / results[each][kind][1] for each in (size, 1_000_000))
                ratios[kind].append(long / short)
        cells = (f"{statistics.median(ratios[kind]):.2f}" for kind in KINDS)
        print(f"| {VOCABULARIES[name][0]} | " + " | ".join(cells) + " |", flush=True)


def report_chat(name="deepseek", mark="<｜User｜>"):
    """What each turn of a chat that grows costs with `PromptCache` and without."""
    command = [OURS, vocabularies.tokenizer(name), vocabularies.pieces(4000), "--chat", mark]
    runs = [json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout)
            for _ in range(5)]
    print(f"\nA chat of 50 turns of 4,000 characters, {VOCABULARIES[name][0]}, µs of processor time\n")
    print("| turn | tokens | with the cache | without |\n|---|---|---|---|")
    for turn in (1, 2, 5, 10, 20, 30, 40, 50):
        tokens, *_ = runs[0][turn - 1]
        cached, anew = (statistics.median(run[turn - 1][at] for run in runs) for at in (1, 2))
        print(f"| {turn} | {tokens:,} | {cached:.0f} | {anew:.0f} |")


def main():
    if sys.argv[1:2] == ["--child"]:
        library, name, size, writes_ids = sys.argv[2:]
        child(library, name, int(size), writes_ids == "1")
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vocabularies", default=",".join(VOCABULARIES))
    parser.add_argument("--libraries", default=",".join(["drover", *PEERS]))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=4000)
    parser.add_argument("--no-ids", action="store_true")
    parser.add_argument("--allocations", action="store_true")
    parser.add_argument("--long", action="store_true")
    options = parser.parse_args()
    names = options.vocabularies.split(",")
    if options.allocations:
        report_allocations(names, options.size)
        return
    if options.long:
        report_long(names, options.size, options.rounds)
        return
    for name in names:
        report(name, options.size, options.rounds, options.libraries.split(","), not options.no_ids)
    if "drover" in options.libraries.split(","):
        report_chat()


if __name__ == "__main__":
    main()
