#!/usr/bin/env python3
"""A CONNECT proxy that ends TLS with certificates of a CA of its own, made now by the openssl command, and hands what it reads to the
replay server: clients talk to `s3.us-east-1.amazonaws.com` and the like, by HTTPS_PROXY and AWS_CA_BUNDLE, without any DNS.
`tls_proxy.py PORT_OF_THE_SERVER FOLDER` prints {"proxy", "bundle"}; in a test: `with Proxy(server.port, folder) as proxy`."""
import json
import pathlib
import re
import socket
import socketserver
import ssl
import subprocess
import sys
import threading

# What a certificate may have wrong: the way that it is asked for, by host.
TROUBLES = ("wrong-host", "expired", "self-signed", "not-yet")


def openssl(*words, given=None):
    done = subprocess.run(["openssl", *words], input=given, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"openssl {' '.join(words)}: {done.stderr.decode()}")
    return done.stdout


class Authority:
    """A CA in a folder, and certificates of it by host."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.bundle, self.key, self.leaf_key = (self.folder / n for n in ("ca.pem", "ca.key", "leaf.key"))
        self.lock, self.contexts = threading.Lock(), {}
        for key in (self.key, self.leaf_key):
            openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(key))
        self.authority(self.bundle, self.key)

    def authority(self, place, key):
        openssl("req", "-x509", "-new", "-key", str(key), "-days", "2", "-subj", "/CN=Test CA", "-out", str(place), "-addext",
                "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")

    def certificate(self, host, trouble):
        name = re.sub("[^a-z0-9.-]", "_", host) + (f".{trouble}" if trouble else "")
        place, request, extra = (self.folder / f"{name}{end}" for end in (".pem", ".csr", ".ext"))
        told = "other.example.com" if trouble == "wrong-host" else host
        kind = "IP" if re.fullmatch(r"[0-9.]+", told) else "DNS"
        extra.write_text(f"subjectAltName={kind}:{told}\nbasicConstraints=CA:FALSE\n")
        if trouble == "self-signed":
            openssl("req", "-x509", "-new", "-key", str(self.leaf_key), "-days", "2", "-subj", "/CN=leaf", "-out", str(place),
                    "-addext", f"subjectAltName={kind}:{told}")
            return place
        openssl("req", "-new", "-key", str(self.leaf_key), "-subj", "/CN=leaf", "-out", str(request))
        if trouble in ("expired", "not-yet"):
            dates = ("20200101000000Z", "20200102000000Z") if trouble == "expired" else ("20400101000000Z", "20400102000000Z")
            (self.folder / f"{name}.index").write_text("")
            (self.folder / f"{name}.serial").write_text("02\n")
            config = (f"[ca]\ndefault_ca=d\n[d]\ndatabase={self.folder}/{name}.index\nserial={self.folder}/{name}.serial\n"
                      f"new_certs_dir={self.folder}\ndefault_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n")
            (self.folder / f"{name}.cnf").write_text(config)
            openssl("ca", "-batch", "-config", str(self.folder / f"{name}.cnf"), "-in", str(request), "-out", str(place), "-cert",
                    str(self.bundle), "-keyfile", str(self.key), "-startdate", dates[0], "-enddate", dates[1], "-extfile", str(extra),
                    "-notext")
            return place
        openssl("x509", "-req", "-in", str(request), "-CA", str(self.bundle), "-CAkey", str(self.key), "-CAcreateserial", "-days", "2",
                "-extfile", str(extra), "-out", str(place))
        return place

    def context(self, host, trouble=None):
        with self.lock:
            if (host, trouble) not in self.contexts:
                made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                made.load_cert_chain(self.certificate(host, trouble), self.leaf_key)
                self.contexts[host, trouble] = made
            return self.contexts[host, trouble]


class Tunnel(socketserver.StreamRequestHandler):
    rbufsize = 0
    disable_nagle_algorithm = True

    def handle(self):
        proxy = self.server.proxy
        try:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                piece = self.connection.recv(1)
                if not piece:
                    return
                head += piece
            first = head.decode("latin-1").split("\r\n", 1)[0]
            found = re.match(r"CONNECT ([^ :]+):(\d+) HTTP/1\.[01]$", first)
            with proxy.lock:
                proxy.asked.append(first)
                proxy.heads.append(head.decode("latin-1"))
            if not found or found[2] != "443" or not proxy.allowed.fullmatch(found[1]):
                self.connection.sendall(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")
                return
            self.connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            trouble = next((t for pattern, t in proxy.troubles.items() if re.search(pattern, found[1])), None)
            with proxy.authority.context(found[1], trouble).wrap_socket(self.connection, server_side=True) as inside:
                proxy.handshakes[found[1]] = proxy.handshakes.get(found[1], 0) + 1
                with socket.create_connection(("127.0.0.1", proxy.backend)) as outside:
                    outside.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    back = threading.Thread(target=self.copy, args=(outside, inside), daemon=True)
                    back.start()
                    self.copy(inside, outside)
                    back.join(2)
        except (OSError, ssl.SSLError) as error:
            with proxy.lock:
                proxy.failed.append(str(error))

    @staticmethod
    def copy(source, sink):
        try:
            while piece := source.recv(1 << 16):
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
        except (OSError, ValueError):
            pass


class Proxy:
    """`troubles`: {pattern of hosts: one of TROUBLES}; `allowed`: the names that are let through at all."""

    def __init__(self, backend, folder, troubles=None, allowed=r".*"):
        self.backend, self.troubles, self.allowed = backend, troubles or {}, re.compile(allowed)
        self.authority = folder if isinstance(folder, Authority) else Authority(folder)
        self.bundle = str(self.authority.bundle)
        self.asked, self.heads, self.failed, self.handshakes, self.lock = [], [], [], {}, threading.Lock()
        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self.listener = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tunnel, bind_and_activate=False)
        self.listener.daemon_threads, self.listener.block_on_close, self.listener.request_queue_size = True, False, 256
        self.listener.server_bind()
        self.listener.server_activate()
        self.listener.proxy = self
        self.url = f"http://127.0.0.1:{self.listener.server_address[1]}"

    def hosts(self):
        return sorted({line.split(" ")[1].rsplit(":", 1)[0] for line in self.asked if line.startswith("CONNECT ")})

    def __enter__(self):
        threading.Thread(target=self.listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown()
        self.listener.server_close()


def main():
    with Proxy(int(sys.argv[1]), sys.argv[2]) as proxy:
        print(json.dumps({"proxy": proxy.url, "bundle": proxy.bundle}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
