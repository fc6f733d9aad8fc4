"""A real server that speaks S3, on this machine alone: SeaweedFS."""

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from integrations.document_bucket import Bucket

HOST = "127.0.0.1"
BUCKET = "rasim-test"
START_SECONDS = 60
PORTS = (
    "s3.port",
    "s3.port.grpc",
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
)


@contextmanager
def serving() -> Iterator[Bucket]:
    """A bucket on a server of its own, as long as the block lasts."""
    weed = shutil.which("weed", path=str(Path(sys.executable).parent))
    assert weed, "SeaweedFS is not installed: run `make install`"
    folder = Path(tempfile.mkdtemp(prefix="rasim-s3-"))
    ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
    bucket = Bucket(
        BUCKET, "case/files", f"http://{HOST}:{ports['s3.port']}", access_key="reader"
    )
    bucket = Bucket(**vars(bucket) | {"secret_key": "s" * 40})
    config = folder / "s3.json"
    config.write_text(json.dumps(_identities(bucket)))
    command = [weed, "server", "-dir", str(folder), "-ip", HOST, "-ip.bind", HOST]
    command += ["-filer", "-s3", "-s3.config", str(config), "-volume.max", "5"]
    command += ["-master.volumeSizeLimitMB", "64", "-s3.port.iceberg", "0"]
    command += ["-s3.port.lance", "0"]
    for name, port in ports.items():
        command += [f"-{name}", str(port)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _make_bucket(bucket, folder / "log")
        yield bucket
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


def _make_bucket(bucket: Bucket, log: Path) -> None:
    """Until the server takes files: it answers before it has a place for them."""
    client = boto3.client(
        "s3",
        endpoint_url=bucket.endpoint,
        region_name=bucket.region,
        aws_access_key_id=bucket.access_key,
        aws_secret_access_key=bucket.secret_key,
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=2),
    )
    until, said = time.monotonic() + START_SECONDS, ""
    is_made = False
    while time.monotonic() < until:
        try:
            if not is_made:
                client.create_bucket(Bucket=bucket.name)
                is_made = True
            client.put_object(Bucket=bucket.name, Key="probe", Body=b"1")
            return
        except (BotoCoreError, ClientError) as error:
            said = str(error)
            time.sleep(0.1)
    raise AssertionError(f"{said}\n{log.read_text(errors='replace')[-4000:]}")


def _identities(bucket: Bucket) -> dict[str, object]:
    keys = {"accessKey": bucket.access_key, "secretKey": bucket.secret_key}
    actions = ["Admin", "Read", "Write", "List"]
    return {"identities": [{"name": "test", "credentials": [keys], "actions": actions}]}


def free_ports(count: int) -> list[int]:
    probes = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports
