"""What a block-structured drawing has open after each step; knows nothing of tokens."""


class Scope:
    """The oracle of a process or sub-process; `path` tells which item it is in."""

    def __init__(self, ast, event=None, path=()):
        self.event, self.listens, self.path = event, event is not None, path
        self.loose = []  # what runs beside the main way
        self.loose.append(Block(ast, self))

    @property
    def done(self):
        return all(one.done for one in self.loose)

    def open(self):
        inside = [found for one in self.loose for found in one.open()]
        hears = self.listens and not self.done
        return inside + ([(self.event[0], self.path)] if hears else [])

    def act(self, place):
        if self.listens and not self.done and place == (self.event[0], self.path):
            _, interrupts, handler = self.event
            if interrupts:
                self.loose, self.listens = [], False
            self.loose.append(Scope(handler, path=self.path))
            return True
        return any(one.act(place) for one in self.loose)


class Block:
    """The oracle of one block inside a scope."""

    def __init__(self, ast, scope):
        self.ast, self.scope, self.path = ast, scope, scope.path
        self.kind = ast[0]
        self.finished = False
        self.rest = []  # what comes when all parts are done
        self.parts = []
        getattr(self, f"begin_{self.kind}")(*ast[1:])

    def begin_task(self, name):
        self.parts = []

    def begin_seq(self, asts):
        self.rest = [lambda one=one: Block(one, self.scope) for one in asts]
        self.go_on()

    def begin_and(self, asts):
        self.parts = [Block(one, self.scope) for one in asts]

    def begin_sub(self, ast, event):
        self.parts = [Scope(ast, event, self.path)]

    def begin_many(self, ast, variable, count, sequential):
        paths = [
            tuple(sorted((*self.path, (variable, n)))) if variable else self.path
            for n in range(1, count + 1)
        ]
        self.rest = [lambda path=path: Scope(ast, path=path) for path in paths]
        if not sequential:
            self.parts, self.rest = [one() for one in self.rest], []
        self.go_on()

    def begin_watch(self, ast, *_):
        self.parts = [Block(ast, self.scope)]
        self.listens = True

    def begin_race(self, arms):
        self.waits = True

    def go_on(self):
        while self.rest and all(one.done for one in self.parts):
            self.parts = [self.rest.pop(0)()]

    @property
    def done(self):
        if self.kind == "task":
            return self.finished
        if self.kind == "race" and self.waits:
            return False
        return not self.rest and all(one.done for one in self.parts)

    def open(self):
        if self.kind == "task":
            return [] if self.finished else [(self.ast[1], self.path)]
        if self.kind == "race" and self.waits:
            return [(event, self.path) for event, _ in self.ast[1]]
        inside = [found for one in self.parts for found in one.open()]
        hears = self.kind == "watch" and self.listens and not self.done
        return inside + ([(self.ast[2], self.path)] if hears else [])

    def act(self, place):
        if place not in self.open():
            return False
        if self.kind == "task":
            self.finished = True
            return True
        if self.kind == "race" and self.waits:
            self.waits = False
            self.parts = [Block(dict(self.ast[1])[place[0]], self.scope)]
            return True
        if self.kind == "watch" and place == (self.ast[2], self.path):
            _, _, _, cancels, repeats, handler = self.ast
            self.listens = repeats
            if cancels:
                self.parts = [Block(handler, self.scope)]
            else:
                self.scope.loose.append(Block(handler, self.scope))
            return True
        hit = any(one.act(place) for one in self.parts)
        self.go_on()
        return hit
