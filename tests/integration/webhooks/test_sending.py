"""What webhooks are told: of which cases, to whom, how it is signed, at what cost."""

import base64
from datetime import UTC

import pytest
import standardwebhooks

from tests.integration.conftest import OTHER_SCHOOL, SCHOOL
from tests.integration.test_statements import counted
from tests.integration.webhooks.hooks import URL, drain, fare, hook, send, told_of
from workflows import instances, people, tasks
from workflows.model import NotFound, Role
from workflows.store import pruning
from workflows.webhook_outbox import NAMES, STATES


def test_a_case_is_told_from_its_start_to_its_end(house, postman):
    hook(house)
    case = house.start("hooked")
    found = house.tasks(case)[0]
    with house.store.transaction() as tx:
        tasks.claim(tx, house.world, house.callers["clerk"], found.id)
    house.complete(case, "a")
    house.complete(case, "b")
    drain(house, postman)

    in_order = sorted(postman.bodies, key=lambda body: body["data"]["seq"])
    assert [body["type"] for body in in_order] == [
        "case.started",
        "task.created",
        "task.claimed",
        "task.completed",
        "task.created",
        "task.completed",
        "case.ended",
    ]
    claimed, ended = in_order[2], in_order[-1]
    assert claimed == {
        "type": "task.claimed",
        "timestamp": house.world.clock.now().astimezone(UTC).isoformat(),
        "data": {
            "instance_id": str(case),
            "seq": claimed["data"]["seq"],
            "process_key": "hooked",
            "office": SCHOOL,
            "element_id": "a",
            "task_id": str(found.id),
            "state": "claimed",
        },
    }
    assert ended["data"]["state"] == "completed"
    assert ended["data"]["task_id"] is None


def test_an_incident_is_told(house, postman):
    hook(house, events=["incident.opened"])
    house.start("faulty")
    drain(house, postman)

    assert postman.types == ["incident.opened"]
    assert postman.bodies[0]["data"]["element_id"] == "s"


def test_only_what_was_asked_for_is_told(house, postman):
    hook(house, events=["case.started"], process_key="faulty")
    hook(house, events=["case.ended"])
    house.start("hooked")
    drain(house, postman)
    assert postman.types == []

    house.start("faulty")
    drain(house, postman)
    assert postman.types == ["case.started"]


def test_nothing_of_another_office_is_told(house, postman):
    with house.store.transaction() as tx:
        people.add_user(tx, house.world.clock, login="of-other")
        people.add_membership(
            tx, login="of-other", role=Role.SERVICE, office=OTHER_SCHOOL
        )
    hook(house, "of-other")
    hook(house, office=OTHER_SCHOOL)
    house.start("hooked")  # at SCHOOL
    drain(house, postman)
    assert postman.posts == []

    with house.store.transaction() as tx:
        instances.start(
            tx,
            house.world,
            house.callers["portal"],
            process_key="hooked",
            variables={},
            office=OTHER_SCHOOL,
        )
    drain(house, postman)
    assert postman.types.count("case.started") == 2


def test_an_office_that_the_owner_does_not_see_is_not_there(house):
    with pytest.raises(NotFound):
        hook(house, office="nowhere")


def test_nobody_but_the_owner_and_their_administrators_sees_a_webhook(house):
    id_, _ = hook(house)

    assert fare(house, id_, "admin").owner == "portal"
    for login in ("clerk", "supervisor", "stranger"):
        with pytest.raises(NotFound):
            fare(house, id_, login)


def test_what_is_told_goes_with_the_event_or_not_at_all(house, postman):
    hook(house)
    case = house.start("hooked")
    drain(house, postman)
    postman.posts.clear()
    (task,) = house.tasks(case)

    class Broken(Exception):
        pass

    def fail():
        with house.store.transaction() as tx:
            tasks.claim(tx, house.world, house.callers["clerk"], task.id)
            raise Broken

    with pytest.raises(Broken):
        fail()
    drain(house, postman)
    assert postman.posts == []


def test_it_is_signed_as_standard_webhooks_verify_it(house, postman):
    _, secret = hook(house, events=["case.started"])
    house.start("hooked")
    drain(house, postman)

    ((url, headers, body),) = postman.posts
    assert url == URL
    verified = standardwebhooks.Webhook(secret).verify(body, headers)
    assert verified["type"] == "case.started"
    other = "whsec_" + base64.b64encode(b"x" * 32).decode()
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(other).verify(body, headers)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(secret).verify(body + b" ", headers)


def test_no_personal_data_goes_along(house, postman):
    hook(house)
    case = house.start("hooked", name="Дана Ержанқызы", iin="190315500127")
    house.complete(case, "a", phone="+77012345678")
    house.complete(case, "b")
    drain(house, postman)

    said = b"".join(body for _, _, body in postman.posts).decode()
    assert not any(
        one in said for one in ("Дана", "190315500127", "77012345678", "clerk")
    )


def test_ended_deliveries_are_kept_for_a_month(house, clock, postman):
    id_, _ = hook(house, events=["case.started"])
    house.start("hooked")
    send(house, postman)

    def prune():
        pruning.prune(house.store, clock.now(), queue_log_days=7, idempotency_days=7)
        return len(told_of(house, id_))

    clock.advance(days=29)
    assert prune() == 1
    clock.advance(days=2)
    assert prune() == 0


def test_webhooks_cost_a_step_no_statement(house, monkeypatch):
    def steps():
        case = house.start("hooked")
        (task,) = house.tasks(case)
        with (
            counted(monkeypatch) as seen,
            house.store.transaction() as tx,
        ):
            tasks.complete(tx, house.world, house.callers["clerk"], task.id, {})
        return len(seen)

    before = steps()
    hook(house)
    assert steps() == before


def test_every_event_has_a_state():
    assert set(NAMES) == set(STATES)
