"""`make audit` reads what registries tell, and never takes silence for health."""

import json

import pytest

from tests import audit

WEAK = {
    "dependencies": [
        {
            "name": "flask",
            "version": "0.5",
            "vulns": [{"id": "PYSEC-2019-179", "fix_versions": ["1.0"]}],
        },
        {"name": "lxml", "version": "6.0", "vulns": []},
    ]
}
SKIPPED = {"dependencies": [{"name": "x", "skip_reason": "not found on PyPI"}]}
HEALTHY = {"dependencies": [{"name": "lxml", "version": "6.0", "vulns": []}]}
NODE = {"vulnerabilities": {"minimist": {"severity": "critical", "range": "<1.2.6"}}}


def test_a_weakness_is_told_with_the_version_that_mends_it():
    lines, ends = audit.report(
        [
            audit.python_packages(json.dumps(WEAK)),
            audit.node_packages(json.dumps(NODE)),
        ]
    )

    assert ends == audit.FOUND
    assert lines == [
        "WEAK  flask 0.5: PYSEC-2019-179, mended in 1.0",
        "WEAK  minimist <1.2.6: critical",
    ]


@pytest.mark.parametrize(
    "told",
    [
        audit.python_packages("", "ERROR: 404 Client Error"),
        audit.python_packages(json.dumps(SKIPPED)),
        audit.node_packages('{"message": "405 Method Not Allowed"}'),
        audit.node_packages("no JSON at all"),
        audit.python_packages("[]"),
    ],
)
def test_what_was_not_asked_is_said_loudly_and_fails(told):
    lines, ends = audit.report([told])

    assert ends == audit.NOT_ASKED
    assert any(line.startswith("NOT AUDITED: 1") for line in lines)


def test_a_package_that_nothing_is_known_of_is_healthy():
    told = [audit.python_packages(json.dumps(HEALTHY)), audit.node_packages(
        '{"vulnerabilities": {}}'
    )]  # fmt: skip

    assert audit.report(told)[1] == 0
