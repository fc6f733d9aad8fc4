"""The simulators' journal: an effect once, and remembered after a kill."""

import pytest

from integrations.simulators.journal import Effect, Journal, KeyReused, StateMismatch

HEADER = {"seed": 7, "year": 2026}


def effect(key, number="A-1"):
    return Effect(
        key, "notify", number, "2026-04-01", {"n": number}, {"id": f"M-{key}"}
    )


def do(journal, key, number="A-1"):
    made = effect(key, number)
    return journal.once(key, "notify", {"n": number}, lambda: made)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "journal.jsonl"


def test_a_repeat_gets_the_first_answer_and_is_counted(path):
    journal = Journal(path, HEADER)

    first, was_new = do(journal, "k")
    again, is_new = do(journal, "k")

    assert (was_new, is_new) == (True, False)
    assert again is first
    assert first.requests == 2
    journal.close()


def test_what_was_done_is_known_after_a_restart(path):
    journal = Journal(path, HEADER)
    do(journal, "k")
    do(journal, "k")
    do(journal, "other", "A-2")
    told = [e.as_told() for e in journal.effects]
    journal.close()

    reopened = Journal(path, HEADER)

    assert [e.as_told() for e in reopened.effects] == told
    assert do(reopened, "k")[1] is False
    reopened.close()


def test_half_a_line_of_a_killed_write_is_cut_off(path):
    journal = Journal(path, HEADER)
    do(journal, "k")
    journal.close()
    with path.open("ab") as file:
        file.write(b'{"effect": {"key": "ha')

    reopened = Journal(path, HEADER)
    do(reopened, "next")
    reopened.close()

    third = Journal(path, HEADER)
    assert [e.key for e in third.effects] == ["k", "next"]
    third.close()


def test_what_fails_leaves_no_trace(path):
    journal = Journal(path, HEADER)

    def fail():
        raise LookupError

    with pytest.raises(LookupError):
        journal.once("k", "notify", {"n": "A-1"}, fail)

    assert do(journal, "k")[1] is True
    journal.close()


def test_a_key_with_another_question_is_refused(path):
    journal = Journal(path, HEADER)
    do(journal, "k")

    with pytest.raises(KeyReused):
        do(journal, "k", "A-2")
    assert journal.effects[0].requests == 1
    journal.close()


def test_a_folder_of_other_people_is_refused(path):
    Journal(path, HEADER).close()

    with pytest.raises(StateMismatch, match="same seed and year"):
        Journal(path, {"seed": 8, "year": 2026})


def test_the_log_tells_no_personal_data():
    assert "question" not in effect("k").as_told()
