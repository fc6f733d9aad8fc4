"""Comments on cases: part of the record, for those who see the case alone."""

import html
import re
import uuid
from datetime import timedelta

import pytest

from tests.integration.conftest import HeldClock
from tests.integration.task_page.clerks import Desks
from workflows import comments, history, tasks
from workflows.callers import Caller
from workflows.comments import Comment, MentionUnknown, TooLateToRemove
from workflows.model import InputRefused, NotAllowed, NotFound
from workflows.store.session import Store
from workflows.world import World

OTHER_SCHOOL = "050540000155"


def say(desks: Desks, by: Caller, case: uuid.UUID, text: str, *to: str) -> uuid.UUID:
    with desks.house.store.transaction() as tx:
        return comments.add(tx, desks.house.world, by, case, text, mentioned=to)


def said(desks: Desks, to: Caller, case: uuid.UUID) -> list[Comment]:
    with desks.house.store.transaction() as tx:
        clock = desks.house.world.clock
        return comments.of_case(tx, clock, to, case).items[::-1]


def unseen(desks: Desks, person: Caller) -> int:
    with desks.house.store.transaction() as tx:
        return comments.unseen(tx, person)


def test_a_comment_is_part_of_the_record(desks: Desks) -> None:
    case, author, reader = desks.case(), desks.person(), desks.person()

    say(desks, author, case, "  The child's\r\nname is misspelt. ")
    (one,) = said(desks, reader, case)
    event = desks.house.events(case)[-1]

    assert one.text == "The child's\nname is misspelt."
    assert (one.author, one.may_be_removed) == (author.login, False)
    assert (event.type, event.actor) == ("comment.added", author.login)
    assert event.detail is not None
    assert event.detail["text"] == one.text


def test_erasing_the_details_of_a_case_erases_its_comments(
    desks: Desks, owner: Store
) -> None:
    case, author = desks.case(), desks.person()
    say(desks, author, case, "Somebody's secret")

    with owner.transaction() as tx:
        history.erase_details(tx, case)
        broken = list(history.verify(tx, case))
    (one,) = said(desks, author, case)

    assert (one.text, broken) == (None, [])
    page = desks.browser(author).get(f"/cases/{case}").text
    assert "The words were erased." in page
    assert "secret" not in page


def test_a_comment_is_taken_back_for_a_quarter_of_an_hour(desks: Desks) -> None:
    case, author, other = desks.case(), desks.person(), desks.person()
    clock = HeldClock(desks.house.world.clock.now())
    world = World(clock=clock, queue_of=desks.house.world.queue_of)
    with desks.house.store.transaction() as tx:
        first = comments.add(tx, world, author, case, "Too early", mentioned=[])
        second = comments.add(tx, world, author, case, "Stays for good")

    def remove(by: Caller, which: uuid.UUID) -> None:
        with desks.house.store.transaction() as tx:
            comments.remove(tx, world, by, which)

    with pytest.raises(NotAllowed):
        remove(other, first)
    clock.advance(minutes=14)
    remove(author, first)
    remove(author, first)  # a double click
    clock.advance(minutes=2)
    with pytest.raises(TooLateToRemove):
        remove(author, second)

    events = desks.house.events(case)
    with desks.house.store.transaction() as tx:
        assert list(history.verify(tx, case)) == []
    assert [(one.text, one.is_removed) for one in said(desks, author, case)] == [
        (None, True),
        ("Stays for good", False),
    ]
    assert [event.type for event in events].count("comment.removed") == 1
    assert "Too early" not in str(events)
    assert timedelta(minutes=15) == comments.REMOVABLE


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("Please look, @{0}!", True),
        ("@{0}: and (@{1})", True),
        ("Write to post@{0} or x.@{0}", False),
        ("Nobody is called", False),
    ],
)
def test_who_is_mentioned_is_told(desks: Desks, text: str, called: bool) -> None:
    case, author = desks.case(), desks.person()
    one, two = desks.person(), desks.person()

    say(desks, author, case, text.format(one.login.upper(), two.login))

    assert unseen(desks, one) == int(called)
    assert unseen(desks, author) == 0
    page = desks.browser(one).get("/mentions").text
    assert ("not seen yet" in page) == called


def test_a_mention_leads_to_the_comment_and_is_seen_from_then_on(
    desks: Desks,
) -> None:
    case, author, person = desks.case(), desks.person(), desks.person()
    made = say(desks, author, case, "Have a look", person.login)
    browser = desks.browser(person)

    before = browser.get("/mentions").text
    followed = browser.get(f"/mentions/{made}")
    after = browser.get("/mentions").text

    assert "Have a look" in before
    assert followed.location == f"/cases/{case}#comment-{made}"
    assert unseen(desks, person) == 0
    assert "Have a look" in after
    assert "I have seen all" in before
    assert "I have seen all" not in after


def test_the_latest_are_shown_and_a_link_leads_to_the_earlier_ones(
    desks: Desks,
) -> None:
    case, author, person = desks.case(), desks.person(), desks.person()
    browser = desks.browser(person)
    first = say(desks, author, case, "The very first", person.login)
    for number in range(comments.LATEST):
        say(desks, author, case, f"No. {number:02}")

    page = browser.get(f"/cases/{case}").text
    earlier = re.search(r'href="(/cases/[^"]+cursor=[^"]+)"', page)
    assert earlier is not None
    older = browser.get(html.unescape(earlier[1])).text
    followed = browser.get(f"/mentions/{first}").location

    assert f'id="comment-{first}"' not in page
    told = re.findall(r"comment__text\">(.*?)<", page)
    assert told == [f"No. {number:02}" for number in range(comments.LATEST)]
    assert "Shown: 20 of 21" in page
    assert re.findall(r"comment__text\">(.*?)<", older) == ["The very first"]
    assert "The latest comments" in older
    assert followed.endswith(f"#comment-{first}")
    assert f'id="comment-{first}"' in browser.get(followed).text


def test_the_page_of_a_mention_begins_with_its_comment(desks: Desks) -> None:
    case, author, person = desks.case(), desks.person(), desks.person()
    made = [say(desks, author, case, f"No. {n:02}") for n in range(25)]
    browser = desks.browser(person)

    for comment in (made[0], made[4], made[5], made[24]):
        address = browser.get(f"/mentions/{comment}").location
        assert f'id="comment-{comment}"' in browser.get(address).text
    assert "cursor" in browser.get(f"/mentions/{made[4]}").location
    assert "cursor" not in browser.get(f"/mentions/{made[5]}").location


def test_nobody_is_mentioned_who_does_not_see_the_case(desks: Desks) -> None:
    case, author = desks.case(), desks.person()
    outside = desks.person(office=OTHER_SCHOOL)
    browser = desks.browser(author)

    for login in (outside.login, "no-such-person"):
        with pytest.raises(MentionUnknown, match="Nobody who sees this case"):
            say(desks, author, case, f"Look, @{login}")
    answer = browser.post(f"/cases/{case}/comments", {"-text": "Look, @nobody.at.all"})

    assert answer.status_code == 422
    assert "nobody.at.all" in answer.text
    assert "Look, @nobody.at.all</textarea>" in answer.text
    assert said(desks, author, case) == []
    assert outside.login not in browser.get(f"/cases/{case}").text


def test_another_school_neither_reads_nor_writes(desks: Desks) -> None:
    case, author = desks.case(), desks.person()
    stranger = desks.person(office=OTHER_SCHOOL)
    made = say(desks, author, case, "Ours")
    browser = desks.browser(stranger)

    with pytest.raises(NotFound):
        said(desks, stranger, case)
    with pytest.raises(NotFound):
        say(desks, stranger, case, "Mine")
    paths = (f"/cases/{case}/comments", f"/mentions/{made}")
    assert [browser.get(path).status_code for path in paths] == [404, 404]
    told = {"-text": "Mine"}
    assert browser.post(f"/cases/{case}/comments", told).status_code == 404
    assert browser.post(f"/comments/{made}/remove").status_code == 404
    assert browser.post(f"/comments/{uuid.uuid4()}/remove").status_code == 404


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4001])
def test_a_comment_says_something_and_not_too_much(desks: Desks, text: str) -> None:
    case, author = desks.case(), desks.person()

    with pytest.raises(InputRefused):
        say(desks, author, case, text)
    answer = desks.browser(author).post(f"/cases/{case}/comments", {"-text": text})

    assert answer.status_code == 422
    assert "at most 4,000 letters" in answer.text


def test_a_comment_from_the_page_of_a_task_comes_back_to_it(desks: Desks) -> None:
    task, browser = desks.task(), desks.clerk()
    with desks.house.store.transaction() as tx:
        admin = desks.house.callers["admin"]
        case = tasks.get(tx, desks.house.world, admin, task).instance_id

    told = {"-text": "<b>bold</b>", "-task": str(task)}
    answer = browser.post(f"/cases/{case}/comments", told)
    page = browser.get(answer.location).text
    foreign = browser.post(
        f"/cases/{case}/comments", {"-text": "x", "-task": str(uuid.uuid4())}
    )

    assert answer.location.startswith(f"/tasks/{task}?said=commented#comment-")
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert foreign.status_code == 302
    assert "Take back" in page


def test_a_comment_that_is_sent_after_the_session_ended_is_kept_in_the_page(
    desks: Desks,
) -> None:
    case, browser = desks.case(), desks.clerk()
    old = {"csrf_token": "old", "-text": "Written <before>"}
    path, own_page = f"/cases/{case}/comments", {"Sec-Fetch-Site": "same-origin"}

    nobody = desks.app.test_client().post(path, data=old, headers=own_page)
    again = browser.client.post(path, data=old, headers=own_page)

    assert nobody.status_code == 401
    assert 'name="-text" value="Written &lt;before&gt;"' in nobody.text
    assert again.status_code == 422
    assert "Written &lt;before&gt;</textarea>" in again.text
    assert "Send it once more" in again.text
