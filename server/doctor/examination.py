"""The doctor's round: cases, database, machine and backups, one after the other."""

from datetime import UTC, datetime

from server import bootstrap
from server.doctor import surroundings
from server.settings import Settings
from workflows import doctor, doctor_mending
from workflows.doctor import Ill
from workflows.doctor_mending import Mended
from workflows.model import DatabaseUnavailable


def examine(settings: Settings, *, all_histories: bool = False) -> list[Ill]:
    """Everything that is wrong; where the database does not answer, all else."""
    found = list(surroundings.of_machine(settings))
    found += surroundings.of_backups(settings, datetime.now(UTC))
    try:
        with bootstrap.opened(settings) as (store, world):
            behind = surroundings.of_schema(store)
            if behind is not None:
                return [behind, *found]  # older tables are not what our queries know
            found += surroundings.of_server(store, settings)
            now = world.clock.now()
            return doctor.examine(store, now, all_histories=all_histories) + found
    except DatabaseUnavailable:
        return [Ill("database-silent"), *found]


def mend(settings: Settings) -> list[Mended]:
    """Mend what is safe to mend; what was done."""
    with bootstrap.opened(settings) as (store, world):
        return doctor_mending.mend(store, world)
