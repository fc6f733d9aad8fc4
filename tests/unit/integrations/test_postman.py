"""Where webhooks may go, and that nobody there can hold us or lead us elsewhere."""

import datetime
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from ipaddress import ip_address, ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from integrations.postman import HttpsPostman
from workflows.model import InputRefused
from workflows.ports import NotDelivered
from workflows.webhook_addresses import checked, is_open

LOOPBACK = (ip_network("127.0.0.0/8"),)
OK = b"HTTP/1.1 204 No Content\r\n\r\n"


@contextmanager
def receiver(answer, tls=None):
    """One that answers each connection by `answer(connection, what it was sent)`."""
    listening = socket.create_server(("127.0.0.1", 0))
    seen = []

    def serve():
        while True:
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            try:
                with plain, wrapped(plain, tls) as connection:
                    seen.append(request_of(connection))
                    answer(connection, seen)
            except OSError:
                pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1], seen
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def wrapped(plain, tls):
    return plain if tls is None else tls.wrap_socket(plain, server_side=True)


def request_of(connection):
    """All of it: what we are sent ends with a brace."""
    read = b""
    while piece := connection.recv(65536):
        read += piece
        if read.endswith(b"}"):
            break
    return read


def say(text):
    return lambda connection, _: connection.sendall(text)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.kz/x",
        "ftp://example.kz/x",
        "https:///x",
        "https://user:pass@example.kz/x",
        "https://example.kz/x#part",
        "https://example.kz:99999/x",
        "https://example.kz/ x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://10.0.0.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:10.0.0.1]/x",
        "https://[64:ff9b::a00:1]/x",
        "https://[2002:7f00:1::]/x",
        "https://[fd00::1]/x",
        "https://[fe80::1]/x",
        "https://[fec0::1]/x",
        "https://[::ffff:0:10.0.0.1]/x",
        "https://[64:ff9b:1::a00:1]/x",
        "https://[5f00::1]/x",
        "https://[3fff::1]/x",
        "https://[ff0e::1]/x",
        "https://0.0.0.0/x",
        "https://224.0.0.1/x",
        "https://100.64.0.1/x",
        "https://example.kz/" + "x" * 2000,
        "https://пример.kz/x",
        "javascript:alert(1)",
        "",
    ],
)
def test_an_address_that_leads_inward_is_refused(url):
    with pytest.raises(InputRefused) as refused:
        checked(url)

    assert refused.value.data["field"] == "url"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.kz",
        "https://example.kz:8443/a?b=c",
        "https://8.8.8.8/x",
        "https://[2a02:6b8::2:242]/x",
        "https://[64:ff9b::808:808]/x",
    ],
)
def test_an_address_in_the_world_is_taken(url):
    assert checked(url).scheme == "https"


def test_a_network_of_ones_own_is_open_when_it_is_named():
    own = (ip_network("10.1.0.0/16"),)

    assert checked("https://10.1.2.3/x", own).hostname == "10.1.2.3"
    assert not is_open(ip_address("10.2.0.1"), own)
    assert is_open(ip_address("::ffff:10.1.0.9"), own)
    with pytest.raises(InputRefused):  # without encryption, only this machine
        checked("http://10.1.2.3/x", own)
    assert checked("http://127.0.0.1:1/x", LOOPBACK).scheme == "http"


def test_a_name_that_stands_for_a_closed_address_is_not_asked():
    with receiver(say(OK)) as (port, seen):
        with pytest.raises(NotDelivered, match="closed network"):
            HttpsPostman().post(f"https://localhost:{port}/x", {}, b"{}")
        assert seen == []


def test_a_name_with_one_closed_address_among_others_is_not_asked(monkeypatch):
    found = [(2, 1, 6, "", (told, 443)) for told in ("8.8.8.8", "192.168.1.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    with pytest.raises(NotDelivered, match="closed network"):
        HttpsPostman().post("https://rebind.example/x", {}, b"{}")


def test_it_is_sent_as_it_is_and_the_status_is_told():
    with receiver(say(OK)) as (port, seen):
        url = f"http://127.0.0.1:{port}/hook?a=1"
        status = HttpsPostman(LOOPBACK).post(url, {"webhook-id": "7"}, b'{"a":1}')

    assert status == 204
    assert seen[0].startswith(b"POST /hook?a=1 HTTP/1.1\r\n")
    assert b"webhook-id: 7\r\n" in seen[0]
    assert f"Host: 127.0.0.1:{port}\r\n".encode() in seen[0]
    assert seen[0].endswith(b'\r\n\r\n{"a":1}')


def test_a_redirect_is_an_answer_and_not_followed():
    with receiver(say(OK)) as (aim, reached):
        answer = f"HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:{aim}/\r\n\r\n"
        with receiver(say(answer.encode())) as (port, _):
            status = HttpsPostman(LOOPBACK).post(f"http://127.0.0.1:{port}/", {}, b"{}")

        assert status == 307
        assert reached == []


DROPS = 600  # a minute of them


def drip(connection, seen):
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    for _ in range(DROPS):
        connection.sendall(b"x")
        seen.append(b"x")
        time.sleep(0.1)


def test_who_answers_a_letter_at_a_time_does_not_hold_us():
    with receiver(drip) as (port, seen):
        with pytest.raises(NotDelivered, match="no answer"):
            HttpsPostman(LOOPBACK, most_seconds=0.5).post(
                f"http://127.0.0.1:{port}/", {}, b"{}"
            )
        assert len(seen) < DROPS


@pytest.mark.parametrize("answer", [b"", b"\x00\xff nonsense\r\n\r\n", b"HTTP/1.1 x y"])
def test_what_is_no_answer_is_not_delivered(answer):
    with (
        receiver(say(answer)) as (port, _),
        pytest.raises(NotDelivered, match="no answer"),
    ):
        HttpsPostman(LOOPBACK).post(f"http://127.0.0.1:{port}/", {}, b"{}")


# --- TLS ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The file of a certificate for hook.example, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hook.example")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("hook.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "hook.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def encrypted(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def here(monkeypatch):
    """Every name stands for this machine."""

    def found(_host, port, **_):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", found)


def connect_directly(monkeypatch):
    """`socket.create_connection` would ask `getaddrinfo` too."""

    def connect(address, timeout):
        made = socket.socket()
        made.settimeout(timeout)
        made.connect(address)
        return made

    monkeypatch.setattr(socket, "create_connection", connect)


def test_over_tls_the_host_must_be_who_it_says(certificate, encrypted, monkeypatch):
    with receiver(say(OK), encrypted) as (port, seen):
        here(monkeypatch)
        connect_directly(monkeypatch)
        postman = HttpsPostman(LOOPBACK)
        with pytest.raises(NotDelivered, match="SSLCertVerificationError"):
            postman.post(f"https://hook.example:{port}/", {}, b"{}")

        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        postman = HttpsPostman(LOOPBACK)
        assert postman.post(f"https://hook.example:{port}/", {}, b"{}") == 204
        assert f"Host: hook.example:{port}\r\n".encode() in seen[-1]
        with pytest.raises(NotDelivered, match="SSLCertVerificationError"):
            postman.post(f"https://other.example:{port}/", {}, b"{}")
