"""The doctor's round: cases, database, machine and backups, one after the other."""

from datetime import UTC, datetime

from server import bootstrap, doctor_surroundings
from server.settings import Settings
from workflows import doctor
from workflows.doctor import Ill
from workflows.doctor_mending import Mended, mend
from workflows.model import DatabaseUnavailable


def round_(settings: Settings, *, all_histories: bool = False) -> list[Ill]:
    """Everything that is wrong; where the database does not answer, all else."""
    found = list(doctor_surroundings.of_machine(settings))
    found += doctor_surroundings.of_backups(settings, datetime.now(UTC))
    try:
        with bootstrap.opened(settings) as (store, world):
            behind = doctor_surroundings.of_schema(store)
            if behind is not None:
                return [behind, *found]  # older tables are not what our queries know
            found += doctor_surroundings.of_server(store, settings)
            now = world.clock.now()
            return doctor.examine(store, now, all_histories=all_histories) + found
    except DatabaseUnavailable:
        return [Ill("database-silent"), *found]


def mend_all(settings: Settings) -> list[Mended]:
    """Mend what is safe to mend; what was done."""
    with bootstrap.opened(settings) as (store, world):
        return mend(store, world)
