"""Access tokens: shown once, kept as digests only."""

import re

import pytest

from iomconnector.errors import ConfigurationError, NotFoundError
from iomconnector.model.contexts import ContextKind
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock, MemoryAccessTokenStore, MemoryContextRepository
from iomconnector.testing.samples import CHANNEL, CONTEXTS, OTHER_CHANNEL
from iomconnector.usecases.access_tokens import AccessTokens


@pytest.fixture
def tokens() -> AccessTokens:
    return AccessTokens(MemoryAccessTokenStore(), MemoryContextRepository(CONTEXTS), ManualClock())


@in_event_loop
async def test_a_token_is_recognized_and_its_text_is_nowhere_kept(tokens: AccessTokens) -> None:
    text = await tokens.create("storefront", [CHANNEL, OTHER_CHANNEL])
    assert re.fullmatch(r"iomc_[\w-]{43}", text)
    token = await tokens.recognize(text)
    assert token is not None
    assert (token.name, token.channels) == ("storefront", (CHANNEL, OTHER_CHANNEL))
    [kept] = await tokens.all()
    assert text not in repr(kept)
    assert text.removeprefix("iomc_") not in repr(kept)
    assert text != await tokens.create("back office", [CHANNEL])


@in_event_loop
async def test_a_revoked_or_wrong_token_is_nobody(tokens: AccessTokens) -> None:
    text = await tokens.create("storefront", [CHANNEL])
    for wrong in ("", text[:-1], text + "x", text.removeprefix("iomc_"), text.upper()):
        assert await tokens.recognize(wrong) is None
    assert await tokens.revoke("storefront")
    assert await tokens.recognize(text) is None
    assert not await tokens.revoke("storefront")


@in_event_loop
async def test_a_token_for_an_unknown_channel_or_of_a_taken_name_is_not_made(tokens: AccessTokens) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        await tokens.create("storefront", [CHANNEL, "nowhere"])
    await tokens.create("storefront", [CHANNEL])
    with pytest.raises(ConfigurationError, match="storefront"):
        await tokens.create("storefront", [CHANNEL])
    assert len(await tokens.all()) == 1


@in_event_loop
async def test_a_token_is_for_channels_not_for_organizations(tokens: AccessTokens) -> None:
    [organization] = [context.id for context in CONTEXTS if context.kind is ContextKind.ORGANIZATION]
    with pytest.raises(NotFoundError, match="is no channel: it is an organization"):
        await tokens.create("storefront", [organization])
    assert await tokens.all() == []
