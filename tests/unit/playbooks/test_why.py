from datetime import date
from typing import Any

from tests.builders import a_milestone, a_plan, a_task, waits
from tracker.playbooks.model import Anchor, TaskSpec
from tracker.playbooks.timeline import timeline


def why(*tasks: TaskSpec, key: str, **wanted: Any) -> tuple[str, str]:
    """The sentence of one task, in English and in French."""
    plan = a_plan(*tasks, **wanted)
    en, fr = (
        next(row["why"] for row in timeline(plan, language)["tasks"] if row["key"] == key)
        for language in ("en", "fr")
    )
    return en, fr


A, B = (
    a_task("a", days=2, title={"en": "Draft", "fr": "Rédiger"}),
    a_task("b", days=3, after=["a"]),
)


def test_a_task_names_the_task_it_waits_for_and_its_day() -> None:
    en, fr = why(A, B, key="b")
    assert en == "Follows “Draft”, due on 2027-08-31. Lasts 3 working days."
    assert fr == "Suit « Rédiger », due le 2027-08-31. Dure 3 jours ouvrés."


def test_the_lag_is_named_as_it_is_in_force() -> None:
    later = a_task("b", days=3, after=[waits("SS", "a", 2)])
    en, fr = why(A, later, key="b", prepare_months=3)
    assert en.startswith("Starts with “Draft”, on 2027-08-26, +3 working days.")
    assert fr.startswith("Commence avec « Rédiger », le 2027-08-26")
    assert "+3 jours ouvrés" in fr


def test_each_type_of_link_has_its_own_words() -> None:
    for kind, english, french in (
        ("FS", "Follows", "Suit"),
        ("SS", "Starts with", "Commence avec"),
        ("FF", "Ends with", "Se termine avec"),
        ("SF", "Ends once", "Se termine une fois"),
    ):
        en, fr = why(A, a_task("b", after=[waits(kind, "a", 2)]), key="b")  # type: ignore[arg-type]
        assert en.startswith(f"{english} “Draft”")
        assert fr.startswith(f"{french} « Rédiger »")


def test_the_stretch_of_a_longer_preparation_is_told() -> None:
    en, fr = why(A, B, key="b", prepare_months=4)
    assert "Lasts 6 working days: 3 at the shortest preparation, stretched to 4 months." in en
    assert "Dure 6 jours ouvrés : 3 pour la préparation la plus courte" in fr


def test_one_day_and_no_day_have_words_of_their_own() -> None:
    done = a_milestone("done", after=["a"])
    assert "A milestone: it takes no time." in why(A, done, key="done")[0]
    assert "Un jalon" in why(A, done, key="done")[1]
    assert "Lasts one working day." in why(a_task("a"), key="a")[0]
    assert "Dure un jour ouvré." in why(a_task("a"), key="a")[1]


def test_the_first_task_starts_as_early_as_the_preparation_allows() -> None:
    en, fr = why(A, B, key="a")
    assert en.startswith("Nothing holds it back")
    assert fr.startswith("Rien ne la retient")


def test_skipped_weekends_and_holidays_are_named() -> None:
    en, fr = why(a_task("a", days=4), key="a", launch_on=date(2027, 5, 11), country="FR")
    assert en.endswith("Skips 2 weekend days, Ascension Day (2027-05-06).")
    assert fr.endswith("Saute 2 jours de week-end, Ascension (2027-05-06).")


def test_a_closure_is_named() -> None:
    en, fr = why(A, key="a", closures=(date(2027, 9, 2),))
    assert en.endswith("Skips closure (2027-09-02).")
    assert fr.endswith("Saute fermeture (2027-09-02).")


def test_a_task_on_launch_day_is_tied_to_it() -> None:
    opening = a_task("launch.day.opening", on=Anchor("launch"))
    en, fr = why(opening, key="launch.day.opening")
    assert en == "Tied to launch day, 2027-09-06. Lasts one working day."
    assert fr == "Liée au jour du lancement, le 2027-09-06. Dure un jour ouvré."


def test_a_closed_launch_day_is_told_where_it_is_worked() -> None:
    opening = a_task("launch.day.opening", on=Anchor("launch"))
    en, fr = why(opening, key="launch.day.opening", launch_on=date(2027, 5, 6), country="FR")
    assert "Launch day is a closed day (Ascension Day) and is kept." in en
    assert "Le jour du lancement est un jour fermé (Ascension) et il est maintenu." in fr


def test_an_offset_from_an_anchor_is_not_taken_for_the_anchor() -> None:
    key = "recruit.universal.content"
    bound = Anchor("launch", calendar_days=7)
    en, fr = why(a_task(key, not_before=bound), key=key)
    assert en.startswith("Counted from launch day: 2027-09-13.")
    assert fr.startswith("Comptée à partir du jour du lancement : 2027-09-13.")


def test_a_holiday_under_an_offset_is_named() -> None:
    key = "recruit.universal.content"
    task = a_task(key, not_before=Anchor("launch", calendar_days=7))
    en, fr = why(task, key=key, launch_on=date(2027, 4, 29), country="FR")
    assert en.startswith("Counted from launch day: 2027-05-06.")
    assert "Skips Ascension Day (2027-05-06)." in en
    assert "Saute Ascension (2027-05-06)." in fr


def test_a_bound_is_named_where_it_decides_and_not_the_predecessor() -> None:
    bound = a_task("b", after=["a"], not_before=Anchor("launch", working_days=-1))
    en, _ = why(A, bound, a_task("c", days=9), key="b")
    assert en.startswith("Counted from launch day: 2027-09-03.")


def test_a_bound_is_not_named_where_a_predecessor_decides() -> None:
    bound = a_task("b", days=3, after=["a"], not_before=Anchor("start"))
    assert why(A, bound, key="b")[0].startswith("Follows “Draft”")


def test_each_anchor_has_its_own_words() -> None:
    key = "develop.growth.events"
    for anchor, english, french in (
        (Anchor("develop", share=50), "Counted from month six", "sixième mois"),
        (Anchor("end", months=-1), "Counted from the project's end", "fin du projet"),
    ):
        en, fr = why(a_task(key, not_before=anchor), key=key)
        assert en.startswith(english)
        assert french in fr


def test_phases_and_today_are_reasons_too() -> None:
    key = "develop.growth.events"
    assert why(a_task(key), key=key)[0].startswith("Starts with its phase, on 2028-03-06.")
    key = "launch.followup.figures"
    en, fr = why(a_task(key), key=key, today=date(2027, 12, 6), already_launched=True)
    assert en.startswith("Not before today, 2027-12-06")
    assert fr.startswith("Pas avant aujourd'hui, le 2027-12-06")
