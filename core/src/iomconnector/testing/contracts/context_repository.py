"""The contract of :class:`~iomconnector.ports.context_repository.ContextRepository`."""

from abc import abstractmethod
from contextlib import AbstractAsyncContextManager

import pytest

from iomconnector.errors import ConfigurationError, NotFoundError
from iomconnector.model.contexts import Context, ContextKind
from iomconnector.ports.context_repository import ContextRepository
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.samples import CHANNEL, CONTEXTS, ORGANIZATION, OTHER_CHANNEL


def _context(context_id: str, kind: ContextKind, parent: str | None, display_name: str = "Shop") -> Context:
    return Context(id=context_id, kind=kind, display_name=display_name, parent=parent)


class ContextRepositoryContract(Contract):
    """Promises of a context repository."""

    @abstractmethod
    def context_repository(self) -> AbstractAsyncContextManager[ContextRepository]:
        """The repository to test, empty at first."""

    async def test_a_path_leads_from_the_context_to_the_organization(self) -> None:
        application = _context("rest", ContextKind.APPLICATION, CHANNEL)
        async with self.context_repository() as repository:
            for context in (*CONTEXTS, application):
                await repository.save(context)
        async with self.context_repository() as repository:
            assert list(await repository.path_to("rest")) == [application, CONTEXTS[1], CONTEXTS[0]]
            assert list(await repository.path_to(ORGANIZATION)) == [CONTEXTS[0]]

    async def test_there_is_no_path_to_an_unknown_context(self) -> None:
        async with self.context_repository() as repository:
            await repository.save(CONTEXTS[0])
            with pytest.raises(NotFoundError, match="unknown"):
                await repository.path_to("unknown")

    async def test_all_come_parents_first_and_then_by_id(self) -> None:
        async with self.context_repository() as repository:
            assert list(await repository.all()) == []
            await repository.save(_context("zeta", ContextKind.ORGANIZATION, None))
            await repository.save(_context("b", ContextKind.CHANNEL, "zeta"))
            await repository.save(_context("1", ContextKind.APPLICATION, "b"))
            await repository.save(_context("a", ContextKind.CHANNEL, "zeta"))
            assert [context.id for context in await repository.all()] == ["zeta", "a", "b", "1"]

    async def test_saving_again_changes_the_display_name(self) -> None:
        renamed = _context(ORGANIZATION, ContextKind.ORGANIZATION, None, "Other name")
        async with self.context_repository() as repository:
            await repository.save(CONTEXTS[0])
            await repository.save(renamed)
            assert list(await repository.all()) == [renamed]

    @pytest.mark.parametrize(
        "misplaced",
        [
            _context("new", ContextKind.CHANNEL, None),
            _context("new", ContextKind.CHANNEL, "unknown"),
            _context("new", ContextKind.CHANNEL, CHANNEL),
            _context("new", ContextKind.CHANNEL, "new"),
            _context("new", ContextKind.APPLICATION, ORGANIZATION),
            _context("new", ContextKind.APPLICATION, None),
            _context("new", ContextKind.ORGANIZATION, ORGANIZATION),
            _context(CHANNEL, ContextKind.ORGANIZATION, None),
            _context(CHANNEL, ContextKind.APPLICATION, OTHER_CHANNEL),
        ],
        ids=lambda context: f"{context.id} as {context.kind} below {context.parent}",
    )
    async def test_a_context_that_does_not_fit_into_the_tree_is_refused(self, misplaced: Context) -> None:
        async with self.context_repository() as repository:
            for context in CONTEXTS:
                await repository.save(context)
            with pytest.raises(ConfigurationError, match=misplaced.id):
                await repository.save(misplaced)
            assert {context.id: context for context in await repository.all()} == {
                context.id: context for context in CONTEXTS
            }
