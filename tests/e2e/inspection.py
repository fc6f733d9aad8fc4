"""Checks of a page that is open in the browser; inspection.js says what each asks."""

from functools import cache
from pathlib import Path

from tests.e2e import screens

# Before any script of the page: what the policy refused is remembered, and what is
# told in a region that was there before its words.
WATCH = """
window.refused = [];
window.told = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.refused.push(`${event.effectiveDirective}: ${event.blockedURI}`);
});
document.addEventListener("DOMContentLoaded", () => {
  const speaks = "[role=status], [role=alert], [aria-live]";
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const one = target.nodeType === Node.TEXT_NODE ? target.parentElement : target;
      const region = one?.closest(speaks);
      if (region?.textContent.trim()) window.told.push(region.textContent.trim());
    }
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
});
"""
RUN = """async ([checks, tags, without]) => {
  const found = [];
  for (const check of checks) {
    found.push(...window.inspect[check]().map((each) => `${check}: ${each}`));
  }
  if (!tags.length) return found;
  const rules = Object.fromEntries(without.map((name) => [name, {enabled: false}]));
  const runOnly = {type: "tag", values: tags};
  const options = {runOnly, rules, resultTypes: ["violations"]};
  const { violations } = await axe.run(document, options);
  return [...found, ...violations.flatMap((rule) => rule.nodes.map(
    (node) => `axe: ${rule.id}: ${node.target.join(" ")}: ${node.failureSummary}`))];
}"""


def equip(context):
    """Every page of a context brings the checks along; nothing of it moves."""
    for script in (WATCH, screens.axe(), _script()):
        context.add_init_script(script)


def inspect(page, check):
    """What one check finds, one line for each place; of any page."""
    page.evaluate(_script())
    return page.evaluate(f"window.inspect.{check}()")


def inspect_all(page, checks, tags=(), without=()):
    """What checks and axe's rules with `tags` find, in an equipped context."""
    return page.evaluate(RUN, [list(checks), list(tags), list(without)])


@cache
def _script():
    return Path(__file__).with_name("inspection.js").read_text(encoding="utf-8")
