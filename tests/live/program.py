"""why403, run as a user runs it: nothing of the machine's own configuration, no metadata of an instance, only what the test says."""
import json
import os
import pathlib
import subprocess
import tempfile
import time

SECRET = "sEcReT+/=of/the+tests0123456789abcdefghi"
ACCOUNT = "111122223333"
KEPT = ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "WHY403_LIVE_MODULE", "LD_LIBRARY_PATH")


class Done:
    """How a run ended."""

    def __init__(self, status, out, err, memory):
        self.status, self.out, self.err, self.memory = status, out, err, memory

    def said(self):
        return f"exit {self.status}\n{self.out}\n{self.err}"


class Program:
    def __init__(self, path, scratch=None):
        self.path = str(pathlib.Path(path).resolve())
        self.held = tempfile.TemporaryDirectory(prefix="w403-live-") if scratch is None else None
        self.scratch = pathlib.Path(scratch or self.held.name).resolve()
        self.home = self.scratch / "home"
        self.home.mkdir(parents=True, exist_ok=True)
        self.sanitized = b"__asan_init" in pathlib.Path(self.path).read_bytes()
        self.number = 0

    def folder(self):
        """A name that is not there yet."""
        self.number += 1
        return self.scratch / f"out{self.number}"

    def environment(self, server=None, account=ACCOUNT, region="us-east-1", suffix="TEST", **more):
        """More of None: taken out."""
        made = {"PATH": "/usr/bin:/bin", "HOME": str(self.home), "LC_ALL": "C.UTF-8", "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_REGION": region, **{n: os.environ[n] for n in KEPT if n in os.environ}}
        if account:
            made.update(AWS_ACCESS_KEY_ID=f"AKIA{account}{suffix}", AWS_SECRET_ACCESS_KEY=SECRET)
        if server:
            made["AWS_ENDPOINT_URL"] = server.url
        made.update(more)
        return {n: v for n, v in made.items() if v is not None}

    def start(self, *words, environment, **more):
        return subprocess.Popen([self.path, *map(str, words)], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, cwd=more.pop("cwd", self.scratch), **more)

    def run(self, *words, environment, timeout=120, **more):
        out, err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        process = subprocess.Popen([self.path, *map(str, words)], env=environment, stdin=more.pop("stdin", subprocess.DEVNULL), stdout=out,
                                   stderr=err, cwd=more.pop("cwd", self.scratch), **more)
        end, memory = time.monotonic() + timeout, 0
        while process.poll() is None:
            memory = resident(process.pid) or memory
            if time.monotonic() > end:
                process.kill()
                process.wait()
                raise AssertionError(f"why403 {' '.join(map(str, words))} does not end")
            time.sleep(0.005)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode("utf-8", "backslashreplace"))
            file.close()
        for trace in ("AddressSanitizer", "LeakSanitizer", "runtime error:"):
            assert trace not in texts[1], texts[1][-3000:]
        assert process.returncode >= 0, f"killed by signal {-process.returncode}: {texts[1][-2000:]}"
        for text in texts:
            no_secret(text, "what it printed")
        return Done(process.returncode, *texts, memory)


def resident(pid):
    """The most that it had so far, in bytes; what wait4 tells is what the parent had when it forked, if that was more."""
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
    except OSError:
        pass
    return 0


def no_secret(text, where, more=()):
    for secret in (SECRET, "sessionsecret", "sessiontoken", *more):
        assert secret not in text, f"a secret is in {where}"


def files_of(folder):
    """path -> value of a collected folder; nothing else is in it, and nothing of it is half."""
    found = {}
    for path in sorted(pathlib.Path(folder).rglob("*")):
        name = path.relative_to(folder).as_posix()
        mode = path.lstat().st_mode & 0o777
        assert not path.is_symlink(), f"{name} is a link"
        if path.is_dir():
            assert mode == 0o700, f"{name} has mode {mode:o}"
            continue
        assert mode == 0o600, f"{name} has mode {mode:o}"
        assert path.suffix == ".json" and not path.name.startswith("."), f"{name} was left"
        text = path.read_bytes().decode()
        no_secret(text, name)
        found[name] = json.loads(text) if text.strip() else {}
    return found
