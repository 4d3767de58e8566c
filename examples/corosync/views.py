"""Views of one group, made of what a member of it is told.

A daemon tells its clients two things: who is in the group (confchg), and which ring of daemons
carries it (totem_confchg). With a new ring come, without a message in between: one confchg for who
left, one for who came, and last the ring. What the first two show is a step on the way and
differs from member to member; so the view begins with the ring. Within a ring, who joins the
group begins a view at once: joins are ordered among the messages, the same for all.

The id of a view is the same at all its members, and no other view has it:

    number = 100 * (sequence number of the ring) + (members of the group in it)
    creator = who leads the ring

The sequence number of a ring is greater than those of all rings from which its members come (it is
stored, and outlives restarts), and two rings with one number differ in who leads them. Within a
ring the group only grows: a member leaves it with its daemon alone, and that makes a new ring. So
its size names its state, also for who joined late and cannot have counted the joins before. Ghosts,
members whose daemons are not in the ring, do not count: they are in the view of whoever sees them,
under the id that all give it, and so whoever compares members finds them.
"""

MOST = 100  # nodes of a ring


class Views:
    def __init__(self, me, names):
        self.me, self.names = names.index(me) + 1, names
        self.ring, self.members, self.along, self.last = None, [], None, None

    def on_members(self, members, left, is_join):
        """Who is in the group now. Returns the view that this begins, if any."""
        self.members = sorted(set(members))
        if self.along is not None:
            self.along -= set(left)
        return self.begin() if is_join and self.ring else None

    def on_ring(self, seq, leader, nodes):
        """A ring has been formed, and all its daemons agree who is in the group. Whoever has just
        joined is told of the ring again, and whoever is about to join has no view yet."""
        self.ring = (seq, leader, nodes)
        return self.begin() if self.me in self.members else None

    def begin(self):
        seq, leader, nodes = self.ring
        number = MOST * seq + sum(node in nodes for node in self.members)
        name = f"{number}.{self.name(leader)}"
        if name == self.last:
            return None
        self.last = name
        view = {"view": name, "members": [self.name(node) for node in self.members]}
        # As votequorum counts, which has one vote for each node.
        view["primary"] = 2 * len(nodes) > len(self.names)
        # Whoever installs its first view came from nowhere.
        if self.along is not None:
            view["transitional"] = [self.name(node) for node in sorted(self.along)]
        self.along = set(self.members)
        return view

    def ghosts(self):
        """Members of the group whose daemons are not in the ring: there should be none."""
        return [self.name(node) for node in self.members if node not in self.ring[2]]

    def name(self, node):
        """The daemon with the number 3 is the third node."""
        return self.names[node - 1] if 0 < node <= len(self.names) else f"node {node}"
