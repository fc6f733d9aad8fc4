"""Millions of tasks for the worklist bench, made by PostgreSQL itself.

Cases are real ones as far as a claim goes: what is saved of each was saved by the
service at the same step of the same procedure, with other ids and values in it.
"""

import random
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from integrations import names
from tests.load import worklist_before, worklist_rows
from tests.load.place import Place
from tests.load.promises import Findings
from tests.load.worklist_drawings import GROUPS, KEYS, NOT_BY, PATHS, STEPS, files
from workflows import credentials, people, search_terms
from workflows.callers import Caller

CLOSED_EACH = 5  # closed tasks for one that is open
REGIONS, DISTRICTS, OFFICES = 17, 68, 500
CLERKS = 3  # of an office
SLOTS = 10_000  # in which offices have their shares
SHARE = {"ministry": 0.0, "region": 12.0, "district": 4.0}  # schools: see `_weight`
SEED = 11
NEW = frozenset(
    f"user_tasks_{name}_idx"
    for name in (
        "open_office",
        "open_due",
        "open_step",
        "priority",
        "created",
        "search",
        "closed",
    )
)
# Values that the saved case is made with, and that each case replaces by its own.
NUMBER, IIN, PARENT, CHILD, BIN = (
    "A-2026-0BE4C4A5",
    "150101500011",
    "850101400022",
    "Bench Child Name",
    "990040001122",
)
VARIABLES: dict[str, Any] = {
    "application": {"number": NUMBER, "language": "kk", "channel": "egov"},
    "child": {"iin": IIN, "name": CHILD},
    "applicant": {"iin": PARENT},
    "school": {"bin": BIN},
}


@dataclass(frozen=True)
class Office:
    id: uuid.UUID
    code: str
    kind: str
    path: tuple[uuid.UUID, ...]
    weight: float


@dataclass(frozen=True)
class Sample:
    """An open task that somebody sees, and the words that it is found by."""

    task_id: uuid.UUID
    is_free: bool
    number: str
    iin: str
    name: str


@dataclass(frozen=True)
class Viewer:
    """Who looks, where, with a token to do it over the API."""

    name: str
    office: str
    offices: int  # that they see
    caller: Caller
    token: str
    samples: Sequence[Sample]


@dataclass(frozen=True)
class Template:
    """A case as the service saved it at one step, with its task."""

    process_key: str
    step: str
    release_id: uuid.UUID
    version_id: uuid.UUID
    saved: str
    task_id: uuid.UUID


def furnish(
    here: Place, found: Findings, number: int
) -> tuple[list[Viewer], dict[str, str]]:
    """Load it all; who looks, and the indexes that are still to be built.

    Left with the indexes of before the worklist had views.
    """
    began = time.perf_counter()
    row = here.database.execute(
        "SELECT id FROM offices WHERE parent_id IS NULL"
    ).fetchone()
    if row is None:
        raise RuntimeError("there is no office")
    places = offices(row[0])
    templates = [one for key in KEYS for one in _templates_of(here, key)]
    kept = _indexes(here.database)
    new = {name: said for name, said in kept.items() if name in NEW}
    for name in kept:
        here.database.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    load(here.database, places, templates, number)
    loaded = time.perf_counter()
    build(here.database, {n: said for n, said in kept.items() if n not in new})
    here.database.execute(worklist_before.INDEX)
    here.database.execute("VACUUM ANALYZE")
    spent = time.perf_counter() - loaded
    found.told(f"loaded in {loaded - began:.0f} s, old indexes in {spent:.0f} s")
    _check_terms(here, found)
    return _viewers(here, places), new


def _templates_of(here: Place, key: str) -> Iterator[Template]:
    """What is saved of a case at each of its steps."""
    here.client.deploy(here.token, files()[key])
    case = here.start(key, VARIABLES)
    for step in STEPS:
        row = here.database.execute(
            "SELECT release_id, definition_version_id, saved, user_tasks.id"
            " FROM process_instances JOIN user_tasks ON instance_id ="
            " process_instances.id WHERE instance_id = %s AND user_tasks.state ="
            " 'created'",
            (case,),
        ).fetchone()
        if row is None:
            raise RuntimeError(f"{key} has no task at {step}")
        yield Template(key, step, *row)
        here.complete(row[3])


def _viewers(here: Place, places: list[Office]) -> list[Viewer]:
    """A clerk of the largest school, chiefs of the largest region and of all."""
    below = {one.id: sum(one.id in each.path for each in places) for one in places}
    chosen = (
        ("a school", max(places, key=lambda one: one.weight * (one.kind == "school"))),
        (
            "a region",
            max(places, key=lambda one: below[one.id] * (one.kind == "region")),
        ),
        ("the ministry", places[0]),
    )
    viewers = []
    for name, office in chosen:
        login = f"{office.code}-{0 if office.kind == 'school' else CLERKS - 1}"
        with here.store.transaction() as tx:
            caller = people.known(tx, login, here.world.clock)
            token = credentials.create_token(
                tx, here.world.clock, login, valid_for=None
            )
        rows = here.database.execute(worklist_rows.SAMPLES, (office.id,))
        samples = [Sample(*one) for one in rows]
        viewers.append(
            Viewer(name, office.code, below[office.id], caller, token, samples)
        )
    return viewers


def _check_terms(here: Place, found: Findings) -> None:
    """What was loaded is what the service would have written."""
    rows = here.database.execute(
        "SELECT tsvector_to_array(search), number, language, channel, iin, surname,"
        " given, father, parent, code FROM bench_cases"
        " JOIN user_tasks ON user_tasks.id = task_id LIMIT 500"
    ).fetchall()
    same = all(_terms(*row[1:]) == set(row[0]) for row in rows)
    found.true("search terms are those that the service writes", same)


def _terms(
    number: str, language: str, channel: str, iin: str, *others: str
) -> set[str]:
    *names_, parent, code = others
    name = " ".join(names_)
    values = (number, language, channel, iin, name, parent, code)
    searched = dict(zip(PATHS, values, strict=True))
    return set(search_terms.of(searched, (number, name)))


def sizes(here: Place, found: Findings) -> None:
    found.part("bytes")
    rows = here.database.execute(
        "SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relname IN"
        " ('user_tasks', 'process_instances') OR relname LIKE 'user_tasks_%'"
        " AND relkind = 'i' ORDER BY 2 DESC"
    ).fetchall()
    for name, size in rows:
        found.told(f"{name:34}{size / 1e6:9.0f} MB")


def offices(root: uuid.UUID) -> list[Office]:
    """A ministry, regions, districts and schools, few of them large."""
    dice = random.Random(SEED)
    made = [Office(root, "scale-office", "ministry", (root,), 0.0)]
    regions = [_below(made[0], "region", at, SHARE["region"]) for at in range(REGIONS)]
    districts = [
        _below(regions[at % REGIONS], "district", at, SHARE["district"])
        for at in range(DISTRICTS)
    ]
    # The first regions have more schools than the last.
    shares = [1 / (1 + at // REGIONS * 0.5 + at % REGIONS * 0.2) for at in range(68)]
    schools = [
        _below(
            dice.choices(districts, shares)[0],
            "school",
            at,
            min(dice.paretovariate(1.6) * 4, 16.0),
        )
        for at in range(OFFICES - 1 - REGIONS - DISTRICTS)
    ]
    return [*made, *regions, *districts, *schools]


def _below(above: Office, kind: str, at: int, weight: float) -> Office:
    id_ = uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}{at}")
    first = ("region", "district", "school").index(kind) + 1
    return Office(id_, f"{first}{at:011d}", kind, (*above.path, id_), weight)


def load(
    database: psycopg.Connection[Any],
    places: list[Office],
    templates: list[Template],
    number: int,
) -> None:
    """Fill the database with so many open tasks and five times as many closed ones.

    Foreign keys are not looked at meanwhile: every row points to one that is there.
    """
    for table in ("user_tasks", "process_instances"):  # swept once, at the end
        off = sql.SQL("ALTER TABLE {} SET (autovacuum_enabled = false)")
        database.execute(off.format(sql.Identifier(table)))
    database.execute("SET session_replication_role = replica")
    database.execute("SET synchronous_commit = off")
    database.execute("SET work_mem = '256MB'")
    database.execute("SELECT setseed(0.5)")
    _places(database, places)
    _templates(database, templates)
    chances = {"number": number, "slots": SLOTS, **_names()}
    database.execute(worklist_rows.CASES, chances)
    for statement in worklist_rows.IN_ORDER:
        database.execute(statement, {"number": number})
    database.execute("RESET session_replication_role")
    database.execute("RESET synchronous_commit")
    database.execute("RESET work_mem")


def _places(database: psycopg.Connection[Any], places: list[Office]) -> None:
    with database.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO offices (id, code, kind, parent_id, path, names) VALUES"
            " (%s, %s, %s, %s, %s, jsonb_build_object('kk', %s::text, 'ru', %s::text,"
            " 'en', %s::text))",
            [
                (one.id, one.code, one.kind, one.path[-2], [*one.path], *[one.code] * 3)
                for one in places[1:]
            ],
        )
        people = [(one, f"{one.code}-{at}") for one in places for at in range(CLERKS)]
        cursor.executemany(
            "WITH who AS (INSERT INTO users (login, name, created_at)"
            " VALUES (%s, %s, now()) RETURNING id)"
            " INSERT INTO memberships (user_id, office_id, role)"
            " SELECT id, %s, unnest(%s::text[]) FROM who",
            [(login, login, one.id, _roles(one, login)) for one, login in people],
        )
        cursor.execute(
            "CREATE UNLOGGED TABLE bench_slots (slot integer PRIMARY KEY,"
            " office_id uuid, code text, clerks uuid[])"
        )
        cursor.executemany(
            "INSERT INTO bench_slots SELECT %s, id, code, (SELECT array_agg(user_id)"
            " FROM memberships WHERE office_id = offices.id) FROM offices"
            " WHERE id = %s",
            list(enumerate(_slots(places))),
        )


def _roles(office: Office, login: str) -> list[str]:
    """The last of each office supervises as well."""
    is_chief = login.endswith(f"-{CLERKS - 1}")
    return ["clerk", "supervisor"] if is_chief else ["clerk"]


def _slots(places: list[Office]) -> Iterator[uuid.UUID]:
    total = sum(one.weight for one in places)
    passed = 0.0
    at = 0
    for one in places:
        passed += one.weight
        while at < SLOTS and (at + 0.5) / SLOTS * total < passed:
            yield one.id
            at += 1


def _templates(database: psycopg.Connection[Any], templates: list[Template]) -> None:
    database.execute(
        "CREATE UNLOGGED TABLE bench_steps (process integer, step integer,"
        " process_key text, element_id text, release_id uuid, version_id uuid,"
        " saved text, token text, groups text[], not_by text[],"
        " PRIMARY KEY (process, step))"
    )
    with database.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO bench_steps VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    KEYS.index(one.process_key),
                    STEPS.index(one.step),
                    one.process_key,
                    one.step,
                    one.release_id,
                    one.version_id,
                    one.saved,
                    str(one.task_id),
                    GROUPS.get(one.step, "clerk").split(","),
                    [NOT_BY[one.step]] if one.step in NOT_BY else [],
                )
                for one in templates
            ],
        )


def _names() -> dict[str, list[str]]:
    return {
        "surnames": [*names.SURNAMES],
        "given": [*names.BOYS, *names.GIRLS],
        "fathers": [f"{one}ұлы" for one in names.MEN],
    }


def _indexes(database: psycopg.Connection[Any]) -> dict[str, str]:
    """The indexes of tasks and cases that a load does better without; by name."""
    rows = database.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN"
        " ('user_tasks', 'process_instances') AND indexname NOT LIKE '%_pkey'"
    ).fetchall()
    return {str(name): str(said) for name, said in rows}


def build(database: psycopg.Connection[Any], which: dict[str, str]) -> None:
    database.execute("SET maintenance_work_mem = '1GB'")
    for said in which.values():
        database.execute(said.encode())
    database.execute("RESET maintenance_work_mem")
