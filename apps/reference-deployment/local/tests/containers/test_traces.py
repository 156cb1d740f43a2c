import pytest

from containers import traces

NAT = [
    "*nat",
    ":PREROUTING ACCEPT [12:720]",
    ":CNI-HOSTPORT-DNAT - [0:0]",
    ":CNI-HOSTPORT-MASQ - [7:420]",
    "-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT",
    '-A POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ',
    "-A POSTROUTING -s 192.168.0.0/24 -j MASQUERADE",
    "COMMIT",
]


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """The root of a file system on which nothing of podman runs."""
    monkeypatch.setattr(traces, "_podman_runs", lambda: False)
    monkeypatch.setattr(traces, "_run", lambda *command: "")
    return tmp_path


def put(root, *files):
    for file in files:
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def left(root):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() or not any(path.iterdir()))


def test_what_the_plugins_and_podman_leave_is_removed(machine):
    put(machine, "var/lib/cni/networks/podman/lock", "var/lib/cni/networks/podman/last_reserved_ip.0")
    put(machine, "var/lib/containers/cache/blob-info-cache-v1.boltdb")
    for folder in ("var/lib/cni/results", "run/netns", "run/runc", "sys/fs/cgroup/memory/libpod_parent/conmon"):
        (machine / folder).mkdir(parents=True)
    traces.remove(machine)
    assert left(machine) == ["run", "sys/fs/cgroup/memory", "var/lib"]


def test_what_somebody_uses_stays(machine):
    used = [
        "run/netns/vpn",
        "run/runc/c1/state.json",
        "sys/fs/cgroup/libpod_parent/libpod-1/tasks",
        "var/lib/cni/networks/podman/10.88.0.2",
        "var/lib/cni/networks/podman/lock",
        "var/lib/containers/cache/blob-info-cache-v1.boltdb",
        "var/lib/containers/storage/storage.lock",
    ]
    put(machine, *used)
    traces.remove(machine)
    assert left(machine) == used


def test_nothing_is_removed_while_a_podman_runs(machine, monkeypatch):
    monkeypatch.setattr(traces, "_podman_runs", lambda: True)
    put(machine, "var/lib/cni/networks/podman/lock")
    traces.remove(machine)
    assert left(machine) == ["var/lib/cni/networks/podman/lock"]


def test_the_plugins_rules_are_removed_before_their_chains_and_no_others():
    assert traces.firewall_changes("nat", NAT) == [
        ["-t", "nat", "-D", "PREROUTING", "-m", "addrtype", "--dst-type", "LOCAL", "-j", "CNI-HOSTPORT-DNAT"],
        ["-t", "nat", "-D", "POSTROUTING", *comment("CNI portfwd requiring masquerade"), "-j", "CNI-HOSTPORT-MASQ"],
        ["-t", "nat", "-X", "CNI-HOSTPORT-DNAT"],
        ["-t", "nat", "-X", "CNI-HOSTPORT-MASQ"],
    ]


def comment(text):
    return ["-m", "comment", "--comment", text]


@pytest.mark.parametrize(
    "used",
    [
        ":CNI-DN-5e1a0f - [0:0]",
        "-A CNI-HOSTPORT-DNAT -p tcp -m multiport --dports 8080 -j CNI-DN-5e1a0f",
        "-A POSTROUTING -s 10.88.0.2/32 -j CNI-1f0b7c",
    ],
)
def test_rules_stay_while_a_container_or_another_program_uses_them(used):
    assert traces.firewall_changes("nat", [*NAT, used]) == []
