"""A real provider of OpenID Connect for tests: npm `oidc-provider`, run by Node."""

import json
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
HOST = "127.0.0.1"
CLIENT_ID, CLIENT_SECRET = "rasim", "a secret between the two of them"
STOP_SECONDS = 10

sys.path.insert(0, str(ROOT / "server/assets"))
from hatch_build import find_node  # noqa: E402  # a program beside its files


class ProviderFailed(Exception):
    """The provider did not start: `make install` brings Node and its packages."""


@dataclass(frozen=True)
class Provider:
    """Its issuer, and the file of the people whom it knows."""

    issuer: str
    people: Path

    def knows(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        """From now on it knows these people: {subject: claims}."""
        self.people.write_text(json.dumps(people))

    def environment(self, roles: Path) -> dict[str, str]:
        """The settings of a service whose people sign in there."""
        return {
            "RASIM_OIDC_ISSUER": self.issuer,
            "RASIM_OIDC_CLIENT_ID": CLIENT_ID,
            "RASIM_OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "RASIM_OIDC_ROLES": str(roles),
            "RASIM_OIDC_NAME": "Бір есік",
        }


@contextmanager
def running(*redirect_uris: str) -> Iterator[Provider]:
    """Start it for a service with these addresses; ProviderFailed says why not."""
    node = find_node()
    if node is None:
        raise ProviderFailed("there is no Node")
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="rasim-provider-") as folder:
        people, clients = Path(folder, "people.json"), Path(folder, "clients.json")
        people.write_text("{}")
        client = {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "redirect_uris": list(redirect_uris),
        }
        clients.write_text(json.dumps([client]))
        program = [*node.node, "tests/provider.mjs", str(port), people, clients]
        with Path(folder, "said").open("w+") as said:
            process = subprocess.Popen(
                program, cwd=ROOT, stdout=subprocess.PIPE, stderr=said, text=True
            )
            assert process.stdout is not None
            try:
                if process.stdout.readline().strip() != "listening":
                    process.wait(STOP_SECONDS)
                    said.seek(0)
                    raise ProviderFailed(said.read())
                yield Provider(f"http://{HOST}:{port}", people)
            finally:
                process.terminate()
                process.wait(STOP_SECONDS)
                process.stdout.close()


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as probe:
        found: int = probe.getsockname()[1]
        return found
