"""What was promised, what was found, and whether it holds."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Findings:
    """The lines to print, and the promises that fall short."""

    lines: list[str] = field(default_factory=list)
    short: list[str] = field(default_factory=list)

    def part(self, title: str) -> None:
        self.lines += ["", title]

    def told(self, line: str) -> None:
        """A figure without a promise: what stands beside those that have one."""
        self.lines.append(f"  {line}")

    def most(self, what: str, found: float, limit: float, unit: str = "") -> None:
        """`found` may be `limit` at most."""
        holds = found <= limit
        verdict = "holds" if holds else "FALLS SHORT"
        said = f"{_short(found)}{unit} (at most {_short(limit)}{unit})"
        self.lines.append(f"  {what:46} {said:30} {verdict}")
        if not holds:
            self.short.append(what)

    def quick(self, what: str, spent: Sequence[float], limit_ms: float) -> None:
        """`spent` in seconds: 95 of 100 may take `limit_ms` at most."""
        told = f"{what}, p95 (p50 {milliseconds(at(spent, 0.5))})"
        self.most(told, at(spent, 0.95) * 1000, limit_ms, " ms")

    def least(self, what: str, found: float, limit: float, unit: str = "") -> None:
        """`found` must be `limit` or more."""
        holds = found >= limit
        verdict = "holds" if holds else "FALLS SHORT"
        said = f"{_short(found)}{unit} (at least {_short(limit)}{unit})"
        self.lines.append(f"  {what:46} {said:30} {verdict}")
        if not holds:
            self.short.append(what)

    def true(self, what: str, holds: bool) -> None:
        verdict = "holds" if holds else "FALLS SHORT"
        self.lines.append(f"  {what:77} {verdict}")
        if not holds:
            self.short.append(what)

    def show(self) -> None:
        """Print what is new."""
        sys.stdout.writelines(f"{line}\n" for line in self.lines)
        sys.stdout.flush()
        self.lines.clear()


def at(values: Sequence[float], share: float) -> float:
    """The value below which that share of all lies; 0.5 is the median."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"
