"""Certificates for tests, made by the `openssl` command: an authority and what it signs, or not."""

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

_NAMES = "DNS:localhost,DNS:tickets.example,IP:127.0.0.1"
_AUTHORITY = """
[ca]
default_ca = authority
[authority]
database = {folder}/index
new_certs_dir = {folder}
rand_serial = yes
unique_subject = no
policy = any
default_md = sha256
copy_extensions = copy
[any]
commonName = supplied
"""


@dataclass(frozen=True)
class Certificates:
    """A folder with an authority of its own."""

    folder: Path

    @property
    def authority(self) -> Path:
        """The file to trust."""
        return self.folder / "authority.pem"

    def make_authority(self) -> None:
        (self.folder / "index").touch()
        (self.folder / "ca.cnf").write_text(_AUTHORITY.format(folder=self.folder))
        self._self_signed("authority", "basicConstraints=critical,CA:TRUE")

    def server(
        self,
        name: str,
        *,
        hosts: str = _NAMES,
        start: str = "20200101000000Z",
        end: str = "20990101000000Z",
        digest: str = "sha256",
    ) -> ssl.SSLContext:
        """Return what a server presents: a certificate that the authority signed."""
        self._request(name, hosts)
        self._openssl(
            f"ca -batch -notext -config ca.cnf -cert authority.pem -keyfile authority.key "
            f"-md {digest} -startdate {start} -enddate {end} -in {name}.csr -out {name}.pem"
        )
        return self._context(name)

    def self_signed(self, name: str) -> ssl.SSLContext:
        self._self_signed(name, f"subjectAltName={_NAMES}")
        return self._context(name)

    def _self_signed(self, name: str, extension: str) -> None:
        self._openssl(
            f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3000 "
            f"-subj /CN={name} -addext {extension} -keyout {name}.key -out {name}.pem"
        )

    def _request(self, name: str, hosts: str) -> None:
        self._openssl(
            f"req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN={name} "
            f"-addext subjectAltName={hosts} -keyout {name}.key -out {name}.csr"
        )

    def _context(self, name: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")  # a server may be as careless as it likes
        context.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        return context

    def _openssl(self, arguments: str) -> None:
        subprocess.run(
            ["openssl", *arguments.split()],
            cwd=self.folder,
            check=True,
            capture_output=True,
            timeout=30,
        )
