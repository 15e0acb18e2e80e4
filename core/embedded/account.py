"""The operating system account the servers run as.

PostgreSQL refuses to run as root. Started by root, both servers run as an ordinary account that
is already there; no account is made. That account must be able to walk to the data folder and to
the programs, which may lie below a closed folder such as /root: it alone is let through, by an
access entry on each closed folder (or by opening the folder for walking, where the file system has
no such entries).
"""

import os
import pwd
import stat
import struct
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.embedded.errors import EmbeddedError

LOG_LIMIT = 16 * 1024 * 1024
"""Bytes after which a server's log is begun anew at its next start."""

CANDIDATES = ("postgres", "nobody")

# Linux's format of the extended attribute behind getfacl/setfacl (linux/posix_acl_xattr.h).
_ACL_ATTRIBUTE = "system.posix_acl_access"
_ACL_VERSION = 2
_USER_OBJ, _USER, _GROUP_OBJ, _GROUP, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
_NO_ID = 0xFFFFFFFF
_WALK = 1


@dataclass(frozen=True)
class Account:
    """Whom to run servers as; `uid` None means: as ourselves."""

    uid: int | None
    gid: int | None

    def run(
        self, command: Sequence[str], *, env: dict[str, str] | None = None, timeout: float = 300
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a server's program to its end, keeping what it printed.

        Raises EmbeddedError when the account cannot be used or the program cannot be started.
        """
        try:
            return subprocess.run(  # noqa: S603 - programs of the two wheels, no outside input
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={**os.environ, "LC_ALL": "C", **(env or {})},
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
                umask=0o077,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise EmbeddedError(f"{command[0]} did not finish within {timeout:.0f} s.") from error
        except OSError as error:
            raise EmbeddedError(
                f"{command[0]} cannot be started: {error.strerror}. "
                "Run as an ordinary user, or set DATABASE_URL and REDIS_URL to servers of your own."
            ) from error

    def own(self, path: Path) -> None:
        """Give one file or folder to the account."""
        if self.uid is not None:
            os.chown(path, self.uid, -1 if self.gid is None else self.gid)

    def begin_log(self, log: Path) -> None:
        """A log the account may write; a long one of former runs is put aside."""
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.before"))
        log.touch(mode=0o600)
        self.own(log)

    def let_through(self, path: Path) -> None:
        """Let the account walk every folder above `path`, and `path` itself if it is one."""
        if self.uid is None:
            return
        for step in (*reversed(path.parents), path):
            if step.is_dir() and not _may_walk(step.stat(), self.uid, self.gid):
                _open_for(step, self.uid)


def service_account(cluster: Path) -> Account:
    """Ourselves, or for root the owner of an existing cluster, else an ordinary account."""
    if os.geteuid() != 0:
        _check_own_name()
        return Account(uid=None, gid=None)
    if cluster.exists() and cluster.stat().st_uid != 0:
        owner = cluster.stat()
        return Account(uid=owner.st_uid, gid=owner.st_gid)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(uid=entry.pw_uid, gid=entry.pw_gid)
    raise EmbeddedError(
        "PostgreSQL does not run as root, and this machine has neither a user 'postgres' nor "
        "'nobody'. Run as an ordinary user, or set DATABASE_URL."
    )


def _check_own_name() -> None:
    """initdb asks for the name of its account; a container's bare user number has none."""
    uid = os.geteuid()
    try:
        pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedError(
            f"The user {uid} has no name on this machine, and PostgreSQL does not start without "
            f"one. Add a line for {uid} to /etc/passwd, run as another user, or set DATABASE_URL."
        ) from None


def _may_walk(info: os.stat_result, uid: int, gid: int | None) -> bool:
    if info.st_uid == uid:
        return bool(info.st_mode & stat.S_IXUSR)
    if info.st_gid == gid:
        return bool(info.st_mode & stat.S_IXGRP)
    return bool(info.st_mode & stat.S_IXOTH)


def _open_for(folder: Path, uid: int) -> None:
    try:
        _add_walk_entry(folder, uid)
    except (OSError, AttributeError, struct.error):
        # No access entries on this file system: walking (not listing) is opened for all.
        folder.chmod(stat.S_IMODE(folder.stat().st_mode) | stat.S_IXOTH)


def _add_walk_entry(folder: Path, uid: int) -> None:
    """`setfacl -m u:<uid>:x <folder>` without needing the tool."""
    entries = _read_entries(folder)
    entries = [entry for entry in entries if (entry[0], entry[2]) != (_USER, uid)]
    entries.append((_USER, _WALK, uid))
    mask = 0
    for tag, permissions, _ in entries:
        if tag in (_USER, _GROUP_OBJ, _GROUP):
            mask |= permissions
    entries = [entry for entry in entries if entry[0] != _MASK] + [(_MASK, mask, _NO_ID)]
    packed = b"".join(struct.pack("<HHI", *entry) for entry in sorted(entries, key=_order))
    os.setxattr(folder, _ACL_ATTRIBUTE, struct.pack("<I", _ACL_VERSION) + packed)


def _order(entry: tuple[int, int, int]) -> tuple[int, int]:
    return entry[0], entry[2]


def _read_entries(folder: Path) -> list[tuple[int, int, int]]:
    try:
        raw = os.getxattr(folder, _ACL_ATTRIBUTE)
    except OSError:
        mode = folder.stat().st_mode
        return [
            (_USER_OBJ, mode >> 6 & 7, _NO_ID),
            (_GROUP_OBJ, mode >> 3 & 7, _NO_ID),
            (_OTHER, mode & 7, _NO_ID),
        ]
    return list(struct.iter_unpack("<HHI", raw[4:]))
