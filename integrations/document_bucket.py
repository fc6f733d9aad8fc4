"""Documents in a bucket of any server that speaks S3, under the same names."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Any

from integrations.document_folder import PIECE_BYTES, checked
from workflows.ports import ContentMissing, DocumentsUnavailable, Stored

CONNECT_SECONDS = 3
READ_SECONDS = 20
ATTEMPTS = 3
IN_MEMORY_BYTES = 1 << 20
ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})


@dataclass(frozen=True)
class Bucket:
    """Where a bucket is and who we are there; without keys the machine's own role."""

    name: str
    prefix: str = ""
    endpoint: str | None = None  # None: that of Amazon
    region: str = "us-east-1"
    access_key: str | None = None
    secret_key: str | None = None


class DocumentBucket:
    """A document store in a bucket; one client per process, used by all its threads."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket

    def put(self, source: IO[bytes]) -> Stored:
        start, digest, size = source.tell(), hashlib.sha256(), 0
        while piece := source.read(PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
        source.seek(start)
        name = digest.hexdigest()
        with _told():
            self._client.put_object(
                Bucket=self.bucket.name,
                Key=self.key(name),
                Body=source,
                ContentLength=size,
                ContentType="application/octet-stream",
            )
        return Stored(name, size)

    def open(self, sha256: str) -> IO[bytes]:
        with _told():
            answer = self._client.get_object(
                Bucket=self.bucket.name, Key=self.key(sha256)
            )
            # A connection is not held for as long as a slow reader takes.
            file = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115, RUF100 - the caller closes it
            for piece in answer["Body"].iter_chunks(PIECE_BYTES):
                file.write(piece)
        file.seek(0)
        return file

    def exists(self, sha256: str) -> bool:
        try:
            with _told():
                self._client.head_object(Bucket=self.bucket.name, Key=self.key(sha256))
        except ContentMissing:
            return False
        return True

    def delete(self, sha256: str) -> None:
        with _told():
            listed = self._client.list_objects_v2(
                Bucket=self.bucket.name, Prefix=self.key(sha256)
            )
            # The content itself last: while it is there, somebody finds the rest.
            keys = sorted((one["Key"] for one in listed.get("Contents", ())), key=len)
            for key in reversed(keys):
                self._client.delete_object(Bucket=self.bucket.name, Key=key)
            is_cut = listed.get("IsTruncated", False)
        if is_cut:
            self.delete(sha256)

    def keep(self, sha256: str, label: str, made: bytes) -> None:
        with _told():
            self._client.put_object(
                Bucket=self.bucket.name, Key=self.key(sha256, label), Body=made
            )

    def kept(self, sha256: str, label: str) -> bytes | None:
        try:
            with _told():
                answer = self._client.get_object(
                    Bucket=self.bucket.name, Key=self.key(sha256, label)
                )
                found: bytes = answer["Body"].read()
        except ContentMissing:
            return None
        return found

    def key(self, sha256: str, label: str = "") -> str:
        name = checked(sha256, label)
        parts = (self.bucket.prefix.strip("/"), sha256[:2], sha256[2:4], name)
        return "/".join(part for part in parts if part)

    @cached_property
    def _client(self) -> Any:
        # Imported where it is used: who keeps documents in a folder loads none of it.
        import boto3
        from botocore.config import Config

        session = boto3.session.Session(
            aws_access_key_id=self.bucket.access_key,
            aws_secret_access_key=self.bucket.secret_key,
            region_name=self.bucket.region,
        )
        return session.client(
            "s3",
            endpoint_url=self.bucket.endpoint,
            config=Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                # A server of one's own has no name for each bucket.
                s3={"addressing_style": "path"} if self.bucket.endpoint else {},
                # Others than Amazon know no trailing checksums.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )


@contextmanager
def _told() -> Iterator[None]:
    """ContentMissing or DocumentsUnavailable for what the library says."""
    from botocore.exceptions import BotoCoreError, ClientError
    from urllib3.exceptions import HTTPError

    try:
        yield
    except ClientError as error:
        if str(error.response.get("Error", {}).get("Code")) in ABSENT:
            raise ContentMissing from error
        raise DocumentsUnavailable from error
    except (BotoCoreError, HTTPError, OSError) as error:
        raise DocumentsUnavailable from error
