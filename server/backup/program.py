"""`rasim backup --follow` as one of the programs of `rasim up`: it sleeps, without a
process, until there is a backup to follow or a time at which one is wanted."""

import time
from collections.abc import Mapping

from server.backup import store as backup_store
from server.processes import Program
from server.settings import Settings

LOOK_SECONDS = 2.0


class FollowProgram(Program):
    def __init__(
        self, settings: Settings, command: list[str], environment: Mapping[str, str]
    ) -> None:
        super().__init__("backup", command, environment)
        self.settings = settings.backup
        self.looked_at = 0.0

    def start(self) -> None:
        if self._is_wanted():
            super().start()

    def is_running(self) -> bool:
        """True while there is nothing to do: it did not die."""
        if self.process is not None:
            return super().is_running()
        if time.monotonic() - self.looked_at > LOOK_SECONDS:
            self.looked_at = time.monotonic()
            self.start()
        return True

    def _is_wanted(self) -> bool:
        return self.settings.at is not None or backup_store.has_any(
            self.settings.folder
        )
