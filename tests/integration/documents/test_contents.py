"""Contents: shared, scanned before they are read, dropped when nobody has them."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import IO

import pytest
import sqlalchemy as sa

from integrations.document_folder import DocumentFolder
from integrations.simulators.scanner import EICAR, THREAT
from tests.integration.conftest import HeldClock
from tests.integration.documents.conftest import Archive
from workflows import documents
from workflows.depot import DocumentInfected, DocumentWaits
from workflows.model import MoveRefused, NotAllowed, NotFound
from workflows.ports import ContentMissing, DocumentsUnavailable, Scan, Verdict
from workflows.store.tables import document_contents


def content() -> bytes:
    """Text that no other test has: the database is the module's."""
    return uuid.uuid4().hex.encode()


def test_without_a_scanner_a_document_is_read_and_says_that_nobody_looked(
    archive: Archive,
) -> None:
    row = archive.add(content())

    assert row.scan == "unscanned"
    assert archive.read(row)


def test_a_clean_document_is_read(archive: Archive) -> None:
    archive.scan()
    row = archive.add(content())

    assert row.scan == "clean"
    assert archive.read(row)
    assert archive.scanner.seen == 1


def test_a_virus_is_refused_and_nothing_of_it_is_kept(archive: Archive) -> None:
    archive.scan()
    virus = EICAR + content()

    for _ in range(2):
        with pytest.raises(DocumentInfected) as refused:
            archive.receive(virus)

    assert refused.value.data["threat"] == THREAT
    folder = archive.depot.files.folder  # type: ignore[attr-defined]  # of this store
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_what_was_found_infected_is_refused_while_the_scanner_is_away(
    archive: Archive,
) -> None:
    archive.scan()
    virus = EICAR + content()
    with pytest.raises(DocumentInfected):
        archive.receive(virus)
    archive.break_scanner()

    with pytest.raises(DocumentInfected):
        archive.receive(virus)


def test_a_document_waits_unread_until_the_scanner_is_back(archive: Archive) -> None:
    archive.scan()
    archive.break_scanner()
    row = archive.add(content())
    with pytest.raises(DocumentWaits):
        archive.read(row)
    assert archive.look() == []

    archive.faults.clear()
    archive.look()

    assert [one.scan for one in archive.listed()] == ["clean"]
    assert archive.read(row)


def test_who_reads_first_has_it_scanned(archive: Archive) -> None:
    archive.scan()
    archive.break_scanner()
    row = archive.add(content())
    archive.faults.clear()

    assert archive.read(row)
    assert archive.listed()[0].scan == "clean"


def test_what_came_before_there_was_a_scanner_is_scanned_before_it_is_read(
    archive: Archive,
) -> None:
    row = archive.add(EICAR + content())
    assert archive.read(row)
    archive.scan()

    assert archive.look() == [row.sha256]

    with pytest.raises(DocumentInfected):
        archive.read(row)
    assert not archive.depot.files.exists(row.sha256)
    (shown,) = archive.listed()
    assert (shown.scan, shown.threat) == ("infected", THREAT)
    assert archive.told() == ["document.added", "document.infected"]


class TakesNoneOf:
    """A scanner that says nothing of one content: it is too large for it, say."""

    def __init__(self, refused: bytes) -> None:
        self.refused = refused

    def scan(self, source: IO[bytes]) -> Scan:
        is_refused = source.read() == self.refused
        return Scan(Verdict.UNAVAILABLE if is_refused else Verdict.CLEAN)


def test_what_the_scanner_never_takes_does_not_stand_before_the_rest(
    archive: Archive,
) -> None:
    first, second = content(), content()
    archive.add(first)
    row = archive.add(second)
    archive.depot = replace(archive.depot, scanner=TakesNoneOf(first))

    for _ in range(40):
        archive.look()

    assert {one.id: one.scan for one in archive.listed()}[row.id] == "clean"


class Full(DocumentFolder):
    """A folder of which nothing can be deleted now."""

    def delete(self, sha256: str) -> None:
        raise DocumentsUnavailable


def test_a_virus_is_told_of_even_if_its_bytes_cannot_be_deleted_now(
    archive: Archive,
) -> None:
    row = archive.add(EICAR + content())
    archive.scan()
    folder = archive.depot.files.folder  # type: ignore[attr-defined]  # of this store
    archive.depot = replace(archive.depot, files=Full(folder))

    assert archive.look() == [row.sha256]

    with pytest.raises(DocumentInfected):
        archive.read(row)
    assert archive.told() == ["document.added", "document.infected"]


def test_bytes_go_a_day_after_the_last_document_that_has_them(
    archive: Archive, clock: HeldClock
) -> None:
    same = content()
    one, two = archive.add(same), archive.add(same)
    assert one.sha256 == two.sha256
    archive.remove(one)
    clock.advance(days=2)
    archive.prune()
    assert archive.read(two)

    archive.remove(two)
    clock.advance(hours=23)
    archive.prune()
    assert archive.read(two)
    clock.advance(hours=2)
    archive.prune()

    with pytest.raises(ContentMissing):
        archive.read(two)
    assert archive.listed() == []


def test_what_was_received_and_never_added_goes_after_a_day(
    archive: Archive, clock: HeldClock
) -> None:
    received = archive.receive(content())
    archive.prune()
    assert archive.depot.files.exists(received.sha256)

    clock.advance(hours=25)

    assert archive.prune() >= 1
    assert not archive.depot.files.exists(received.sha256)


def test_what_was_dropped_comes_again(archive: Archive, clock: HeldClock) -> None:
    same = content()
    archive.receive(same)
    clock.advance(hours=25)
    archive.prune()

    row = archive.add(same)
    clock.advance(hours=25)
    archive.prune()

    assert archive.read(row) == same


def test_the_same_file_from_many_at_once_is_one_content(archive: Archive) -> None:
    same = content()

    with ThreadPoolExecutor(6) as threads:
        rows = list(threads.map(lambda _: archive.add(same), range(6)))

    assert len({row.id for row in rows}) == 6
    assert len({row.sha256 for row in rows}) == 1
    with archive.house.store.transaction() as tx:
        kept = tx.scalar(
            sa.select(sa.func.count()).where(
                document_contents.c.sha256 == rows[0].sha256
            )
        )
    assert kept == 1
    assert archive.house.events(archive.case)[-1].seq == len(
        archive.house.events(archive.case)
    )


def test_only_ones_own_is_removed_and_only_while_the_task_is_open(
    archive: Archive,
) -> None:
    row = archive.add(content())
    assert row.may_be_removed
    with pytest.raises(NotAllowed):
        archive.remove(row, by="clerk2")
    with pytest.raises(NotFound):
        archive.remove(row, by="stranger")
    assert not archive.listed(by="clerk2")[0].may_be_removed

    archive.house.complete(archive.case, "it")

    with pytest.raises(MoveRefused):
        archive.remove(row)


def test_a_case_takes_documents_of_its_office_alone(archive: Archive) -> None:
    received = archive.receive(content())
    house = archive.house

    def add(by: str) -> documents.DocumentRow:
        with house.store.transaction() as tx:
            return documents.add_to_case(
                tx,
                house.world,
                archive.depot,
                house.callers[by],
                archive.case,
                received,
            )

    assert add("supervisor").task_id is None
    with pytest.raises(NotFound):
        add("stranger")
    house.complete(archive.case, "it")
    with pytest.raises(MoveRefused):
        add("clerk")
