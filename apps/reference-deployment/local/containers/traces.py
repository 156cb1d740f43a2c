"""What podman and its network plugins leave on this machine, outside of our folder, when the last container has gone.

All podmans of the machine share it: it is removed when none of them runs, and only what is as the plugins leave it.
"""

import contextlib
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

# Rules and chains that the network plugins make once; those of a container go with it.
FIREWALL = {
    "filter": (
        ":CNI-ADMIN -",
        ":CNI-FORWARD -",
        '-A FORWARD -m comment --comment "CNI firewall plugin rules" -j CNI-FORWARD',
        '-A CNI-FORWARD -m comment --comment "CNI firewall plugin admin overrides" -j CNI-ADMIN',
    ),
    "nat": (
        ":CNI-HOSTPORT-DNAT -",
        ":CNI-HOSTPORT-MASQ -",
        ":CNI-HOSTPORT-SETMARK -",
        "-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT",
        "-A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT",
        '-A POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ',
        "-A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE",
        '-A CNI-HOSTPORT-SETMARK -m comment --comment "CNI portfwd masquerade mark" -j MARK --set-xmark 0x2000/0x2000',
    ),
}


def remove(root: Path = Path("/")) -> None:
    if _podman_runs():
        return
    forget_addresses(root)
    forget_blobs(root)
    _unmount_namespaces(root)
    for name in ("run/runc", "run/mount"):
        _remove_if_empty(root / name)
    forget_groups(root / "sys/fs/cgroup")
    for table in FIREWALL:
        saved = _run("iptables-save", "-t", table)
        for change in firewall_changes(table, saved.splitlines()):
            _run("iptables", *change)


def forget_addresses(root: Path) -> None:
    """The notes of the network plugins about addresses of containers, for each network in which no container is left."""
    notes = root / "var/lib/cni"
    for network in (notes / "networks").glob("*"):
        if all(file.name == "lock" or file.name.startswith("last_reserved_ip") for file in network.iterdir()):
            for file in network.iterdir():
                file.unlink(missing_ok=True)
            _remove_if_empty(network)
    for folder in (notes / "networks", notes / "results", notes):
        _remove_if_empty(folder)


def forget_blobs(root: Path) -> None:
    """The one file that podman keeps where the user's podman lives, wherever its own folder is; unless that one is in use."""
    containers = root / "var/lib/containers"
    if not (containers / "storage").exists():
        (containers / "cache" / "blob-info-cache-v1.boltdb").unlink(missing_ok=True)
        _remove_if_empty(containers / "cache")
        _remove_if_empty(containers)


def forget_groups(root: Path) -> None:
    """The control groups above those of the containers, in the one tree of version 2 or in each tree of version 1."""
    for groups in (root / "libpod_parent", *root.glob("*/libpod_parent")):
        for folder in (*groups.glob("*/"), groups):
            _remove_if_empty(folder)


def firewall_changes(table: str, saved: list[str]) -> list[list[str]]:
    """The options of iptables that remove the plugins' rules and chains; none while there is one that is not theirs alone."""
    lines = [re.sub(r" \[\d+:\d+\]$", "", line) for line in saved if "CNI-" in line]
    if not set(lines) <= set(FIREWALL[table]):
        return []
    rules = [["-t", table, "-D", *shlex.split(line)[1:]] for line in lines if line.startswith("-A ")]
    chains = [["-t", table, "-X", line[1:].split()[0]] for line in lines if line.startswith(":")]
    return rules + chains


def unmount(folder: Path) -> None:
    """Unmounts a folder, as often as something is mounted on it. A mount of a folder on itself is seen in this list alone."""
    mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    for _ in range(mounts.count(str(folder))):
        _run("umount", "--no-mtab", str(folder))


def _podman_runs() -> bool:
    """True while a podman, or the monitor of one of its containers, runs on this machine."""
    return any(Path(command[0]).name in ("podman", "conmon") for command in commands())


def commands() -> Iterator[list[str]]:
    """The command lines of all processes of this machine; one that has ended has none."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = file.read_bytes().decode(errors="replace").split("\0")
            if words[0]:
                yield words


def _unmount_namespaces(root: Path) -> None:
    """The folder of containers' network namespaces, which a plugin mounts on itself."""
    folder = root / "run/netns"
    if folder.is_dir() and not any(folder.iterdir()):
        unmount(folder)
        _remove_if_empty(folder)


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()


def _run(*command: str) -> str:
    """What a command prints; nothing when it is not there or fails."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30).stdout
    return ""
