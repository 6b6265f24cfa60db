"""What the mails say, in English and German, as text and as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from bc_product_notification.links import Links
from bc_product_notification.subscriptions import Subscription, SubscriptionState
from iomconnector.model.mails import MAX_LINE_LENGTH, Mail, Mailbox

LANGUAGES: Final = ("en", "de")
LONGEST_NAME: Final = 150
SUBJECTS: Final = {
    ("confirmation", "en"): "Please confirm: tell me when {name} is available",
    ("confirmation", "de"): "Bitte bestätigen: Benachrichtigung, wenn {name} verfügbar ist",
    ("notification", "en"): "Available again: {name}",
    ("notification", "de"): "Wieder verfügbar: {name}",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail tells, apart from its words.

    Arguments:
        subscription: For which subscription it is, claimed.
        token: The token of this mail.
        product_name: What the product is called in the language of the subscription.
        shop_name: What the channel is called.
    """

    subscription: Subscription
    token: str
    product_name: str
    shop_name: str


def mail_of(letter: Letter, links: Links) -> Mail:
    """The mail: the question whether a guest means it, or the news that the product is available."""
    subscription = letter.subscription
    asks = subscription.state is SubscriptionState.UNCONFIRMED
    kind = "confirmation" if asks else "notification"
    language = subscription.language if subscription.language in LANGUAGES else LANGUAGES[0]
    channel, name = subscription.channel, _one_line(letter.product_name)
    values = {
        "language": language,
        "product_name": name,
        "sku": subscription.sku,
        "shop_name": _one_line(letter.shop_name),
        "product_url": links.product(channel, subscription.sku),
        "confirm_url": links.confirm(channel, letter.token),
        "unsubscribe_url": links.unsubscribe(channel, letter.token),
    }
    subject = SUBJECTS[kind, language].format(name=name)[:MAX_LINE_LENGTH]
    return Mail(
        id=subscription.message_id or "",
        recipient=Mailbox(address=subscription.address),
        subject=subject,
        text=_environment().get_template(f"{kind}_{language}.txt").render(values, subject=subject),
        html=_environment().get_template(f"{kind}_{language}.html").render(values, subject=subject),
        language=language,
        unsubscribe_url=links.one_click(channel, letter.token),
    )


def _one_line(text: str) -> str:
    """A name as it fits into a subject and a sentence."""
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return line if len(line) <= LONGEST_NAME else f"{line[: LONGEST_NAME - 1]}…"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("bc_product_notification"),
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
