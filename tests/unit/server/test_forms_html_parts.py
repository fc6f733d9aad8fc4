"""What a form has besides its questions, and what its buttons change."""

from flask import Flask
from werkzeug.datastructures import MultiDict

from server import forms_html
from tests import every_component as every
from tests.unit.server.forms_pages import PAPER, Fill, Show, legend_of, rows_of, said


def test_many_answers_to_tick_stand_in_a_box_that_can_be_searched(show: Show) -> None:
    page = show()

    (box,) = page.xpath("//*[@data-tags]")
    assert len(box.xpath(".//input[@name='near']")) == len(every.DISTRICTS)
    assert not page.xpath("//*[@data-tags]//input[@name='circles']")


def test_only_a_long_text_counts_its_characters(show: Show) -> None:
    (counted,) = show().xpath("//*[@data-module='govuk-character-count']")

    assert counted.get("data-maxlength") == "50"
    assert (
        counted.get("data-i18n.characters-under-limit.other")
        == "Қалған таңба саны: %{count}"
    )


def test_options_come_from_variables(show: Show) -> None:
    options = show().xpath("//select[@name='teacher']/option")

    told = [(each.get("value"), each.text) for each in options]
    assert told[1:] == [("sapar", "Б. Сапарова"), ("ospan", "А. Оспанов")]


def test_an_answer_that_may_not_change_is_a_fact(show: Show) -> None:
    page = show()

    assert not page.xpath("//*[@name='address.town']")
    (fact,) = page.xpath("//dl[contains(@class, 'r-facts')]/div")
    assert [said(each) for each in fact] == ["Қала", "Талдықорған"]


def test_a_group_is_a_fieldset_with_its_legend(show: Show) -> None:
    fieldset = legend_of(show(), "Мекенжай").getparent()

    assert fieldset.xpath(".//input/@name") == ["address.street"]


def test_texts_pictures_lines_and_room(show: Show) -> None:
    page = show()

    assert "Бала: Әли Ерланұлы" in [said(each) for each in page.xpath("//p")]
    (picture,) = page.xpath("//img")
    assert (picture.get("alt"), picture.get("src")) == (
        "Мектептің жоспары",
        every.PICTURE,
    )
    assert len(page.xpath("//hr")) == 1
    assert page.xpath("//div[@class='r-space r-space--medium']")


def test_what_is_not_said_in_the_readers_language_is_marked_as_kazakh(
    show: Show,
) -> None:
    page = show(lang="ru")

    (text,) = page.xpath("//p[@lang='kk']")
    assert said(text) == "Бұл мәтін тек қазақша жазылған."
    assert page.xpath("//th/span[@lang='kk']/text()")[:2] == ["Пән", "Баға"]
    assert not show(lang="kk").xpath("//*[@lang]")


def test_a_table_shows_its_rows_as_given_and_folds_the_rest(show: Show) -> None:
    page = show()

    first, rest = page.xpath("//table[caption='Бағалар']")
    assert rows_of(first) == [["Математика", "5"], ["Қазақ тілі", "4"]]
    assert first.xpath(".//td/@data-label") == ["Пән", "Баға"] * 2
    assert rows_of(rest) == [["Музыка", "5"]]
    assert rest.getparent().tag == "details"


def test_a_table_without_rows_says_so(show: Show) -> None:
    assert "Бұл жерде әзірге мәлімет жоқ." in [
        said(each) for each in show().xpath("//p")
    ]


def test_a_list_has_items_with_a_button_for_each_change(show: Show) -> None:
    page = show({"children[0]": "1", "children[1]": "1"})

    (place,) = page.xpath("//*[@data-list]")
    legends = [said(each) for each in place.xpath(".//fieldset/legend")]
    assert legends == ["Балалар: № 1", "Балалар: № 2"]
    assert place.xpath(".//input[@type='hidden']/@name") == [
        "children[0]",
        "children[1]",
    ]
    told = [
        (each.get("name"), each.get("value"), said(each), each.get("formaction"))
        for each in place.xpath(".//button")
    ]
    again = "/tasks/1/fields"
    assert told == [
        (":remove", "children[0]", "Алып тастау Балалар: № 1", again),
        (":remove", "children[1]", "Алып тастау Балалар: № 2", again),
        (":add", "children", "Қосу Балалар", again),
    ]


def test_a_list_stays_between_its_least_and_most(show: Show) -> None:
    alone = show({"children[0]": "1"})
    full = show({f"children[{n}]": "1" for n in range(3)})

    assert not alone.xpath("//button[@name='remove']")
    assert not full.xpath("//button[@name=':add']")


def test_documents_are_listed_with_name_size_and_a_button_to_remove(show: Show) -> None:
    page = show({"papers": [PAPER.id], "children[0]": "1"})

    (item,) = page.xpath("//ul[@class='r-documents']/li")
    (link,) = item.xpath(".//a")
    assert (link.text, link.get("href")) == (PAPER.name, f"/documents/{PAPER.id}")
    assert said(item.xpath(".//small")[0]) == "684 КБ"
    assert item.xpath("./input[@type='hidden']/@value") == [PAPER.id]
    (button,) = item.xpath(".//button")
    assert (button.get("name"), button.get("value")) == (":drop", f"papers={PAPER.id}")
    (chooser,) = page.xpath("//input[@type='file']")
    assert (chooser.get("name"), chooser.get("accept")) == (
        "papers-upload",
        ".pdf,.png",
    )
    rules = said(page.xpath("//*[@id='f-papers-hint']")[0])
    assert rules == "PDF, PNG; ең көбі 1 МБ; ең көбі 3 файл."


def test_enter_in_an_input_completes_and_presses_no_other_button(show: Show) -> None:
    first = show().xpath("//button")[0]

    assert (first.get("formaction"), first.get("name")) == (None, None)
    assert (first.get("tabindex"), first.get("aria-hidden")) == ("-1", "true")


def test_who_runs_no_scripts_is_shown_what_follows_by_a_button(show: Show) -> None:
    (button,) = show().xpath(
        "//*[contains(@class, 'r-without-script')]/button[@name=':again']"
    )

    assert said(button) == "Келесі сұрақтарды көрсету"
    assert button.get("formaction") == "/tasks/1/fields"


def test_all_that_has_an_id_has_one_of_its_own(show: Show) -> None:
    ids = show({f"children[{n}]": "1" for n in range(3)}).xpath("//@id")

    assert sorted(ids) == sorted(set(ids))


# What a button of the form changes.


def test_an_added_item_is_where_the_reader_goes_on(
    forms_app: Flask, filling: Fill, show: Show
) -> None:
    typed = MultiDict(
        {"children[0]": "1", "children[0].first_name": "Айша", ":add": "children"}
    )

    changed = forms_html.changed(filling().form, typed)
    page = show(changed.posted, focus=changed.focus, done=changed.done)

    assert page.xpath("//*[@autofocus]/@name") == ["children[1].first_name"]
    assert page.xpath("//input[@name='children[0].first_name']/@value") == ["Айша"]
    (told,) = page.xpath("//*[@data-say]")
    assert said(told) == "Жазба қосылды. Қазір жазбалар саны: 2"


def test_removing_an_item_keeps_what_is_typed_in_the_others(
    filling: Fill, show: Show
) -> None:
    names = ("Айша", "Ерлан", "Дана")
    typed: MultiDict[str, str] = MultiDict({":remove": "children[1]"})
    for n, name in enumerate(names):
        typed[f"children[{n}]"] = "1"
        typed[f"children[{n}].first_name"] = name

    changed = forms_html.changed(filling().form, typed)
    page = show(changed.posted, focus=changed.focus, done=changed.done)

    kept = page.xpath("//input[contains(@name, 'first_name')]")
    assert [(each.get("name"), each.get("value")) for each in kept] == [
        ("children[0].first_name", "Айша"),
        ("children[1].first_name", "Дана"),
    ]
    assert page.xpath("//*[@autofocus]/@id") == ["f-children"]
    assert said(page.xpath("//*[@data-say]")[0]).startswith("Жазба алып тасталды.")


def test_a_document_that_is_removed_is_no_answer_any_more(
    filling: Fill, show: Show
) -> None:
    typed: MultiDict[str, str] = MultiDict(
        [("papers", PAPER.id), ("papers", "d-2"), (":drop", f"papers={PAPER.id}")]
    )

    changed = forms_html.changed(filling().form, typed)

    assert changed.posted.getlist("papers") == ["d-2"]
    page = show(changed.posted, focus=changed.focus, done=changed.done)
    assert said(page.xpath("//*[@data-say]")[0]) == "Құжат алып тасталды."
