"""A real store to be asked: Ceph's radosgw of Debian 12, downloaded and unpacked into a folder, nothing of it installed; one monitor, one
OSD in memory, one gateway on loopback. It checks signatures as S3 does, and answers some subresources with the wrong thing."""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time
import uuid

PACKAGES = ["radosgw", "ceph-mon", "ceph-osd", "ceph-common"]


class Missing(Exception):
    """It cannot be had here."""


def unpacked(folder, wanted=PACKAGES):
    """The root of what was unpacked; fetched once."""
    folder = pathlib.Path(folder).resolve()
    root = folder / "root"
    if (root / "complete").exists():
        return root
    if not shutil.which("apt-get"):
        raise Missing("no apt-get")
    (folder / "debs/partial").mkdir(parents=True, exist_ok=True)
    got = subprocess.run(["apt-get", "install", "-y", "-qq", "--download-only", "--no-install-recommends", "-o", "Debug::NoLocking=true",
                          "-o", f"Dir::Cache::archives={folder}/debs", *wanted], capture_output=True, text=True, check=False)
    packages = sorted((folder / "debs").glob("*.deb"))
    if got.returncode or not packages:
        raise Missing(f"{wanted[0]} cannot be downloaded: {got.stderr.strip()[-200:]}")
    for package in packages:
        subprocess.run(["dpkg", "-x", str(package), str(root)], check=True)
    (root / "complete").touch()
    return root


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


class Gateway:
    """`with Gateway(build / "ceph", scratch) as gateway: gateway.url, gateway.user("alice")`"""

    def __init__(self, packages, scratch, settings=""):
        self.root, self.place = unpacked(packages), pathlib.Path(scratch).resolve()
        self.place.mkdir(parents=True, exist_ok=True)
        self.port, self.mon = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.running = []
        lib = self.root / "usr/lib/x86_64-linux-gnu"
        self.environment = {**os.environ, "LD_LIBRARY_PATH": f"{lib}:{lib}/ceph:{self.root}/lib/x86_64-linux-gnu",
                            "PATH": f"{self.root}/usr/bin:/usr/bin:/bin", "PYTHONPATH": f"{self.root}/usr/lib/python3/dist-packages",
                            "CEPH_CONF": f"{self.place}/ceph.conf"}
        (self.place / "ceph.conf").write_text(f"""[global]
fsid = {uuid.uuid4()}
mon_host = v1:127.0.0.1:{self.mon}
ms_bind_msgr2 = false
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
auth_cluster_required = cephx
auth_service_required = cephx
auth_client_required = cephx
keyring = {self.place}/keyring
run_dir = {self.place}
admin_socket =
log_file = {self.place}/$name.log
mon_data = {self.place}/mon
osd_data = {self.place}/osd
osd_objectstore = memstore
memstore_device_bytes = 1073741824
osd_class_dir = {lib}/rados-classes
plugin_dir = {lib}/ceph
erasure_code_dir = {lib}/ceph/erasure-code
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pg_autoscale_mode = off
mon_warn_on_pool_no_redundancy = false
mon_max_pg_per_osd = 10000
osd_crush_chooseleaf_type = 0
osd_crush_update_on_start = false
rgw_frontends = beast endpoint=127.0.0.1:{self.port}
rgw_thread_pool_size = 32
rgw_enable_gc_threads = false
rgw_enable_lc_threads = false
{settings}
""")

    def tool(self, name, *words):
        done = subprocess.run([str(self.root / "usr/bin" / name), *words], env=self.environment, capture_output=True, text=True,
                              check=False, timeout=60)
        if done.returncode:
            raise Missing(f"{name} {' '.join(words)}: {done.stderr.strip()[-400:]}")
        return done.stdout

    def ceph(self, *words):
        done = subprocess.run(["/usr/bin/python3", str(self.root / "usr/bin/ceph"), "--connect-timeout", "20", *words], check=False,
                              env=self.environment, capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise Missing(f"ceph {' '.join(words)}: {done.stderr.strip()[-400:]}")
        return done.stdout

    def start(self, name, *words):
        with open(self.place / f"{name}.out", "wb") as out:
            self.running.append(subprocess.Popen([str(self.root / "usr/bin" / name), "-f", *words], env=self.environment,
                                                 stdin=subprocess.DEVNULL, stdout=out, stderr=out))

    def __enter__(self):
        try:
            keyring, unit = str(self.place / "keyring"), str(uuid.uuid4())
            for number, (who, *caps) in enumerate((
                    ("mon.", "mon", "allow *"), ("client.admin", "mon", "allow *", "osd", "allow *", "mgr", "allow *"),
                    ("osd.0", "mon", "allow profile osd", "osd", "allow *"), ("client.rgw", "mon", "allow rw", "osd", "allow rwx"))):
                given = [w for kind, what in zip(caps[::2], caps[1::2]) for w in ("--cap", kind, what)]
                self.tool("ceph-authtool", *([] if number else ["--create-keyring"]), keyring, "--gen-key", "-n", who, *given)
            self.tool("monmaptool", "--create", "--addv", "a", f"[v1:127.0.0.1:{self.mon}]", str(self.place / "map"))
            (self.place / "mon").mkdir()
            (self.place / "osd").mkdir()
            self.tool("ceph-mon", "--mkfs", "-i", "a", "--monmap", str(self.place / "map"), "--keyring", keyring)
            self.start("ceph-mon", "-i", "a", "--public-addr", f"v1:127.0.0.1:{self.mon}")
            self.ceph("osd", "new", unit, "0")
            self.ceph("osd", "crush", "add", "osd.0", "1", "root=default")
            self.tool("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", unit)
            self.start("ceph-osd", "-i", "0")
            self.start("radosgw", "-n", "client.rgw")
            for _ in range(600):
                if self.running[-1].poll() is not None:
                    raise Missing("radosgw ended: " + (self.place / "radosgw.out").read_text()[-300:])
                try:
                    socket.create_connection(("127.0.0.1", self.port), 1).close()
                    return self
                except OSError:
                    time.sleep(0.2)
            raise Missing("radosgw does not answer")
        except Exception:
            self.__exit__()
            raise

    def user(self, name):
        """(access key, secret)"""
        made = json.loads(self.tool("radosgw-admin", "-n", "client.rgw", "user", "create", f"--uid={name}", f"--display-name={name}"))
        return made["keys"][0]["access_key"], made["keys"][0]["secret_key"]

    def __exit__(self, *_):
        for process in reversed(self.running):
            process.send_signal(signal.SIGKILL)
            process.wait()
