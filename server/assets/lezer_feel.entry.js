// Parses FEEL into a plain tree for workflows/feel: [name, from, to, children].
// Positions count UTF-16 units, as JavaScript does; "⚠" nodes mark what does not parse.

import { parser, trackVariables } from "lezer-feel";

/**
 * One array per tree node, or null when the tree is deeper than maxDepth. Without
 * recursion, so that deep input cannot overflow the stack here.
 */
function toArrays(tree, maxDepth) {
  const root = [];
  const open = [root];
  let tooDeep = false;
  tree.iterate({
    enter(node) {
      if (open.length > maxDepth) {
        tooDeep = true;
        return false;
      }
      const children = [];
      open[open.length - 1].push([node.name, node.from, node.to, children]);
      open.push(children);
    },
    leave() {
      open.pop();
    },
  });
  return tooDeep ? null : root[0];
}

/**
 * @param {string} text
 * @param {{unary?: boolean, names?: string[], shapes?: object, maxDepth?: number}} options
 *   `names` are known beforehand: only so can a name hold a keyword ("get or else") or a
 *   sign ("a-b"). `shapes` are the names behind some of them: {child: {"pre-school": {}}}.
 */
export function parse(text, options = {}) {
  const names = (options.names ?? []).map((name) => [name, 1]);
  const known = { ...Object.fromEntries(names), ...options.shapes };
  const tree = parser
    .configure({
      top: options.unary ? "UnaryTests" : "Expression",
      dialect: "camunda",
      contextTracker: trackVariables(known),
    })
    .parse(text);
  return toArrays(tree, options.maxDepth ?? Infinity);
}
