"""One group at one node: from multicasts to the daemon, from the daemon to deliveries and views."""
import json
from collections import deque

from views import Views


class Group:
    """The listener of one member. Until `ready`, it keeps to itself what it is told."""

    def __init__(self, name, lines, names):
        self.name, self.lines, self.views = name, lines, Views(lines.me, names)
        self.view, self.early = None, []
        self.waiting = deque()

    def is_full(self, count):
        """Whether so many are members."""
        return self.view is not None and len(self.view["members"]) == count

    def ready(self):
        """Views and deliveries are told from now on, first those kept."""
        early, self.early = self.early, None
        for type, body in early:
            self.tell(type, **body)

    def tell(self, type, **body):
        if self.early is None:
            return self.lines.tell(type, group=self.name, **body)
        if type == "view" and all(kind == "view" for kind, _ in self.early):
            # The history begins with the last view before all are ready: whoever is in it came
            # from nowhere.
            self.early.clear()
            body.pop("transitional", None)
        self.early.append((type, body))

    def install(self, view):
        if view:
            self.view = view
            self.tell("view", **view)

    def on_members(self, members, left, is_join):
        self.install(self.views.on_members(members, left, is_join))

    def on_ring(self, seq, leader, nodes):
        self.install(self.views.on_ring(seq, leader, nodes))
        if ghosts := self.views.ghosts():
            self.lines.tell("note", text=f"not in the ring, but in the group: {', '.join(ghosts)}")

    def on_message(self, node, data):
        id, payload = read(data) or (f"from {self.views.name(node)}: {data!r}", "")
        place = {"view": self.view["view"]} if self.view else {}
        self.tell("deliver", id=id, payload=payload, **place)

    def ask(self, id, payload):
        self.waiting.append(json.dumps([id, payload]).encode())

    def send(self, member):
        """What waits goes to the daemon, in order, as far as it takes it."""
        while self.waiting and member.multicast(self.waiting[0]):
            self.waiting.popleft()


def read(data):
    """The id and the payload. None if it was changed on its way: it is told as it came, then."""
    try:
        id, payload = json.loads(data)
    except (ValueError, TypeError):
        return None
    return (id, payload) if isinstance(id, str) else None
