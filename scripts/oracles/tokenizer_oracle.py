"""The rows of `oracle.py` for tokenizers: each vocabulary beside the library that it was made for."""
import hashlib
import json
import struct
import subprocess
import sys
import threading
from pathlib import Path

import tokenizer_references
from oracle_texts import Texts

ROOT = Path(__file__).resolve().parent.parent.parent
HOME = ROOT / ".drover" / "oracle"
PROGRAM = ROOT / ".build" / "release" / "tokenizer-probe"
# Texts that are sent before their results are read.
BATCH = 2_000
SPECIALS_ALLOWED = 1 << 31


class Drover:
    """The program that shows what Drover's tokenizers make of texts; see Benchmarks/tokenizer-probe."""

    def __init__(self, files):
        self.process = subprocess.Popen(
            [PROGRAM, *map(str, files)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1 << 20)
        self.controls = self.integers()

    def read(self, count):
        data = self.process.stdout.read(count)
        if len(data) < count:
            raise RuntimeError("tokenizer-probe ended early; what it says stands above")
        return data

    def integers(self):
        (count,) = struct.unpack("<I", self.read(4))
        return list(struct.unpack(f"<{count}I", self.read(4 * count)))

    def results(self, texts, allows_specials):
        """For each text, which is bytes, its tokens and what they decode to."""
        flag = SPECIALS_ALLOWED if allows_specials else 0
        data = b"".join(struct.pack("<I", len(text) | flag) + text for text in texts)

        def send():
            self.process.stdin.write(data)
            self.process.stdin.flush()

        sender = threading.Thread(target=send)
        sender.start()
        for _ in texts:
            ids = self.integers()
            (count,) = struct.unpack("<I", self.read(4))
            yield ids, self.read(count)
        sender.join()

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def compare(vocabulary, count, seed):
    """The number of texts, and examples of those that differ."""
    drover = Drover(vocabulary.files)
    reference = vocabulary.make(drover.controls)
    source = Texts(f"{seed} {vocabulary.name}", reference.marks)
    texts = iter(source)
    different = []
    done = 0
    while done < count:
        size = min(BATCH, count - done)
        allows_specials = reference.encode_specials is not None and done // BATCH % 5 == 4
        batch = [next(texts) for _ in range(size)]
        if reference.takes_bytes and done // BATCH % 5 == 3:
            batch = [scrambled(source.draw, text) for text in batch]
            encoded = batch
        else:
            encoded = [text.encode() for text in batch]
        expected = (reference.encode_specials if allows_specials else reference.encode)(batch)
        decoded = reference.decode(expected)
        for text, ids, string, (ours, ours_decoded) in zip(
                encoded, expected, decoded, drover.results(encoded, allows_specials)):
            if ids != ours or string.encode(errors="replace") != ours_decoded:
                different.append((text, ids, ours, string, ours_decoded))
        done += size
    drover.close()
    return done, different


def scrambled(draw, text):
    """A text as bytes, some of them changed, added or left out."""
    data = bytearray(text.encode())
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(data) + 1)
        data[at:at + draw.randint(0, 2)] = bytes(draw.randrange(256) for _ in range(draw.randint(0, 3)))
    return bytes(data)


def rows(arguments):
    HOME.mkdir(parents=True, exist_ok=True)
    sources = [digest(path) for path in (PROGRAM, *sorted(Path(__file__).parent.glob("*.py")))]
    for vocabulary in tokenizer_references.vocabularies(HOME):
        if arguments.only not in vocabulary.name:
            continue
        key = [sources, [digest(path) for path in vocabulary.files], arguments.texts, arguments.seed]
        record = HOME / f"{vocabulary.name}.result.json"
        if record.exists() and (known := json.loads(record.read_text()))["key"] == key:
            done, different = known["done"], known["different"]
        else:
            done, examples = compare(vocabulary, arguments.texts, arguments.seed)
            different = len(examples)
            for text, ids, ours, string, ours_string in sorted(examples, key=lambda example: len(example[0]))[:5]:
                print(f"  {text!r}\n    reference {ids} {string!r}\n    drover    {ours} {ours_string!r}", file=sys.stderr)
            if not different:
                record.write_text(json.dumps({"key": key, "done": done, "different": different}))
        yield vocabulary.name, vocabulary.algorithm, vocabulary.reference, done, different
