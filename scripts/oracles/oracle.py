#!/usr/bin/env python3
"""Compares Drover with the libraries that models are trained and served with, and prints a table of differences.

    make oracle [ARGS="--texts 20000 --only tekken"]

Every row must have 0 differences; the exit status says whether all have. What was compared already with the same
programs, seed and number of texts is taken from `.drover/oracle/`, so that an interrupted run goes on.
"""
import argparse
import importlib
import sys

# Each is a module beside this one with a function rows(arguments), which yields rows as they are done.
PARTS = ["output_formats", "tokenizer_oracle", "templates_oracle"]
# A row: what is compared, by which algorithm or under which name, in how many cases, of which so many differ.
HEADER = ("", "algorithm", "reference", "cases", "differences")


def table(row):
    name, algorithm, reference, cases, differences = row
    return f"{name:<30} {algorithm:<26} {reference:<22} {cases:>10} {differences:>11}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=30_000, help="texts for each vocabulary")
    parser.add_argument("--seed", type=int, default=20_260_101)
    parser.add_argument("--only", default="", help="rows whose names have this in them")
    arguments = parser.parse_args()
    print(table(HEADER), flush=True)
    cases = differences = 0
    for part in PARTS:
        try:
            module = importlib.import_module(part)
        except ModuleNotFoundError as error:
            if error.name != part:
                raise
            continue
        for row in module.rows(arguments):
            print(table(row), flush=True)
            cases += row[3]
            differences += row[4]
    print(table(("all", "", "", cases, differences)))
    return differences > 0


if __name__ == "__main__":
    sys.exit(main())
