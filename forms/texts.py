"""One text in the languages of the house."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Texts:
    """One text in the languages it has; Kazakh is the source and the fallback."""

    kk: str
    ru: str | None = None
    en: str | None = None

    def say(self, locale: str) -> str:
        """In the language `locale` ("kk", "ru", "en"), else in Kazakh."""
        return {"ru": self.ru, "en": self.en}.get(locale) or self.kk
