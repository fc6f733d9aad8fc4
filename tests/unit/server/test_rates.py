"""Counting requests in memory that processes share."""

import multiprocessing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rates import REACH, Rate, Rates

MINUTE = Rate("api", 6)  # one each ten seconds


def test_as_many_as_the_rate_at_once_then_one_by_one():
    rates = Rates(64)
    at_once = [rates.take(MINUTE, b"a", 1000.0) for _ in range(7)]

    assert [one.is_refused for one in at_once] == [False] * 6 + [True]
    assert [one.left for one in at_once] == [5, 4, 3, 2, 1, 0, 0]
    assert at_once[-1].wait == pytest.approx(10)
    assert rates.take(MINUTE, b"a", 1009.0).is_refused
    assert not rates.take(MINUTE, b"a", 1010.0).is_refused
    assert rates.take(MINUTE, b"a", 1010.0).is_refused
    assert rates.take(MINUTE, b"a", 1070.0).left == 5


def test_a_refused_request_costs_nothing():
    rates = Rates(64)
    for _ in range(100):
        rates.take(MINUTE, b"a", 1000.0)

    assert not rates.take(MINUTE, b"a", 1010.0).is_refused


def test_keys_and_rates_are_apart():
    rates = Rates(1 << 12)
    for _ in range(6):
        rates.take(MINUTE, b"a", 1000.0)

    assert rates.take(MINUTE, b"b", 1000.0).left == 5
    assert rates.take(Rate("sign-in", 6), b"a", 1000.0).left == 5


def test_a_full_table_forgets_who_has_most_left():
    rates = Rates(REACH)  # every key may lie in every cell
    for _ in range(6):
        rates.take(MINUTE, b"busy", 1000.0)
    for number in range(50):
        rates.take(MINUTE, str(number).encode(), 1000.0)

    assert rates.take(MINUTE, b"busy", 1000.0).is_refused


@given(st.lists(st.floats(0, 30), max_size=60), st.integers(1, 20))
def test_never_more_in_any_minute_than_twice_the_rate(pauses, most):
    """At once as many as the rate, and in a minute as many again: no more."""
    rates, rate, now, passed = Rates(64), Rate("api", most), 0.0, []
    for pause in pauses:
        now += pause
        if not rates.take(rate, b"a", now).is_refused:
            passed.append(now)

    for begin in passed:
        assert sum(begin <= one < begin + 60 for one in passed) <= 2 * most


def spend(rates, times, into):
    allowed = [not rates.take(Rate("api", 50), b"a").is_refused for _ in range(times)]
    into.put(sum(allowed))


def test_processes_that_were_forked_count_together():
    rates = Rates()
    fork = multiprocessing.get_context("fork")
    into = fork.Queue()
    spent = []
    for _ in range(2):  # one after the other: no lock is taken
        process = fork.Process(target=spend, args=(rates, 40, into))
        process.start()
        spent.append(into.get(timeout=20))
        process.join(20)

    assert spent == [40, 10]
