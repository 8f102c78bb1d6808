"""Texts for the oracles, from a seeded generator: what people write, what machines write, and what nobody writes."""
import random

WORDS = """the of and to in is that for it as was with be by on not he his but at are this have from or had an they
which one you were all her she there would their we him been has when who will no more if out so up said what its about
than into them can only other time new some could these two may first then do any like my now over such our man me even
most made after also did many off before must well back through years much where your way down should because long each
people those too mr state how little good world make very year still see own work men day get here old between both life
being under three never know same last another while us might great go come since against right came take used himself
few house use during without again place american around however home small found thought went say part once general
high upon school every antidisestablishmentarianism electroencephalographically pneumonoultramicroscopic
internationalization characteristically misunderstanding Tokenization GPU KV-cache prefill decode throughput""".split()
FOREIGN = """naïve façade été où garçon œuvre Straße Größe übermäßig Äpfel mañana corazón niño ação coração não żółć
źdźbło příliš žluťoučký kůň đặng người Việt Nam ışık çığ göz привет мир Москва съешь ещё этих булок українська їжак
ελληνικά λόγος καλημέρα κόσμε שלום עולם עִבְרִית مرحبا بالعالم العَرَبِيَّة سلام فارسی हिन्दी नमस्ते दुनिया क्षत्रिय বাংলা ভাষা தமிழ் வணக்கம் తెలుగు ಕನ್ನಡ
മലയാളം ไทย สวัสดีครับ ภาษาไทย ລາວ မြန်မာ ខ្មែរ 中文 你好世界 漢字 简体字 我们今天去公园 日本語 こんにちは カタカナ ひらがな 東京都 ﾊﾝｶｸ 한국어 안녕하세요
대한민국 ქართული հայերեն አማርኛ ትግርኛ ᏣᎳᎩ ᐃᓄᒃᑎᑐᑦ ᠮᠣᠩᠭᠣᠯ བོད་སྐད 𐍈𐌰𐌿𐍂 𝒜𝓁𝓅𝒽𝒶 𝟘𝟙𝟚 ①②③ Ⅷ ½ ¼ ² ³ ㊷ ㎏ ﬁ ﬂ ǅ ǈ ʰ ˈ""".split()
CODE = """def return import from class self None True False if else: elif for in range(len(x)): while not lambda x: x+1
print(f"{x!r:>10}") { } ( ) [ ] => -> :: ; ;; && || != == <= >= += -= *= /= << >> ... // /* */ # TODO: #include <stdio.h>
int main(void) const char* argv[] std::vector<int> &mut Option<T> impl fn let var func guard nil 0x1F 1e-9 0b1010 1_000
$HOME ${var} @decorator <div class="a"> </div> <!-- --> {{ value }} {% if x %} \\n \\t \\\\ "str" 'c' `code` ```python
SELECT * FROM t WHERE a = 'b'; snake_case_name camelCaseName SCREAMING_CASE kebab-case a.b.c() x[i][j] ~/path/to/file.txt
https://example.com/a?b=c&d=e#f user@example.org 127.0.0.1:8080 2024-01-31T12:34:56Z v1.2.3-rc.1 %d %s %.2f ^M""".split()
SPACES = [" ", "  ", "   ", "    ", "        ", "\t", "\t\t", "\n", "\n\n", "\r\n", "\r\n\r\n", "\r", " \n", "\n ", "\t\n",
          "\n    ", "\n\t", "\u00a0", "\u3000", "\u2003", "\u2028", "\u2029", "\u0085", "\u000b", "\u000c", "\u1680",
          "\u200b", "\ufeff", "\u202f", "\u205f", " \u00a0 ", "\n\n\n   \n"]
EMOJI = ["😀", "😂", "❤️", "👍🏽", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇫🇷", "🇯🇵🇺🇸", "1️⃣", "#️⃣", "🧑🏿‍🚀", "👩🏼‍❤️‍💋‍👨🏻", "☺", "☺️", "✈", "✔️", "™", "©", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🫠", "🪿",
         "🤦🏻‍♂️", "⚡", "🈚", "🀄", "\u200d", "\ufe0f", "\U0001f3fb", "\u20e3"]
QUOTES = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'T", "'RE", "'Ve", "'lL", "'D", "’s", "’t", "''s", "'ſ", "'",
          "' s", "'r", "'v", "'l", "'1", "'é", "'\n", "'"]
NUMBERS = ["0", "7", "42", "123", "1234", "12345678901234567890", "3.14159", "1,000,000", "-1", "+1", "1e10", "0xFF", "½", "²",
           "Ⅷ", "٣", "४२", "一二三", "１２３", "𝟗𝟘", "①", "12:34", "1/2", "50%", "$5", "€7.50", "x2", "2x", "U+11DE0", "\U00011de3",
           "\U00016ff5"]


class Texts:
    """An endless row of texts; the same seed and the same marks give the same row."""

    def __init__(self, seed, marks):
        """`marks` are strings that mean something to the tokenizer, such as the names of its control tokens."""
        self.draw = random.Random(seed)
        self.marks = marks or ["<s>"]
        self.kinds = [
            (self.prose, 20), (self.foreign, 14), (self.code, 12), (self.mixed, 16), (self.spaces, 6), (self.emoji, 5),
            (self.numbers, 5), (self.quotes, 4), (self.block, 8), (self.scalars, 6), (self.ascii, 4), (self.repeats, 3),
            (self.marked, 5), (self.combining, 3), (self.page, 1)]

    def __iter__(self):
        kinds, weights = zip(*self.kinds)
        while True:
            for kind in self.draw.choices(kinds, weights, k=256):
                yield kind()

    def pick(self, items, low, high):
        return self.draw.choices(items, k=self.draw.randint(low, high))

    def space(self):
        return self.draw.choice(SPACES) if self.draw.random() < 0.2 else " "

    def prose(self):
        words = self.pick(WORDS, 2, 14)
        for index in range(len(words)):
            if self.draw.random() < 0.15:
                words[index] = self.draw.choice((str.upper, str.title, str.swapcase))(words[index])
            if self.draw.random() < 0.15:
                words[index] += self.draw.choice([",", ".", "!", "?", ";", ":", "…", ")", "\"", *QUOTES])
        return self.draw.choice(["", "", " ", "\n"]) + " ".join(words) + self.draw.choice(["", "", ".", " ", "\n"])

    def foreign(self):
        return self.draw.choice([" ", "", "、", ", ", "\n"]).join(self.pick(FOREIGN, 1, 7))

    def code(self):
        return self.draw.choice(["", "    ", "\t", "  "]) + self.draw.choice([" ", " ", "\n", ""]).join(self.pick(CODE, 2, 10))

    def mixed(self):
        pools = [WORDS, WORDS, FOREIGN, CODE, EMOJI, QUOTES, NUMBERS, SPACES, self.marks]
        return "".join(self.draw.choice(self.draw.choice(pools)) + self.draw.choice(["", " ", " ", self.space()])
                       for _ in range(self.draw.randint(1, 8)))

    def spaces(self):
        return "".join(self.draw.choice((self.draw.choice(SPACES), self.draw.choice(SPACES), self.draw.choice(WORDS), "x", "!"))
                       for _ in range(self.draw.randint(1, 9)))

    def emoji(self):
        return self.draw.choice(["", " ", "a"]) + self.draw.choice(["", "", " "]).join(self.pick(EMOJI, 1, 6))

    def numbers(self):
        return self.draw.choice(["", " ", ", "]).join(self.pick(NUMBERS, 1, 6))

    def quotes(self):
        return "".join(self.draw.choice(WORDS) + quote + self.draw.choice(["", " ", "x", "1"]) for quote in self.pick(QUOTES, 1, 4))

    def block(self):
        """Characters of 128 code points in a row, some with letters and spaces between them."""
        start = self.draw.choice((self.draw.randrange(0x3100), self.draw.randrange(0x20000), self.draw.randrange(0x110000))) & ~127
        text = ""
        for _ in range(self.draw.randint(2, 12)):
            text += self.character(start, start + 127) + self.draw.choice(["", "", "", " ", "a", "1", ".", "'", "\n"])
        return text

    def character(self, low, high):
        code = self.draw.randint(low, high)
        return chr(code) if not 0xD800 <= code <= 0xDFFF else "\ufffd"

    def scalars(self):
        return "".join(self.character(0, self.draw.choice((0x7F, 0x7FF, 0xFFFF, 0x1FFFF, 0x10FFFF)))
                       for _ in range(self.draw.randint(1, 24)))

    def ascii(self):
        return "".join(chr(self.draw.randrange(128)) for _ in range(self.draw.randint(1, 40)))

    def repeats(self):
        unit = self.draw.choice(["a", "ab", "é", "中", "😀", " ", "\n", "-", "=", "0", "\t", "aA", "ने", "\u0301", "👩‍", " \n",
                                 "▁", "##", self.draw.choice(WORDS), self.draw.choice(self.marks)])
        return unit * self.draw.choice((3, 10, 40, 150, 600 // len(unit)))

    def marked(self):
        """Names of control tokens, whole and broken, in other text."""
        mark = self.draw.choice(self.marks)
        cut = self.draw.randint(0, len(mark))
        return self.draw.choice([
            mark, mark + mark, mark[:cut] + " " + mark[cut:], f" {mark} ", mark[:cut], mark[cut:], self.prose() + mark,
            mark + self.prose(), f"{self.prose()}\n{mark}\n{self.foreign()}", mark.upper(), mark.lower()])

    def combining(self):
        """Letters with marks in no order, ligatures, and other things that normalization changes."""
        pool = ["\u0301", "\u0323", "\u0327", "\u0308", "\u0345", "\u20d0", "\u1d165", "e", "o", "A", "s", "ſ", "ﬁ", "Å", "Ω", "K",
                "①", "㎏", "ﷺ", "ᄀ", "ᅡ", "ᆨ", "가", "각", "が", "ｶﾞ", "İ", "ß", "ΐ", "ΰ", "क़", "ڒ", " ", "\u00ad", "\u200d"]
        return "".join(self.pick(pool, 1, 10))

    def page(self):
        return self.draw.choice(["\n", " ", ""]).join(kind() for kind in self.draw.choices([k for k, _ in self.kinds[:9]], k=12))
