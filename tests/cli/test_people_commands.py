"""``tracker workspace``, ``member`` and ``token``: who is there, and what lets them in."""

import json
from typing import Any

import pytest

from tests.cli.callers import call
from tests.cli.terminal import misused, printed, refused, run
from tests.personas import a_wish

AT_ACME = "--workspace acme"


@pytest.fixture
def acme(desk: str) -> str:
    """A workspace with an owner; the URL of its database."""
    printed("workspace create acme --owner alice@acme.org")
    return desk


@pytest.fixture
def acme_on_each(office: str) -> str:
    """The same, on each kind of database in turn."""
    printed("workspace create acme --owner alice@acme.org")
    return office


def workspace_of(url: str, token: str) -> object:
    """The slug of the workspace that a token opens."""
    answer = call(url, token, "/workspaces/me")
    assert answer.json, answer.text
    return answer.json["slug"]


def a_token(*words: str) -> str:
    """A token, as a script would catch it from standard output."""
    result = run(f"token create {AT_ACME} --name tests", *words)
    assert (result.exit_code, result.stderr) == (0, "")
    (line,) = result.stdout.splitlines()
    return line


def rows(line: str) -> Any:
    return json.loads(printed(f"{line} --format json"))


# Workspaces.


def test_a_new_workspace_tells_how_to_get_in(office: str) -> None:
    told = printed("workspace create acme")
    assert "with owner@acme.invalid as its owner" in told
    (command,) = (line.strip() for line in told.splitlines() if "token create" in line)
    token = printed(command.removeprefix("tracker ")).strip()
    assert workspace_of(office, token) == "acme"


def test_workspaces_are_listed_by_name(acme: str) -> None:
    printed("workspace create beta --name", "Beta & Söhne")
    assert [(row["slug"], row["name"]) for row in rows("workspace list")] == [
        ("acme", "acme"),
        ("beta", "Beta & Söhne"),
    ]
    assert printed("workspace list").splitlines()[0].split() == ["slug", "name", "id"]


def test_a_workspace_exists_once(acme_on_each: str) -> None:
    assert refused("workspace create acme") == "The workspace “acme” exists already."


@pytest.mark.parametrize("slug", ["A", "a", "Acme", "acme!", "1acme", "a" * 61, "é-acme"])
def test_a_slug_is_plain(desk: str, slug: str) -> None:
    assert "lower-case letters" in refused("workspace create", slug)
    assert rows("workspace list") == []


@pytest.mark.parametrize("email", ["nobody", "a@b", "x" * 300 + "@acme.org", "a\nb@acme.org"])
def test_an_owner_has_an_address(desk: str, email: str) -> None:
    assert refused("workspace create acme --owner", email).startswith("email: ")
    assert rows("workspace list") == []


# Members.


def test_a_member_is_added_changed_and_removed(acme_on_each: str) -> None:
    assert printed(f"member add Bob@Acme.org {AT_ACME} --language fr") == (
        "bob@acme.org is in “acme” as contributor.\n"
    )
    assert "as manager" in printed(f"member change bob@acme.org --role manager {AT_ACME}")
    assert [(row["email"], row["role"]) for row in rows(f"member list {AT_ACME}")] == [
        ("alice@acme.org", "owner"),
        ("bob@acme.org", "manager"),
    ]
    assert "no longer a member" in printed(f"member remove bob@acme.org --yes {AT_ACME}")
    assert [row["email"] for row in rows(f"member list {AT_ACME}")] == ["alice@acme.org"]


def test_a_removed_members_tokens_are_dead(acme_on_each: str) -> None:
    printed(f"member add bob@acme.org {AT_ACME}")
    token = a_token("--member", "bob@acme.org")
    assert call(acme_on_each, token, "/workspaces/me").status_code == 200
    printed(f"member remove bob@acme.org --yes {AT_ACME}")
    assert call(acme_on_each, token, "/workspaces/me").status_code == 401


def test_a_removal_is_asked_about_first(acme: str) -> None:
    printed(f"member add bob@acme.org {AT_ACME}")
    result = run(f"member remove bob@acme.org {AT_ACME}", typed="n\n")
    assert result.exit_code == 1
    assert "Remove bob@acme.org from “acme”?" in result.output
    assert len(rows(f"member list {AT_ACME}")) == 2


def test_who_leaves_open_tasks_behind_needs_a_successor(acme_on_each: str) -> None:
    printed(f"member add bob@acme.org {AT_ACME}")
    wish = a_wish(people={"community_manager": "bob@acme.org"})
    assert call(acme_on_each, a_token("--role", "manager"), "/projects", wish).status_code == 201
    leave = f"member remove bob@acme.org --yes {AT_ACME}"
    assert "Say who takes them over" in refused(leave)
    assert refused(f"{leave} --successor nobody@acme.org").startswith("successor: “nobody@acme")
    assert "no longer a member" in printed(f"{leave} --successor alice@acme.org")


@pytest.mark.parametrize(
    "line", ["member change alice@acme.org --role viewer", "member remove alice@acme.org --yes"]
)
def test_the_last_owner_stays(acme: str, line: str) -> None:
    assert refused(f"{line} {AT_ACME}").startswith("This is the last owner.")


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["nobody"], "email: Must be an e-mail address."),
        (["bob@acme.org", "--name", "Bob\x00"], "name: Holds a control character"),
        (["bob@acme.org", "--name", "\udcff"], "name: Holds a control character"),
        (["bob@acme.org", "--name", ""], "name: Must have 1 to 200 characters"),
        (["bob@acme.org", "--name", "B" * 300], "name: Must have 1 to 200 characters"),
    ],
)
def test_what_the_api_refuses_of_a_member_is_refused_here(
    acme: str, words: list[str], fault: str
) -> None:
    assert fault in refused(f"member add {AT_ACME}", *words)
    assert len(rows(f"member list {AT_ACME}")) == 1


def test_a_member_is_there_once(acme: str) -> None:
    assert "is a member of this workspace already" in refused(
        f"member add ALICE@acme.org {AT_ACME}"
    )


@pytest.mark.parametrize(
    "line", ["member change bob@acme.org --role viewer", "member remove bob@acme.org --yes"]
)
def test_who_is_not_there_cannot_be_changed(acme: str, line: str) -> None:
    assert refused(f"{line} {AT_ACME}") == "bob@acme.org is not a member of the workspace “acme”."


# Tokens.


def test_a_token_is_printed_alone_and_opens_the_api(acme_on_each: str) -> None:
    token = a_token("--role", "owner")
    assert token.startswith("tracker_")
    assert workspace_of(acme_on_each, token) == "acme"
    assert call(acme_on_each, token, "/tokens").status_code == 200


def test_a_token_without_a_member_gets_one_of_the_role_that_was_asked_for(
    acme_on_each: str,
) -> None:
    viewer = a_token("--role", "viewer")
    assert call(acme_on_each, viewer, "/projects").status_code == 200
    assert call(acme_on_each, viewer, "/projects", a_wish()).status_code == 403
    a_token("--role", "viewer")  # the same name again is another member
    assert [row["role"] for row in rows(f"member list {AT_ACME}")].count("viewer") == 2


def test_a_token_of_a_member_has_that_members_role(acme: str) -> None:
    token = a_token("--member", "alice@acme.org")
    assert call(acme, token, "/projects", a_wish()).status_code == 201
    assert "is in “acme” as owner, not as viewer" in refused(
        f"token create {AT_ACME} --name x --member alice@acme.org --role viewer"
    )
    assert "is not a member" in refused(f"token create {AT_ACME} --name x --member bob@acme.org")


def test_a_token_does_only_what_its_scopes_say(acme: str) -> None:
    token = a_token("--role", "owner", "--scope", "read")
    assert call(acme, token, "/projects").status_code == 200
    assert call(acme, token, "/projects", a_wish()).status_code == 403


def test_tokens_are_listed_without_their_secrets(acme_on_each: str) -> None:
    token = a_token("--role", "owner", "--days", "30")
    (row,) = rows(f"token list {AT_ACME}")
    assert row["prefix"] == token.split("_")[1]
    assert row["expires_at"]
    assert token.split("_")[2] not in printed(f"token list {AT_ACME}")


def test_a_revoked_token_is_dead(acme: str) -> None:
    token = a_token("--role", "owner")
    (row,) = rows(f"token list {AT_ACME}")
    assert printed(f"token revoke {row['id']} {AT_ACME}") == "The token is dead.\n"
    assert call(acme, token, "/workspaces/me").status_code == 401
    assert "no such token" in refused(f"token revoke {'0' * 32} {AT_ACME}")


def test_the_name_of_a_token_is_checked_like_the_apis(acme: str) -> None:
    assert refused(f"token create {AT_ACME} --name", "x\x07").startswith("name: ")


# For whom a command acts.


@pytest.mark.parametrize(
    "line",
    [
        "member add eve@acme.org",
        "member change alice@acme.org --role viewer",
        "member remove alice@acme.org --yes",
        "token create --role owner --name mine",
        "token list",
        "token revoke 00000000-0000-0000-0000-000000000000",
    ],
)
def test_who_may_not_do_it_through_the_api_may_not_do_it_here(acme: str, line: str) -> None:
    printed(f"member add vera@acme.org --role viewer {AT_ACME}")
    assert "needs the role owner; yours is viewer" in refused(
        f"{line} {AT_ACME} --as vera@acme.org"
    )
    assert [row["email"] for row in rows(f"member list {AT_ACME} --as vera@acme.org")] == [
        "alice@acme.org",
        "vera@acme.org",
    ]


def test_a_stranger_cannot_be_acted_for(acme: str) -> None:
    line = f"member add eve@acme.org {AT_ACME} --as mallory@else.org"
    assert refused(line) == "mallory@else.org is not a member of the workspace “acme”."


# What is not there, and what cannot be read.


@pytest.mark.parametrize("line", ["member list", "token list", "token create --name x"])
def test_an_unknown_workspace_is_refused(desk: str, line: str) -> None:
    assert refused(f"{line} --workspace nope").startswith("There is no workspace “nope”.")
    said = run(f"{line} --workspace nope", lang="fr_FR.UTF-8").stderr
    assert said.startswith("Il n'y a pas d'espace « nope ».")


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("workspace create", "SLUG"),
        ("member add", "EMAIL"),
        ("member add x@acme.org", "--workspace"),
        ("member add x@acme.org --workspace acme --role king", "--role"),
        ("member list --workspace acme --format xml", "--format"),
        ("token create --workspace acme", "--name"),
        ("token create --workspace acme --name x --days 0", "--days"),
        ("token create --workspace acme --name x --scope all", "--scope"),
        ("token revoke nope --workspace acme", "TOKEN_ID"),
    ],
)
def test_a_wrong_line_is_a_usage_error(folder: object, line: str, word: str) -> None:
    assert word in misused(line)


@pytest.mark.parametrize("line", ["workspace list", "member list --workspace x"])
def test_without_a_database_the_way_to_one_is_told_and_nothing_is_made(
    folder: Any, line: str
) -> None:
    assert refused(line).startswith("There is no database var/tracker.sqlite3 yet.")
    assert list(folder.iterdir()) == []
