#!/usr/bin/env python3
"""Views of what daemons say: python3 examples/corosync/views_test.py"""
import sys
import unittest

sys.dont_write_bytecode = True

from views import Views

NAMES = ["n1", "n2", "n3"]


def at(me, *members, ring=(13, 1, [1, 2, 3])):
    """A member whose first view has these members."""
    views = Views(me, NAMES)
    views.on_members(members, [], True)
    return views, views.on_ring(*ring)


class ViewsTest(unittest.TestCase):
    def test_the_first_view_begins_with_the_ring_and_nobody_came_along(self):
        views = Views("n1", NAMES)
        self.assertIsNone(views.on_members([2, 1], [], True))
        view = {"view": "1302.n1", "members": ["n1", "n2"], "primary": True}
        self.assertEqual(views.on_ring(13, 1, [1, 2, 3]), view)

    def test_a_new_ring_makes_one_view_whatever_comes_before_it(self):
        views, _ = at("n1", 1, 2)
        self.assertIsNone(views.on_members([1], [2], False))
        self.assertIsNone(views.on_members([1, 3], [], False))
        view = views.on_ring(17, 1, [1, 3])
        self.assertEqual((view["view"], view["members"]), ("1702.n1", ["n1", "n3"]))

    def test_who_left_and_came_back_did_not_come_along(self):
        views, _ = at("n1", 1, 2, 3)
        views.on_members([1, 3], [2], False)
        views.on_members([1, 2, 3], [], False)
        self.assertEqual(views.on_ring(17, 1, [1, 2, 3])["transitional"], ["n1", "n3"])

    def test_all_members_name_a_view_alike_also_who_joined_late(self):
        early, _ = at("n1", 1, 2)
        early = early.on_members([1, 2, 3], [], True)
        _, late = at("n3", 1, 2, 3)
        self.assertEqual((early["view"], early["members"]), (late["view"], late["members"]))
        self.assertEqual(early["transitional"], ["n1", "n2"])

    def test_the_ids_of_views_grow_in_a_ring_and_from_ring_to_ring(self):
        views, first = at("n1", 1, 2)
        joined = views.on_members([1, 2, 3], [], True)
        views.on_members([1], [2, 3], False)
        alone = views.on_ring(17, 1, [1])
        numbers = [int(view["view"].split(".")[0]) for view in (first, joined, alone)]
        self.assertEqual(numbers, sorted(set(numbers)))

    def test_who_has_not_joined_has_no_view_and_gets_each_view_once(self):
        views = Views("n3", NAMES)
        self.assertIsNone(views.on_ring(17, 1, [1, 2, 3]))
        self.assertNotIn("transitional", views.on_members([1, 2, 3], [], True))
        self.assertIsNone(views.on_ring(17, 1, [1, 2, 3]))

    def test_a_process_that_goes_before_its_daemon_makes_no_view(self):
        views, _ = at("n1", 1, 2, 3)
        self.assertIsNone(views.on_members([1, 2], [3], False))
        self.assertEqual(views.on_ring(17, 1, [1, 2])["transitional"], ["n1", "n2"])

    def test_a_ghost_is_in_the_view_of_who_sees_it_and_not_in_its_id(self):
        views, _ = at("n1", 1, 2, 3)
        self.assertEqual(views.ghosts(), [])
        seen = views.on_ring(17, 1, [1, 2])
        _, unseen = at("n2", 1, 2, ring=(17, 1, [1, 2]))
        self.assertEqual(views.ghosts(), ["n3"])
        self.assertEqual(seen["view"], unseen["view"])
        self.assertNotEqual(seen["members"], unseen["members"])

    def test_a_minority_is_not_primary_nor_is_half(self):
        self.assertFalse(at("n1", 1, ring=(13, 1, [1]))[1]["primary"])
        half = Views("n1", ["n1", "n2", "n3", "n4"])
        half.on_members([1, 2], [], True)
        self.assertFalse(half.on_ring(13, 1, [1, 2])["primary"])


if __name__ == "__main__":
    unittest.main()
