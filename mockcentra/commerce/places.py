"""What the world says of countries and currencies: their other ISO codes and their continents."""

from functools import lru_cache

# continent: alpha-2, alpha-3 and number of its countries
_COUNTRIES = {
    "Europe": "AD AND 20,AL ALB 8,AT AUT 40,BE BEL 56,BG BGR 100,CH CHE 756,CY CYP 196,CZ CZE 203,DE DEU 276,"
    "DK DNK 208,EE EST 233,ES ESP 724,FI FIN 246,FR FRA 250,GB GBR 826,GR GRC 300,HR HRV 191,HU HUN 348,IE IRL 372,"
    "IS ISL 352,IT ITA 380,LI LIE 438,LT LTU 440,LU LUX 442,LV LVA 428,MC MCO 492,MT MLT 470,NL NLD 528,NO NOR 578,"
    "PL POL 616,PT PRT 620,RO ROU 642,RS SRB 688,SE SWE 752,SI SVN 705,SK SVK 703,SM SMR 674,UA UKR 804",
    "Asia": "AE ARE 784,CN CHN 156,HK HKG 344,ID IDN 360,IL ISR 376,IN IND 356,JP JPN 392,KR KOR 410,KW KWT 414,"
    "MY MYS 458,PH PHL 608,QA QAT 634,SA SAU 682,SG SGP 702,TH THA 764,TR TUR 792,TW TWN 158,VN VNM 704",
    "North America": "CA CAN 124,CR CRI 188,MX MEX 484,PA PAN 591,US USA 840",
    "South America": "AR ARG 32,BR BRA 76,CL CHL 152,CO COL 170,PE PER 604,UY URY 858",
    "Oceania": "AU AUS 36,NZ NZL 554",
    "Africa": "EG EGY 818,KE KEN 404,MA MAR 504,NG NGA 566,TN TUN 788,ZA ZAF 710",
}
_CURRENCIES = (
    "AUD 036,BRL 986,CAD 124,CHF 756,CNY 156,CZK 203,DKK 208,EUR 978,GBP 826,HKD 344,HUF 348,INR 356,ISK 352,JPY 392,"
    "KRW 410,MXN 484,NOK 578,NZD 554,PLN 985,RON 946,SEK 752,SGD 702,TRY 949,USD 840,ZAR 710"
)


@lru_cache(maxsize=1)
def _known() -> dict[str, tuple[str, str, int]]:
    """Alpha-2 code -> continent, alpha-3 code, number."""
    return {
        two: (continent, three, int(number))
        for continent, countries in _COUNTRIES.items()
        for two, three, number in (entry.split() for entry in countries.split(","))
    }


def continent_of(code: str) -> str | None:
    """The continent of a country by its alpha-2 code."""
    found = _known().get(code)
    return found[0] if found else None


@lru_cache(maxsize=1)
def continents() -> dict[str, tuple[str, ...]]:
    """Continent -> alpha-2 codes of its countries."""
    return {name: tuple(code for code, known in _known().items() if known[0] == name) for name in sorted(_COUNTRIES)}


def countries_called(names: list[str] | list[int]) -> list[str]:
    """The alpha-2 codes of countries that are named by alpha-3 codes or by numbers."""
    wanted = {name.upper() if isinstance(name, str) else name for name in names}
    return [code for code, (_, three, number) in _known().items() if three in wanted or number in wanted]


def currency_number(code: str) -> str | None:
    """The ISO number of a currency: `752`."""
    return dict(entry.split() for entry in _CURRENCIES.split(",")).get(code)
