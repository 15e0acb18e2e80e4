"""Behind a guarded address, TLS still speaks to the name: SNI, certificate, Host."""

import contextlib
import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.outbound import CallFailed, OutboundClient
from core.outbound import transport as transport_module
from core.outbound.breaker_stores import MemoryStore
from core.tests.outbound_helpers import OK, read_head

NAME = "shop.example"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate for NAME, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "pair.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@contextlib.contextmanager
def tls_server(pair: Path) -> Iterator[tuple[int, list[str], list[bytes]]]:
    """Port, the names asked for in handshakes, the request heads."""
    names: list[str] = []
    heads: list[bytes] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            plain, _ = listener.accept()
            with plain, context.wrap_socket(plain, server_side=True) as secure:
                heads.append(read_head(secure))
                secure.sendall(OK)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], names, heads
    finally:
        listener.close()
        thread.join(2)


def client() -> OutboundClient:
    return OutboundClient(
        service="shop", resolver=lambda host, port: ["127.0.0.1"], breakers=MemoryStore()
    )


def test_the_name_travels_in_sni_and_host(
    certificate: Path, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        transport_module.httpx,
        "create_ssl_context",
        lambda **_: ssl.create_default_context(cafile=str(certificate)),
    )
    with tls_server(certificate) as (port, names, heads):
        settings.OUTBOUND_ALLOW_PRIVATE = [f"{NAME}:{port}"]
        assert client().request("GET", f"https://{NAME}:{port}/", operation="x").ok
    assert names == [NAME]
    assert f"Host: {NAME}:{port}".encode() in heads[0]


def test_a_certificate_nobody_vouches_for_is_refused(certificate: Path, settings) -> None:
    with tls_server(certificate) as (port, _, heads):
        settings.OUTBOUND_ALLOW_PRIVATE = [f"{NAME}:{port}"]
        with pytest.raises(CallFailed):
            client().request("POST", f"https://{NAME}:{port}/", operation="x")
    assert heads == []
