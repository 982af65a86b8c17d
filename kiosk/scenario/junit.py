"""Outcomes as JUnit XML, which every build server reads."""

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from kiosk.scenario.outcome import Outcome


def write_junit(path: Path, outcomes: Sequence[Outcome]) -> None:
    """Write the file; it is there whole or not at all."""
    suite = ElementTree.Element(
        "testsuite",
        name="kiosk scenarios",
        tests=str(len(outcomes)),
        failures=str(sum(not outcome.has_passed for outcome in outcomes)),
        errors="0",
        skipped="0",
        time=f"{sum(outcome.seconds for outcome in outcomes):.3f}",
    )
    for outcome in outcomes:
        suite.append(_case(outcome))
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    partial = path.with_name(f".{path.name}.partial")
    partial.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(root).write(partial, encoding="utf-8", xml_declaration=True)
    partial.replace(path)


def _case(outcome: Outcome) -> ElementTree.Element:
    scenario = outcome.scenario
    case = ElementTree.Element(
        "testcase",
        classname=str(scenario.path.with_suffix("")).replace("/", "."),
        name=scenario.name,
        file=str(scenario.path),
        time=f"{outcome.seconds:.3f}",
    )
    if outcome.failure is not None:
        failure = ElementTree.SubElement(case, "failure", message=outcome.failure.text)
        failure.text = outcome.failure.text
    if outcome.evidence is not None:
        ElementTree.SubElement(case, "system-out").text = f"evidence: {outcome.evidence}"
    return case
