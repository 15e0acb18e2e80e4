"""The embedded Redis: a doorbell and a cache on a loopback port, holding nothing that may not be
lost. Unix sockets would do too, but each client library spells their addresses differently."""

import os
import signal
import socket
import time
from pathlib import Path

import psutil

from core.embedded.account import Account
from core.embedded.errors import explained
from core.embedded.folder import DataFolder
from core.embedded.keyring import Keyring
from core.embedded.programs import redis_program

HOST = "127.0.0.1"
START_SECONDS = 10
STOP_SECONDS = 10
GRACE_SECONDS = 2
"""How long a started server may take to write down its process number."""

SETTINGS = """\
bind {host}
port {port}
requirepass {password}
dir "{folder}"
pidfile "{folder}/redis.pid"
logfile "{log}"
daemonize yes
save ""
appendonly no
maxmemory-policy noeviction
tcp-backlog 128
"""


def saved_port(folder: DataFolder) -> int | None:
    """The port of the last start; it is kept so that addresses stay valid over a restart."""
    try:
        return int((folder.run / "redis.port").read_text())
    except (OSError, ValueError):
        return None


def is_running(folder: DataFolder, keyring: Keyring) -> bool:
    """Whether our Redis (the one that knows our password) answers."""
    port = saved_port(folder)
    return port is not None and _command(port, keyring, "PING") == b"+PONG"


def _command(port: int, keyring: Keyring, command: str) -> bytes | None:
    """Log in and send one command without arguments; its first reply line, None if no answer."""
    try:
        with socket.create_connection((HOST, port), timeout=2) as connection:
            connection.sendall(f"AUTH {keyring.redis_password}\r\n{command}\r\n".encode())
            replies = connection.makefile("rb")
            if replies.readline().strip() != b"+OK":
                return None
            return replies.readline().strip()
    except OSError:
        return None


def _free_port(wanted: int | None) -> int:
    """The wanted port if nobody listens there, else one the system gives."""
    for port in (wanted or 0, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return 0


def start(folder: DataFolder, account: Account, keyring: Keyring) -> None:
    """Start the server and wait until it answers. Call under the life-cycle lock."""
    account.begin_log(folder.redis_log)
    wanted = saved_port(folder)
    said = ""
    for _ in range(3):  # another program may take the free port between our look and the start
        port = _free_port(wanted)
        wanted = None
        _write_settings(folder, account, keyring, port)
        (folder.run / "redis.port").write_text(str(port))
        result = account.run([redis_program(), str(folder.run / "redis.conf")])
        said = result.stdout.decode("utf-8", "replace").strip()
        if result.returncode == 0 and _answers_in_time(folder, keyring):
            return
    raise explained(f"The embedded Redis does not start. {said}".strip(), folder.redis_log)


def _answers_in_time(folder: DataFolder, keyring: Keyring) -> bool:
    """Wait for the first answer; give up when the process is gone or START_SECONDS passed."""
    begun = time.monotonic()
    while time.monotonic() < begun + START_SECONDS:
        if is_running(folder, keyring):
            return True
        if time.monotonic() > begun + GRACE_SECONDS and _process(folder) is None:
            return False
        time.sleep(0.02)
    return False


def _write_settings(folder: DataFolder, account: Account, keyring: Keyring, port: int) -> None:
    path = folder.run / "redis.conf"
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(
        SETTINGS.format(
            host=HOST,
            port=port,
            password=keyring.redis_password,
            folder=_quoted(folder.run),
            log=_quoted(folder.redis_log),
        )
    )
    account.own(path)


def _quoted(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace('"', '\\"')


def _process(folder: DataFolder) -> psutil.Process | None:
    try:
        process = psutil.Process(int((folder.run / "redis.pid").read_text()))
        return process if "redis-server" in process.cmdline()[0] else None
    except (OSError, ValueError, IndexError, psutil.Error):
        return None


def stop(folder: DataFolder, keyring: Keyring) -> None:
    """Stop the server. No-op when it is not running."""
    port = saved_port(folder)
    process = _process(folder)
    if port is not None:
        _command(port, keyring, "SHUTDOWN NOSAVE")
    if process is None:
        return
    deadline = time.monotonic() + STOP_SECONDS
    while not _has_ended(process):
        if time.monotonic() > deadline:
            os.kill(process.pid, signal.SIGKILL)
            return
        time.sleep(0.01)


def _has_ended(process: psutil.Process) -> bool:
    """Ended, or only waiting to be buried: in a container process 1 may take its time, or never."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
