"""Secrets stay out of the message log, errors and tracebacks, whatever they are and whoever repeats them."""

import asyncio
import base64
import html
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import ac_iomconnector_rest_common
from ac_iomconnector_common.connection import ConnectionSettings
from ac_iomconnector_rest_common.errors import IomRestError
from ac_iomconnector_rest_common.masking import MASK, SecretMask
from ac_iomconnector_rest_common.testing.rest_clients import (
    KeptMessages,
    connection_settings,
    order_rest_client,
)

PASSWORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=6, max_size=40)
TOKENS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=6, max_size=60)
JWT_SECRETS = st.text(st.characters(exclude_categories=["Cs"]), min_size=32, max_size=60)
PACKAGE = Path(ac_iomconnector_rest_common.__file__).parent


def repeats_everything(request: httpx.Request, secret: str) -> httpx.Response:
    """An answer that gives away all that the server knows, in every form."""
    authorization = request.headers["Authorization"]
    forms = f"{quote(secret)} {html.escape(secret)} {secret!r} {secret.encode()!r}"
    errors = [
        {"code": "E", "message": f"wrong: {secret}", "value": {"header": authorization}},
        {"code": "F", "message": "x" * 480 + secret},
        {"code": "G", "message": forms},
    ]
    headers = {"Set-Cookie": "session=abc", "X-Seen": authorization, "X-Api-Key": quote(secret)}
    return httpx.Response(400, content=json.dumps({"errors": errors}).encode(), headers=headers)


def breaks_off(request: httpx.Request, secret: str) -> httpx.Response:
    raise httpx.ReadError(f"lost while sending {request.headers['Authorization']} of {secret}")


def answers_with_a_page(request: httpx.Request, secret: str) -> httpx.Response:
    return httpx.Response(200, text=f"<p>{secret}</p>", headers={"Content-Type": "text/html"})


def everything_written(settings: ConnectionSettings, secret: str) -> str:
    """All that the client lets out, without what is random."""
    log = KeptMessages()
    written = [repr(settings), str(settings.model_dump())]

    async def run() -> None:
        for server in (repeats_everything, breaks_off, answers_with_a_page):
            transport = httpx.MockTransport(partial(server, secret=secret))
            client = order_rest_client(settings, log, transport)
            with pytest.raises(IomRestError) as caught:
                await client.send("POST", ("orders",), params=[("token", secret), ("q", secret)], body=b"{}")
            written.extend((str(caught.value), repr(caught.value.errors), str(caught.value.ids)))
            written.extend(locals_of_package(caught.value))
            await client.aclose()

    asyncio.run(run())
    text = "\n".join(written)
    assert len(log.messages) == 3
    for message in log.messages:
        text = text.replace(message.message_id, "")
        text += f"\n{message.url}\n{message.request_headers}\n{message.request_body}\n{message.error}"
        text += f"\n{message.response_headers}\n{message.response_body}"
    return text


def locals_of_package(error: BaseException) -> Iterator[str]:
    """What a traceback shows that prints the variables of each frame."""
    assert error.__cause__ is None
    assert error.__context__ is None
    step = error.__traceback__
    while step is not None:
        frame = step.tb_frame
        if Path(frame.f_code.co_filename).is_relative_to(PACKAGE):
            yield from (repr(value) for name, value in frame.f_locals.items() if name != "params")
        step = step.tb_next


def forms_of(secret: str) -> set[str]:
    """How it could be written, a long one also cut short."""
    cut = {secret[:18]} if len(secret) > 20 else set()
    return cut | {
        secret,
        json.dumps(secret)[1:-1],
        quote(secret, safe=""),
        quote(secret),
        html.escape(secret),
    }


def assert_silent(secret: str, others: set[str], **changes: Any) -> None:
    plain = "zg7qJx-Vk2wQp9-Rm4tYb8-Hs6nLc3-Fd5"
    key = next(name for name in ("password", "token", "jwt_secret") if changes.get(name) == secret)
    usual = everything_written(connection_settings("https://iom.example", **changes | {key: plain}), plain)
    forbidden = forms_of(secret) | others
    assume(not any(form in usual for form in forbidden))
    written = everything_written(connection_settings("https://iom.example", **changes), secret)
    assert [form for form in forbidden if form in written] == []


@given(PASSWORDS)
def test_passwords_are_never_written(password: str) -> None:
    credentials = base64.b64encode(f"webservice_shop:{password}".encode()).decode()
    assert_silent(password, {credentials}, password=password)


@given(TOKENS)
def test_tokens_are_never_written(token: str) -> None:
    assert_silent(token, set(), authentication="bearer_token", token=token)


@given(JWT_SECRETS)
def test_secrets_and_signed_tokens_are_never_written(secret: str) -> None:
    assert_silent(secret, {"eyJ"}, authentication="jwt", jwt_secret=secret)


@pytest.mark.parametrize(
    "name",
    ["Authorization", "proxy-authorization", "Set-Cookie", "X-API-Key", "X-Auth-Token", "jwt", "password"],
)
def test_headers_and_parameters_are_masked_by_their_name(name: str) -> None:
    mask = SecretMask(connection_settings("https://iom.example", password="a"))
    assert mask.headers({name: "a"}) == {name: MASK}
    assert mask.params([(name, "a"), ("limit", "1")]) == [(name, MASK), ("limit", "1")]


def test_a_short_password_does_not_tear_other_text_apart() -> None:
    mask = SecretMask(connection_settings("https://iom.example", password="abc"))
    assert mask.text("abcdef") == "abcdef"


@given(st.text())
def test_text_without_secrets_stays_as_it_is(text: str) -> None:
    mask = SecretMask(connection_settings("https://iom.example", password="zg7qJx-Vk2wQp9"))
    assume("eyJ" not in text)
    assert mask.text(text) == text
