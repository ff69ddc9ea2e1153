"""What is signed of a release, and whether a signature is right. Ed25519 (RFC 8032)."""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PREFIX = b"enquiry release 1\n"
"""So that a signature of a release is one of nothing else."""


def signed_bytes(content: bytes) -> bytes:
    """The prefix and the 32 bytes of the SHA-256 of the canonical content."""
    return PREFIX + hashlib.sha256(content).digest()


def sign(content: bytes, private_key: bytes) -> bytes:
    """64 bytes. `private_key` is the seed of 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(private_key).sign(signed_bytes(content))


def public_key_of(private_key: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def is_signed(content: bytes, signature: bytes, public_key: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, signed_bytes(content))
    except (InvalidSignature, ValueError):
        return False
    return True
