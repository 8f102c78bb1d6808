#!/usr/bin/env python3
"""Renders small templates made by chance with Jinja2 and with `ChatTemplates`, and shows those that differ.

    swift build -c release --product template-probe
    scripts/oracles/template_fuzzer.py [--snippets N] [--seed N]

Every snippet has its own seed, which a difference is shown with. What decision 0023 lists is not generated.
"""

import argparse
import copy
import random
import sys
import warnings

import template_environment

CONTEXT = {
    "s": "Hello World", "t": "  padded\t\n", "e": "", "u": "Grüße 世界 🌍 ß", "m": "a,b,,c", "w": "one two  three",
    "q": "it's \"q\" <b>&\\\n", "d": "12", "f": "3.5", "i": 3, "j": -2, "z": 0, "x": 2.5, "y": -0.75, "b": True,
    "c": False, "n": None, "l": [3, 1, 2], "k": ["b", "A", "c"], "g": [1, "x", None, 2.5, True], "h": [], "o": {},
    "r": {"a": 1, "b": "two", "items": [1, 2], "c d": None}, "v": [{"a": 1, "b": "x"}, {"a": 2, "b": "Y"}, {"b": "z"}],
    "tree": [{"a": 1, "kids": [{"a": 2, "kids": []}]}, {"a": 3, "kids": []}],
}
NAMES = list(CONTEXT) + ["missing"]
FILTERS = [
    "abs", "attr('a')", "batch(2)|list", "batch(2, 0)|list", "capitalize", "center(9)", "count", "d('x')",
    "default('x')", "default('x', true)", "default(default_value=1, boolean=true)", "dictsort", "dictsort(by='value')",
    "dictsort(reverse=true)", "dictsort(true)", "e", "escape", "filesizeformat", "filesizeformat(true)", "first",
    "float", "float(1)", "float(default=7.5)", "forceescape", "format(1)", "format('a', 2)", "groupby('a')",
    "groupby('a', default=0)", "groupby('b')|list", "indent", "indent(2)", "indent(2, true)", "indent('> ', blank=true)",
    "int", "int(5)", "int(base=16)", "int(0, 8)", "items|list", "join", "join(',')", "join(', ', attribute='b')",
    "last", "length", "list", "lower", "map('upper')|list", "map(attribute='a')|list",
    "map(attribute='a', default=9)|list", "map('default', 'q')|list", "map('join', '-')|list", "map('int')|list", "max",
    "min", "max(attribute='a')", "min(true)", "reject|list", "reject('odd')|list", "reject('none')|list",
    "rejectattr('a')|list", "rejectattr('a', 'equalto', 1)|list", "replace('l', 'L')", "replace('o', '', 1)",
    "reverse|list", "reverse", "round", "round(1)", "round(1, 'floor')", "round(method='ceil')", "round(-1)", "safe",
    "select|list", "select('string')|list", "select('gt', 1)|list", "selectattr('a')|list",
    "selectattr('a', 'defined')|list", "selectattr('b', 'in', ['x'])|list", "slice(2)|list", "slice(2, 'f')|list",
    "sort", "sort(reverse=true)", "sort(attribute='b')", "sort(case_sensitive=true)", "sort(attribute='a,b')", "string",
    "striptags", "sum", "sum(start=1)", "sum(attribute='a')", "sum('a', 5)", "title", "tojson", "tojson(indent=2)",
    "tojson(ensure_ascii=true)", "tojson(separators=(',', ':'))", "tojson(sort_keys=true)", "tojson(true, 1)", "trim",
    "trim('H')", "trim(chars='d ')", "truncate(5)", "truncate(5, true)", "truncate(8, false, '..', 0)",
    "truncate(length=6, leeway=2)", "unique|list", "unique(true)|list", "unique(attribute='b')|list", "upper",
    "urlencode", "wordcount", "map('string')|join('')", "first|default('none')", "length > 2",
]
TESTS = [
    "boolean", "callable", "defined", "divisibleby 2", "divisibleby(3)", "eq 3", "equalto('x')", "escaped", "even",
    "false", "filter", "float", "ge 1", "gt(2)", "greaterthan 0", "in [1, 'x']", "in('Hello')", "integer", "iterable",
    "le 3", "lessthan 2", "lower", "lt 1", "mapping", "ne 1", "none", "number", "odd", "sameas none", "sameas(true)",
    "sequence", "string", "test", "true", "undefined", "upper",
]
METHODS = [
    "capitalize()", "casefold()", "center(9)", "center(12, '*')", "count('l')", "count('l', 3)", "endswith('d')",
    "endswith(('x', 'd'))", "expandtabs()", "expandtabs(2)", "find('o')", "find('o', 5)", "find('z')", "format(1, a=2)",
    "index('l')", "index('zz')", "isalnum()", "isalpha()", "isascii()", "isdecimal()", "isdigit()", "isidentifier()",
    "islower()", "isnumeric()", "isprintable()", "isspace()", "istitle()", "isupper()", "join(['a', 'b'])", "join(k)",
    "join('xyz')", "ljust(14)", "ljust(14, '-')", "lower()", "lstrip()", "lstrip('H')", "partition(' ')",
    "partition(',')", "removeprefix('He')", "removesuffix('ld')", "replace('l', 'L')", "replace('', '-')",
    "replace('l', 'LL', 2)", "rfind('o')", "rindex('o')", "rjust(14, '.')", "rpartition('o')", "rsplit(',', 1)",
    "rsplit()", "rsplit(maxsplit=1)", "rstrip()", "rstrip('d\\n')", "split()", "split(',')", "split(',', 1)",
    "split(sep=',')", "split(none, 1)", "splitlines()", "splitlines(true)", "startswith('H')", "startswith('e', 1)",
    "strip()", "strip('H d')", "swapcase()", "title()", "upper()", "zfill(14)", "get('a')", "get('q', 5)", "get('b')",
    "items()", "items()|list", "keys()", "keys()|list", "values()|list", "copy()", "count(1)", "index(2)", "append(1)",
    "pop()", "update({})", "sort()", "a", "b", "items", "kids", "nosuch", "0", "format_map({'a': 1})",
    "translate({72: 'J', 101: none})", "bit_length()", "is_integer()", "conjugate()", "as_integer_ratio()", "real",
    "imag", "numerator", "denominator", "_x",
]
LITERALS = [
    "0", "1", "2", "3", "-1", "7", "10", "100", "0.5", "1.5", "-2.25", "1e3", "3.0", "''", "'a'", "'Hello'", "'x y'",
    "'%s-%s'", "'%d|%5.2f'", "'{}/{a}'", "'ß'", "'A\\nb'", "true", "false", "none", "[]", "[1, 2, 3]", "['a', 'b']",
    "(1, 2)", "()", "{}", "{'a': 1}", "{'b': 2, 'a': [1]}", "range(4)", "range(5, 0, -2)", "1_000", "0x1f", "'<b>'",
]
BINARY = ["+", "-", "*", "/", "//", "%", "~", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or"]


class Generator:
    def __init__(self, chance):
        self.chance = chance
        self.names = list(NAMES)
        self.macros = []
        self.loops = 0

    def atom(self):
        chance = self.chance
        if self.loops and chance.random() < 0.15:
            return "loop." + chance.choice([
                "index", "index0", "first", "last", "length", "revindex", "previtem", "nextitem", "depth",
                "cycle('a', 'b')", "changed(i)"])
        return chance.choice(self.names) if chance.random() < 0.65 else chance.choice(LITERALS)

    def expression(self, depth=2):
        chance = self.chance
        kind = chance.randrange(24) if depth > 0 else 0
        inner = lambda: self.expression(depth - 1)  # noqa: E731
        if kind < 4:
            return self.atom()
        if kind < 9:
            return f"{self.wrapped(depth)}|{chance.choice(FILTERS)}"
        if kind < 12:
            return f"{self.wrapped(depth)}.{chance.choice(METHODS)}"
        if kind < 14:
            return f"{self.wrapped(depth)} is {'not ' if chance.random() < 0.3 else ''}{chance.choice(TESTS)}"
        if kind < 18:
            return f"{self.wrapped(depth)} {chance.choice(BINARY)} {self.wrapped(depth)}"
        if kind == 18:
            bound = lambda: chance.choice(["", "", "0", "1", "2", "-1", "-2", "9", "i", "none"])  # noqa: E731
            step = chance.choice(["", "", ":", ":-1", ":2", ":-2"])
            # What Jinja2 does to slices of literals that have none depends on how much it evaluates beforehand.
            value = chance.choice(self.names)
            value = value if chance.random() < 0.6 else f"({value}|{chance.choice(FILTERS)})"
            return f"{value}[{bound()}:{bound()}{step}]"
        if kind == 19:
            return f"{self.wrapped(depth)}[{inner()}]"
        if kind == 20:
            test = f"{inner()} if {inner()}"
            return f"({test} else {inner()})" if chance.random() < 0.8 else f"({test})"
        if kind == 21:
            return chance.choice([f"not {self.wrapped(depth)}", f"-{self.wrapped(depth)}", f"+{self.wrapped(depth)}"])
        if kind == 22:
            return chance.choice([
                f"[{inner()}, {inner()}]", f"({inner()},)", f"{{'a': {inner()}}}", f"dict(a={inner()})",
                f"{{{chance.choice(self.names)}: 1}}", f"{self.atom()} < {self.atom()} <= {self.atom()}"])
        if self.macros and chance.random() < 0.7:
            name = chance.choice(self.macros)
            return chance.choice([
                f"{name}({inner()})", f"{name}(p={inner()})", f"{name}()", f"{name}({inner()}, {inner()}, 1)",
                f"{name}(extra={inner()})", f"{name}(*[1])", f"{name}(**{{'p': 2}})", f"{name}.name"])
        return f"{self.wrapped(depth)} ** {chance.choice(['2', '0', '3', '-1', '0.5'])}"

    def wrapped(self, depth):
        inner = self.expression(depth - 1)
        return inner if self.chance.random() < 0.5 and " " not in inner else f"({inner})"

    def tag(self, body):
        left = self.chance.choice(["", "", "", "", "-", "+"])
        right = self.chance.choice(["", "", "", "", "-", "+"])
        return f"{{%{left} {body} {right}%}}"

    def text(self):
        return self.chance.choice(["", "", "x", " ", "\n", "\n  ", " y \n", "{# c #}", "  {#- c -#}\n", "é", "}}"])

    def body(self, depth):
        return "".join(self.statement(depth) + self.text() for _ in range(self.chance.randrange(1, 3)))

    def statement(self, depth=2):
        chance = self.chance
        kind = chance.randrange(30) if depth > 0 else chance.randrange(12)
        if kind < 12:
            sign = chance.choice(["", "", "", "-", "+"])
            return f"{{{{{sign} {self.expression()} {chance.choice(['', '', '', '-'])}}}}}"
        if kind < 15:
            name = chance.choice(["a", "s", "l", "p"])
            result = self.tag(f"set {name} = {self.expression()}")
            self.names.append(name)
            return result
        if kind < 18:
            middle = self.tag("else") + self.body(depth - 1) if chance.random() < 0.4 else ""
            if chance.random() < 0.3:
                middle = self.tag(f"elif {self.expression()}") + self.body(depth - 1) + middle
            return self.tag(f"if {self.expression()}") + self.body(depth - 1) + middle + self.tag("endif")
        if kind < 23:
            return self.loop(depth)
        if kind == 23:
            inner = self.body(depth - 1)
            filters = chance.choice(["", "", "|upper", "|trim|length"])
            self.names.append("p")
            return self.tag(f"set p{filters}") + inner + self.tag("endset")
        if kind == 24:
            name = chance.choice(["upper", "trim", "replace('x', 'y')", "indent(1, true)", "title|lower"])
            return self.tag(f"filter {name}") + self.body(depth - 1) + self.tag("endfilter")
        if kind == 25:
            return self.tag(f"with a = {self.expression()}, p = {self.atom()}") + self.body(depth - 1) + self.tag(
                "endwith")
        if kind == 26:
            return self.macro(depth)
        if kind == 27 and self.macros:
            arguments = chance.choice(["", "(a)", "(a, p=1)"])
            return self.tag(f"call{arguments} {chance.choice(self.macros)}({self.atom()})") + self.body(
                depth - 1) + self.tag("endcall")
        if kind == 28:
            return (self.tag(f"set ns = namespace(a={self.expression()})") + self.tag(f"set ns.b = {self.expression()}")
                    + "{{ ns.a }}{{ ns.b }}{{ ns.c }}")
        return chance.choice([
            self.tag("generation") + self.body(depth - 1) + self.tag("endgeneration"),
            "{% raw %}{{ x }}{% endraw %}", self.tag("break"), self.tag("continue"), "{{ raise_exception(s) }}",
            self.tag(f"print {self.expression()}"), "{{ caller() }}", "{{ varargs }}{{ kwargs }}", self.tag("set loop = 1"),
            self.tag(f"set a, p = {self.expression()}")])

    def loop(self, depth):
        chance = self.chance
        target, over = chance.choice([
            ("i", self.expression()), ("i", chance.choice(["l", "k", "g", "v", "u", "range(3)", "r", "h"])),
            ("i, a", chance.choice(["r.items()", "r|dictsort", "[[1, 2], [3, 4]]", "v", self.expression()]))])
        test = f" if {self.expression(1)}" if chance.random() < 0.25 else ""
        recursive = " recursive" if chance.random() < 0.12 else ""
        self.names += ["i", "i"]
        self.loops += 1
        inner = self.body(depth - 1)
        if chance.random() < 0.15:
            inner += self.tag(f"if {self.expression(1)}") + self.tag(chance.choice(["break", "continue"])) + self.tag(
                "endif")
        if recursive:
            inner += "{{ loop(i.kids) }}"
            over = chance.choice(["tree", over])
        self.loops -= 1
        otherwise = self.tag("else") + self.body(depth - 1) if chance.random() < 0.2 else ""
        return self.tag(f"for {target} in {over}{test}{recursive}") + inner + otherwise + self.tag("endfor")

    def macro(self, depth):
        chance = self.chance
        name = chance.choice(["f1", "f2"])
        parameters = chance.choice(["p", "p=1", "p, a=2", "", f"p={self.atom()}"])
        self.names.append("p")
        inner = self.body(depth - 1)
        if chance.random() < 0.3:
            inner += chance.choice(["{{ caller() }}", "{{ caller(1) }}", "{{ varargs }}", "{{ kwargs }}", "{{ caller }}"])
        self.macros.append(name)
        return self.tag(f"macro {name}({parameters})") + inner + self.tag("endmacro")

    def snippet(self):
        return "".join(self.text() + self.statement() for _ in range(self.chance.randrange(1, 4)))


def is_known(snippet, text, message):
    """Whether decision 0023 explains a difference: addresses, texts of macros, complex numbers, `generation`'s block."""
    return message.startswith("complex") or " at 0x" in text.lower() or "<macro" in text.lower() or "generation" in snippet and "args }}" in snippet


def compared(env, seeds):
    """The snippets of some seeds that differ: (seed, snippet, Jinja2's outcome, ours)."""
    import templates
    snippets = [Generator(random.Random(seed)).snippet() for seed in seeds]
    requests = [{"source": snippet} for snippet in snippets]
    requests[0].update(variables=CONTEXT, now=templates.NOW_SECONDS, microsecond=templates.NOW.microsecond)
    for seed, snippet, actual in zip(seeds, snippets, template_environment.probe(requests)):
        # A copy, because Jinja2's `indent` appends to a list that it is given.
        text, error = templates.render(templates.compile_template(env, snippet), copy.deepcopy(CONTEXT))
        if error == "raised":
            expected, found = (error, text), (actual.get("error"), actual.get("message"))
        elif error:
            kind = actual.get("error", "")
            expected, found = error, "runtime" if kind.startswith("limit") else kind or actual["text"]
        else:
            expected, found = text, actual.get("text", actual.get("message"))
        if expected != found and not is_known(snippet, text or "", actual.get("message", "")):
            yield seed, snippet, expected, found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--snippets", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shown", type=int, default=20, help="how many differences are shown")
    arguments = parser.parse_args()
    template_environment.enter()
    import templates
    warnings.simplefilter("ignore", SyntaxWarning)
    env = templates.environment()
    differences = 0
    for start in range(0, arguments.snippets, 1000):
        seeds = [f"{arguments.seed}.{at}" for at in range(start, min(start + 1000, arguments.snippets))]
        for seed, snippet, expected, found in compared(env, seeds):
            differences += 1
            if differences <= arguments.shown:
                print(f"{seed}: {snippet!r}\n  Jinja2: {expected!r}\n  here:   {found!r}", flush=True)
    print(f"{arguments.snippets} snippets, {differences} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
