"""Looking at a page: is it free of barriers, does it fit, how does it look."""

import os
from functools import cache
from pathlib import Path

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
ROOT = Path(__file__).parent.parent.parent
AXE = ROOT / "server" / "static" / "bundle" / "test" / "axe.min.js"
# WCAG 2.2 AA holds all that its forerunners ask.
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")
RUN = """async (tags) => {
  const options = {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]};
  const found = await axe.run(document, options);
  return found.violations.flatMap((rule) => rule.nodes.map(
    (node) => `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary}`));
}"""


def barriers(page):
    """What axe finds against WCAG 2.2 AA, one line for each place."""
    page.evaluate(axe())
    return page.evaluate(RUN, TAGS)


@cache
def axe():
    return AXE.read_text(encoding="utf-8")


def sticks_out(page):
    """By how many pixels the page is wider than its window."""
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def keep(page, name):
    """A picture of the whole page, for people: into the folder RASIM_SCREENSHOTS."""
    folder = os.environ.get("RASIM_SCREENSHOTS")
    if folder:
        # Hiding the caret would take an inline style, which our policy forbids.
        page.screenshot(
            path=Path(folder) / f"{name}.png", full_page=True, caret="initial"
        )
