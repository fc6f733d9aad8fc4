"""Words for demo people: Kazakh names, places of the country, kinds of schools."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Texts:
    """One name in the three languages of the service."""

    kk: str
    ru: str
    en: str


@dataclass(frozen=True)
class Place:
    """A district in its region; codes are stable and name the offices."""

    region_code: str
    region: Texts
    district_code: str
    district: Texts
    streets: tuple[str, ...]  # in Kazakh, as an address writes them


ASTANA = Texts("Астана қаласы", "город Астана", "Astana city")
SHYMKENT = Texts("Шымкент қаласы", "город Шымкент", "Shymkent city")
KARAGANDY = Texts("Қарағанды облысы", "Карагандинская область", "Karagandy region")
AKTOBE = Texts("Ақтөбе облысы", "Актюбинская область", "Aktobe region")

PLACES = (
    Place(
        "astana",
        ASTANA,
        "astana.esil",
        Texts("Есіл ауданы", "район Есиль", "Esil district"),
        ("Мәңгілік Ел даңғылы", "Қабанбай батыр даңғылы", "Сығанақ көшесі"),
    ),
    Place(
        "astana",
        ASTANA,
        "astana.saryarqa",
        Texts("Сарыарқа ауданы", "район Сарыарка", "Saryarqa district"),
        ("Бөгенбай батыр даңғылы", "Сәкен Сейфуллин көшесі", "Кенесары көшесі"),
    ),
    Place(
        "shymkent",
        SHYMKENT,
        "shymkent.al-farabi",
        Texts("Әл-Фараби ауданы", "Аль-Фарабийский район", "Al-Farabi district"),
        ("Тәуке хан даңғылы", "Қазыбек би көшесі", "Бейбітшілік көшесі"),
    ),
    Place(
        "shymkent",
        SHYMKENT,
        "shymkent.qaratau",
        Texts("Қаратау ауданы", "Каратауский район", "Qaratau district"),
        ("Назарбекұлы көшесі", "Асқаров көшесі", "Нұрсәт шағын ауданы"),
    ),
    Place(
        "karagandy",
        KARAGANDY,
        "karagandy.temirtau",
        Texts("Теміртау қаласы", "город Темиртау", "Temirtau city"),
        ("Республика даңғылы", "Металлургтер даңғылы", "Абай көшесі"),
    ),
    Place(
        "aktobe",
        AKTOBE,
        "aktobe.aktobe",
        Texts("Ақтөбе қаласы", "город Актобе", "Aktobe city"),
        ("Әбілқайыр хан даңғылы", "Сәңкібай батыр даңғылы", "Алтынсарин көшесі"),
    ),
)

SCHOOL_KINDS = (
    Texts(
        "№ {n} жалпы орта білім беретін мектеп", "Средняя школа № {n}", "School No. {n}"
    ),
    Texts("№ {n} мектеп-гимназия", "Школа-гимназия № {n}", "School-gymnasium No. {n}"),
    Texts("№ {n} мектеп-лицей", "Школа-лицей № {n}", "School-lyceum No. {n}"),
)

# The stem of a surname; women's end in "а".
SURNAMES = (
    "Ахметов", "Әбдірахманов", "Байжанов", "Дәулетов", "Ермеков", "Жүнісов", "Кәрімов",
    "Қалиев", "Қасымов", "Мұқанов", "Нұрланов", "Оспанов", "Өтегенов", "Рахымов",
    "Сәрсенов", "Сейітов", "Тоқтаров", "Төлегенов", "Үсенов", "Шәріпов", "Ысқақов",
)  # fmt: skip
MEN = (
    "Айбек", "Асқар", "Бауыржан", "Бекзат", "Ғалымжан", "Дәурен", "Ерлан", "Жандос",
    "Қайрат", "Мақсат", "Марат", "Нұржан", "Олжас", "Руслан", "Серік", "Талғат",
)  # fmt: skip
WOMEN = (
    "Айгүл", "Айжан", "Ақмарал", "Әсел", "Балнұр", "Гүлнар", "Динара", "Жанар",
    "Жұлдыз", "Қарлығаш", "Ләззат", "Мадина", "Назгүл", "Салтанат", "Сәуле", "Шолпан",
)  # fmt: skip
BOYS = (
    "Айсұлтан", "Али", "Алдияр", "Арлан", "Әлихан", "Дінмұхаммед", "Ерасыл", "Имран",
    "Мансұр", "Мирас", "Нұрислам", "Омар", "Рамазан", "Санжар", "Тамерлан", "Хан",
)  # fmt: skip
GIRLS = (
    "Адия", "Айзере", "Айлин", "Айша", "Аяла", "Әмина", "Зере", "Инжу",
    "Кәусар", "Медина", "Мерей", "Нұрай", "Раяна", "Сафия", "Томирис", "Хадиша",
)  # fmt: skip
