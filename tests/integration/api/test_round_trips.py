"""How often completing a task waits for the database: each time may be a long way."""

from server.auth import SESSION_COOKIE
from tests.integration.api.test_tasks import ACCEPTED, TASKS, task
from tests.integration.test_statements import counted
from workflows import people, sessions

__all__ = ["task"]  # the fixture
# Whose a token is, is asked once in five seconds; the clock is that of tests.
OTHERS = ("api_tokens", "manual_clock")


def own(seen: list[str]) -> list[str]:
    return [each for each in seen if not any(name in each for name in OTHERS)]


def test_completing_over_the_api_takes_seven_statements_in_one_transaction(
    task, callers, monkeypatch
):
    with counted(monkeypatch) as seen:
        answer = callers["clerk"].post(
            f"{TASKS}/{task['id']}/complete", ACCEPTED, key=f"once-{task['id']}"
        )

    assert answer.status_code == 200, answer.text
    # The key, the case that is locked, the task, its end, the job that follows with its
    # entry, deadlines and their timers, and the case with its events.
    assert len(own(seen)) == 7, "\n".join(seen)


def test_a_key_that_was_told_its_task_beforehand_answers_again(task, callers):
    path, key = f"{TASKS}/{task['id']}/complete", f"again-{task['id']}"

    first = callers["clerk"].post(path, ACCEPTED, key=key)
    again = callers["clerk"].post(path, ACCEPTED, key=key)

    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json["id"] == first.json["id"] == task["id"]
    assert again.json["state"] == "completed"


def test_completing_by_the_page_takes_nine_statements(
    task, app, callers, store, monkeypatch
):
    services = app.extensions["rasim"]
    with store.transaction() as tx:
        clerk = people.known(tx, "clerk")
        now = services.clock.now()
        begun = sessions.start(tx, clerk.user_id, now, "password", "test")
    browser = app.test_client()
    browser.set_cookie(SESSION_COOKIE, begun.token)
    typed = {"csrf_token": begun.csrf_token, "decision.accepted": "true"}

    with counted(monkeypatch) as seen:
        answer = browser.post(f"/tasks/{task['id']}", data=typed)

    assert answer.status_code == 302, answer.text
    # Who asks, the form; then as over the API, without a key; what was sent.
    assert len(own(seen)) == 9, "\n".join(seen)
