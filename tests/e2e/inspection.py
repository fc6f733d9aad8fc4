"""Checks of a page that is open in the browser; inspection.js says what each asks."""

from functools import cache
from pathlib import Path

# Before any script of the page: what the policy refused is remembered.
WATCH = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.refused.push(`${event.effectiveDirective}: ${event.blockedURI}`);
});
"""
MEDIA = {
    "systemColours": {"forced_colors": "active"},
    "motion": {"reduced_motion": "reduce"},
}


def inspect(page, check):
    """What a check finds, one line for each place."""
    page.evaluate(_script())
    media = MEDIA.get(check, {})
    if media:
        page.emulate_media(**media)
    found = page.evaluate(f"window.inspect.{check}()")
    if media:
        page.emulate_media(**dict.fromkeys(media, "null"))
    return found


@cache
def _script():
    return Path(__file__).with_name("inspection.js").read_text(encoding="utf-8")
