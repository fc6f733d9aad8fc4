"""Making a net smaller without changing whether it is sound.

What is drawn in blocks shrinks to one place; the markings of what is left can be looked
at one by one. The rules are those of Sadiq and Orlowska (2000), widened by ours for
inclusive joins, loops and ways that just end.
"""

from workflows.engine.nets import Kind, Net, Node, Way

PARTS = (Kind.CHOICE, Kind.SPLIT)
MEETS = (Kind.MERGE, Kind.JOIN, Kind.OR_JOIN)
MOST_ROUNDS = 200


def reduce(net: Net) -> None:
    """Shrink the net in place, until no rule applies any more."""
    for _ in range(MOST_ROUNDS):
        changed = [_pass(net, node) for node in net.nodes if _alive(net, node)]
        net.nodes = [node for node in net.nodes if _alive(net, node)]
        if not any(changed):
            return


def _alive(net: Net, node: Node) -> bool:
    return bool(node.ins or node.outs or node in net.starts)


def _pass(net: Net, node: Node) -> bool:
    if node in net.starts:
        return False
    if node.kind is Kind.PLACE:
        return _fuse(node)
    changed = False
    if node.kind in PARTS:
        changed = _merge_branches(net, node) or _inline(node)
    if node.kind is Kind.SPLIT:
        changed = _drop_ends(node) or changed
    if node.kind is Kind.CHOICE:
        changed = _drop_turns(node) or changed
    if node.kind in (Kind.MERGE, Kind.JOIN):
        changed = _meet_once(node) or changed
    return _skip(node) or changed


def _skip(node: Node) -> bool:
    """A gateway with one way in and one way out does nothing."""
    if node.kind not in (*PARTS, *MEETS) or len(node.ins) != 1 or len(node.outs) != 1:
        return False
    way, after = node.ins[0], node.only_out
    if after.target is node or way.source is node:
        return False
    way.source.ids += node.ids  # where that runs, this runs
    target = after.target
    way.flows = after.flows or way.flows
    after.remove()
    way.lead_to(target)
    return True


def _fuse(node: Node) -> bool:
    """Two places in a row are one."""
    changed = False
    while len(node.outs) == 1:
        way, after = node.only_out, node.only_out.target
        if after.kind is not Kind.PLACE or len(after.ins) != 1 or after is node:
            break
        way.remove()
        for one in list(after.outs):
            one.leave_from(node)
        node.ids += after.ids
        changed = True
    return changed


def _merge_branches(net: Net, node: Node) -> bool:
    """Two branches that part here and meet at one place are one branch.

    Where one of them takes time and the other none, the one that is left takes time.
    Inclusive joins look at what comes at once, so before them that loses runs.
    """
    seen: dict[Node, tuple[Way, Way, Node | None]] = {}
    changed = False
    for way in list(node.outs):
        step, last = _branch(way)
        target = last.target
        if target is node or way.loose or not _belong(node, target):
            continue
        if target not in seen:
            seen[target] = (way, last, step)
            continue
        kept, kept_last, kept_step = seen[target]
        both_optional = kept.optional and way.optional
        if node.kind is Kind.SPLIT and (kept.default or way.default):
            continue
        kept.optional = both_optional
        if (kept_step is None) != (step is None) and net.looks_at_time:
            net.exact = False
        if kept_step is None and step is not None:
            # The branch with a place stays: its elements run.
            kept, way = way, kept
            kept.optional = both_optional
            kept_last, last = last, kept_last
            kept_step, step = step, None
            seen[target] = (kept, kept_last, kept_step)
        if kept_step is not None and step is not None:
            kept_step.ids += step.ids
        kept_last.flows += last.flows
        kept.begins += way.begins
        last.remove()
        if last is not way:
            way.remove()
        changed = True
    return changed


def _belong(node: Node, target: Node) -> bool:
    if node.kind is Kind.CHOICE:
        return target.kind in (Kind.MERGE, Kind.OR_JOIN)
    if target.kind is Kind.OR_JOIN:
        return True
    return target.kind is Kind.JOIN and not any(way.optional for way in node.outs)


def _branch(way: Way) -> tuple[Node | None, Way]:
    """The only place of a branch, if it has one, and the way that leads to its end."""
    step = way.target
    if step.kind is Kind.PLACE and len(step.ins) == 1 and len(step.outs) == 1:
        return step, step.only_out
    return None, way


def _inline(node: Node) -> bool:
    """A choice right behind a choice is one; a plain split behind a split too."""
    changed = False
    for way in list(node.outs):
        after = way.target
        if after.kind is not node.kind or len(after.ins) != 1 or after is node:
            continue
        plain = not any(one.optional or one.default for one in after.outs)
        if node.kind is Kind.SPLIT and not (
            plain and not way.optional and not way.default
        ):
            continue
        way.remove()
        node.ids += after.ids
        for one in list(after.outs):
            one.leave_from(node)
        changed = True
    return changed


def _drop_ends(node: Node) -> bool:
    """A branch of a split that just ends: it is done beside the others."""
    changed = False
    for way in list(node.outs):
        step, last = _branch(way)
        always = [one for one in node.outs if not one.optional and not one.default]
        others = [one for one in always if one is not way]
        end = last.target
        if end.kind is not Kind.END or len(end.ins) != 1 or not others or way.default:
            continue
        others[0].source.ids += (step.ids if step else ()) + end.ids
        last.remove()
        if last is not way:
            way.remove()
        changed = True
    return changed


def _drop_turns(node: Node) -> bool:
    """A way back to the merge right before this choice."""
    if len(node.ins) != 1 or len(node.outs) < 2:
        return False
    before = node.ins[0].source
    middle: Node | None = None
    if before.kind is Kind.PLACE and len(before.ins) == 1 and len(before.outs) == 1:
        middle, before = before, before.ins[0].source
    if before.kind is not Kind.MERGE or len(before.outs) != 1:
        return False
    for way in list(node.outs):
        step, last = _branch(way)
        if last.target is before and len(before.ins) > 1 and len(node.outs) > 1:
            if middle is None and step is None:
                continue  # a circle that nothing slows down stays to be seen
            node.ids += step.ids if step else ()
            last.remove()
            if last is not way:
                way.remove()
            return True
    return False


def _meet_once(node: Node) -> bool:
    """A merge right behind a merge is one; so is a join behind a join."""
    if len(node.outs) != 1:
        return False
    after = node.only_out.target
    if after.kind is not node.kind or after is node:
        return False
    if any(way.source is node for way in after.ins if way is not node.only_out):
        return False
    if node.kind is Kind.JOIN and not node.ins:
        return False
    node.only_out.remove()
    after.ids += node.ids
    for way in list(node.ins):
        way.lead_to(after)
    return True
