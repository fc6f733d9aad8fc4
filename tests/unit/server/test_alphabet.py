"""Words in the order of the Kazakh alphabet."""

from server import alphabet


def test_kazakh_letters_stand_where_the_alphabet_has_them():
    words = ["Ырыс", "Әлия", "Қанат", "Яна", "Арман", "Ілияс", "Кенже", "Бота"]

    found = sorted(words, key=alphabet.key)

    assert found == [
        "Арман", "Әлия", "Бота", "Кенже", "Қанат", "Ырыс", "Ілияс", "Яна",
    ]  # fmt: skip


def test_capitals_are_no_matter_and_digits_go_first():
    assert alphabet.key("ӘЛИЯ") == alphabet.key("әлия")
    assert sorted(["№ 2", "мектеп", "12"], key=alphabet.key)[0] == "12"
