// Parses FEEL into a plain tree for workflows/feel: [name, from, to, children].
// Positions count UTF-16 units, as JavaScript does; "⚠" nodes mark what does not parse.

import { parser, trackVariables } from "lezer-feel";

/** One array per tree node, built without recursion so that deep input cannot overflow. */
function toArrays(tree) {
  const root = [];
  const open = [root];
  tree.iterate({
    enter(node) {
      const children = [];
      open[open.length - 1].push([node.name, node.from, node.to, children]);
      open.push(children);
    },
    leave() {
      open.pop();
    },
  });
  return root[0];
}

/**
 * @param {string} text
 * @param {{unary?: boolean, names?: string[]}} options `names` are known beforehand: only
 *   so can a name hold a keyword ("get or else") or a sign ("a-b").
 */
export function parse(text, options = {}) {
  const known = Object.fromEntries((options.names ?? []).map((name) => [name, 1]));
  const tree = parser
    .configure({
      top: options.unary ? "UnaryTests" : "Expression",
      dialect: "camunda",
      contextTracker: trackVariables(known),
    })
    .parse(text);
  return toArrays(tree);
}
