"""Signals and starts over the API: who may, what the answer promises, what is told."""

import uuid
from datetime import datetime, timedelta

import pytest

from tests.drawn import ask, line
from tests.integration.api.test_sign_in import sign_in
from tests.integration.events import at, catch, named, on, start, throw
from workflows.model import DatabaseUnavailable

SIGNALS, INSTANCES = "/api/v1/signals", "/api/v1/instances"


@pytest.fixture
def key():
    return f"p{uuid.uuid4().hex[:8]}"


@pytest.fixture
def release(callers):
    def made(**drawings):
        files = {f"{name}.bpmn": drawn for name, drawn in drawings.items()}
        answer = callers["designer"].post_files("/api/v1/deployments", files)
        assert answer.status_code == 201, answer.text
        return answer.json

    return made


def waiter(key):
    name = f"{key}.go"
    return line(
        key,
        catch("w", on("signal", name)),
        ask("after"),
        besides=named("signal", name),
    )


def begin(caller, key):
    answer = caller.post(INSTANCES, {"process_key": key})
    assert answer.status_code == 201, answer.text
    return answer.json["id"]


def events(caller, case, type_):
    found = caller.get(f"{INSTANCES}/{case}/history").json["items"]
    return [one for one in found if one["type"] == type_]


def test_the_effect_of_a_signal_is_there_at_the_next_read(callers, release, key):
    release(a=waiter(key))
    clerk = callers["clerk"]
    case = begin(clerk, key)

    answer = clerk.post(SIGNALS, {"name": f"{key}.go", "variables": {"n": 1}})

    assert answer.status_code == 202
    assert set(answer.json) == {"id"}
    assert clerk.get(f"{INSTANCES}/{case}").json["variables"] == {"n": 1}
    (told,) = events(clerk, case, "signal.received")
    assert (told["element_id"], told["detail"], told["actor"]) == (
        "w",
        {"signal": f"{key}.go"},
        "signal",
    )


def test_a_signal_reaches_the_cases_of_the_callers_offices_alone(callers, release, key):
    release(a=waiter(key))
    case = begin(callers["clerk"], key)

    answer = callers["stranger"].post(SIGNALS, {"name": f"{key}.go"})

    assert answer.status_code == 202
    assert events(callers["clerk"], case, "signal.received") == []


def test_a_repeat_under_the_same_key_is_one_signal(callers, release, key):
    name = f"{key}.go"
    release(
        a=line(
            key,
            ask("a"),
            start=start(on("signal", name)),
            besides=named("signal", name),
        )
    )

    first, second = (
        callers["administrator"].post(SIGNALS, {"name": name}, key=f"one-{key}")
        for _ in range(2)
    )

    assert first.json == second.json
    assert second.headers["Idempotent-Replayed"] == "true"
    found = callers["administrator"].get(INSTANCES, process_key=key).json
    assert found["total"] == 1
    assert found["items"][0]["office"] == "ministry"


def test_a_lost_database_after_the_answer_is_decided_is_the_sweeps_affair(
    callers, release, key, app, monkeypatch
):
    release(a=waiter(key))
    case = begin(callers["clerk"], key)

    def lost(*_):
        raise DatabaseUnavailable

    with monkeypatch.context() as patch:
        patch.setattr("workflows.due._try", lost)
        answer = callers["clerk"].post(SIGNALS, {"name": f"{key}.go"})
    app.extensions["rasim"].run_due()

    assert answer.status_code == 202
    assert len(events(callers["clerk"], case, "signal.received")) == 1


def test_a_signal_thrown_by_a_case_is_heard_when_the_clock_is_moved(
    callers, release, key
):
    name = f"{key}.go"
    release(
        a=waiter(key),
        b=line(
            f"{key}t", throw("t", on("signal", name)), besides=named("signal", name)
        ),
    )
    case = begin(callers["clerk"], key)
    begin(callers["stranger"], f"{key}t")

    callers["administrator"].post("/api/v1/clock", {"advance": "PT0S"})

    assert len(events(callers["clerk"], case, "signal.received")) == 1


def test_a_timer_start_runs_for_each_moment_that_a_jump_passes(callers, release, key):
    administrator = callers["administrator"]
    now = datetime.fromisoformat(administrator.get("/api/v1/clock").json["now"])
    release(a=line(key, ask("a"), start=start(at("timeCycle", "R3/PT1H"))))

    administrator.post("/api/v1/clock", {"advance": "PT5H"})

    found = administrator.get(INSTANCES, process_key=key).json["items"]
    due = []
    for case in found:
        (begun,) = events(administrator, case["id"], "instance.started")
        due.append(datetime.fromisoformat(begun["detail"]["due_at"]))
        assert (begun["element_id"], begun["actor"]) == ("start", "clock")
    assert sorted(due) == [now + timedelta(hours=n) for n in (1, 2, 3)]


def test_what_only_an_event_starts_is_told_to_who_applies(callers, release, key):
    name = f"{key}.come"
    release(
        a=line(
            key,
            ask("a"),
            start=start(on("message", name)),
            besides=named("message", name),
        )
    )

    answer = callers["clerk"].post(INSTANCES, {"process_key": key})
    started = callers["clerk"].post(
        "/api/v1/messages", {"name": name, "correlation_key": "N-1"}
    )

    assert answer.status_code == 422
    assert f"message {name}" in answer.json["detail"]
    assert started.json == {"correlated": 1}
    (case,) = callers["clerk"].get(INSTANCES, business_key="N-1").json["items"]
    assert (case["process_key"], case["office"]) == (key, "school-1")


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": "x", "variables": []}, {"name": "x", "key": 1}]
)
def test_a_signal_that_means_nothing_is_refused(callers, body):
    assert callers["clerk"].post(SIGNALS, body).status_code == 422


def test_nobody_signals_without_a_token(client):
    assert client.post(SIGNALS, json={"name": "x"}).status_code == 401


def test_the_document_describes_signals(callers):
    told = callers["clerk"].get("/api/v1/openapi.json").json

    post = told["paths"]["/api/v1/signals"]["post"]
    assert "202" in post["responses"]
    assert {"$ref": "#/components/parameters/IdempotencyKey"} in post["parameters"]
    taken = told["components"]["schemas"]["SignalThrow"]["properties"]
    assert set(taken) == {"name", "variables"}


@pytest.mark.parametrize(
    ("locale", "says"),
    [
        ("en", ["How a case begins", "Somebody applies", "By the clock: R/P1D; next"]),
        ("ru", ["Подаётся заявление", "Приходит сообщение", "Подаётся сигнал"]),
        ("kk", ["Өтініш берілгенде", "Хабар келгенде", "келесісі"]),
    ],
)
def test_a_procedures_page_tells_how_its_cases_begin(
    callers, release, client, key, locale, says
):
    beside = named("message", f"{key}.come") + named("signal", f"{key}.go")
    more = "".join(
        start(event, f"s{n}")
        + f'<bpmn:sequenceFlow id="x{n}" sourceRef="s{n}" targetRef="a"/>'
        for n, event in enumerate(
            (
                on("message", f"{key}.come"),
                on("signal", f"{key}.go"),
                at("timeCycle", "R/P1D"),
            )
        )
    )
    release(a=line(key, ask("a") + more, besides=beside))
    sign_in(client, login="designer")

    page = client.get(f"/procedures/{key}?lang={locale}").text

    assert all(one in page for one in says), page
    assert f"{key}.come" in page
    assert f"{key}.go" in page


def test_a_cases_page_tells_what_began_it_and_which_signal_came(
    callers, release, client, key
):
    began, name = f"{key}.come", f"{key}.go"
    release(
        a=line(
            key,
            catch("w", on("signal", name)),
            ask("after"),
            start=start(on("message", began)),
            besides=named("message", began) + named("signal", name),
        )
    )
    callers["clerk"].post("/api/v1/messages", {"name": began, "correlation_key": key})
    callers["clerk"].post(SIGNALS, {"name": name})
    (case,) = callers["clerk"].get(INSTANCES, business_key=key).json["items"]
    sign_in(client, login="clerk")

    page = client.get(f"/cases/{case['id']}?lang=en").text

    assert f"A message comes: {began}" in page
    assert "A signal came: w" in page
