"""Who may do what: roles, scopes, and the actor that carries them. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from tracker.kernel.errors import Forbidden
from tracker.kernel.texts import Sentence


class Role(StrEnum):
    """What a member may do in a workspace; each may do what the earlier ones may."""

    VIEWER = "viewer"
    CONTRIBUTOR = "contributor"
    MANAGER = "manager"
    OWNER = "owner"


class Scope(StrEnum):
    """What a token may be used for, within its member's role."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


class Permission(StrEnum):
    """What routes and commands ask for."""

    LOOK = "look"
    MAKE_FEEDS = "make feeds"
    SEE_EVERYBODY = "see what everybody is told"
    WATCH = "watch tasks"
    CHANGE_ONESELF = "change what is one's own"
    CHANGE_OWN_TASKS = "change own tasks"
    MANAGE_PROJECTS = "manage projects"
    ADMINISTER = "administer"


OPEN_PREDECESSORS: Final = ("never", "warn")
_RANK: Final = {role: rank for rank, role in enumerate(Role)}
NEEDS: Final[dict[Permission, tuple[Role, Scope]]] = {
    Permission.LOOK: (Role.VIEWER, Scope.READ),
    # An address that outlives its token takes a token that may write.
    Permission.MAKE_FEEDS: (Role.VIEWER, Scope.WRITE),
    Permission.SEE_EVERYBODY: (Role.MANAGER, Scope.READ),
    Permission.WATCH: (Role.VIEWER, Scope.WRITE),
    Permission.CHANGE_ONESELF: (Role.VIEWER, Scope.WRITE),
    Permission.CHANGE_OWN_TASKS: (Role.CONTRIBUTOR, Scope.WRITE),
    Permission.MANAGE_PROJECTS: (Role.MANAGER, Scope.WRITE),
    Permission.ADMINISTER: (Role.OWNER, Scope.ADMIN),
}
_ROLE_TOO_LOW: Final = Sentence(
    en="This needs the role {needed}; yours is {role}. An owner of the workspace can change it.",
    fr="Il faut le rôle {needed} ; le vôtre est {role}. Un owner de l'espace peut le changer.",
)
_SCOPE_MISSING: Final = Sentence(
    en="This token lacks the scope {needed}. Make one that has it.",
    fr="Ce jeton n'a pas la portée {needed}. En créer un qui l'a.",
)


@dataclass(frozen=True, slots=True)
class Actor:
    """A member who acts, in their workspace, through a token or the command line."""

    workspace_id: UUID
    member_id: UUID
    role: Role
    scopes: frozenset[Scope] = frozenset(Scope)
    language: str | None = None
    token_id: UUID | None = None
    door: str = "api"  # what the record of a change names: api, link, sync, cli, import

    def may(self, permission: Permission) -> bool:
        """Whether role and scopes both allow it."""
        role, scope = NEEDS[permission]
        return _RANK[self.role] >= _RANK[role] and scope in self.scopes

    def must(self, permission: Permission) -> None:
        """Raise Forbidden unless role and scopes allow it."""
        role, scope = NEEDS[permission]
        if _RANK[self.role] < _RANK[role]:
            raise Forbidden(_ROLE_TOO_LOW, needed=role, role=self.role)
        if scope not in self.scopes:
            raise Forbidden(_SCOPE_MISSING, needed=scope)
