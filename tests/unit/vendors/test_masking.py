"""What a server echoes of a credential is masked; what cannot be sent is named, never shown."""

import json
import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.echoes import ENCODINGS, IN_JSON, decoded
from tui.domain.clean import clean
from tui.vendors.masking import MASK, MASKED_FROM, REMEMBERED, Masker, unsendable_part

KEY = "kpt_5v5~W/+=4711"
PRINTABLE = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
CREDENTIALS = st.text(PRINTABLE, min_size=MASKED_FROM)
BASE64 = re.compile(r"[A-Za-z0-9+/]{4,}")


def masker(*credentials: str) -> Masker:
    made = Masker()
    for credential in credentials:
        made.learn(credential)
    return made


@given(CREDENTIALS, st.text(max_size=20))
def test_no_spelling_of_a_credential_survives(credential: str, around: str) -> None:
    known = masker(f"Bearer {credential}")
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
        masked = known.text(around + spelling + around)
        assert spelling not in masked or spelling in MASK * 10


@given(CREDENTIALS, st.sampled_from(list(IN_JSON)), st.sampled_from(ENCODINGS))
def test_no_spelling_in_json_survives(credential: str, spelling: str, encoding: str) -> None:
    key = credential.replace('"', "_").replace("\\", "_")
    body = f'{{"a": ["x", {{"b": "{IN_JSON[spelling](key)}"}}]}}'.encode(encoding)

    kept = json.loads(masker(key).answer(body))["a"][1]["b"]

    assert key not in clean(kept) or key in MASK * 10
    assert decoded(IN_JSON[spelling](key)).rstrip("=") not in kept


@given(CREDENTIALS, st.binary(max_size=7), st.binary(max_size=7))
def test_of_a_credential_within_base64_nobody_reads_more_than_its_ends(
    credential: str, before: bytes, behind: bytes
) -> None:
    encoded = b64encode(before + credential.encode() + behind).decode()

    masked = masker(credential).text(f"<{encoded}>")

    left = [part for run in BASE64.findall(masked) for part in _read(run)]
    assert not [part for part in left if credential[1:-1].encode() in part]
    assert MASK in masked


def _read(run: str) -> list[bytes]:
    """Decode a piece of base64 at every place where it may begin."""
    return [b64decode(run[start:][: len(run[start:]) // 4 * 4]) for start in range(4)]


@given(st.text(max_size=200), st.sampled_from(ENCODINGS))
def test_what_holds_no_credential_comes_back_as_it_is(text: str, encoding: str) -> None:
    body = json.dumps({"text": text}, ensure_ascii=False).encode(encoding, "surrogatepass")
    known = masker(KEY)
    assert known.answer(body) is body
    assert known.text(text) is text


def test_every_credential_is_masked_in_every_spelling() -> None:
    known = masker("one/of three", "Token  two+of+three", "three=of=three")
    said = "one%2Fof%20three one%2Fof+three two+of+three two%2Bof%2Bthree three%3Dof%3Dthree"

    assert known.text(said) == "*** *** *** *** ***"


def test_of_a_credential_that_another_begins_with_nothing_is_left() -> None:
    for secrets in (["abcdef", "abcdef-longer"], ["zz abcdef-longer", "abcdef"]):
        assert masker(*secrets).text("key abcdef-longer!") == "key ***!"
    assert masker("abcdefz", "bcdefz").text("key abcdefz!") == "key ***!"


@pytest.mark.parametrize("credential", ["kpt_abcd", "kpt_abcde", "kpt_5v5~W"])
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
def test_nothing_is_left_of_a_credential_in_base64_with_or_without_its_padding(
    credential: str, encode: Callable[[bytes], bytes]
) -> None:
    spelling = encode(credential.encode()).decode()
    known = masker(credential)

    assert known.text(f"<{spelling.rstrip('=')}>") == "<***>"
    assert known.text(f"<{spelling}>").rstrip("=>") == "<***"


def test_only_the_credential_is_masked_and_the_rest_of_the_answer_stays() -> None:
    said: dict[str, object] = {
        "id": 7,
        "ok": True,
        "no": None,
        "x": 1.5,
        "text": "grüße \ud800",
        "list": [[], {}],
    }
    body = json.dumps({**said, KEY: f"<{KEY}>"}).encode()

    assert json.loads(masker(KEY).answer(body)) == {**said, "***": "<***>"}


def test_a_text_in_which_a_credential_is_hidden_is_masked_whole() -> None:
    hidden = "\u200b".join(KEY)
    body = json.dumps({"a": f"got {hidden}", "b": f"got {KEY}"}).encode()

    assert json.loads(masker(KEY).answer(body)) == {"a": "***", "b": "got ***"}


@pytest.mark.parametrize(
    ("body", "masked"),
    [
        (f"<title>got {KEY}</title>", "<title>got ***</title>"),
        (f'{{"cut": "{KEY}', '{"cut": "***'),
        (f"\ufeffgot {KEY}", "got ***"),
        (f"<p>got {KEY[:5]}<b></b>{KEY[5:]}</p>", "***"),
        (f" \n<p>got {KEY[:5]}<b></b>{KEY[5:]}</p>", "***"),
        ("<p>" + "".join(f"&#{ord(letter)};" for letter in KEY), "***"),
        ('<p title="' + "".join(f"&#{ord(letter)};" for letter in KEY) + '">', "***"),
        (f"got {KEY}".replace("_", "%5f").replace("/", r"\/"), "***"),
        ("[" * 90_000 + KEY, "[" * 90_000 + "***"),
    ],
)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_what_is_no_json_is_masked_as_a_text(body: str, masked: str, encoding: str) -> None:
    found = masker(KEY).answer(body.encode(encoding))

    assert found.decode().removeprefix("\ufeff") == masked


@pytest.mark.parametrize(("encoding", "broken"), [("utf-8", b"\xff"), ("utf-16-le", b"\x00\xd8")])
def test_bytes_that_are_no_text_hide_no_credential(encoding: str, broken: bytes) -> None:
    masked = masker(KEY).answer(f"got {KEY} ".encode(encoding) + broken)

    assert masked.decode() == "got *** \ufffd"


def test_the_latest_credentials_are_known() -> None:
    known = masker(*(f"credential-{number}." for number in range(REMEMBERED)))
    assert known.text("credential-0. credential-1.") == "*** ***"
    known.learn("credential-0.")
    known.learn("one-more")

    assert known.text("one-more credential-0. credential-7.") == "*** *** ***"
    assert known.text("credential-1.") == "credential-1."


def test_short_values_and_other_texts_are_left_alone() -> None:
    body = b'{"id": 123, "key": "abcde"}'

    assert masker("abcde", "Bearer abcde").answer(body) == body
    assert masker().answer(body) == body


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
