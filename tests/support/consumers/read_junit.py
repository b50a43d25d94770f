"""Reads a JUnit report with junitparser and tells what it found, a line a suite and a case."""

import sys

from junitparser import Error, Failure, JUnitXml, Skipped

WORDS = {Failure: "failure", Error: "error", Skipped: "skipped"}


def one_line(text):
    return (text or "-").replace("\n", "\\n").strip()


for suite in JUnitXml.fromfile(sys.argv[1]):
    print(f"suite {one_line(suite.name)}: {suite.tests} tests, {suite.failures} failures, "
          f"{suite.errors} errors, {suite.skipped} skipped")
    for case in suite:
        print(f"case {one_line(case.classname)} {one_line(case.name)}")
        for result in case.result:
            print(f"  {WORDS[type(result)]} {one_line(result.type)}: {one_line(result.message)}")
            print(f"  {one_line(result.text)}")
