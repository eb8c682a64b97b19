"""Downloads, tried against a server on this machine that behaves badly on request."""

from __future__ import annotations

import gzip
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from shared import data, datafiles
from shared.datafiles import DataDamaged, DataFile, DataUnavailable, obtain

BODY = np.random.default_rng(0).bytes(300_000)


@dataclass
class Home:
    """A server: what it serves by path, how it misbehaves, and which paths were asked for."""

    address: str
    bodies: dict[str, bytes] = field(default_factory=dict)
    fault: str = ""
    asked: list[str] = field(default_factory=list)
    sent: threading.Event = field(default_factory=threading.Event)

    def file(self, name: str = "set/file.gz", body: bytes = BODY) -> DataFile:
        """A published file that this home serves."""
        self.bodies[f"/{name}"] = body
        digest = hashlib.sha256(body).hexdigest()
        return DataFile(name, len(body), digest, (f"{self.address}/{name}",))


@pytest.fixture
def home() -> Iterator[Home]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            body = served.bodies.get(self.path)
            if body is None or served.fault == "missing":
                self.send_error(404)
                return
            self.send_response(200)
            if served.fault == "repacks" and "gzip" in self.headers.get("Accept-Encoding", ""):
                body = gzip.compress(body)
                self.send_header("Content-Encoding", "gzip")
            if served.fault == "declares":
                self.send_header("Content-Encoding", "gzip")
            if served.fault == "shortens":
                body = body[: len(body) // 2]
            if served.fault == "alters":
                body = body[:-1] + bytes([body[-1] ^ 1])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            half = len(body) // 2
            self.wfile.write(body[:half])
            self.wfile.flush()
            served.sent.set()
            if served.fault == "breaks off":
                return
            time.sleep({"slow": 0.7, "stuck": 20}.get(served.fault, 0))
            self.wfile.write(body[half:])

        def log_message(self, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    server.handle_error = lambda *args: None  # a killed client is one of the tests
    served = Home(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield served
    server.shutdown()
    server.server_close()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, no local folder, downloads allowed, no proxy in between."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("COURSE_CACHE", str(folder))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("COURSE_DATA", "COURSE_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    return folder


def kept(cache: Path) -> list[str]:
    """The files in the cache, locks apart."""
    return sorted(str(p.relative_to(cache)) for p in cache.rglob("*") if p.suffix != ".lock")


def test_is_a_file_downloaded_once_and_then_read_from_the_cache(home: Home, cache: Path) -> None:
    """Does the second call leave the network alone, and are the bytes the published ones?"""
    file = home.file()
    path = obtain(file)
    assert path == cache / "set/file.gz"
    assert path.read_bytes() == BODY
    assert obtain(file) == path
    assert home.asked == ["/set/file.gz"]
    assert kept(cache) == ["set", "set/file.gz"]


@pytest.mark.parametrize("fault", ["shortens", "alters"])
def test_is_a_wrong_download_refused_and_nothing_of_it_kept(
    home: Home, cache: Path, fault: str
) -> None:
    """A home that hands over other bytes: is it DataDamaged, naming file and remedy?"""
    file = home.file()
    home.fault = fault
    with pytest.raises(DataDamaged, match=r"set/file\.gz .*127\.0\.0\.1.*Try again"):
        obtain(file)
    assert kept(cache) == ["set"]


@pytest.mark.parametrize("fault", ["breaks off", "missing"])
def test_is_a_home_that_fails_reported_as_unavailable(home: Home, cache: Path, fault: str) -> None:
    """A connection that breaks, or a file that is gone: is the message about the network?"""
    file = home.file()
    home.fault = fault
    with pytest.raises(DataUnavailable, match=r"no answer from http://127.*COURSE_DATA=<folder>"):
        obtain(file)
    assert kept(cache) == ["set"]


def test_does_a_second_home_help_out(home: Home, cache: Path) -> None:
    """Is the next mirror tried after a home that is down and one that serves other bytes?"""
    file = home.file()
    home.bodies["/altered"] = b"<html>please log in</html>"
    homes = ("http://127.0.0.1:9/x", f"{home.address}/altered", *file.homes)
    assert obtain(DataFile(file.name, file.size, file.sha256, homes)).read_bytes() == BODY
    assert home.asked == ["/altered", "/set/file.gz"]
    assert kept(cache) == ["set", "set/file.gz"]


@pytest.mark.parametrize("fault", ["repacks", "declares"])
def test_is_a_gz_stored_as_published(home: Home, cache: Path, fault: str) -> None:
    """A server that would pack it once more, or calls it a packed transfer: the same bytes?"""
    body = gzip.compress(BODY)
    file = home.file(body=body)
    home.fault = fault
    assert obtain(file).read_bytes() == body


@pytest.mark.parametrize("damage", [BODY[:-7], BODY[:-1] + b"?"])
def test_is_a_damaged_copy_in_the_cache_replaced(home: Home, cache: Path, damage: bytes) -> None:
    """Cut short or altered on disk: is it downloaded again, and an error where that cannot be?"""
    file = home.file()
    path = cache / file.name
    path.parent.mkdir(parents=True)
    path.write_bytes(damage)
    local_only = DataFile(file.name, file.size, file.sha256)
    with pytest.raises(DataDamaged, match=r"set/file\.gz is damaged: .*Delete it"):
        obtain(local_only)
    home.fault = "missing"
    with pytest.raises(DataDamaged, match=r"Delete it"):
        obtain(file)
    home.fault = ""
    assert obtain(file).read_bytes() == BODY


def test_is_a_copy_that_changes_checked_again(home: Home, cache: Path) -> None:
    """The check is remembered: does a later change to the file still come to light?"""
    file = home.file()
    path = obtain(file)
    path.write_bytes(BODY[:-1] + b"?")
    os.utime(path, ns=(1, 1))
    assert obtain(file).read_bytes() == BODY
    assert len(home.asked) == 2


def test_does_the_local_folder_come_first_and_is_it_checked(
    home: Home, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """$COURSE_DATA: read without a download; if damaged, named, left alone and not passed over?"""
    file = home.file()
    local = tmp_path / "local" / file.name
    local.parent.mkdir(parents=True)
    local.write_bytes(BODY)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "local"))
    assert obtain(file) == local
    assert home.asked == []
    local.write_bytes(BODY[:1000])
    with pytest.raises(DataDamaged, match=r"1,000 bytes instead of 300,000.*fresh copy") as caught:
        obtain(file)
    assert str(local) in str(caught.value)
    assert local.read_bytes() == BODY[:1000]
    assert home.asked == []


def test_does_offline_mean_no_request(
    home: Home, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """COURSE_OFFLINE=1: no request, and an error that says why?"""
    file = home.file()
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    with pytest.raises(DataUnavailable, match="COURSE_OFFLINE forbids"):
        obtain(file)
    assert home.asked == []
    monkeypatch.setenv("COURSE_OFFLINE", "0")
    assert obtain(file).is_file()


def test_is_a_local_folder_that_does_not_exist_pointed_out(
    home: Home, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip in COURSE_DATA: an error that names it, in place of a download nobody asked for?"""
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(DataUnavailable, match=r"nowhere, which is no folder"):
        obtain(home.file())
    assert home.asked == []


def test_is_a_cache_that_cannot_be_written_reported(
    home: Home, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file where the cache folder should be: unavailable, with the reason?"""
    (tmp_path / "plain").write_text("x")
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "plain"))
    with pytest.raises(DataUnavailable, match="cache cannot be written"):
        obtain(home.file())


PROGRAM = """
import sys
from pathlib import Path
from shared.datafiles import DataFile, obtain
name, size, sha, home = sys.argv[1:]
print(obtain(DataFile(name, int(size), sha, (home,))).stat().st_size)
"""


def start(file: DataFile) -> subprocess.Popen:
    arguments = [file.name, str(file.size), file.sha256, *file.homes]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_do_two_processes_at_once_download_only_once(home: Home, cache: Path) -> None:
    """Both want the same file: one downloads, the other waits and says so, both get it whole?"""
    file = home.file()
    home.fault = "slow"
    both = [start(file), start(file)]
    said = [process.communicate(timeout=30) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert [out.splitlines()[-1] for out, _ in said] == ["300000", "300000"]
    assert sum("another process is downloading it" in err for _, err in said) == 1
    assert home.asked == ["/set/file.gz"]
    assert (cache / file.name).read_bytes() == BODY
    assert kept(cache) == ["set", "set/file.gz"]


def test_does_a_killed_download_leave_nothing_that_is_read(home: Home, cache: Path) -> None:
    """Killed half-way: no file under its name, and the next process gets it whole and tidies up?"""
    file = home.file()
    home.fault = "stuck"
    process = start(file)
    assert home.sent.wait(20)
    time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=10)
    assert not (cache / file.name).exists()
    assert any(".partial" in name for name in kept(cache))  # it really was half-way
    home.fault = ""
    assert obtain(file).read_bytes() == BODY
    assert kept(cache) == ["set", "set/file.gz"]


def idx(array: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return gzip.compress(header + array.tobytes(), 1)


def test_does_a_whole_data_set_come_over_the_network(
    home: Home, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A set of MNIST's shape from a home to splits: does every image keep its own label?"""
    files = {}
    for prefix, size in (("train", 60_000), ("t10k", 10_000)):
        numbers = np.arange(size)
        images = np.zeros((size, 28, 28), np.uint8)
        images[:, 0, 0], images[:, 0, 1] = numbers // 256, numbers % 256
        for name, array in (
            (f"{prefix}-images-idx3-ubyte", images),
            (f"{prefix}-labels-idx1-ubyte", (numbers % 10).astype(np.uint8)),
        ):
            files[name] = home.file(f"mnist/{name}.gz", idx(array))
    monkeypatch.setattr(datafiles, "MNIST", files)
    mnist = data.load("auto", fallback=False)
    unseen = data.load_unseen("mnist", fallback=False)
    assert len(home.asked) == 4
    seen = {}
    parts = (mnist.train, mnist.calibration, mnist.validation, mnist.test, unseen)
    for split, size in zip(parts, (53_000, 1_000, 6_000, 8_000, 2_000), strict=True):
        assert len(split) == size
        pixels = np.rint(split.images[:, 0, :2, 0] * 255).astype(int)
        numbers = pixels[:, 0] * 256 + pixels[:, 1]
        assert (numbers % 10 == split.labels).all()
        seen[id(split)] = set(numbers.tolist())
    train, calibration, validation, test, kept_back = seen.values()
    assert train | calibration | validation == set(range(60_000))
    assert test | kept_back == set(range(10_000))


def test_is_what_takes_long_to_make_made_once(cache: Path, capsys: pytest.CaptureFixture) -> None:
    """Made, kept, and read from then on; made anew where the copy is damaged?"""
    file, made = DataFile("set/rows.bin", len(BODY), hashlib.sha256(BODY).hexdigest()), []

    def make() -> bytes:
        made.append(1)
        return BODY

    for _ in range(2):
        assert datafiles.kept(file, make) == BODY
    assert made == [1]
    (cache / file.name).write_bytes(BODY[:-1] + b"?")
    assert datafiles.kept(file, make) == BODY
    assert made == [1, 1]
    assert kept(cache) == ["set", "set/rows.bin"]
    assert (cache / file.name).read_bytes() == BODY
    assert capsys.readouterr().err == ""


def test_is_nothing_kept_that_is_not_the_file(cache: Path) -> None:
    """Something else is made (other files in the local folder): handed over, but not kept?"""
    file = DataFile("set/rows.bin", len(BODY), hashlib.sha256(BODY).hexdigest())
    assert datafiles.kept(file, lambda: b"other rows") == b"other rows"
    assert kept(cache) == []


def test_does_a_cache_that_cannot_be_written_only_cost_time(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """A file where the cache folder should be: the rows all the same, and one line about it?"""
    (tmp_path / "plain").write_text("x")
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "plain"))
    file = DataFile("set/rows.bin", len(BODY), hashlib.sha256(BODY).hexdigest())
    assert datafiles.kept(file, lambda: BODY) == BODY
    assert "set/rows.bin is not kept" in capsys.readouterr().err
