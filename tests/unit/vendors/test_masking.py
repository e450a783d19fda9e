"""What a server echoes of a credential is masked; what cannot be sent is named, never shown."""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.vendors.masking import mask, unsendable_part

CREDENTIALS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=6)


@given(CREDENTIALS, st.binary(max_size=20))
def test_no_spelling_of_a_credential_survives(credential: str, around: bytes) -> None:
    spellings = [
        credential,
        json.dumps(credential)[1:-1],
        json.dumps(credential)[1:-1].replace("/", "\\/"),
        quote_plus(credential),
        quote(credential, safe=""),
        b64encode(credential.encode()).decode(),
        urlsafe_b64encode(credential.encode()).decode(),
    ]
    for spelling in spellings:
        masked = mask(around + spelling.encode() + around, [f"Bearer {credential}"])
        assert spelling.encode() not in masked or spelling.encode() in b"***" * 10


def test_every_credential_is_masked_in_every_spelling() -> None:
    secrets = ["one/of three", "Token  two+of+three", "three=of=three"]
    said = b"one%2Fof%20three one%2Fof+three two+of+three two%2Bof%2Bthree three%3Dof%3Dthree"

    assert mask(said, secrets) == b"*** *** *** *** ***"


def test_of_a_credential_that_another_begins_with_nothing_is_left() -> None:
    for secrets in (["abcdef", "abcdef-longer"], ["zz abcdef-longer", "abcdef"]):
        assert mask(b"key abcdef-longer!", secrets) == b"key ***!"
    assert mask(b"key abcdefz!", ["abcdefz", "bcdefz"]) == b"key ***!"


@pytest.mark.parametrize("credential", ["kpt_abcd", "kpt_abcde", "kpt_5v5~W"])
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
def test_nothing_is_left_of_a_credential_in_base64_with_or_without_its_padding(
    credential: str, encode: Callable[[bytes], bytes]
) -> None:
    spelling = encode(credential.encode())

    assert mask(b"<" + spelling.rstrip(b"=") + b">", [credential]) == b"<***>"
    assert mask(b"<" + spelling + b">", [credential]).rstrip(b"=>") == b"<***"


def test_nothing_is_left_of_a_credential_that_json_escapes() -> None:
    assert mask(b'{"key": "ab\\"cdefg"}', ['ab"cdefg']) == b'{"key": "***"}'


def test_short_values_and_other_texts_are_left_alone() -> None:
    assert mask(b'{"id": 123, "key": "abc"}', ["abc", "Bearer abc"]) == b'{"id": 123, "key": "abc"}'


@pytest.mark.parametrize(
    ("credential", "part"),
    [
        ("kpt_abc.DEF-123=+/", None),
        ("Bearer kpt_abc", None),
        ("", "is empty"),
        ("key\n", "holds a line break"),
        ("key\r", "holds a line break"),
        ("k\nHost: evil", "holds a line break"),
        (" key", "begins or ends with a space"),
        ("key ", "begins or ends with a space"),
        ("key\t", "begins or ends with a space"),
        ("ke\x00y", "holds a control character"),
        ("ke\x7fy", "holds a control character"),
        ("kéy", "holds a character outside ASCII"),
        ("key…", "holds a character outside ASCII"),
        ("\udcff", "holds a character outside ASCII"),
    ],
)
def test_what_keeps_a_credential_out_of_a_header_is_said(credential: str, part: str | None) -> None:
    assert unsendable_part(credential) == part
