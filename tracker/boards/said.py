"""What is wrong with a board, for whoever can do something about it. Pure."""

from collections.abc import Mapping
from typing import Final

from tracker.boards.models import Board
from tracker.connectors.boards import Port
from tracker.connectors.trouble import Trouble, said_detail
from tracker.kernel.texts import Said, Sentence

STATES: Final = ("ok", "paused", "throttled", "needs_reauth", "degraded", "broken")
ITEM_STATES: Final = ("in_step", "creating", "missing", "foreign", "ignored")
HOOK_STATES: Final = ("none", "pending", "verifying", "active", "lost")
RUNS: Final = ("push", "reconcile", "changes")

WORDS: Final[Mapping[str, Sentence]] = {  # for the states of boards and of their items
    "ok": Sentence(en="ok", fr="à jour"),
    "paused": Sentence(en="paused", fr="en pause"),
    "throttled": Sentence(en="waiting", fr="en attente"),
    "needs_reauth": Sentence(en="needs credentials", fr="identifiants à redonner"),
    "degraded": Sentence(en="in trouble", fr="en difficulté"),
    "broken": Sentence(en="broken off", fr="interrompu"),
    "in_step": Sentence(en="in step", fr="à jour"),
    "creating": Sentence(en="being made", fr="en création"),
    "missing": Sentence(en="missing there", fr="absente là-bas"),
    "foreign": Sentence(en="made there", fr="créée là-bas"),
    "ignored": Sentence(en="left alone", fr="laissée de côté"),
}
PROBLEMS: Final[Mapping[str, Sentence]] = {
    "throttled": Sentence(
        en="The platform allows no more calls for the moment. It goes on by itself {until}, and "
        "nothing is lost.",
        fr="La plateforme n'accepte plus d'appels pour l'instant. La suite vient d'elle-même "
        "{until}, et rien n'est perdu.",
    ),
    "credential": Sentence(
        en="The platform refuses the credentials ({detail}), so the board is not kept in step any "
        "more. Give new ones: PUT /boards/{id}/credentials.",
        fr="La plateforme refuse les identifiants ({detail}) : le tableau n'est plus tenu à jour. "
        "En donner de nouveaux : PUT /boards/{id}/credentials.",
    ),
    "unreadable": Sentence(
        en="The stored credentials cannot be read with the keys that the tracker has. Give them "
        "again: PUT /boards/{id}/credentials.",
        fr="Les identifiants enregistrés sont illisibles avec les clés dont dispose le tracker. "
        "Les redonner : PUT /boards/{id}/credentials.",
    ),
    "permission": Sentence(
        en="The platform does not let us do this ({detail}). Share the board with the account of "
        "the token, with the right to edit, then POST /boards/{id}/reconcile.",
        fr="La plateforme ne nous laisse pas faire ({detail}). Partager le tableau avec le compte "
        "du jeton, avec le droit de modifier, puis POST /boards/{id}/reconcile.",
    ),
    "gone": Sentence(
        en="The board was deleted, or is not shared with the token any more ({detail}). Bring it "
        "back or share it, then POST /boards/{id}/reconcile; or disconnect it: DELETE "
        "/boards/{id}.",
        fr="Le tableau a été supprimé, ou n'est plus partagé avec le jeton ({detail}). Le rétablir "
        "ou le partager, puis POST /boards/{id}/reconcile ; ou le déconnecter : DELETE "
        "/boards/{id}.",
    ),
    "transient": Sentence(
        en="The platform has not answered properly {tries} {tries:time|times} in a row "
        "({detail}). It is tried again by itself, at least each hour; what changes meanwhile is "
        "made up for.",
        fr="La plateforme n'a pas répondu correctement {tries} fois de suite ({detail}). Un "
        "nouvel essai vient de lui-même, au moins chaque heure ; ce qui change entre-temps sera "
        "rattrapé.",
    ),
    "not_ready": Sentence(
        en="The platform is still at work on what it was asked for. It is asked again by itself.",
        fr="La plateforme travaille encore à ce qui lui a été demandé. La question sera reposée "
        "d'elle-même.",
    ),
    "our_fault": Sentence(
        en="The platform does not understand what it is asked for ({detail}). Tell those who run "
        "the tracker, whose log says more. It is tried again each hour.",
        fr="La plateforme ne comprend pas ce qui lui est demandé ({detail}). Prévenir ceux qui "
        "gèrent le tracker : leur journal en dit plus. Un nouvel essai a lieu chaque heure.",
    ),
    "crashed": Sentence(
        en="Work on the board broke off {tries} {tries:time|times} in a row. It is tried again "
        "each hour; tell those who run the tracker, whose log says where.",
        fr="Le travail sur le tableau s'est interrompu {tries} fois de suite. Un essai a lieu "
        "chaque heure ; prévenir ceux qui gèrent le tracker : leur journal dit où.",
    ),
    "owner_gone": Sentence(
        en="The member as whom changes from the board are made has left, or may not make them any "
        "more. Name another: PATCH /boards/{id} with “owner”.",
        fr="Le membre au nom de qui les changements du tableau sont faits est parti, ou n'en a "
        "plus le droit. En nommer un autre : PATCH /boards/{id} avec « owner ».",
    ),
    "unknown_kind": Sentence(
        en="The connector for “{detail}” is not installed here any more. Disconnect the board, or "
        "have it installed.",
        fr="Le connecteur pour « {detail} » n'est plus installé ici. Déconnecter le tableau, ou le "
        "faire installer.",
    ),
}
UNHEARD: Final = Sentence(
    en="The platform cannot tell us of changes, so it is asked every two minutes. Set "
    "TRACKER_BASE_URL to an https address that can be reached from the internet, then POST "
    "/boards/{id}/reconcile.",
    fr="La plateforme ne peut pas nous annoncer les changements : la question lui est posée toutes "
    "les deux minutes. Donner à TRACKER_BASE_URL une adresse https joignable depuis Internet, puis "
    "POST /boards/{id}/reconcile.",
)
TWICE: Final = "in step already"
SHARED: Final = "shared allowance"
_AT: Final = Sentence(en="at {at} UTC", fr="à {at} UTC")
_SOON: Final = Sentence(en="in a moment", fr="dans un instant")
DETAILS: Final[Mapping[str, Sentence]] = {
    SHARED: Sentence(
        en="Boards of one token share its calls, and another one has used them up. It goes on by "
        "itself {until}, and nothing is lost.",
        fr="Les tableaux d'un même jeton partagent ses appels, et un autre les a épuisés. La suite "
        "vient d'elle-même {until}, et rien n'est perdu.",
    ),
    "allowance": Sentence(
        en="The calls that the platform allows this token are used up for the moment; all boards "
        "of the token share them. It goes on by itself {until}, and nothing is lost.",
        fr="Les appels que la plateforme accorde à ce jeton sont épuisés pour l'instant ; tous les "
        "tableaux du jeton les partagent. La suite vient d'elle-même {until}, et rien n'est perdu.",
    ),
    TWICE: Sentence(
        en="What was chosen is kept in step by another board of this workspace already: GET "
        "/boards lists them. Disconnect this one (DELETE /boards/{id}), or the other.",
        fr="Ce qui a été choisi est déjà tenu à jour par un autre tableau de cet espace : GET "
        "/boards les liste. Déconnecter celui-ci (DELETE /boards/{id}), ou l'autre.",
    ),
}
TROUBLES: Final[Mapping[Trouble, Sentence]] = {
    "throttled": Sentence(
        en="The platform asks to be left alone for a while ({detail}). Try again later.",
        fr="La plateforme demande à être laissée tranquille un moment ({detail}). Réessayer plus "
        "tard.",
    ),
    "not_ready": Sentence(
        en="The platform is still preparing its answer ({detail}). Try again in a minute.",
        fr="La plateforme prépare encore sa réponse ({detail}). Réessayer dans une minute.",
    ),
    "credential": Sentence(
        en="The platform refuses the credentials ({detail}). Give others.",
        fr="La plateforme refuse les identifiants ({detail}). En donner d'autres.",
    ),
    "permission": Sentence(
        en="The credentials are good, but may not see this ({detail}). Widen their rights there.",
        fr="Les identifiants sont bons, mais ne peuvent pas voir ceci ({detail}). Élargir leurs "
        "droits là-bas.",
    ),
    "gone": Sentence(
        en="What is asked for is not there ({detail}). Check the address, and what is shared.",
        fr="Ce qui est demandé n'est pas là ({detail}). Vérifier l'adresse, et ce qui est partagé.",
    ),
    "our_fault": Sentence(
        en="The platform does not understand the question ({detail}). Check the address.",
        fr="La plateforme ne comprend pas la question ({detail}). Vérifier l'adresse.",
    ),
    "transient": Sentence(
        en="The platform does not answer properly ({detail}). Check the address, or try again "
        "later.",
        fr="La plateforme ne répond pas correctement ({detail}). Vérifier l'adresse, ou réessayer "
        "plus tard.",
    ),
}


def said_of(port: Port | None, board: Board) -> Said | None:
    """What is wrong with a board, and what to do about it; None where nothing is.

    What is known more closely goes first: a port knows what to do about its platform.
    """
    if board.problem is None:
        return None
    gaps = {"detail": "", "tries": 0, **(board.problem_facts or {}), "id": board.id}
    closer = {**DETAILS, **(port.problems if port is not None else {})}
    sentence = closer.get(str(gaps["detail"])) or PROBLEMS.get(board.problem)
    if sentence is None:
        return None
    more = {"detail": said_detail(gaps["detail"]), "until": _until(board)}
    return Said(sentence, {**gaps, **more})


def _until(board: Board) -> Said | Sentence:
    if board.ready_at is None or board.is_syncing:
        return _SOON
    return Said(_AT, {"at": f"{board.ready_at:%Y-%m-%d %H:%M:%S}"})
