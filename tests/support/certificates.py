"""Certificates for tests, made by the `openssl` command: an authority and what it signs, or not.

They follow RFC 5280 to the letter, as Python asks from 3.13 on, unless a test wants it otherwise.
"""

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

_NAMES = "DNS:localhost,DNS:tickets.example,IP:127.0.0.1"
_CONFIGURATION = """
[req]
distinguished_name = any
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
[of_authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[of_server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[of_careless_server]
subjectKeyIdentifier = none
authorityKeyIdentifier = none
[of_itself]
subjectAltName = {names}
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
        (self.folder / "ca.cnf").write_text(_CONFIGURATION.format(folder=self.folder, names=_NAMES))
        self._self_signed("authority", "of_authority")

    def server(
        self,
        name: str,
        *,
        hosts: str = _NAMES,
        start: str = "20200101000000Z",
        end: str = "20990101000000Z",
        digest: str = "sha256",
        extensions: str = "of_server",
    ) -> ssl.SSLContext:
        """Return what a server presents: a certificate that the authority signed.

        With the extensions `of_careless_server` it lacks what the standard asks for.
        """
        self._request(name, hosts)
        self._openssl(
            f"ca -batch -notext -config ca.cnf -cert authority.pem -keyfile authority.key "
            f"-extensions {extensions} -md {digest} -startdate {start} -enddate {end} "
            f"-in {name}.csr -out {name}.pem"
        )
        return self._context(name)

    def self_signed(self, name: str) -> ssl.SSLContext:
        self._self_signed(name, "of_itself")
        return self._context(name)

    def _self_signed(self, name: str, extensions: str) -> None:
        self._openssl(
            f"req -x509 -config ca.cnf -extensions {extensions} -newkey ec "
            f"-pkeyopt ec_paramgen_curve:P-256 -nodes -days 3000 "
            f"-subj /CN={name} -keyout {name}.key -out {name}.pem"
        )

    def _request(self, name: str, hosts: str) -> None:
        self._openssl(
            f"req -config ca.cnf -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
            f"-subj /CN={name} -addext subjectAltName={hosts} -keyout {name}.key -out {name}.csr"
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
