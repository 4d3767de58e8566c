"""Corosync's closed process groups (libcpg.so.4), as far as a node needs them.

One handle is one member of one group. What comes in is told to a listener, which has on_message,
on_members and on_ring. See cpg_overview(3) and the header corosync/cpg.h.
"""
import ctypes
from ctypes import CFUNCTYPE, POINTER, Structure, byref, c_char, c_int, c_size_t
from ctypes import c_uint32, c_uint64, c_void_p, cast, string_at

OK, TRY_AGAIN = 1, 6
JOIN = 1  # of the reasons for which a list has a member; NODEDOWN and NODEUP come with a new ring
MODEL_V1, INITIAL_RING, DISPATCH_ALL, AGREED = 1, 1, 2, 2


class Name(Structure):
    _fields_ = [("length", c_uint32), ("value", c_char * 128)]


class Address(Structure):
    _fields_ = [("node", c_uint32), ("pid", c_uint32), ("reason", c_uint32)]


class Ring(Structure):
    _fields_ = [("node", c_uint32), ("seq", c_uint64)]


class Part(Structure):
    _fields_ = [("base", c_void_p), ("length", c_size_t)]


DELIVER = CFUNCTYPE(None, c_uint64, POINTER(Name), c_uint32, c_uint32, c_void_p, c_size_t)
LIST = [POINTER(Address), c_size_t]
CHANGE = CFUNCTYPE(None, c_uint64, POINTER(Name), *LIST, *LIST, *LIST)
RING = CFUNCTYPE(None, c_uint64, Ring, c_uint32, POINTER(c_uint32))


class Model(Structure):
    _fields_ = [
        ("model", c_int), ("deliver", DELIVER), ("change", CHANGE), ("ring", RING),
        ("flags", c_uint32),
    ]


class Failed(Exception):
    """The daemon is gone, or the library refused."""


def load():
    """The library; it comes with the package libcpg4."""
    library = ctypes.CDLL("libcpg.so.4")
    library.cpg_model_initialize.argtypes = [POINTER(c_uint64), c_int, POINTER(Model), c_void_p]
    library.cpg_fd_get.argtypes = [c_uint64, POINTER(c_int)]
    library.cpg_join.argtypes = [c_uint64, POINTER(Name)]
    library.cpg_mcast_joined.argtypes = [c_uint64, c_int, POINTER(Part), c_uint32]
    library.cpg_dispatch.argtypes = [c_uint64, c_int]
    return library


class Member:
    """A member of a group, or one that is about to be."""

    def __init__(self, library, group, listener):
        self.libcpg, self.listener = library, listener
        self.handle, self.descriptor, self.has_asked = c_uint64(), None, False
        self.inbox = []
        self.name = Name(len(group), group.encode())
        # The library calls these for as long as there is the handle.
        self.model = Model(
            MODEL_V1, DELIVER(self.deliver), CHANGE(self.change), RING(self.ring), INITIAL_RING)

    def connect(self):
        """True as soon as the daemon answers."""
        if self.descriptor is not None:
            return True
        if self.libcpg.cpg_model_initialize(
                byref(self.handle), MODEL_V1, byref(self.model), None) != OK:
            return False
        descriptor = c_int()
        check("cpg_fd_get", self.libcpg.cpg_fd_get(self.handle, byref(descriptor)))
        self.descriptor = descriptor.value
        return True

    def ask(self):
        """Asks to join; true as soon as the daemon has taken it. on_members tells when it is so."""
        if not self.has_asked:
            result = self.libcpg.cpg_join(self.handle, byref(self.name))
            self.has_asked = result != TRY_AGAIN and check("cpg_join", result)
        return self.has_asked

    def multicast(self, data):
        """False while the daemon takes nothing, as while a ring is formed: try again."""
        part = Part(cast(data, c_void_p), len(data))
        result = self.libcpg.cpg_mcast_joined(self.handle, AGREED, byref(part), 1)
        return result != TRY_AGAIN and check("cpg_mcast_joined", result)

    def dispatch(self):
        """Tells the listener all that has come; what had come before a failure too."""
        result = self.libcpg.cpg_dispatch(self.handle, DISPATCH_ALL)
        inbox, self.inbox = self.inbox, []
        for upcall, *what in inbox:
            upcall(*what)
        return result == TRY_AGAIN or check("cpg_dispatch", result)

    # The library's upcalls only note what has come: an error in one would go unnoticed.

    def deliver(self, handle, name, node, pid, data, length):
        data = string_at(data, length) if length else b""
        self.inbox.append((self.listener.on_message, node, data))

    def change(self, handle, name, members, count, left, lefts, joined, joins):
        members = [member.node for member in members[:count]]
        left = [member.node for member in left[:lefts]]
        is_join = any(member.reason == JOIN for member in joined[:joins])
        self.inbox.append((self.listener.on_members, members, left, is_join))

    def ring(self, handle, ring, count, nodes):
        self.inbox.append((self.listener.on_ring, ring.seq, ring.node, nodes[:count]))


def check(call, result):
    if result != OK:
        raise Failed(f"{call} failed with {result} (see corosync/corotypes.h)")
    return True
