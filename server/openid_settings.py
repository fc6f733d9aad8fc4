"""Where people sign in elsewhere, and what its claims mean here: roles at offices."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from server.environment import Reader, SettingRefused, is_here, refused
from workflows.model import Role
from workflows.plain_yaml import parse

NAMES = (
    "RASIM_OIDC_ISSUER",
    "RASIM_OIDC_CLIENT_ID",
    "RASIM_OIDC_CLIENT_SECRET",
    "RASIM_OIDC_ROLES",
)
KEYS = {"claim", "office_claim", "memberships"}
CLOCKS_APART_SECONDS = 60  # by which the provider's may differ from ours
MOST_MINUTES = 60 * 24 * 30
ENTRY_KEYS = {"value", "role", "office"}
# Programs have tokens; nobody becomes one by signing in.
GIVEN = frozenset(Role) - {Role.SERVICE}


class MappingRefused(ValueError):
    """What is wrong with the file of roles."""


class ClaimsRefused(ValueError):
    """A claim has another shape than the file of roles says."""


@dataclass(frozen=True)
class Entry:
    """Whoever has this value of the claim gets this role: at the office with this code,
    or (None) at each office that the claim of offices names."""

    value: str
    role: Role
    office: str | None


@dataclass(frozen=True)
class Roles:
    """What claims mean. A claim is named by its path: `realm_access.roles`."""

    claim: str
    office_claim: str | None
    entries: tuple[Entry, ...]

    def of(self, claims: Mapping[str, Any]) -> tuple[tuple[Role, str], ...]:
        """(role, code of office), each once; values that no entry has mean nothing."""
        values = set(_texts(claims, self.claim))
        found: dict[tuple[Role, str], None] = {}
        for entry in self.entries:
            if entry.value not in values:
                continue
            at = [entry.office] if entry.office else self._offices(claims)
            found |= dict.fromkeys((entry.role, code) for code in at)
        return tuple(found)

    def _offices(self, claims: Mapping[str, Any]) -> list[str]:
        return list(_texts(claims, self.office_claim or ""))


@dataclass(frozen=True)
class Strength:
    """How surely the provider must know who comes; what is empty or 0 is not asked.

    OpenID Connect Core 1.0, 2 and 3.1.2.1: a provider may leave `acr_values` aside, so
    that what it says of it afterwards is what counts.
    """

    acr: tuple[str, ...]  # its `acr` must be one of these; asked for in this order
    amr: tuple[str, ...]  # one of these must be among its `amr` (RFC 8176)
    max_age_seconds: int  # since somebody signed in there

    def asked(self) -> dict[str, str]:
        """What the provider is asked for, on the way there."""
        asked = {}
        if self.acr:
            asked["acr_values"] = " ".join(self.acr)
        if self.max_age_seconds:
            asked["max_age"] = str(self.max_age_seconds)
        return asked

    def lack(self, proven: Mapping[str, Any], now: int) -> str:
        """What an ID token does not prove: "weak", "old"; "" when it is enough.

        `now` in whole seconds since 1970, as `auth_time` is.
        """
        amr = proven.get("amr")
        held = amr if isinstance(amr, list) else []
        if self.acr and proven.get("acr") not in self.acr:
            return "weak"
        if self.amr and not any(one in held for one in self.amr):
            return "weak"
        if not self.max_age_seconds:
            return ""
        at = proven.get("auth_time")
        if isinstance(at, bool) or not isinstance(at, int | float):
            return "old"
        age = now - at
        most = self.max_age_seconds + CLOCKS_APART_SECONDS
        return "" if -CLOCKS_APART_SECONDS <= age <= most else "old"


@dataclass(frozen=True)
class OpenId:
    """A provider of OpenID Connect and our account with it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str
    name: str  # on the button
    roles: Roles
    strength: Strength


def is_safe_issuer(url: str) -> bool:
    """https, or http on this machine alone: who listens between could be anybody."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.query or parts.fragment or not parts.hostname or parts.username:
        return False
    return parts.scheme == "https" or (
        parts.scheme == "http" and is_here(parts.hostname)
    )


def read_roles(path: Path) -> Roles:
    """The file of roles; MappingRefused says what is wrong with it."""
    try:
        told = parse(path.read_bytes())
    except (OSError, ValueError) as error:
        raise MappingRefused(f"{path} cannot be read: {error}") from error
    if not isinstance(told, dict) or not isinstance(told.get("claim"), str):
        raise MappingRefused("it needs `claim`, the claim that lists what people hold")
    _check_keys(told, KEYS, "the file")
    office_claim = told.get("office_claim")
    if office_claim is not None and not isinstance(office_claim, str):
        raise MappingRefused("`office_claim` names one claim")
    entries = told.get("memberships")
    if not isinstance(entries, list) or not entries:
        raise MappingRefused("`memberships` is a list of value, role and office")
    read = tuple(_entry(one, office_claim) for one in entries)
    return Roles(told["claim"], office_claim, read)


def _entry(told: Any, office_claim: str | None) -> Entry:
    if not isinstance(told, dict) or not isinstance(told.get("value"), str):
        raise MappingRefused("each of `memberships` needs `value`, a text")
    _check_keys(told, ENTRY_KEYS, f"the entry of {told['value']}")
    role, office = told.get("role"), told.get("office")
    if role not in {str(each) for each in GIVEN}:
        known = ", ".join(sorted(GIVEN))
        raise MappingRefused(f"the role {role!r} of {told['value']} is none of {known}")
    if office is not None and not isinstance(office, str):
        raise MappingRefused(f"write the office of {told['value']} in quotation marks")
    if office is None and office_claim is None:
        raise MappingRefused(
            f"{told['value']} has no `office`, and there is no `office_claim`"
        )
    return Entry(told["value"], Role(role), office)


def _check_keys(told: Mapping[str, Any], known: set[str], where: str) -> None:
    for key in told:
        if key not in known:
            raise MappingRefused(f"{where} has `{key}`, which means nothing")


def _texts(claims: Mapping[str, Any], path: str) -> Iterator[str]:
    """The texts of a claim, one or a list; ClaimsRefused for anything else."""
    held: Any = claims
    for part in _parts(claims, path):
        held = held.get(part) if isinstance(held, Mapping) else None
    if held is None:
        return
    values = held if isinstance(held, list) else [held]
    if not all(isinstance(each, str) for each in values):
        raise ClaimsRefused(f"the claim {path} is not a list of texts")
    yield from values


def _parts(claims: Mapping[str, Any], path: str) -> list[str]:
    """A claim may have dots in its own name, as addresses do."""
    return [path] if path in claims else path.split(".")


def read(reader: Reader, *, has_address: bool) -> OpenId | None:
    """None where nothing is said of it; SettingRefused for the first value that will
    not do. `has_address`: whether the provider can be told where to send people back.
    """
    told = {name: reader.text(name, "") for name in NAMES}
    if not any(told.values()):
        return None
    for name, value in told.items():
        if not value:
            mend = f"Signing in elsewhere needs {', '.join(NAMES)}."
            raise SettingRefused(name=name, reason="missing", mend=mend)
    if not has_address:
        mend = "Whoever signs in elsewhere is sent back to this address."
        raise SettingRefused(name="RASIM_ADDRESS", reason="missing", mend=mend)
    issuer = told["RASIM_OIDC_ISSUER"]
    if not is_safe_issuer(issuer):
        mend = "Write https://..., as the provider itself does; http on this machine."
        raise refused("RASIM_OIDC_ISSUER", issuer, mend)
    try:
        roles = read_roles(Path(told["RASIM_OIDC_ROLES"]).expanduser())
    except MappingRefused as error:
        mend = "See docs/sign-in.md."
        raise SettingRefused(
            name="RASIM_OIDC_ROLES", reason=str(error), mend=mend
        ) from error
    return OpenId(
        issuer=issuer,
        client_id=told["RASIM_OIDC_CLIENT_ID"],
        client_secret=told["RASIM_OIDC_CLIENT_SECRET"],
        scope=_scope(reader.text("RASIM_OIDC_SCOPE", "openid profile")),
        name=reader.text("RASIM_OIDC_NAME", urlsplit(issuer).hostname or issuer),
        roles=roles,
        strength=Strength(
            acr=_words(reader.text("RASIM_OIDC_ACR", "")),
            amr=_words(reader.text("RASIM_OIDC_AMR", "")),
            max_age_seconds=60
            * reader.number("RASIM_OIDC_MAX_AGE_MINUTES", 0, 0, MOST_MINUTES),
        ),
    )


def _scope(told: str) -> str:
    return " ".join(_words(f"openid {told}"))


def _words(told: str) -> tuple[str, ...]:
    """Each once; with spaces between them, as OpenID writes lists."""
    return tuple(dict.fromkeys(told.split()))
