"""What goes wrong with Notion only, and what to do about it."""

from collections.abc import Mapping
from typing import Final

from tracker.kernel.texts import Sentence

TOKEN: Final = "token refused"  # noqa: S105 - a word for what is wrong
NOT_SHARED: Final = "not shared"
IN_TRASH: Final = "in trash"
BLOCKS: Final = "blocks used up"
CAPABILITY: Final = "capability missing"
BLOCKED: Final = "requests blocked"
SEVERAL: Final = "several tables"
TOO_MANY: Final = "too many rows"
NO_PARENT: Final = "no page chosen"
REFUSED: Final = "not accepted"
COLUMN: Final = "column not found"

PROBLEMS: Final[Mapping[str, Sentence]] = {
    TOKEN: Sentence(
        en="Notion does not accept the token. Take it again from the connection's settings in "
        "Notion (internal integration token) and give it here: PUT /boards/{id}/credentials.",
        fr="Notion n'accepte pas le jeton. Le reprendre dans les réglages de la connexion chez "
        "Notion (jeton d'intégration interne) et le donner ici : PUT /boards/{id}/credentials.",
    ),
    NOT_SHARED: Sentence(
        en="Notion does not show us this page or database: it is not shared with the connection, "
        "or was deleted for good. Open it in Notion, choose ••• → Connections and add the "
        "connection, then POST /boards/{id}/reconcile; if it is gone, connect another database.",
        fr="Notion ne nous montre pas cette page ou cette base : elle n'est pas partagée avec la "
        "connexion, ou a été supprimée définitivement. L'ouvrir dans Notion, choisir ••• → "
        "Connexions et ajouter la connexion, puis POST /boards/{id}/reconcile ; si elle n'existe "
        "plus, relier une autre base.",
    ),
    IN_TRASH: Sentence(
        en="The database is in Notion's trash; nothing was deleted here. Restore it there, then "
        "POST /boards/{id}/reconcile, or connect another one.",
        fr="La base est dans la corbeille de Notion ; rien n'a été supprimé ici. L'y restaurer, "
        "puis POST /boards/{id}/reconcile, ou en relier une autre.",
    ),
    BLOCKS: Sentence(
        en="The blocks of the Notion workspace are used up: on the free plan, workspaces with more "
        "than one member have 1,000 in all, and deleting gives none back. Change the plan in "
        "Notion; until then pages that exist are kept in step, and no new ones are made.",
        fr="Les blocs de l'espace Notion sont épuisés : sur l'offre gratuite, un espace de plus "
        "d'un membre en a 1 000 en tout, et supprimer n'en rend aucun. Changer d'offre chez "
        "Notion ; d'ici là, les pages existantes restent à jour et aucune n'est créée.",
    ),
    CAPABILITY: Sentence(
        en="Notion does not let the connection do this. Give it the capabilities to read, insert "
        "and update content in its settings in Notion, then POST /boards/{id}/reconcile.",
        fr="Notion ne permet pas cela à la connexion. Lui donner, dans ses réglages chez Notion, "
        "le droit de lire, d'insérer et de modifier du contenu, puis POST /boards/{id}/reconcile.",
    ),
    BLOCKED: Sentence(
        en="Notion has blocked the requests of this connection. Ask Notion's support for the "
        "reason, then POST /boards/{id}/reconcile.",
        fr="Notion a bloqué les requêtes de cette connexion. Demander la raison à l'assistance de "
        "Notion, puis POST /boards/{id}/reconcile.",
    ),
    SEVERAL: Sentence(
        en="This database has several tables (data sources). Choose one of them from the list.",
        fr="Cette base contient plusieurs tables (sources de données). En choisir une dans la "
        "liste.",
    ),
    TOO_MANY: Sentence(
        en="More than 10,000 rows of this database were made within one minute, and Notion does "
        "not show more at a time. Move rows that are not tasks to another database.",
        fr="Plus de 10 000 lignes de cette base datent d'une même minute, et Notion n'en montre "
        "pas davantage à la fois. Déplacer dans une autre base les lignes qui ne sont pas des "
        "tâches.",
    ),
    NO_PARENT: Sentence(
        en="Notion needs a page to put the database in. Choose one that is shared with the "
        "connection.",
        fr="Il faut à Notion une page où placer la base. En choisir une qui soit partagée avec la "
        "connexion.",
    ),
    REFUSED: Sentence(
        en="Notion did not accept what was sent. If a column or an option was removed or changed "
        "its type there, POST /boards/{id}/reconcile: columns are looked at anew.",
        fr="Notion n'a pas accepté l'envoi. Si une colonne ou une option a été retirée ou a changé "
        "de type là-bas, POST /boards/{id}/reconcile : les colonnes sont relues.",
    ),
    COLUMN: Sentence(
        en="A column that is named in the settings is not in the database, or is not of the type "
        "it needs: status for “status”, date for “when”, “start” and “due”, people for “owner”, "
        "select for “phase”, multi-select for “labels”, relation for “after”, text for “notes”, "
        "URL for “url”; null does without one. Correct “columns” in the settings (PATCH "
        "/boards/{id}) or the database.",
        fr="Une colonne nommée dans les réglages n'est pas dans la base, ou n'est pas du type "
        "voulu : état pour « status », date pour « when », « start » et « due », personne pour "
        "« owner », sélection pour « phase », sélection multiple pour « labels », relation pour "
        "« after », texte pour « notes », URL pour « url » ; null pour s'en passer. Corriger "
        "« columns » dans les réglages (PATCH /boards/{id}) ou la base.",
    ),
}

COLUMNS: Final = Sentence(
    en="For each of these, the name or the id of a column, or null to do without: {names}.",
    fr="Pour chacun de ceux-ci, le nom ou l'identifiant d'une colonne, ou null pour s'en passer : "
    "{names}.",
)
CHOSEN_ONCE: Final = Sentence(
    en="Columns are chosen when a board is connected, and known by their ids since; their names "
    "may change in Notion. To choose others, disconnect this board and connect the database again.",
    fr="Les colonnes se choisissent en reliant le tableau et sont ensuite connues par leurs "
    "identifiants ; leurs noms peuvent changer chez Notion. Pour en choisir d'autres, déconnecter "
    "ce tableau et relier la base de nouveau.",
)
PARENT: Final = Sentence(
    en="The id of the page to make the database in, as text.",
    fr="L'identifiant de la page où créer la base, en texte.",
)
WILL_USE: Final = Sentence(
    en="Pushing will use {blocks} {blocks:block|blocks} of the Notion workspace, one for each "
    "page. On Notion's free plan, workspaces with more than one member have 1,000 in all, and "
    "deleting gives none back.",
    fr="L'envoi utilisera {blocks} {blocks:bloc|blocs} de l'espace Notion, un par page. Sur "
    "l'offre gratuite de Notion, un espace de plus d'un membre en a 1 000 en tout, et supprimer "
    "n'en rend aucun.",
)
NO_PEOPLE: Final = Sentence(
    en="The connection may not read who the users of the Notion workspace are, so the owners of "
    "tasks are not kept in step. Give it “read user information including email addresses”, then "
    "reconcile.",
    fr="La connexion ne peut pas lire qui sont les utilisateurs de l'espace Notion : les "
    "responsables des tâches ne sont pas tenus à jour. Lui donner « lire les informations des "
    "utilisateurs, adresses comprises », puis réconcilier.",
)
