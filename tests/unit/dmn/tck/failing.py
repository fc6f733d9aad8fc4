"""The cases of the TCK that fail here, each with its reason: see `failing.txt`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("failing.txt")


@dataclass(frozen=True)
class Reason:
    """Why a case fails, for docs/feel.md."""

    kazakh: str
    russian: str


REASONS: Mapping[str, Reason] = {
    "microseconds": Reason(
        "Ұзақтық микросекундқа дейін сақталады: бұдан ұсақ бөлігі бар мән оқылмайды, "
        "үнсіз дөңгелектенбейді.",
        "Длительность хранится до микросекунды: значение с более мелкой долей не "
        "читается, а не округляется молча.",
    ),
    "java": Reason(
        "Java функциялары орындалмайды: диаграмма серверде бөтен код іске қоспайды.",
        "Функции Java не выполняются: схема не может запускать на сервере чужой код.",
    ),
}


def expected() -> Mapping[str, frozenset[str]]:
    """The failing cases by reason, each as `folder case result`."""
    found: dict[str, set[str]] = {slug: set() for slug in REASONS}
    for line in LIST.read_text(encoding="utf-8").splitlines():
        slug, _, case = line.partition(": ")
        found[slug].add(case)
    return {slug: frozenset(cases) for slug, cases in found.items()}
