#!/usr/bin/env python3
"""Compares `ChatTemplates` with Jinja2 over every real template and many conversations, and prints a table.

    swift build -c release --product template-probe
    scripts/oracles/templates_oracle.py [--conversations N] [--seed N]

The templates are those of llama.cpp's source, where `scripts/setup.py test` unpacks it, and SmolLM2's own. The
conversations are those of `template_conversations.py` and N generated ones for each template. Equal means the same
bytes, the same message where the template raises, and the same kind of error (`syntax` or `runtime`) elsewhere.
"""

import argparse
import json
import random
import subprocess
import sys

import template_environment

CONVERSATIONS = 300
SEED = 1


def rows(arguments):
    """Rows for `oracle.py`; compares in the pinned virtual environment."""
    command = [template_environment.python(), __file__, "--json", "--seed", str(arguments.seed), "--only",
               arguments.only]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            name, cases, differences = json.loads(line)
            yield name, "chat template", "jinja2 " + template_environment.pinned("jinja2"), cases, differences
    if process.returncode != 0:
        raise RuntimeError("the comparison with Jinja2 did not come to its end")


# What runs in the virtual environment


def outcome(template, variables):
    """What Jinja2 makes of a conversation, in the probe's words."""
    import templates
    text, error = templates.render(template, variables)
    if error is None:
        return {"text": text}
    return {"error": error, "message": text} if error == "raised" else {"error": error}


def is_equal(expected, actual):
    # Python's own limit on recursion is a runtime error, ours on depth has a name.
    if actual.get("error", "").startswith("limit"):
        return expected.get("error") == "runtime"
    return all(actual.get(key) == value for key, value in expected.items())


def compared(conversations, seed, only):
    """(template, cases, differences, the first cases that differ) for each template."""
    import template_conversations
    import template_generator
    import templates
    env = templates.environment()
    for name, source in template_environment.sources().items():
        if only not in name:
            continue
        cases = template_conversations.cases() + template_generator.cases(
            conversations, random.Random(f"{seed} {name}"))
        template = templates.compile_template(env, source)
        requests = [{"variables": case["variables"]} for case in cases]
        requests[0].update(source=source, trusted=templates.TRUSTED, now=templates.NOW_SECONDS,
                           microsecond=templates.NOW.microsecond)
        different = []
        for case, actual in zip(cases, template_environment.probe(requests)):
            expected = outcome(template, {**case["variables"], **templates.TRUSTED})
            if not is_equal(expected, actual):
                different.append((case, expected, actual))
        yield name, len(cases), different


def show(name, case, expected, actual):
    actual = {key: value for key, value in actual.items() if key != "nanoseconds"}
    print(f"{name}, {case['name']}: {json.dumps(case['variables'])}\n  Jinja2: {str(expected)[:400]}\n"
          f"  here:   {str(actual)[:400]}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", type=int, default=CONVERSATIONS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", default="", help="templates whose names have this in them")
    parser.add_argument("--json", action="store_true", help="one JSON array a template instead of a table")
    arguments = parser.parse_args()
    template_environment.enter()
    if not arguments.json:
        print("| template | cases | differences |\n|---|---|---|")
    total, differences = 0, 0
    for name, count, different in compared(arguments.conversations, arguments.seed, arguments.only):
        total, differences = total + count, differences + len(different)
        for case, expected, actual in different[:2]:
            show(name, case, expected, actual)
        row = (name, count, len(different))
        print(json.dumps(row) if arguments.json else "| {} | {} | {} |".format(*row), flush=True)
    if not arguments.json:
        print(f"| all | {total} | {differences} |")
        return 1 if differences else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
