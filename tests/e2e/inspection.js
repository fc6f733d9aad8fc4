// What a page must be, whoever made it: each check gives what is wrong, in words.
(() => {
  const FOCUSABLE =
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const ADDRESSES = ["src", "href", "action", "formaction"];
  const CLIPS = ["auto", "scroll", "hidden", "clip"];
  const LOOK = [
    "outlineStyle",
    "outlineWidth",
    "outlineColor",
    "boxShadow",
    "borderColor",
    "borderWidth",
    "backgroundColor",
    "textDecorationLine",
  ];
  const SIDES = ["Top", "Right", "Bottom", "Left"];

  const all = (selector) => [...document.querySelectorAll(selector)];
  const isVisible = (node) =>
    node.checkVisibility({ visibilityProperty: true }) && node.getClientRects().length > 0;
  const isForEars = (node) =>
    node.closest(".govuk-visually-hidden, .govuk-skip-link") !== null;
  const opened = () => document.querySelector("dialog:modal");
  // What is behind an open dialog, or in a closed one, is not there for anybody.
  const isOut = (node) => node.closest("dialog") !== opened();

  function named(node) {
    const text = node.getAttribute("aria-label") ?? node.textContent ?? "";
    const marks = node.id ? `#${node.id}` : `.${[...node.classList].join(".")}`;
    return `${node.localName}${marks} "${text.trim().replace(/\s+/g, " ").slice(0, 40)}"`;
  }

  function focusable() {
    return all(FOCUSABLE).filter(
      (node) =>
        isVisible(node) && !node.disabled && node.tabIndex >= 0 && !isOut(node),
    );
  }

  // One main heading, landmarks, a language, a title; nothing that changes the order of
  // the keyboard, that the policy would refuse, or that comes from another host.
  function structure() {
    const found = [];
    const only = (selector, what) => {
      const number = all(selector).filter(isVisible).length;
      if (number !== 1) {
        found.push(`${number} of ${what}`);
      }
    };
    only("h1", "h1");
    only("main", "main");
    only("body > header", "banner");
    only("body > footer", "contentinfo");
    if (!["kk", "ru", "en"].includes(document.documentElement.lang)) {
      found.push("no language");
    }
    if (!document.title.replace("· Rásim", "").trim()) {
      found.push("no title");
    }
    for (const node of all("*")) {
      for (const { name, value } of node.attributes) {
        // An empty one is what axe leaves behind.
        if ((name === "style" && value) || name.startsWith("on")) {
          found.push(`${named(node)} ${name}`);
        }
        const isElsewhere =
          ADDRESSES.includes(name) && new URL(value, location.href).origin !== location.origin;
        if (isElsewhere && !value.startsWith("data:") && !value.startsWith("mailto:")) {
          found.push(`${named(node)} ${value}`);
        }
      }
      if (node.tabIndex > 0) {
        found.push(`${named(node)} tabindex ${node.tabIndex}`);
      }
    }
    const refused = window.refused ?? [];
    return [...found, ...refused.map((each) => `refused: ${each}`)];
  }

  function scrolls(node) {
    for (let one = node.parentElement; one !== document.body && one; one = one.parentElement) {
      if (CLIPS.includes(getComputedStyle(one).overflowX)) {
        return true;
      }
    }
    return false;
  }

  // Nothing reaches over the edge but what lies in a region that scrolls by itself.
  function overflow() {
    const width = document.documentElement.clientWidth;
    const out = all("body *").filter((node) => {
      if (!isVisible(node) || isForEars(node) || node.closest("svg svg")) {
        return false;
      }
      const box = node.getBoundingClientRect();
      const isOver = box.width > 0 && (box.right > width + 1 || box.left < -1);
      return isOver && !scrolls(node);
    });
    const pushed = [opened()].filter((node) => node?.scrollWidth > node?.clientWidth + 1);
    return [...out, ...pushed]
      .filter((node) => !out.some((one) => one !== node && node.contains(one)))
      .map((node) => `${named(node)} to ${Math.round(node.getBoundingClientRect().right)}`);
  }

  const look = (node) =>
    [node, node.labels?.[0], node.closest("label, summary")]
      .filter(Boolean)
      .flatMap((one) => [getComputedStyle(one), getComputedStyle(one, "::before")])
      .map((style) => LOOK.map((name) => style[name]).join())
      .join("|");

  // Whatever takes the focus looks different with it.
  function focus() {
    const found = [];
    for (const node of focusable()) {
      document.activeElement?.blur();
      const before = look(node);
      node.focus({ preventScroll: true, focusVisible: true });
      if (document.activeElement !== node) {
        found.push(`${named(node)} takes no focus`);
      } else if (look(node) === before) {
        found.push(`${named(node)} looks the same`);
      }
    }
    document.activeElement?.blur();
    return found;
  }

  // Where the keyboard is now: in the window, and not as it looked without the focus.
  // To be asked before the first key, too: that is when the others are looked at.
  function focusNow() {
    const node = document.activeElement;
    const before = (window.looks ??= new WeakMap());
    focusable()
      .filter((one) => one !== node && (one === window.lastStop || !before.has(one)))
      .forEach((one) => before.set(one, look(one)));
    window.lastStop = node;
    if (!node || node === document.body) {
      return [];
    }
    const box = (node.labels?.[0] ?? node).getBoundingClientRect();
    const isSeen = box.bottom > 0 && box.top < window.innerHeight && box.width > 0;
    const isBrowsers = ["date", "time"].includes(node.type); // a date has stops of its own
    const isSame = !isBrowsers && before.get(node) === look(node);
    return [
      ...(isSeen ? [] : [`${named(node)} is out of sight`]),
      ...(isSame ? [`${named(node)} looks the same`] : []),
    ];
  }

  function textSizes() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = new Map();
    while (walker.nextNode()) {
      const node = walker.currentNode.parentElement;
      const isTold = walker.currentNode.data.trim() !== "" && isVisible(node);
      if (isTold && !node.closest("svg, script, option")) {
        found.set(node, parseFloat(getComputedStyle(node).fontSize));
      }
    }
    return found;
  }

  // Text of twice the size is twice as large, is not cut, and pushes nothing out.
  function largeText() {
    const before = textSizes();
    document.documentElement.style.fontSize = "200%";
    const found = new Set();
    for (const [node, size] of textSizes()) {
      if (size < 1.9 * (before.get(node) ?? 0) && !isForEars(node)) {
        found.add(`${named(node)} stays at ${size}px`);
      }
      const style = getComputedStyle(node);
      const isHidden = style.overflowY === "hidden" && style.clipPath === "none";
      if (isHidden && node.scrollHeight > node.clientHeight + 2 && !isForEars(node)) {
        found.add(`${named(node)} is cut`);
      }
    }
    const out = overflow();
    document.documentElement.removeAttribute("style");
    return [...found, ...out];
  }

  // With system colours a control keeps an edge, or a line below its words.
  function systemColours() {
    const hasEdge = (style) =>
      SIDES.some(
        (side) =>
          style[`border${side}Style`] !== "none" &&
          parseFloat(style[`border${side}Width`]) > 0 &&
          style[`border${side}Color`] !== "rgba(0, 0, 0, 0)",
      );
    const isMarked = (node) => {
      const style = getComputedStyle(node);
      const isUnderlined = style.textDecorationLine.includes("underline");
      return hasEdge(style) || isUnderlined || style.outlineStyle !== "none";
    };
    return all("button, input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea")
      .filter((node) => isVisible(node) && !isForEars(node) && !node.closest("nav"))
      .filter((node) => node.type !== "file" && !isMarked(node)) // it brings its button
      .map((node) => `${named(node)} has no edge`);
  }

  function motion() {
    const times = (text) => text.split(",").map(parseFloat);
    return all("*")
      .filter((node) => {
        const style = getComputedStyle(node);
        const lasting = [...times(style.transitionDuration), ...times(style.animationDuration)];
        return lasting.some((seconds) => seconds > 0.01);
      })
      .map(named);
  }

  // Where the keyboard must stop, as written: once in a group of radios.
  function stops() {
    const groups = new Set();
    return focusable().filter((node) => {
      if (node.type !== "radio") {
        return true;
      }
      const group = [...document.getElementsByName(node.name)];
      const isFirst = !groups.has(node.name);
      groups.add(node.name);
      return node.checked || (isFirst && !group.some((one) => one.checked));
    });
  }

  function numberStops() {
    window.stops = stops();
    document.activeElement?.blur();
    window.scrollTo(0, 0);
    return window.stops.map(named);
  }

  const stopNow = () => window.stops.indexOf(document.activeElement);

  window.inspect = {
    focus,
    focusNow,
    largeText,
    motion,
    numberStops,
    overflow,
    stopNow,
    structure,
    systemColours,
  };
})();
