"""The search for secrets finds them in whatever form and place."""

import base64
import json
from contextlib import aclosing
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iomconnector.storage.database import Database
from iomconnector.storage.message_log import SqlMessageLog
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.faults.leaks import SHORTEST, SecretSearch
from iomconnector.testing.samples import sample_message

PASSWORD = 'geh"eim/ö+17'

SECRETS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=SHORTEST, max_size=40)
AROUND = st.binary(max_size=20)


@pytest.fixture
def search() -> SecretSearch:
    return SecretSearch({"the password": PASSWORD})


@given(SECRETS, AROUND, AROUND)
def test_a_secret_is_found_in_base64_wherever_it_stands(secret: str, before: bytes, behind: bytes) -> None:
    encoded = base64.b64encode(before + secret.encode() + behind)
    assert SecretSearch({"it": secret}).within(encoded) == ["it"]


@given(SECRETS)
def test_a_secret_is_found_as_it_is_in_urls_and_in_json(secret: str) -> None:
    search = SecretSearch({"it": secret})
    assert search.within(f"({secret})") == ["it"]
    assert search.within(f"https://user:{quote(secret, safe='')}@example.com") == ["it"]
    assert search.within(json.dumps({"password": secret})) == ["it"]


def test_what_is_no_secret_is_not_found(search: SecretSearch) -> None:
    assert search.within("the password is ********, and geheim is a German word") == []


def test_a_secret_that_any_text_might_have_is_refused() -> None:
    with pytest.raises(ValueError, match="8 characters"):
        SecretSearch({"it": "1234"})


def test_a_secret_in_a_file_is_found_and_the_file_named(search: SecretSearch, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    leak = tmp_path / "logs" / "worker.1.log"
    leak.write_bytes(b"\xff\xfe binary, then " + PASSWORD.encode())
    kept = tmp_path / "secret.key"
    kept.write_text(PASSWORD)
    (tmp_path / "harmless").write_text("nothing")
    assert list(search.in_files(tmp_path, except_for=[kept])) == [f"the password in {leak}"]
    assert len(list(search.in_files(tmp_path))) == 2


@in_event_loop
async def test_a_secret_in_a_row_is_found_and_the_column_named(
    search: SecretSearch, each_database: Database
) -> None:
    async with aclosing(each_database) as database:
        log = SqlMessageLog(database)
        await log.record(sample_message())
        assert await search.in_rows(database) == []
        await log.record(sample_message(request_body=json.dumps({"a": PASSWORD})))
        assert await search.in_rows(database) == ["the password in column request_body of table messages"]
