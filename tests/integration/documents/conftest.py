"""A case that waits for a clerk, a depot of its own, and a scanner that can fail."""

import io
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from integrations.document_folder import DocumentFolder
from integrations.simulators import scanner as simulated
from integrations.simulators.faults import Fault, Faults, Mode
from integrations.simulators.scanner import SYSTEM, Scanner
from integrations.virus_scanner import ClamDaemon
from tests.drawn import ask, line
from tests.integration.house import House
from workflows import depot as depots
from workflows import documents
from workflows.depot import Depot, Received
from workflows.documents import DocumentRow
from workflows.people import Caller
from workflows.store.session import Store
from workflows.world import World

QUESTION = "papers.passport"


@dataclass
class Archive:
    """A case with documents, as a test speaks of it."""

    house: House
    depot: Depot
    case: uuid.UUID
    faults: Faults
    scanner: Scanner
    daemon: ClamDaemon
    rows: list[DocumentRow] = field(default_factory=list)

    @property
    def task(self) -> uuid.UUID:
        (task,) = self.house.tasks(self.case)
        return task.id

    def scan(self) -> None:
        """From now on somebody looks for viruses."""
        self.depot = replace(self.depot, scanner=self.daemon)
        self.house.world = replace(self.house.world, has_scanner=True)

    def break_scanner(self) -> None:
        self.faults.set(Fault(SYSTEM, Mode.DOWN, 0))

    def receive(self, content: bytes, name: str = "a.txt") -> Received:
        store, clock = self.house.store, self.house.world.clock
        return depots.receive(store, self.depot, clock, io.BytesIO(content), name)

    def add(
        self,
        content: bytes,
        name: str = "a.txt",
        by: str = "clerk",
        question: str | None = None,
    ) -> DocumentRow:
        received = self.receive(content, name)
        with self.house.store.transaction() as tx:
            return documents.add_to_task(
                tx,
                self.house.world,
                self.depot,
                self.house.callers[by],
                self.task,
                received,
                field=question,
            )

    def remove(self, row: DocumentRow, by: str = "clerk") -> None:
        with self.house.store.transaction() as tx:
            documents.remove(tx, self.house.world, self.house.callers[by], row.id)

    def read(self, row: DocumentRow) -> bytes:
        store, clock = self.house.store, self.house.world.clock
        with depots.opened(store, self.depot, clock, row.sha256) as source:
            return source.read()

    def look(self) -> list[str]:
        """What the worker does again and again."""
        store, world = self.house.store, self.house.world
        found = list(depots.look_at_waiting(store, self.depot, world.clock))
        for sha256 in found:
            documents.tell_infected(store, world, sha256)
        return found

    def prune(self) -> int:
        now = self.house.world.clock.now()
        return depots.prune(self.house.store, self.depot, now)

    def listed(self, by: str = "clerk") -> list[DocumentRow]:
        with self.house.store.transaction() as tx:
            return documents.of_case(tx, self.house.callers[by], self.case).items

    def told(self) -> list[str]:
        events = self.house.events(self.case)
        return [one.type for one in events if one.type.startswith("document.")]


@pytest.fixture
def archive(
    store: Store,
    world: World,
    callers: Mapping[str, Caller],
    tmp_path: Path,
) -> Iterator[Archive]:
    house = House(store, world, callers)
    key = f"p{uuid.uuid4().hex[:8]}"
    house.release(
        a__bpmn=line(key, ask("it", f"{key}.f")), f__form__json=form(f"{key}.f")
    )
    faults = Faults(lambda: datetime.now(UTC))
    scanner = Scanner(faults)
    depot = Depot(DocumentFolder(tmp_path / "documents"), None, 1 << 20, 20)
    with simulated.serving(scanner) as port:
        daemon = ClamDaemon("127.0.0.1", port)
        yield Archive(house, depot, house.start(key), faults, scanner, daemon)


def form(id_: str) -> bytes:
    """Asks for up to two papers, PDF or PNG, none of them needed."""
    asked = {
        "type": "filepicker",
        "id": "passport",
        "key": QUESTION,
        "label": "Құжаттар",
        "multiple": True,
        "accept": ".pdf,.png",
        "properties": {"label.ru": "Документы", "label.en": "Papers", "most": "2"},
    }
    schema = {"type": "default", "id": id_, "schemaVersion": 19, "components": [asked]}
    return json.dumps(schema).encode()
