"""Decisions over the API: deployed, evaluated, refused with the place of the fault."""

import json
from decimal import Decimal

import pytest

from tests.integration.api.tck import Suite, cases_of
from tests.models import ADMISSION, given, importing, literal, model

BASE = "/api/v1/decisions"


@pytest.fixture(scope="module")
def admission(callers):
    answer = callers["designer"].post_files(
        "/api/v1/deployments", {"admission.dmn": model(ADMISSION)}
    )
    assert answer.status_code == 201, answer.text
    return answer.json


def deploy(callers, **bodies):
    files = {f"{name}.dmn": model(body, f"urn:{name}") for name, body in bodies.items()}
    answer = callers["designer"].post_files("/api/v1/deployments", files)
    assert answer.status_code == 201, answer.text
    return answer.json


def ask(callers, key, *, by="program", lenient=None, **variables):
    body = {"variables": variables}
    if lenient is not None:
        body["lenient"] = lenient
    return callers[by].post(f"{BASE}/{key}/evaluate", body)


def test_a_deployment_names_the_decisions(admission):
    assert admission["definitions"] == [
        {"key": "way", "version": 1, "kind": "decision"}
    ]


@pytest.mark.parametrize("by", ["program", "designer", "clerk"])
def test_a_decision_is_evaluated_by_its_id(callers, admission, by):
    answer = ask(callers, "way", by=by, stays=True, age=6)

    assert answer.status_code == 200
    assert answer.json == {"result": "own class", "matched_rules": ["own_class"]}


def test_the_newest_version_answers(callers):
    deploy(callers, newest=literal("newest", "1"))
    deploy(callers, newest=literal("newest", "2"))

    assert ask(callers, "newest").json == {"result": 2, "matched_rules": []}


def test_an_unknown_decision_is_not_found(callers):
    answer = ask(callers, "nowhere")

    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


def test_nobody_unknown_asks(client, admission):
    assert client.post(f"{BASE}/way/evaluate", json={}).status_code == 401


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("0.1 + 0.2", "0.3"),
        ("1/3", "0.3333333333333333333333333333333333"),
        ("10 ** 30", "1" + "0" * 30),
        ("1.50", "1.5"),
        ("-0", "0"),
        ("10 ** 50", "1E+50"),
        ('date("2026-08-25")', '"2026-08-25"'),
        ('time("09:30:00+05:00")', '"09:30:00+05:00"'),
        (
            'date and time("2026-08-25T09:30:00@Asia/Almaty")',
            '"2026-08-25T09:30:00@Asia/Almaty"',
        ),
        ('duration("P1DT2H")', '"P1DT2H"'),
        ('duration("P14M")', '"P1Y2M"'),
        ("[1, {a: null}, true]", '[1, {"a": null}, true]'),
        ('"әріп \\"x\\""', '"әріп \\"x\\""'),
        (
            "[1..2)",
            ('{"start": 1, "end": 2, "start included": true, "end included": false}'),
        ),
    ],
)
def test_a_result_is_exact_json(callers, text, written):
    deploy(callers, exact=literal("exact", text))

    answer = ask(callers, "exact")

    assert answer.text == f'{{"result": {written}, "matched_rules": []}}'
    assert answer.mimetype == "application/json"
    assert answer.json


def test_numbers_come_with_all_their_digits(callers):
    deploy(callers, digits=given("n") + literal("digits", "n + 1", "Input=in_n"))
    digits = "0.1234567890123456789012345678901"

    answer = callers["program"].post(
        f"{BASE}/digits/evaluate",
        data=f'{{"variables": {{"n": {digits}}}}}',
        content_type="application/json",
    )

    assert f'"result": 1{digits[1:]},' in answer.text
    assert json.loads(answer.text, parse_float=Decimal)


TYPES = (
    '<itemDefinition name="tVisit"><itemComponent name="on"><typeRef>date</typeRef>'
    '</itemComponent><itemComponent name="why"><typeRef>string</typeRef>'
    '</itemComponent><itemComponent name="waits" isCollection="true">'
    "<typeRef>days and time duration</typeRef></itemComponent></itemDefinition>"
)


@pytest.mark.parametrize(
    ("type_", "value", "text", "result"),
    [
        ("date", "2026-06-01", "x.year", 2026),
        ("time", "09:30:00", "x.minute", 30),
        ("dateTime", "2026-06-01T09:30:00Z", "x.hour", 9),
        ("date and time", "2026-06-01T09:30:00", "x.hour", 9),
        ("dayTimeDuration", "PT36H", "x.days", 1),
        ("years and months duration", "P14M", "x.years", 1),
        ("string", "2026-06-01", "string length(x)", 10),
        ("Any", "2026-06-01", "string length(x)", 10),
        ("tVisit", {"on": "2026-06-01", "why": "2026-06-01"}, "x.on.month", 6),
        ("tVisit", {"waits": ["PT1H", "PT3H"]}, "x.waits[2].hours", 3),
        ("number", None, "x = null", True),
    ],
)
def test_strings_are_read_as_the_input_declares(callers, type_, value, text, result):
    if type_ == "tVisit":
        value = {"on": None, "why": None, "waits": []} | value
    body = TYPES + given("x", type_) + literal("typed", text, "Input=in_x")
    deploy(callers, typed=body)

    answer = ask(callers, "typed", x=value)

    assert answer.json == {"result": result, "matched_rules": []}, answer.text


def test_the_types_of_an_imported_model_count_too(callers):
    deploy(
        callers,
        typelib=TYPES,
        typeuser=importing("lib", "urn:typelib")
        + given("x", "lib.tVisit")
        + literal("typeuser", "x.on.month", "Input=in_x"),
    )

    visit = {"on": "2026-06-01", "why": "", "waits": []}
    assert ask(callers, "typeuser", x=visit).json["result"] == 6


def test_a_string_that_is_no_date_is_refused_with_its_place(callers):
    deploy(callers, dated=given("x", "date") + literal("dated", "x", "Input=in_x"))

    answer = ask(callers, "dated", x="tomorrow")

    assert answer.status_code == 422
    assert answer.json["element"] == "in_x"


def test_a_fault_names_decision_element_expression_and_position(callers):
    body = given("n", "number") + literal("faulty", "1 + n + true", "Input=in_n")
    deploy(callers, faulty=body)

    answer = ask(callers, "faulty", n=1)

    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    told = answer.json
    assert told["decision_id"] == "faulty"
    assert told["element"] == "faulty"
    assert told["expression"] == "1 + n + true"
    assert isinstance(told["position"], int)
    assert "faulty" in told["detail"]


def test_a_fault_at_the_first_character_has_its_position(callers):
    deploy(callers, first=literal("first", "missing"))

    told = ask(callers, "first").json

    assert (told["expression"], told["position"]) == ("missing", 0)


def test_two_rules_that_match_where_one_may_are_refused(callers):
    body = ADMISSION.replace("&lt; 6", "&gt; 6").replace('id="way"', 'id="twice"')
    deploy(callers, twice=body)

    answer = ask(callers, "twice", stays=True, age=7)

    assert answer.status_code == 422
    assert answer.json["decision_id"] == "twice"
    assert "own_class" in answer.json["detail"]


def test_lenient_gives_null_and_is_for_administrators(callers):
    deploy(callers, soft=literal("soft", "1 + true"))

    assert ask(callers, "soft", lenient=True, by="designer").status_code == 403
    assert ask(callers, "soft", lenient=False, by="designer").status_code == 422
    answer = ask(callers, "soft", lenient=True, by="administrator")
    assert answer.json == {"result": None, "matched_rules": []}


def test_lenient_reads_a_date_where_nothing_is_declared(callers):
    body = given("x") + literal("guess", "month of year(x)", "Input=in_x")
    deploy(callers, guess=body)

    answer = ask(callers, "guess", lenient=True, by="administrator", x="2021-01-01")

    assert answer.json["result"] == "January"


@pytest.mark.parametrize(
    "body",
    [
        {"variables": [1]},
        {"variables": {}, "lenient": "yes"},
        {"variables": {}, "surprise": 1},
    ],
)
def test_a_body_that_is_not_meant_is_refused(callers, admission, body):
    answer = callers["program"].post(f"{BASE}/way/evaluate", body)

    assert answer.status_code == 422
    assert answer.json["errors"]


def test_what_would_run_for_ever_ends_within_its_limit(callers):
    text = "count(for a in 1..100000, b in 1..100000 return a)"
    deploy(callers, endless=literal("endless", text))

    answer = ask(callers, "endless")

    assert answer.status_code == 422
    assert "beyond" in answer.json["detail"]


def test_a_decision_without_an_id_is_asked_by_its_name(callers):
    body = literal("named", "1").replace('id="named" name="named"', 'name="own name"')
    body = body.replace('<variable name="named"', '<variable name="own name"')
    told = deploy(callers, named=body)

    assert told["definitions"][0]["key"] == "own name"
    assert ask(callers, "own%20name").json["result"] == 1


def test_the_file_is_given_back(callers, admission):
    answer = callers["designer"].get("/api/v1/definitions/way")

    assert answer.status_code == 200
    assert answer.json["xml"] == model(ADMISSION).decode()
    assert answer.json["names"]["ru"] == "Способ приёма"
    assert answer.json["kind"] == "decision"
    kinds = {
        one["kind"]
        for one in callers["designer"]
        .get("/api/v1/definitions", limit=200)
        .json["items"]
    }
    assert "decision" in kinds
    assert "model" not in kinds


def test_lint_knows_decision_models(callers):
    answer = callers["designer"].post_files(
        "/api/v1/lint", {"x.dmn": model(literal("linted", "1 +"), "urn:linted")}
    )

    (found,) = answer.json["findings"]
    assert (found["element_id"], found["rule"]) == ("linted", "decision-not-run")
    assert answer.json["deployable"]
    assert ask(callers, "linted").status_code == 404


# --- the conformance suite, as a program outside would run it -------------------------


@pytest.mark.parametrize("folder", Suite.SOME)
def test_the_suite_runs_over_the_api(callers, folder):
    suite = Suite(callers["administrator"])
    wrong = [
        (case.id, asked, answer)
        for case in cases_of(folder)
        for asked, answer, is_right in suite.run(case)
        if not is_right
    ]

    assert wrong == []
