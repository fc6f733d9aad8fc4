"""The web server: gunicorn around the Flask application, told by our settings alone."""

import gc
import os
import signal
import sys
from ctypes import CDLL
from typing import Any

from flask import Flask
from gunicorn.app.base import (  # type: ignore[import-untyped]  # it has none
    BaseApplication,
)
from gunicorn.glogging import Logger  # type: ignore[import-untyped]  # it has none

from server.leash import PR_SET_PDEATHSIG
from server.rates import Rates
from server.settings import Settings
from server.web_worker import Worker

REQUEST_SECONDS = 30
KEEP_ALIVE_SECONDS = 5
THIS_MACHINE = "127.0.0.1,::1"
# For the heartbeat file, which gunicorn names at random.
MEMORY = "/dev/shm"  # noqa: S108 - see above


class Web(BaseApplication):  # type: ignore[misc]  # untyped
    """One arbiter; each of its processes builds its own application after the fork."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.counts = Rates()  # before the fork: all processes count together
        super().__init__()

    def load_config(self) -> None:
        for name, value in gunicorn_settings(self.settings).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        # Imported in the serving process: V8 must not start before a fork.
        from server.bootstrap import create_app

        app: Flask = create_app(self.settings, self.counts)
        # It lives as long as the process: the collector need not look at it.
        gc.freeze()
        return app


class OurLogs(Logger):  # type: ignore[misc]  # untyped
    """gunicorn's records go the way of all others, where personal data are masked."""

    def setup(self, cfg: object) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


def gunicorn_settings(settings: Settings) -> dict[str, Any]:
    return {
        "bind": [f"{settings.host}:{settings.port}"],
        "workers": settings.web_processes,
        "worker_class": Worker,
        "threads": settings.web_threads,
        "timeout": REQUEST_SECONDS,
        "graceful_timeout": settings.stop_seconds,
        "keepalive": KEEP_ALIVE_SECONDS,
        # An address may hold a person's number; requests are counted in /metrics.
        "accesslog": None,
        "logger_class": OurLogs,
        "loglevel": settings.log_level.lower(),
        # A proxy's word is believed by RASIM_PROXIES, not by what gunicorn supposes;
        # where nothing is said of an address, one on this machine may say "https".
        "forwarded_allow_ips": "" if settings.public else THIS_MACHINE,
        "control_socket_disable": True,
        "worker_tmp_dir": MEMORY if os.path.isdir(MEMORY) else None,
        "post_fork": end_with_arbiter,
    }


def end_with_arbiter(_arbiter: object, _worker: object) -> None:
    """A killed arbiter must not leave processes that hold its port."""
    if sys.platform == "linux":
        CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))


def run(settings: Settings) -> None:
    """Serve until SIGTERM. SettingRefused without a key to sign sessions with."""
    settings.require_secret()
    Web(settings).run()
