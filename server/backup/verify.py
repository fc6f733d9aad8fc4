"""What was restored, looked through: schema, histories, documents, stuck cases."""

from dataclasses import dataclass
from datetime import datetime

from server.backup import documents as backup_documents
from server.backup.store import Manifest
from workflows import doctor, history
from workflows.ports import DocumentStore
from workflows.store import schema
from workflows.store.session import Store

NAMED_AT_MOST = 10


@dataclass(frozen=True)
class Check:
    """One line of the report; `wrong` is empty where all is well."""

    what: str
    found: str
    wrong: list[str]


def verify(
    store: Store, files: DocumentStore, now: datetime, manifest: Manifest
) -> list[Check]:
    """Everything that can be checked of a database and its documents."""
    checks = [_schema(store, manifest)]
    if checks[0].wrong:
        return checks  # older tables are not what our queries know
    return [
        *checks,
        _histories(store),
        _documents(store, files),
        _doctor(store, now, manifest),
    ]


def _schema(store: Store, manifest: Manifest) -> Check:
    with store.transaction() as tx:
        found, wanted = schema.versions(tx)
    wrong = []
    if found != wanted:
        mend = "it is of another release; serve it with that one"
        wrong = [f"it is at {found}, the code at {wanted}: {mend}"]
    was = "" if manifest.schema == found else f", brought up from {manifest.schema}"
    return Check("schema", f"at {found}{was}", wrong)


def _histories(store: Store) -> Check:
    with store.transaction() as tx:
        broken = [
            f"case {link.instance_id}, event {link.seq}: {link.reason}"
            for link in history.verify(tx)
        ]
        count = history.count(tx)
    return Check("histories", f"{count - len(broken)} of {count} hold", _some(broken))


def _documents(store: Store, files: DocumentStore) -> Check:
    sound, missing = backup_documents.examine(store, files)
    wrong = [f"{one.sha256} ({', '.join(one.names)}) is missing" for one in missing]
    count = sound + len(missing)
    return Check("documents", f"{sound} of {count} are there, as sent", _some(wrong))


def _doctor(store: Store, now: datetime, manifest: Manifest) -> Check:
    new = [
        f"{one.code}: {', '.join(one.ids) or one.count}"
        for one in doctor.examine(store, now)
        # What is late only because the service was not running will be done by it.
        if one.code not in manifest.findings and one.code not in doctor.OF_THE_SERVICE
    ]
    return Check("cases", "nothing stuck" if not new else "see below", _some(new))


def _some(wrong: list[str]) -> list[str]:
    more = len(wrong) - NAMED_AT_MOST
    return wrong[:NAMED_AT_MOST] + ([f"and {more} more"] if more > 0 else [])
