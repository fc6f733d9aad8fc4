"""What a provider's answers must prove: each forgery is refused, the honest one is not.

Here the provider is ours: a real one cannot be told to lie.
"""

import json
import threading
import time
from base64 import urlsafe_b64encode
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from server import bootstrap
from server.settings import Settings
from tests import provider as providers
from tests.integration.sign_in.conftest import HERE, SERVICE

KEY = RSAKey.generate_key(2048, {"kid": "own", "use": "sig", "alg": "RS256"})
STRANGER = RSAKey.generate_key(2048, {"kid": "own"})


class Liar:
    """A provider that says what a test tells it to."""

    def __init__(self):
        self.nonce = ""
        self.issuer = ""
        self.claims = {}  # changes of the honest claims; None leaves one out
        self.sign = lambda claims: jwt.encode(
            {"alg": "RS256", "kid": "own"}, claims, KEY
        )
        self.metadata = {}
        self.userinfo = {}
        self.asked = []

    def honest(self):
        now = int(time.time())
        return {
            "iss": self.issuer,
            "sub": "aigul",
            "aud": providers.CLIENT_ID,
            "exp": now + 300,
            "iat": now,
            "nonce": self.nonce,
            "groups": ["watch"],
        }

    def answer(self, path, body):
        base = self.issuer
        if path.endswith("openid-configuration"):
            return {
                "issuer": base,
                "authorization_endpoint": f"{base}/auth",
                "token_endpoint": f"{base}/token",
                "userinfo_endpoint": f"{base}/me",
                "jwks_uri": f"{base}/jwks",
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            } | self.metadata
        if path == "/jwks":
            return {"keys": [KEY.as_dict(private=False)]}
        if path == "/me":
            return {"sub": "aigul"} | self.userinfo
        self.asked.append(parse_qs(body))
        claims = {
            k: v for k, v in (self.honest() | self.claims).items() if v is not None
        }
        told = {"access_token": "a", "token_type": "Bearer", "expires_in": 60}
        token = self.sign(claims)
        return told | ({"id_token": token} if token else {})


@pytest.fixture
def liar():
    found = Liar()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            length = int(self.headers.get("Content-Length") or 0)
            told = found.answer(self.path, self.rfile.read(length).decode())
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def enter_at(database_url, data, liar, **more):
    """Go there and come back; (our answer, the browser)."""
    app = bootstrap.create_app(
        Settings.from_environment(
            {
                "DATABASE_URL": database_url,
                "RASIM_DATA": str(data),
                "RASIM_SECRET_KEY": "x" * 40,
                "RASIM_ADDRESS": SERVICE,
                "RASIM_OIDC_ISSUER": liar.issuer,
                "RASIM_OIDC_CLIENT_ID": providers.CLIENT_ID,
                "RASIM_OIDC_CLIENT_SECRET": providers.CLIENT_SECRET,
                "RASIM_OIDC_ROLES": str(HERE / "roles.yaml"),
                **more,
            }
        )
    )

    def enter(locale="en"):
        client = app.test_client()
        client.set_cookie("rasim_lang", locale)
        begun = client.get("/sign-in/openid?next=/cases")
        if begun.status_code != 303:
            return begun, client
        asked = parse_qs(urlsplit(begun.location).query)
        liar.nonce = liar.nonce or asked["nonce"][0]
        state = asked["state"][0]
        return client.get(f"/sign-in/openid/back?code=c&state={state}"), client

    try:
        yield enter
    finally:
        app.extensions["rasim"].store.close()


@pytest.fixture
def enter(database_url, tmp_path, liar):
    """Go there and come back; (status, whether one is signed in)."""
    with enter_at(database_url, tmp_path, liar) as go:

        def enter():
            answer, client = go()
            is_in = client.get_cookie("rasim_session") is not None
            return answer.status_code, is_in

        yield enter


def test_the_honest_answer_is_believed_and_the_verifier_is_sent(enter, liar):
    assert enter() == (303, True)

    (asked,) = liar.asked
    assert len(asked["code_verifier"][0]) >= 43


def part(told):
    return urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")


def changed(claims):
    head, _, mark = jwt.encode({"alg": "RS256", "kid": "own"}, claims, KEY).split(".")
    return f"{head}.{part(claims | {'sub': 'askar'})}.{mark}"


FORGERIES = {
    "a stranger's signature": lambda claims: jwt.encode(
        {"alg": "RS256", "kid": "own"}, claims, STRANGER
    ),
    "no signature": lambda claims: f"{part({'alg': 'none'})}.{part(claims)}.",
    "the client's secret": lambda claims: jwt.encode(
        {"alg": "HS256"}, claims, OctKey.import_key(providers.CLIENT_SECRET)
    ),
    "the public key as a secret": lambda claims: jwt.encode(
        {"alg": "HS256", "kid": "own"},
        claims,
        OctKey.import_key(urlsafe_b64encode(KEY.as_pem(private=False))),
    ),
    "a changed text": lambda claims: changed(claims),
    "no token": lambda claims: "",
    "no token at all": lambda claims: "x.y",
}


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forged_signature_is_refused(enter, liar, how):
    liar.sign = FORGERIES[how]

    assert enter() == (403, False)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another one"},
        {"nonce": None},
        {"nonce": ""},
        {"aud": "another service"},
        {"aud": [providers.CLIENT_ID, "another"], "azp": "another"},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iat": 9_999_999_999},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"groups": {"watch": 1}},
    ],
)
def test_a_claim_that_does_not_fit_is_refused(enter, liar, claims):
    liar.claims = claims

    assert enter() == (403, False)


def test_an_old_answer_to_another_question_is_refused(enter, liar):
    liar.nonce = "that of yesterday"

    assert enter() == (403, False)


def test_what_is_told_of_another_person_is_refused(enter, liar):
    liar.userinfo = {"sub": "askar", "groups": ["watch"]}

    assert enter() == (403, False)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "http://10.0.0.1/jwks"},
        {"userinfo_endpoint": "http://10.0.0.1/me"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
        {"issuer": None},
    ],
)
def test_a_provider_that_is_not_the_one_we_know_is_not_gone_to(enter, liar, metadata):
    liar.metadata = metadata

    assert enter() == (403, False)


def test_a_provider_that_is_away_is_told_so(enter, liar):
    liar.answer = lambda path, body: 1 / 0

    assert enter() == (502, False)
