"""The link of `make slow`: every statement is held back, and counted."""

import time

import psycopg
import pytest

from tests.load.slow_link import slow_link

DELAY = 0.05


def test_each_statement_is_held_back_also_of_those_that_are_sent_together(database_url):
    with slow_link(database_url) as link, psycopg.connect(link.url) as connection:
        link.delay_seconds = DELAY
        passed = link.count_anew()
        began = time.perf_counter()

        with connection.pipeline():
            for number in range(3):
                connection.execute("SELECT %s::int", [number])
        connection.commit()

        # BEGIN, three, and COMMIT.
        assert time.perf_counter() - began >= 5 * DELAY
        assert passed.statements >= 5
        assert passed.round_trips < passed.statements


def test_a_transaction_is_counted_from_its_begin_to_its_commit(database_url):
    with slow_link(database_url) as link, psycopg.connect(link.url) as connection:
        passed = link.count_anew()

        connection.execute("SELECT 1")
        connection.execute("SELECT 2")
        connection.commit()

    assert passed.longest == passed.statements == passed.round_trips == 4


def test_a_server_that_has_gone_is_not_waited_for(tmp_path):
    url = f"postgresql://nobody@/none?host={tmp_path}"

    with slow_link(url) as link, pytest.raises(psycopg.OperationalError):
        psycopg.connect(link.url, connect_timeout=5)
