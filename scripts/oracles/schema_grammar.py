#!/usr/bin/env python3
"""Writes Tests/SchemaGrammarTests/Fixtures/schemas.json: schemas, documents, and whether each document is valid.

The verdicts are those of the jsonschema package (pip install 'jsonschema>=4.20'), draft 2020-12 with formats asserted.
`narrower` holds documents that are valid and that the grammar leaves out on purpose; docs/json-schema.md says why.
"""
import json
import pathlib

import jsonschema

OUTPUT = pathlib.Path(__file__).parents[2] / "Tests/SchemaGrammarTests/Fixtures/schemas.json"

# Every case is tried with all of these.
COMMON = ["null", "true", "false", "0", "1", "-1", "7", "1.5", "-0.25", '""', '"a"', '"abc"', "[]", "[1]",
          '["a"]', "{}", '{"a":1}', '{"a":"x"}', '{"a":1,"b":2}', '{"b":2}', '{"x":null}', '[[]]', '[1,2,3]']
# Never JSON.
BROKEN = ["", "nul", "01", "+1", "1.", ".5", "'a'", '"a', '"\t"', "[1,]", "[,1]", "{,}", '{"a"}', '{"a":}', "{a:1}",
          "[1 2]", "truefalse", '"\\x"', '{"a":1,}', "[", "}", "-", "1e", '"\\u12"', "  1", "1 "]

PERSON = {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0},
          "mail": {"type": "string"}}, "required": ["name"], "additionalProperties": False}
TREE = {"$defs": {"node": {"type": "object", "properties": {"v": {"type": "integer"}, "next": {"anyOf": [
        {"$ref": "#/$defs/node"}, {"type": "null"}]}}, "required": ["v", "next"], "additionalProperties": False}},
        "$ref": "#/$defs/node"}
STEPS = {"$defs": {"step": {"type": "object", "properties": {"say": {"type": "string"}}, "required": ["say"],
         "additionalProperties": False}}, "type": "object", "properties": {"steps": {"type": "array",
         "items": {"$ref": "#/$defs/step"}}, "answer": {"type": "string"}}, "required": ["steps", "answer"],
         "additionalProperties": False}
PETS = {"oneOf": [{"type": "object", "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}},
        "required": ["kind"], "additionalProperties": False}, {"type": "object", "properties": {
        "kind": {"const": "dog"}, "tricks": {"type": "array", "items": {"type": "string"}}},
        "required": ["kind"], "additionalProperties": False}]}


def texts(*values):
    return [json.dumps(value, separators=(",", ":"), ensure_ascii=False) for value in values]


def strings(*values):
    return texts(*values)


def dates():
    years = ["2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29", "2100-02-29", "2400-02-29", "2023-02-28"]
    months = [f"2023-{month:02}-{day:02}" for month in range(0, 14) for day in (0, 1, 9, 10, 19, 28, 30, 31, 32)]
    return strings(*years, *months, "2023-1-01", "2023-01-1", "20230101", "2023-01-01T", "x2023-01-01")


INTEGERS = texts(*range(-130, 131), 199, 200, 255, 256, 299, 300, 999, 1000, 1234, 4321, 9999, 10000, -999, -1000, -1001)
DECIMALS = ["0.0", "0.00", "0.1", "0.10", "0.25", "0.3", "0.49", "0.5", "0.50", "0.500001", "0.51", "0.75", "0.9",
            "0.99", "1.0", "1.00", "1.01", "1.49", "1.5", "1.50", "1.51", "2.0", "2.5", "9.99", "10.0", "10.01",
            "99.9", "-0.1", "-0.5", "-0.49", "-0.51", "-1.0", "-1.5", "-1.49", "-2.0", "-2.5", "-10.5"]
NUMBERS = texts(*range(-12, 13), 99, 100, 101) + DECIMALS


def integer(**bounds):
    return ({"type": "integer", **bounds}, INTEGERS)


def number(**bounds):
    return ({"type": "number", **bounds}, NUMBERS)


def pattern(text, *matched):
    return ({"type": "string", "pattern": text}, strings(*matched))


CASES = {
    "anything": ({}, texts({"a": [1, {"b": None}], "c": "é😀"}, "\u007f")),
    "true": (True, []),
    "null": ({"type": "null"}, []),
    "boolean": ({"type": "boolean"}, []),
    "string": ({"type": "string"}, ['"\\n"', '"\\u00e9"', '"\\uD7FF"', '"é😀"', '"a\\"b"', '"\\/"']),
    "integer": ({"type": "integer"}, texts(10, -10, 123456789012345) + ["-0"]),
    "number": ({"type": "number"}, texts(10, -10, 3.25) + ["1e3", "1E5", "1e-7", "1.5e+10", "-0.5E-10"]),
    "array": ({"type": "array"}, texts([None, [True]], [{"a": []}])),
    "object": ({"type": "object"}, texts({"": 1}, {"a": {"b": {"c": []}}})),
    "union": ({"type": ["string", "null"]}, []),
    "union of numbers": ({"type": ["integer", "boolean", "array"]}, []),
    "enum": ({"enum": ["a", 1, None, [1], {"a": 1}]}, []),
    "enum with type": ({"type": "string", "enum": ["a", 1, "abc"]}, []),
    "enum escaped": ({"enum": ["say \"hi\"", "line\nbreak", "back\\slash", "é😀"]},
                     texts("say \"hi\"", "line\nbreak", "back\\slash", "é😀", "line")),
    "enum with bounds": ({"enum": [1, 5, 7, "a", "abc"], "minimum": 5, "maxLength": 2}, ["5"]),
    "const": ({"const": {"a": 1, "b": 2}}, []),
    "const and enum": ({"const": "a", "enum": ["a", "b"]}, []),
    "length": ({"type": "string", "minLength": 2, "maxLength": 3},
               strings("ab", "abcd", "éé", "😀😀😀", "😀", "\n\n\n\n") + ['"\\n\\n"', '"\\u00e9\\u00e9\\u00e9"', '"\\n"']),
    "length at least": ({"type": "string", "minLength": 3}, strings("ab", "abcd" * 9)),
    "long length": ({"type": "string", "minLength": 70, "maxLength": 333},
                    strings(*["x" * count for count in (69, 70, 71, 128, 133, 134, 197, 198, 199, 332, 333, 334)])),
    "long length at most": ({"type": "string", "maxLength": 256},
                            strings(*["x" * count for count in (0, 1, 63, 64, 65, 127, 128, 255, 256, 257, 300)])),
    "long length at least": ({"type": "string", "minLength": 130}, strings(*["x" * n for n in (64, 129, 130, 131, 200)])),
    "pattern": pattern("^[a-c]+$", "", "a", "abc", "abcd", "dabc"),
    "pattern unanchored": pattern("b", "", "b", "abc", "aac", "bb"),
    "pattern anchored at its start": pattern("^ab", "ab", "abc", "cab", "a"),
    "pattern anchored at its end": pattern("ab$", "ab", "abc", "cab", "b"),
    "pattern alternatives": pattern("^ab|cd$", "ab", "abx", "xcd", "xab", "cdx", "cd"),
    "pattern groups": pattern("^(?:a|bc)(d|)e?$", "a", "bcd", "ade", "bce", "bde", "abc", "e"),
    "pattern named group": pattern("^(ab){2,3}$", "ab", "abab", "ababab", "abababab"),
    "pattern quantifiers": pattern("^a*b+c?d{2}e{1,}f{0,2}$", "bdde", "aabbcddeff", "bdef", "bddefff", "dde"),
    "pattern lazy": pattern("^a+?b*?$", "a", "aab", "b", "abb"),
    "pattern classes": pattern("^\\d{3}-\\w+\\s\\S\\D\\W$", "123-ab_9 xy!", "123-a bc?", "12-a bc?", "123-a bcd"),
    "pattern dot": pattern("^.{2}$", "ab", "é😀", "a", "abc", "a\n"),
    "pattern negated": pattern("^[^a-y\\d]+$", "z", "A", "za", "z1", "\"\\", "\n"),
    "pattern escapes": pattern("^\\.\\*\\\\\\/\\n\\x41\\u00e9[\\]\\-^]$", ".*\\/\nAé]", ".*\\/\nAé-", ".*\\/\nAé^", ".*"),
    "pattern quotes": pattern("^\"[\"'\\\\]\"$", "\"'\"", "\"\"\"", "\"\\\"", "'''"),
    "pattern long": pattern("^x{100,200}$", *["x" * count for count in (99, 100, 101, 164, 199, 200, 201)]),
    "pattern phone": pattern("^(\\([0-9]{3}\\))?[0-9]{3}-[0-9]{4}$", "555-1212", "(888)555-1212", "(888)5551212"),
    "pattern empty": pattern("", "", "anything"),
    "format date": ({"type": "string", "format": "date"}, dates()),
    "format ipv4": ({"type": "string", "format": "ipv4"},
                    strings("0.0.0.0", "255.255.255.255", "256.1.1.1", "1.2.3", "1.2.3.4.5", "192.168.10.99", "01.2.3.4")),
    "format ipv6": ({"type": "string", "format": "ipv6"},
                    strings("::", "::1", "1::", "1:2:3:4:5:6:7:8", "1::8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8",
                            "1:2:3:4:5:6:1.2.3.4", "::ffff:1.2.3.4", "1::4:5:6:7:8", "fe80::a:b", "1:2:3:4:5:6:7",
                            "1::2::3", "12345::", "g::", "1:2:3:4:5:6:7:8:9", ":1", "1:", "1:2:3:4:5:6::8")),
    "format uuid": ({"type": "string", "format": "uuid"},
                    strings("123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000",
                            "123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400")),
    "format unknown": ({"type": "string", "format": "colour"}, strings("red")),
    "integer from 0": integer(minimum=0),
    "integer from 1 to 10": integer(minimum=1, maximum=10),
    "integer within": integer(minimum=-17, maximum=123),
    "integer negative": integer(minimum=-120, maximum=-13),
    "integer exclusive": integer(exclusiveMinimum=9, exclusiveMaximum=100),
    "integer at most": integer(maximum=99),
    "integer at most negative": integer(maximum=-5),
    "integer at least negative": integer(minimum=-5),
    "integer large": integer(minimum=256, maximum=4321),
    "integer fractional bounds": integer(minimum=0.5, maximum=7.5),
    "integer exclusive fractional bounds": integer(exclusiveMinimum=-1.5, exclusiveMaximum=2.5),
    "integer one": integer(minimum=7, maximum=7),
    "integer multiple of one": ({"type": "integer", "multipleOf": 1}, INTEGERS[:20]),
    "number from 0 to 1": number(minimum=0, maximum=1),
    "number above 0": number(exclusiveMinimum=0),
    "number below 0": number(exclusiveMaximum=0),
    "number exclusive": number(exclusiveMinimum=0, exclusiveMaximum=1),
    "number within": number(minimum=-1.5, maximum=10),
    "number fractional": number(minimum=0.25, maximum=0.75),
    "number fractional exclusive": number(exclusiveMinimum=0.49, exclusiveMaximum=0.51),
    "number across integers": number(minimum=0.5, exclusiveMaximum=2.5),
    "number at least": number(minimum=9.99),
    "number negative": number(exclusiveMinimum=-2.5, maximum=-0.5),
    "number large": number(minimum=-1000, maximum=100),
    "items": ({"type": "array", "items": {"type": "integer"}}, texts([1, 2], [1, "a"], [[1]])),
    "items bounded": ({"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 4},
                      texts([1, 2], [1, 2, 3, 4], [1, 2, 3, 4, 5])),
    "items exactly": ({"type": "array", "items": {"const": 0}, "minItems": 3, "maxItems": 3}, texts([0, 0, 0], [0, 0], [0] * 4)),
    "items none": ({"type": "array", "maxItems": 0}, []),
    "items at most one": ({"type": "array", "maxItems": 1}, texts([1, 2])),
    "items at least": ({"type": "array", "minItems": 2}, texts([1, 2], [1])),
    "prefix items": ({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]},
                     texts([1, "a"], ["a"], [1, 2], [1, "a", None, 5])),
    "prefix items only": ({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": False},
                          texts([1, "a"], [1, "a", 1], [1, 2])),
    "prefix items then items": ({"type": "array", "prefixItems": [{"type": "integer"}], "items": {"type": "string"},
                                 "minItems": 2, "maxItems": 3},
                                texts([1, "a"], [1, "a", "b"], [1, "a", "b", "c"], [1], [1, 1])),
    "prefix items cut": ({"type": "array", "prefixItems": [{"const": 1}, {"const": 2}, {"const": 3}], "maxItems": 2},
                         texts([1, 2], [1, 2, 3], [2])),
    "person": (PERSON, texts({"name": "x"}, {"name": "x", "age": 3}, {"name": "x", "mail": "m"}, {"name": "x", "z": 1},
                             {"name": "x", "age": 3, "mail": "m"}, {"age": 3}, {"name": "x", "age": -3}, {"name": 1})
               + ['{"name":"x","age":3}']),
    "all optional": ({"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"},
                      "c": {"type": "integer"}}, "additionalProperties": False},
                     texts({"a": 1, "c": 3}, {"b": 2, "c": 3}, {"c": 3}, {"a": 1, "b": 2, "c": 3}, {"d": 1})),
    "required later": ({"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"},
                        "c": {"type": "integer"}}, "required": ["b"], "additionalProperties": False},
                       texts({"a": 1, "c": 3}, {"b": 2, "c": 3}, {"c": 3}, {"a": 1, "b": 2, "c": 3})),
    "no members": ({"type": "object", "additionalProperties": False}, []),
    "additional": ({"type": "object", "properties": {"a": {"type": "integer"}, "ab": {"type": "integer"}},
                    "required": ["a"], "additionalProperties": True},
                   texts({"a": 1, "x": "y"}, {"a": 1, "ab": 2, "abc": None}, {"a": 1, "b": [], "c": 0}, {"x": 1},
                         {"a": 1, "ab": "x"}, {"a": 1, "": 0}, {"a": 1, "aé": 0})),
    "additional of a schema": ({"type": "object", "additionalProperties": {"type": "string"}},
                               texts({"x": "y", "z": "w"}, {"x": 1})),
    "additional beside optional": ({"type": "object", "properties": {"b": {"type": "string"}},
                                    "additionalProperties": {"type": "integer"}},
                                   texts({"b": "x", "c": 1}, {"c": 1}, {"c": "x"}, {"b": "x"}, {"b": 1, "c": 1})),
    "required without properties": ({"type": "object", "required": ["x", "a"]}, texts({"x": 1, "a": 2}, {"x": 1, "a": 2, "b": 3})),
    "forbidden property": ({"type": "object", "properties": {"a": False, "b": True}, "additionalProperties": False}, []),
    "nested": ({"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"type": "array", "items":
                {"type": "boolean"}}}, "required": ["b"], "additionalProperties": False}}, "required": ["a"],
                "additionalProperties": False}, texts({"a": {"b": []}}, {"a": {"b": [True, False]}}, {"a": {}}, {"a": {"b": [1]}})),
    "odd keys": ({"type": "object", "properties": {"a\"b": {"type": "integer"}, "\n": {"type": "integer"},
                  "é/~": {"type": "integer"}}, "additionalProperties": False},
                 texts({"a\"b": 1}, {"\n": 1}, {"é/~": 1}, {"a\"b": 1, "é/~": 2}, {"é/~": "x"})),
    "any of": ({"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 5}]}, ["5", "4"]),
    "any of with siblings": ({"type": "object", "properties": {"a": {}, "b": {}}, "anyOf": [
                              {"required": ["a"]}, {"required": ["b"]}], "additionalProperties": False}, []),
    "any of objects": ({"anyOf": [PERSON, {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"],
                        "additionalProperties": False}]}, texts({"name": "x"}, {"name": "x", "a": 1})),
    "one of by type": ({"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]}, []),
    "one of by const": (PETS, texts({"kind": "cat"}, {"kind": "dog", "tricks": ["sit"]}, {"kind": "cat", "lives": 9},
                                    {"kind": "dog", "lives": 9}, {"kind": "cow"})),
    "one of by closed objects": ({"oneOf": [
        {"type": "object", "properties": {"a": {}}, "required": ["a"], "additionalProperties": False},
        {"type": "object", "properties": {"b": {}}, "required": ["b"], "additionalProperties": False}]}, []),
    "one of by enum": ({"oneOf": [{"enum": ["a", 1]}, {"enum": ["abc", None]}]}, []),
    "all of": ({"allOf": [{"type": "integer", "minimum": 1}, {"maximum": 7}]}, INTEGERS[100:160]),
    "all of objects": ({"allOf": [
        {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
        {"type": "object", "properties": {"b": {"type": "integer"}}, "required": ["b"]}]}, texts({"a": 1, "b": "x"})),
    "all of the same property": ({"allOf": [
        {"type": "object", "properties": {"a": {"type": ["integer", "string"]}}},
        {"type": "object", "properties": {"a": {"type": ["string", "null"]}}, "required": ["a"],
         "additionalProperties": False}]}, texts({"a": None}, {"a": "x"})),
    "all of any of": ({"allOf": [{"anyOf": [{"type": "string"}, {"type": "integer"}]},
                                 {"anyOf": [{"type": "integer"}, {"type": "null"}]}]}, []),
    "all of arrays": ({"allOf": [{"type": "array", "items": {"type": "integer"}}, {"prefixItems": [{"minimum": 5}]},
                                 {"minItems": 1}]}, texts([5], [4], [5, 1], [5, "a"])),
    "reference": ({"$defs": {"a/b~c": {"type": "integer"}}, "type": "object",
                   "properties": {"a": {"$ref": "#/$defs/a~1b~0c"}}, "required": ["a"]}, []),
    "reference with siblings": ({"definitions": {"n": {"type": "integer"}}, "$ref": "#/definitions/n", "minimum": 1},
                                INTEGERS[120:140]),
    "recursive list": (TREE, texts({"v": 1, "next": None}, {"v": 1, "next": {"v": 2, "next": None}}, {"v": 1, "next": {}})),
    "recursive whole": ({"type": "array", "items": {"$ref": "#"}}, texts([[], [[]]], [1])),
    "steps": (STEPS, texts({"steps": [{"say": "x"}, {"say": "y"}], "answer": "z"}, {"steps": [], "answer": "z"}, {"steps": []})),
    "annotations": ({"title": "t", "description": "d", "default": 1, "examples": [1], "$comment": "c", "type": "integer",
                     "deprecated": True, "x-order": 1, "readOnly": True, "$schema": "s", "$id": "http://x/y"}, []),
}

# Valid, and left out on purpose.
NARROWER = {
    "anything": ['"\\ud83d\\ude00"', "1e100"],
    "string": ['"\\ud83d\\ude00"'],
    "integer": ["1e3", "12345678901234567"],
    "integer from 1 to 10": ["1.0"],
    "number from 0 to 1": ["1e-1", "-0"],
    "person": ['{"age":3,"name":"x"}', '{ "name":"x"}', '{"name":"x" }', '{"name":  "x"}', '{"n\\u0061me":"x"}'],
    "required later": ['{"b":2,"a":1}'],
    "all of objects": ['{"b":1,"a":1}', '{"a":1,"b":2,"c":3}'],
    "pattern negated": ['"\\u0041"', '"\\u0001"'],
    "enum": ["1.0"],
    "additional": ['{"x":1,"a":1}', '{"a":1,"\\n":1}'],
    "reference": ['{"a":1,"b":2}'],
    "number above 0": ["1e3"],
    "items": ["[ 1]", "[1 ]", "[1,  2]", "[1,\n2]"],
}

# The same documents with the white space that is allowed.
SPACED = {
    "person": ['{"name": "x", "age": 3}', '{"name":"x", "age": 3}'],
    "items": ["[1, 2, 3]", "[1,2, 3]"],
    "anything": ['{"a": [1, {"b": null}], "c": "x"}'],
}


def main():
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    cases = []
    for name, (schema, documents) in CASES.items():
        bare = {k: v for k, v in schema.items() if k not in ("$id", "$schema")} if isinstance(schema, dict) else schema
        validator = jsonschema.Draft202012Validator(bare, format_checker=checker)
        narrower = NARROWER.get(name, [])
        verdicts = {}
        for text in dict.fromkeys(documents + SPACED.get(name, []) + COMMON + narrower):
            value = json.loads(text)
            verdicts[text] = validator.is_valid(value)
        for text in narrower:
            assert verdicts.pop(text), (name, text)
        cases.append({"name": name, "schema": schema, "valid": [t for t in verdicts if verdicts[t]],
                      "invalid": [t for t in verdicts if not verdicts[t]], "narrower": narrower})
    output = {"broken": BROKEN, "cases": cases}
    OUTPUT.write_text(json.dumps(output, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(cases)} schemas, {sum(len(c['valid']) + len(c['invalid']) for c in cases)} documents")


if __name__ == "__main__":
    main()
