"""A corosync of one's own: its configuration, its process, its last words."""
import ctypes
import hashlib
import os
import resource
import signal
import subprocess
from collections import deque
from pathlib import Path

PR_SET_PDEATHSIG = 1
PORT = 5405

CONF = """totem {{
    version: 2
    cluster_name: pepperland
    transport: {transport}
    crypto_cipher: {cipher}
    crypto_hash: {hash}
    keyfile: {folder}/authkey
    token: {token}
    token_coefficient: 0
    consensus: {consensus}
{interface}}}
nodelist {{
{nodes}}}
quorum {{
    provider: corosync_votequorum
}}
system {{
    move_to_root_cgroup: no
    sched_rr: no
    state_dir: {folder}/state
}}
logging {{
    to_stderr: yes
    to_syslog: no
    timestamp: hires
}}
"""

NODE = """    node {{
        ring0_addr: {address}
        nodeid: {number}
        name: {name}
    }}
"""

# Links that lose what others lose should not be taken for dead before the token is.
KNET = """    interface {{
        linknumber: 0
        knet_transport: udp
        knet_ping_interval: 200
        knet_ping_timeout: 500
        knet_ping_precision: 2048
        knet_pong_count: 1
    }}
"""

MULTICAST = """    interface {{
        ringnumber: 0
        bindnetaddr: {address}
        mcastaddr: 239.255.1.1
        mcastport: {port}
        ttl: 1
    }}
"""


def configuration(me, addresses, options, folder):
    """corosync.conf; see corosync.conf(5). One key a line, as its reader wants it."""
    interface = {"knet": KNET, "udp": MULTICAST, "udpu": ""}[options.transport]
    nodes = [
        NODE.format(address=address, number=number, name=name)
        for number, (name, address) in enumerate(addresses.items(), 1)
    ]
    return CONF.format(
        transport=options.transport, cipher="aes256" if options.crypto else "none",
        hash="sha256" if options.crypto else "none", folder=folder, token=options.token,
        consensus=options.consensus or options.token * 6 // 5, nodes="".join(nodes),
        interface=interface.format(address=addresses[me], port=PORT))


def key():
    """256 bytes that all nodes know. It is to tell damage, and keeps no secret."""
    return b"".join(hashlib.sha256(b"pepperland %d" % part).digest() for part in range(8))


class Daemon:
    """Corosync as a child: it ends with us. What it needs of /run and /dev/shm must be its own."""

    def __init__(self, me, addresses, options):
        folder = Path.cwd() / "corosync"
        (folder / "state").mkdir(parents=True, exist_ok=True)
        (folder / "authkey").write_bytes(key())
        (folder / "corosync.conf").write_text(configuration(me, addresses, options, folder))
        self.said = deque(maxlen=3)
        self.child = subprocess.Popen(
            ["corosync", "-f", "-c", folder / "corosync.conf"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=end_with_us)
        os.set_blocking(self.child.stdout.fileno(), False)
        self.log, self.end = self.child.stdout.fileno(), os.pidfd_open(self.child.pid)

    def pass_log(self):
        """Its log becomes ours. False at its end."""
        try:
            text = os.read(self.log, 1 << 16)
        except BlockingIOError:
            return True
        os.write(2, text)
        self.said.extend(line for line in text.decode(errors="replace").splitlines() if line)
        return bool(text)

    def last_words(self):
        """How it ended, and what it said before."""
        code = self.child.wait()
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with code {code}"
        while self.pass_log():
            pass
        *before, last = self.said or [""]
        return " | ".join([f"corosync ended {how}: {last}", *before])


def end_with_us():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
