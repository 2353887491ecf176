"""Who may do what, route by route."""

from typing import Any

import pytest
from flask import Flask

from tests.api.document import NOBODYS, Operation, operations_of
from tests.api.problems import FRENCH, problem
from tests.api.realms import Realm, a_realm
from tests.api.tables import everything
from tests.personas import Persona, World, answer
from tracker.people.rules import Role, Scope

READ, WRITE, ADMIN = Scope
VIEWER, CONTRIBUTOR, MANAGER, OWNER = Role

# The lowest role, and the scope that a token needs. A new route needs a row here.
TABLE: dict[str, tuple[Role, Scope]] = {
    "readWorkspace": (VIEWER, READ),
    "changeWorkspace": (OWNER, ADMIN),
    "listMembers": (VIEWER, READ),
    "addMember": (OWNER, ADMIN),
    "readMember": (VIEWER, READ),
    "changeMember": (OWNER, ADMIN),
    "removeMember": (OWNER, ADMIN),
    "readMe": (VIEWER, READ),
    "readPreferences": (VIEWER, READ),
    "changePreferences": (VIEWER, WRITE),
    "listAbsences": (VIEWER, READ),
    "addAbsence": (VIEWER, WRITE),
    "removeAbsence": (VIEWER, WRITE),
    "askMemberAgain": (OWNER, ADMIN),
    "listChannels": (VIEWER, READ),
    "addChannel": (VIEWER, WRITE),
    "readChannel": (VIEWER, READ),
    "changeChannel": (VIEWER, WRITE),
    "removeChannel": (VIEWER, WRITE),
    "askChannelAgain": (VIEWER, WRITE),
    "testChannel": (VIEWER, WRITE),
    "listTokens": (OWNER, ADMIN),
    "createToken": (OWNER, ADMIN),
    "readToken": (OWNER, ADMIN),
    "revokeToken": (OWNER, ADMIN),
    "listBoardPlatforms": (VIEWER, READ),
    "listBoardChoices": (MANAGER, WRITE),
    "listBoards": (VIEWER, READ),
    "addBoard": (MANAGER, WRITE),
    "readBoard": (VIEWER, READ),
    "changeBoard": (MANAGER, WRITE),
    "disconnectBoard": (MANAGER, WRITE),
    "changeBoardCredentials": (MANAGER, WRITE),
    "pushBoard": (MANAGER, WRITE),
    "reconcileBoard": (MANAGER, WRITE),
    "pauseBoard": (MANAGER, WRITE),
    "listBoardItems": (VIEWER, READ),
    "listBoardConflicts": (VIEWER, READ),
    "settleConflict": (MANAGER, WRITE),
    "restoreBoardItem": (MANAGER, WRITE),
    "detachBoardItem": (MANAGER, WRITE),
    "giveUpBoardItem": (MANAGER, WRITE),
    "acceptBoardItem": (MANAGER, WRITE),
    "resumeBoard": (MANAGER, WRITE),
    "showHookToken": (MANAGER, WRITE),
    "awaitHookToken": (MANAGER, WRITE),
    "listEvents": (VIEWER, READ),
    "streamEvents": (VIEWER, READ),
    "listAlerts": (VIEWER, READ),
    "readAlert": (VIEWER, READ),
    "changeAlert": (MANAGER, WRITE),
    "acknowledgeAlert": (MANAGER, WRITE),
    "resolveAlert": (MANAGER, WRITE),
    "readFunnel": (VIEWER, READ),
    "uploadFigures": (MANAGER, WRITE),
    "renewPushSecret": (MANAGER, WRITE),
    "noteMemberFits": (CONTRIBUTOR, WRITE),
    "readCapacity": (VIEWER, READ),
    "listPlaybooks": (VIEWER, READ),
    "addPlaybook": (MANAGER, WRITE),
    "readPlaybook": (VIEWER, READ),
    "readPlaybookVersion": (VIEWER, READ),
    "previewPlan": (VIEWER, READ),
    "listAssessments": (VIEWER, READ),
    "addAssessment": (CONTRIBUTOR, WRITE),
    "readAssessment": (VIEWER, READ),
    "listProjects": (VIEWER, READ),
    "createProject": (MANAGER, WRITE),
    "readProject": (VIEWER, READ),
    "changeProject": (MANAGER, WRITE),
    "deleteProject": (MANAGER, WRITE),
    "readTimeline": (VIEWER, READ),
    "drawGantt": (VIEWER, READ),
    "readCalendar": (VIEWER, READ),
    "replanProject": (MANAGER, WRITE),
    "readForecast": (VIEWER, READ),
    "readBurnUp": (VIEWER, READ),
    "pauseProject": (MANAGER, WRITE),
    "resumeProject": (MANAGER, WRITE),
    "cancelProject": (MANAGER, WRITE),
    "archiveProject": (MANAGER, WRITE),
    "listBaselines": (VIEWER, READ),
    "createBaseline": (MANAGER, WRITE),
    "readBaseline": (VIEWER, READ),
    "changeBaseline": (MANAGER, WRITE),
    "deleteBaseline": (MANAGER, WRITE),
    "compareBaseline": (VIEWER, READ),
    "listFeeds": (VIEWER, READ),
    "exportProject": (VIEWER, READ),
    "importProject": (MANAGER, WRITE),
    "importBoard": (MANAGER, WRITE),
    "readWeek": (VIEWER, READ),
    "readPortfolio": (VIEWER, READ),
    "makeFeed": (VIEWER, WRITE),
    "revokeFeed": (VIEWER, WRITE),
    "listRoster": (VIEWER, READ),
    "addRosterContact": (CONTRIBUTOR, WRITE),
    "readRosterContact": (VIEWER, READ),
    "changeRosterContact": (CONTRIBUTOR, WRITE),
    "eraseRosterContact": (MANAGER, WRITE),
    "importRoster": (MANAGER, WRITE),
    "readRosterSummary": (VIEWER, READ),
    "exportRoster": (VIEWER, READ),
    "listConnectors": (VIEWER, READ),
    "listConnections": (VIEWER, READ),
    "addConnection": (MANAGER, WRITE),
    "readConnection": (VIEWER, READ),
    "changeConnection": (MANAGER, WRITE),
    "removeConnection": (MANAGER, WRITE),
    "changeCredentials": (MANAGER, WRITE),
    "testConnection": (MANAGER, WRITE),
    "pullConnection": (MANAGER, WRITE),
    "listPulls": (VIEWER, READ),
    "readPull": (VIEWER, READ),
    "eraseCommunityMember": (MANAGER, WRITE),
    "readActivityHead": (VIEWER, READ),
    "listTasks": (VIEWER, READ),
    "readTask": (VIEWER, READ),
    "changeTask": (CONTRIBUTOR, WRITE),
    "createRitual": (MANAGER, WRITE),
    "listChecklists": (VIEWER, READ),
    "addToProject": (MANAGER, WRITE),
    "listModules": (VIEWER, READ),
    "listGates": (VIEWER, READ),
    "readGate": (VIEWER, READ),
    "listApprovals": (VIEWER, READ),
    "addApproval": (CONTRIBUTOR, WRITE),
    "decideGate": (MANAGER, WRITE),
    "waiveGate": (OWNER, ADMIN),
    "listDecisions": (VIEWER, READ),
    "readDossier": (VIEWER, READ),
    "addTask": (MANAGER, WRITE),
    "deleteTask": (MANAGER, WRITE),
    "changeTasks": (CONTRIBUTOR, WRITE),
    "listActivity": (VIEWER, READ),
    "listTaskActivity": (VIEWER, READ),
    "addStep": (CONTRIBUTOR, WRITE),
    "changeStep": (CONTRIBUTOR, WRITE),
    "removeStep": (CONTRIBUTOR, WRITE),
    "listComments": (VIEWER, READ),
    "addComment": (CONTRIBUTOR, WRITE),
    "readComment": (VIEWER, READ),
    "changeComment": (CONTRIBUTOR, WRITE),
    "removeComment": (CONTRIBUTOR, WRITE),
    "listLinks": (VIEWER, READ),
    "addLink": (CONTRIBUTOR, WRITE),
    "removeLink": (CONTRIBUTOR, WRITE),
    "listEvidence": (VIEWER, READ),
    "addEvidence": (CONTRIBUTOR, WRITE),
    "removeEvidence": (CONTRIBUTOR, WRITE),
    "watchTask": (VIEWER, WRITE),
    "unwatchTask": (VIEWER, WRITE),
    "listDependencies": (VIEWER, READ),
    "addDependency": (MANAGER, WRITE),
    "cutDependency": (MANAGER, WRITE),
    "listReminders": (VIEWER, READ),
    "readReminder": (VIEWER, READ),
    "snoozeReminder": (VIEWER, WRITE),
    "acknowledgeReminder": (VIEWER, WRITE),
    "replayReminder": (MANAGER, WRITE),
    "remindOfTask": (CONTRIBUTOR, WRITE),
    "remindOfGate": (MANAGER, WRITE),
    "previewReminders": (VIEWER, READ),
    "listMetrics": (VIEWER, READ),
    "readMetric": (VIEWER, READ),
    "setTarget": (MANAGER, WRITE),
    "pinSeries": (MANAGER, WRITE),
    "listReadings": (VIEWER, READ),
    "addReadings": (CONTRIBUTOR, WRITE),
    "listWebhooks": (MANAGER, READ),
    "addWebhook": (MANAGER, WRITE),
    "readWebhook": (MANAGER, READ),
    "changeWebhook": (MANAGER, WRITE),
    "removeWebhook": (MANAGER, WRITE),
    "testWebhook": (MANAGER, WRITE),
    "pauseWebhook": (MANAGER, WRITE),
    "resumeWebhook": (MANAGER, WRITE),
    "rotateWebhookSecret": (MANAGER, WRITE),
    "replayWebhook": (MANAGER, WRITE),
    "listDeliveries": (MANAGER, READ),
    "readDelivery": (MANAGER, READ),
    "replayDelivery": (MANAGER, WRITE),
}

OWN_ALONE = {"readChannel", "readReminder"}  # the others of a workspace do not find it


@pytest.fixture(scope="module")
def app(shared_world: World) -> Flask:
    return shared_world.alice.app


@pytest.fixture(scope="module")
def realm(app: Flask) -> Realm:
    return a_realm(app, slug="green", version=1)


def asks(caller: Persona, operation: Operation, realm: Realm | None = None) -> Any:
    """Call it for things of ``realm``, or for things that do not exist."""
    path = operation.path
    for word in operation.in_path:
        value = realm.value_of(word, operation) if realm else {"version": 9}.get(word.name, NOBODYS)
        path = path.replace(f"{{{word.name}}}", str(value))
    return caller.call(operation.method, path, operation.a_body())


def test_every_route_has_a_row_in_the_table_of_roles(app: Flask) -> None:
    assert {operation.id for operation in operations_of(app)} == set(TABLE)


def test_who_ranks_below_the_table_changes_nothing_and_learns_why(app: Flask, realm: Realm) -> None:
    before = everything()
    for operation in operations_of(app):
        needed, _scope = TABLE[operation.id]
        for role in list(Role)[: list(Role).index(needed)]:
            body = problem(asks(realm.people[role], operation, realm), 403, "forbidden")
            assert needed in body["detail"]
            assert role in body["detail"]
    assert everything() == before


@pytest.mark.long_on("postgresql")
def test_who_ranks_high_enough_is_heard(app: Flask, realm: Realm) -> None:
    for operation in operations_of(app):
        needed, _scope = TABLE[operation.id]
        for role in list(Role)[list(Role).index(needed) :]:
            caller = realm.people[role]
            assert asks(caller, operation).status_code not in {401, 403}, (operation.id, role)
            if operation.method == "GET" and operation.id not in OWN_ALONE:
                answer(asks(caller, operation, realm))


@pytest.mark.parametrize("held", Scope)
def test_a_token_is_good_for_its_scopes_alone(app: Flask, realm: Realm, held: Scope) -> None:
    with_all = realm.owner
    made = answer(with_all.post("/tokens", {"name": "one scope", "scopes": [held]}), 201)
    narrow = Persona(app, with_all.email, with_all.member_id, made["token"])
    before = everything()
    for operation in operations_of(app):
        _role, needed = TABLE[operation.id]
        if needed != held:
            body = problem(asks(narrow, operation, realm), 403, "forbidden")
            assert needed in body["detail"]
    assert everything() == before
    for operation in operations_of(app):
        if TABLE[operation.id][1] == held:
            assert asks(narrow, operation).status_code not in {401, 403}, operation.id


def test_a_contributor_changes_own_tasks_only(realm: Realm) -> None:
    owner, bob = realm.owner, realm.people[CONTRIBUTOR]
    project = answer(owner.get("/projects"))["items"][-1]
    his, other = owner.tasks_of(project)[:2]
    answer(owner.patch(f"/tasks/{other['id']}", {"assignees": [owner.email]}))
    answer(bob.patch(f"/tasks/{his['id']}", {"notes": "Half done."}))
    before = everything()
    for change in ({"notes": "Mine"}, {"title": "Mine"}, {"assignees": [bob.email]}):
        english = problem(bob.patch(f"/tasks/{other['id']}", change), 403, "forbidden")
        french = problem(
            bob.patch(f"/tasks/{other['id']}", change, headers=FRENCH), 403, "forbidden"
        )
        assert english["detail"] != french["detail"]
    assert everything() == before
    answer(owner.patch(f"/tasks/{other['id']}", {"assignees": [bob.member_id]}))
    answer(bob.patch(f"/tasks/{other['id']}", {"title": "Mine"}))


def test_a_manager_changes_every_task_and_no_member(realm: Realm) -> None:
    mona = realm.people[MANAGER]
    project = answer(mona.get("/projects"))["items"][-1]
    for task in mona.tasks_of(project):
        answer(mona.patch(f"/tasks/{task['id']}", {"notes": "Seen."}))
    problem(mona.patch(f"/members/{mona.member_id}", {"role": "owner"}), 403, "forbidden")
