"""The service against its own OpenAPI document, by schemathesis.

`RASIM_EXAMPLES` is how many requests of each kind are tried on every call, and
`RASIM_SEED` which ones.
"""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi import checks

from server.api.examples import CASE
from tests.integration.api.callers import make_caller
from tests.integration.api.reached import Reach
from tests.integration.api.two_schools import (
    DRAWINGS,
    KINDS,
    MARK,
    OURS,
    THEIRS,
    school,
)
from workflows.model import Role

EXAMPLES = int(os.environ.get("RASIM_EXAMPLES", "12"))
SEED = int(os.environ.get("RASIM_SEED", "20261121"))
# A path may name what is not there, and a body what is forbidden before it is read.
REFUSED = ["400", "401", "403", "404", "405", "409", "413", "415", "422"]
UNREAD = {400, 413, 415}  # never the answer to what the document allows
PATH, QUERY, BODY = (
    ParameterLocation.PATH,
    ParameterLocation.QUERY,
    ParameterLocation.BODY,
)
# How many of the requests that a call may take are tried; few, for each is prepared.
REACHED = 2
UNREACHED = {
    "POST /api/v1/deployments": "files are known by names, of which it knows nothing",
    "POST /api/v1/lint": "as deployments",
    "POST /api/v1/tasks/{task_id}/documents": "as deployments",
    "POST /api/v1/jobs/{job_id}/retry": "only a job that has failed is tried again",
}
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]


@pytest.fixture(scope="module")
def document(app):
    config = schemathesis.Config(seed=SEED)
    project = config.projects.default
    project.generation.update(
        allow_x00=False, deterministic=True, with_security_parameters=False
    )
    project.checks.negative_data_rejection.expected_statuses = REFUSED
    path = "/api/v1/openapi.json"
    return schemathesis.openapi.from_wsgi(path, closing(app), config=config)


def closing(app):
    """The application, its files closed when they are read."""

    def read(environ, start_response):
        answer = app.wsgi_app(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            answer.close()

    return read


@pytest.fixture(scope="module")
def operations(document):
    return [one.ok() for one in document.get_all_operations()]


@pytest.fixture(scope="module")
def who(app, store, callers):
    """Those of our school who ask."""
    return {
        str(role): make_caller(app, store, f"{role} of ours", role, OURS)
        for role in (Role.CLERK, Role.DESIGNER, Role.ADMINISTRATOR, Role.SERVICE)
    }


@pytest.fixture(scope="module")
def ours(app, store, callers):
    answer = callers["designer"].post_files("/api/v1/deployments", DRAWINGS)
    assert answer.status_code == 201, answer.text
    made = school(app, store, OURS, "ours")
    made.fill(2)
    return made


@pytest.fixture(scope="module")
def theirs(app, store, ours):
    made = school(app, store, THEIRS, MARK)
    made.fill(2)
    return made


def test_the_edges_of_every_schema_are_kept(document, operations, who, ours, subtests):
    """What schemathesis derives from each bound of the document, on either side."""
    modes = list(GenerationMode)
    for operation in operations:
        config = document.config.generation_for(operation=operation)
        cases = document.iter_coverage_cases(
            operation, generation_modes=modes, generation_config=config
        )
        caller = who[operation.definition.raw["x-roles"][0]]
        with subtests.test(operation.label):
            for case in cases:
                response = case.call(headers=caller.headers())
                case.validate_response(response, checks=CHECKS)


def test_the_other_school_itself_sees_its_mark(theirs):
    """Else nobody would learn that it is in our answers too."""
    case, task = theirs.ids["instance_id"][0], theirs.ids["task_id"][0]
    for path in (
        "instances",
        f"instances/{case}",
        f"instances/{case}/documents",
        f"documents/{theirs.ids['document_id'][0]}",
        f"tasks/{task}",
        "webhooks",
    ):
        caller = theirs.program if path == "webhooks" else theirs.clerk
        with caller.get(f"/api/v1/{path}") as answer:
            assert MARK in answer.text, path


def test_no_call_answers_who_does_not_prove_themselves(operations, subtests):
    for operation in operations:
        with subtests.test(operation.label):
            path = dict.fromkeys(names(operation.path_parameters), CASE)
            if "version" in path:
                path["version"] = 1
            case = operation.Case(path_parameters=path)
            for headers in ({}, {"Authorization": "Bearer rsm_none"}):
                response = case.call(headers=headers)
                case.validate_response(response, checks=CHECKS)
                assert response.status_code == 401


@pytest.mark.parametrize("mode", list(GenerationMode), ids=str)
def test_every_answer_is_as_documented(mode, operations, who, ours, theirs, subtests):
    """Valid and invalid requests of several callers, about things of both schools."""
    for operation in operations:
        if mode is GenerationMode.NEGATIVE and not takes_anything(operation):
            continue
        if operation.method == "post" and operation.path_parameters.items:
            ours.fill(1)  # what it ends is not there for the next
        with subtests.test(operation.label):
            trial(operation, mode, who, ours, theirs)


def test_every_call_is_reached_with_what_it_takes(
    app, store, callers, operations, ours, subtests
):
    """Names that nobody can guess are put in; what is said otherwise is by chance."""
    reach = Reach(app, store, callers["designer"], ours)
    for operation in operations:
        with subtests.test(operation.label):
            statuses = reached(operation, reach)
            is_there = any(200 <= status < 300 for status in statuses)
            assert is_there or operation.label in UNREACHED, statuses


def reached(operation, reach):
    statuses = []

    @seed(SEED)
    @settings(
        max_examples=REACHED,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(GenerationMode.POSITIVE))
    def run(case):
        reach.settle(case)
        response = case.call(headers=reach.caller.headers())
        statuses.append(response.status_code)
        case.validate_response(response, checks=CHECKS)

    run()
    return statuses


def takes_anything(operation):
    told = (operation.path_parameters, operation.query, operation.headers)
    return any(one.items for one in told) or bool(operation.body.items)


def trial(operation, mode, who, ours, theirs):
    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operation.as_strategy(mode),
        role=st.sampled_from(sorted(who)),
        whose=st.sampled_from([None, ours, theirs]),
        place=st.integers(0, 10),
    )
    def run(case, role, whose, place):
        if whose is not None:
            aim(case, whose, place)
        response = case.call(headers=who[role].headers())
        case.validate_response(response, checks=CHECKS)
        check_nothing_leaks(case, response, theirs)
        if mode is GenerationMode.POSITIVE:
            assert response.status_code not in UNREAD, response.text
            if whose is theirs:
                check_not_there(case, role, response)

    run()


def aim(case, whose, place):
    """The request is about something of a school, wherever it may name an id."""
    for kind in KINDS:
        ids = whose.ids[kind][-3:]
        one = ids[place % len(ids)]
        if kind in names(case.operation.path_parameters) and is_valid(case, PATH):
            case.path_parameters[kind] = one
        if kind in names(case.operation.query) and place % 2 and is_valid(case, QUERY):
            case.query[kind] = one
    if isinstance(case.body, dict) and "step" in case.body and is_valid(case, BODY):
        case.body["step"] = whose.ids["task_id"][-1]


def is_valid(case, location):
    return not case.meta.is_negative_at(location)


def names(parameters):
    return {one.name for one in parameters.items}


def check_nothing_leaks(case, response, theirs):
    assert MARK not in response.text
    asked = f"{case.path_parameters} {case.query} {case.body}"
    told = {one for one in theirs.every_id() if one in response.text}
    assert {one for one in told if one not in asked} == set()


def check_not_there(case, role, response):
    """Something of theirs is not there; nobody learns more who may use the call."""
    roles = case.operation.definition.raw["x-roles"]
    ids = [one for one in case.path_parameters if one in KINDS]
    if ids and response.status_code != 422:  # what is sent may be read first
        wanted = {404} if role in roles else {404, 403}
        assert response.status_code in wanted, response.text
