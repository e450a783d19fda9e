"""A real sshd on loopback for one test: its own keys, its own port, nothing of the machine's."""

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PATIENCE_S = 10.0
_TOOLS = ("sshd", "ssh", "ssh-keygen")
_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))


def why_no_sshd() -> str | None:
    """Return what is missing to run one; None if nothing is."""
    missing = [name for name in _TOOLS if shutil.which(name, path=_PATH) is None]
    if missing:
        return f"{', '.join(missing)} not installed"
    if os.geteuid() == 0 and not Path("/run/sshd").is_dir():
        return "sshd of root needs /run/sshd"
    return None


@dataclass(frozen=True, slots=True)
class SshDaemon:
    """Where it listens, and how to come in."""

    port: int
    folder: Path

    def command(self, words: Sequence[str]) -> list[str]:
        """Return the command line that runs these words over there, on a terminal."""
        options = {
            "IdentityFile": self.folder / "user",
            "IdentitiesOnly": "yes",
            "StrictHostKeyChecking": "no",
            "UserKnownHostsFile": os.devnull,
            "LogLevel": "ERROR",
            "EscapeChar": "none",
        }
        chosen = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        where = ["-p", str(self.port), f"{getpass.getuser()}@127.0.0.1"]
        return [_tool("ssh"), "-F", os.devnull, "-tt", *chosen, *where, *words]


@contextmanager
def ssh_daemon(folder: Path) -> Iterator[SshDaemon]:
    """Serve the present user's own key from a folder meanwhile."""
    for name in ("host", "user"):
        make = [_tool("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(make, check=True)
    port = _free_port()
    (folder / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile none\n"
        f"AuthorizedKeysFile {folder}/user.pub\nStrictModes no\nUsePAM no\n"
        "PasswordAuthentication no\nPermitRootLogin prohibit-password\n"
    )
    with (folder / "sshd.log").open("wb") as log:
        process = subprocess.Popen(
            [_tool("sshd"), "-D", "-e", "-f", str(folder / "sshd_config")], stderr=log
        )
    try:
        _wait_for(port)
        yield SshDaemon(port, folder)
    finally:
        process.terminate()
        process.wait(_PATIENCE_S)


def _tool(name: str) -> str:
    found = shutil.which(name, path=_PATH)
    assert found is not None
    return found


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "sshd does not listen"
        else:
            return
