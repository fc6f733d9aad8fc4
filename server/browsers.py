"""Browsers in words, by what they say of themselves."""

from server.i18n import gettext

# In this order: each says of itself that it is the later ones, too.
BROWSERS = (
    ("YaBrowser", "Yandex"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_name(agent: str) -> str:
    """What a browser says of itself, in words: "Firefox, Windows"."""
    found = [
        next((name for mark, name in table if mark in agent), "")
        for table in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, found)) or gettext("an unknown browser")
