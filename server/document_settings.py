"""Where documents are kept, who looks for viruses in them, and how much is taken."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from server.environment import Reader, is_here, refused

MEGABYTE = 1 << 20
PLACE = "RASIM_DOCUMENTS"
ENDPOINT = "RASIM_S3_ENDPOINT"
SCANNER = "RASIM_VIRUS_SCANNER"


@dataclass(frozen=True)
class BucketSettings:
    """A bucket of a server that speaks S3; without keys the machine's own role."""

    name: str
    prefix: str
    endpoint: str | None
    region: str
    access_key: str | None = field(repr=False)
    secret_key: str | None = field(repr=False)


@dataclass(frozen=True)
class DocumentSettings:
    """`bucket` None: the folder. `scanner`: (host, port), a socket's path, or None."""

    folder: Path
    bucket: BucketSettings | None
    scanner: tuple[str, int] | str | None
    most_bytes: int  # of one document
    most_per_case: int


def read(reader: Reader, data: Path) -> DocumentSettings:
    """Raise SettingRefused for the first value that will not do."""
    return DocumentSettings(
        folder=data / "documents",
        bucket=_bucket(reader),
        scanner=_scanner(reader),
        most_bytes=reader.number("RASIM_DOCUMENT_LIMIT", 20, 1, 500) * MEGABYTE,
        most_per_case=reader.number("RASIM_CASE_DOCUMENTS", 100, 1, 10_000),
    )


def _bucket(reader: Reader) -> BucketSettings | None:
    told = reader.text(PLACE, "")
    if not told:
        return None
    try:
        parts = urlsplit(told)
        is_bucket = parts.scheme == "s3" and bool(parts.hostname) and not parts.query
        is_plain = parts.port is None and parts.username is None
    except ValueError:
        is_bucket = is_plain = False
    if not (is_bucket and is_plain):
        # Never repeated in the message: somebody may have written keys into it.
        mend = "Write s3://bucket/prefix, or leave it out: then a folder is used."
        raise refused(PLACE, "it", mend)
    access, secret = (
        reader.text(f"RASIM_S3_{name}_KEY", "") or None for name in ("ACCESS", "SECRET")
    )
    if (access is None) != (secret is None):
        missing = "RASIM_S3_SECRET_KEY" if access else "RASIM_S3_ACCESS_KEY"
        raise refused(missing, "", "Give both keys, or neither.")
    return BucketSettings(
        name=parts.netloc,
        prefix=parts.path.strip("/"),
        endpoint=_endpoint(reader),
        region=reader.text("RASIM_S3_REGION", "us-east-1"),
        access_key=access,
        secret_key=secret,
    )


def _endpoint(reader: Reader) -> str | None:
    """Documents go over the network in the clear to this machine alone."""
    endpoint = reader.http_url(ENDPOINT)
    if endpoint is None:
        return None
    parts = urlsplit(endpoint)
    if parts.scheme != "https" and not is_here(parts.hostname or ""):
        raise refused(ENDPOINT, endpoint, "Write https://host:port.")
    return endpoint


def _scanner(reader: Reader) -> tuple[str, int] | str | None:
    told = reader.text(SCANNER, "")
    if not told:
        return None
    mend = "Write tcp://host:port or unix:/path/of/clamd.sock."
    if told.startswith("unix:/"):
        return told.removeprefix("unix:").replace("//", "/", 1)
    try:
        parts = urlsplit(told)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise refused(SCANNER, told, mend) from error
    if parts.scheme != "tcp" or not host or not port:
        raise refused(SCANNER, told, mend)
    return host, port
