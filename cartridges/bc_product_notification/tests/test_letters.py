"""What the mails say."""

import re
from html import unescape

import pytest

from bc_product_notification.letters import LANGUAGES, SUBJECTS, Letter, mail_of
from bc_product_notification.links import Links
from bc_product_notification.subscriptions import Subscription, SubscriptionState
from bc_product_notification.testing import NOW
from bc_product_notification.token_hashes import hash_of, new_token
from iomconnector.model.mails import Mail

LINKS = Links("https://shop.example.com/de")
TOKEN = "t" * 43
WAITING, UNCONFIRMED = SubscriptionState.SENDING, SubscriptionState.UNCONFIRMED
NASTY = 'Mug <b>"1"</b> & {{ 7*7 }} {name}\r\nBcc: all@example.com\u2028x'


def subscription(state: SubscriptionState, language: str = "en", sku: str = "TEA/1 ü") -> Subscription:
    return Subscription(
        id=1,
        channel="inSPIRED-inTRONICS",
        sku=sku,
        address="anna@example.com",
        login=None,
        language=language,
        state=state,
        created_at=NOW,
        changed_at=NOW,
        mail_at=NOW,
        attempts=1,
        message_id="notification-1@shop.example.com",
    )


def mail(state: SubscriptionState, language: str = "en", name: str = "Green tea") -> Mail:
    return mail_of(Letter(subscription(state, language), TOKEN, name, "inTRONICS"), LINKS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", [WAITING, UNCONFIRMED])
def test_text_and_html_have_the_same_links_and_names(state: SubscriptionState, language: str) -> None:
    made = mail(state, language)
    in_text = set(re.findall(r"https://\S+", made.text))
    in_html = set(map(unescape, re.findall(r'href="([^"]+)"', made.html)))
    below = "https://shop.example.com/de/shop/inSPIRED-inTRONICS"
    wanted = "products/TEA%2F1%20%C3%BC" if state is WAITING else f"notifications/{TOKEN}/confirm"
    assert in_text == in_html == {f"{below}/{wanted}", f"{below}/notifications/{TOKEN}/unsubscribe"}
    assert made.unsubscribe_url == f"{below}/notifications/{TOKEN}/one-click"
    assert "Green tea" in made.subject
    assert "Green tea" in made.text
    assert "Green tea" in made.html
    assert (made.language, f'lang="{language}"' in made.html) == (language, True)
    assert made.id == "notification-1@shop.example.com"


def test_each_language_has_every_subject() -> None:
    assert {language for _, language in SUBJECTS} == set(LANGUAGES)


def test_an_unknown_language_is_told_in_english() -> None:
    assert mail(WAITING, "fr").subject == "Available again: Green tea"


@pytest.mark.parametrize("state", [WAITING, UNCONFIRMED])
def test_a_name_stays_a_name(state: SubscriptionState) -> None:
    made = mail(state, name=NASTY)
    assert "\n" not in made.subject
    assert "{{ 7*7 }} {name} Bcc: all@example.com x" in made.subject
    assert "<b>" not in made.html
    assert "&lt;b&gt;" in made.html
    assert 'Mug <b>"1"</b> &' in made.text
    assert not re.search(r"^Bcc:", made.text, re.MULTILINE)


def test_a_long_name_is_shortened() -> None:
    made = mail(UNCONFIRMED, "de", "Wort " * 200)
    assert len(made.subject) <= 255
    assert "…" in made.subject


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("https://shop.example.com", "shop.example.com"),
        ("http://127.0.0.1:8000", "127.0.0.1"),
        ("http://localhost:8000/x", "localhost"),
    ],
)
def test_ids_have_the_domain_of_the_shop(address: str, domain: str) -> None:
    assert Links(address).domain == domain


def test_tokens_cannot_be_guessed_and_are_kept_as_digests() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(re.fullmatch(r"[\w-]{43}", token, re.ASCII) for token in tokens)
    assert all(token not in hash_of(token) for token in tokens)
    assert len(hash_of("\udc80ä")) == 64
