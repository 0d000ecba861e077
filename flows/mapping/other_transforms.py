"""Transforms of dates, people and places.

Part of the catalogue in `transforms.py`. The libraries behind names, addresses and countries load when a rule that
needs them is compiled.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from flows.engine import dates
from flows.engine.errors import REJECTED, StepFailed, error
from flows.engine.outcomes import Tables
from flows.engine.values import text_of
from flows.mapping.paths import looks_like_source
from flows.mapping.transform import PATH_OR_TEXT, TEXT, Params, Transform, example, shelf, titled

MAX_NAME: Final = 1000


def _check_dates(params: dict[str, Any]) -> None:
    """Formats and fixed time zones are checked when the rule is compiled."""
    import dateutil.parser  # noqa: F401 - loaded now, not in the middle of a run

    for form in (*params.get("formats", ()), *([params["format"]] if "format" in params else ())):
        dates.checked_format(form)
    for name in ("time_zone", "from_time_zone"):
        if name in params and not looks_like_source(params[name]) and "{{" not in params[name]:
            dates.zone(params[name])


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Upper-case name, alpha-3 or numeric code -> ISO 3166 alpha-2 code, from CLDR."""
    from babel import Locale
    from babel.core import get_global

    names: dict[str, str] = Locale("en").territories  # type: ignore[assignment]
    found = {name.upper(): code for code, name in names.items() if len(code) == 2 and code.isalpha()}
    for alias, codes in get_global("territory_aliases").items():
        if len(codes) == 1:
            found.setdefault(alias.upper(), codes[0])
    found.update({code: code for code in names if len(code) == 2 and code.isalpha()})
    found.update(_SPELLINGS)
    return found


_SPELLINGS: Final = {
    "UNITED STATES OF AMERICA": "US", "U.S.A.": "US", "U.S.": "US", "AMERICA": "US", "UK": "GB", "GREAT BRITAIN": "GB",
    "ENGLAND": "GB", "SCOTLAND": "GB", "WALES": "GB", "NORTHERN IRELAND": "GB", "HOLLAND": "NL",
    "THE NETHERLANDS": "NL",
    "CZECH REPUBLIC": "CZ", "SOUTH KOREA": "KR", "RUSSIAN FEDERATION": "RU", "TURKEY": "TR", "VIET NAM": "VN",
    "IVORY COAST": "CI", "HONG KONG": "HK", "MACAU": "MO", "TAIWAN": "TW",
}  # fmt: skip


def _country(value: Any, p: Params, tables: Tables) -> Any:
    text = text_of(value).strip()
    code = _countries().get(text.upper())
    if code is not None:
        return code
    if "default" in p:
        return p["default"]
    raise StepFailed(
        error(REJECTED, "unknown_country", f"'{text[:60]}' is no country.", hint="Give its ISO code, or a default.")
    )


def _name(value: Any, p: Params, tables: Tables) -> dict[str, str]:
    from nameparser import HumanName

    name = HumanName(text_of(value)[:MAX_NAME])
    parts = {part: str(getattr(name, part) or "") for part in ("title", "first", "middle", "last", "suffix")}
    return parts


_STREET: Final = (
    "AddressNumberPrefix", "AddressNumber", "AddressNumberSuffix", "StreetNamePreModifier", "StreetNamePreDirectional",
    "StreetNamePreType", "StreetName", "StreetNamePostType", "StreetNamePostDirectional", "StreetNamePostModifier",
    "USPSBoxType", "USPSBoxID",
)  # fmt: skip
_UNIT: Final = ("OccupancyType", "OccupancyIdentifier", "SubaddressType", "SubaddressIdentifier")


def _address(value: Any, p: Params, tables: Tables) -> dict[str, str]:
    import usaddress

    text = text_of(value)[:MAX_NAME].replace("\n", ", ")
    try:
        found, _ = usaddress.tag(text)
    except usaddress.RepeatedLabelError:
        raise StepFailed(
            error(
                REJECTED, "address_unclear", f"'{text[:100]}' is not one clear US address.",
                hint="Check the address, or map its parts from separate fields.",
            )
        ) from None  # fmt: skip

    def pick(names: tuple[str, ...]) -> str:
        return " ".join(found[name] for name in names if found.get(name))

    state = pick(("StateName",))
    return {
        "house_number": pick(("AddressNumberPrefix", "AddressNumber", "AddressNumberSuffix")),
        "street": pick(_STREET),
        "unit": pick(_UNIT),
        "city": pick(("PlaceName",)),
        "state": state.upper() if len(state) == 2 else state,
        "zip": pick(("ZipCode",)),
    }


def _load_address(params: dict[str, Any]) -> None:
    import usaddress  # noqa: F401 - loaded now, not in the middle of a run


def _load_names(params: dict[str, Any]) -> None:
    import nameparser  # noqa: F401 - loaded now, not in the middle of a run


def _load_countries(params: dict[str, Any]) -> None:
    _countries()


_FORMAT: Final = titled({**TEXT, "maxLength": 200}, "Write as", description="date, datetime or strftime: %d.%m.%Y")
_ZONE: Final = titled(PATH_OR_TEXT, "Time zone", description="An IANA name such as America/New_York, or a path to one.")
_UNIT_OF_TIME: Final = {"title": "Counted in", "enum": ["seconds", "milliseconds"], "default": "seconds"}

TRANSFORMS: Final = shelf(
    "Dates and times",
    Transform(
        "unix_to_date", "Unix time to date", "A number that counts seconds since 1970 as a date, or a date and time.",
        lambda v, p, t: dates.unix_to_date(v, p.get("unit", "seconds"), p.get("time_zone"), p.get("format")),
        example(1763645400, "2025-11-20", format="date"),
        {"unit": _UNIT_OF_TIME, "time_zone": _ZONE, "format": _FORMAT},
        prepare=_check_dates,
    ),
    Transform(
        "date_to_unix", "Date to Unix time", "A date and time as a number that counts seconds since 1970.",
        lambda v, p, t: dates.date_to_unix(v, p.get("unit", "seconds"), p.get("time_zone")),
        example("2025-11-20T13:30:00Z", 1763645400), {"unit": _UNIT_OF_TIME, "time_zone": _ZONE}, prepare=_check_dates,
    ),
    Transform(
        "parse_date", "Read a date",
        "A date written in any form, such as 20.11.2025; the forms you list are tried in order.",
        lambda v, p, t: dates.parse_date(v, p.get("formats", ()), p.get("time_zone"), p.get("format")),
        example("20.11.2025", "2025-11-20", formats=["%d.%m.%Y"], format="date"),
        {"formats": {"type": "array", "title": "Formats", "items": TEXT, "maxItems": 20}, "time_zone": _ZONE,
         "format": _FORMAT}, prepare=_check_dates,
    ),
    Transform(
        "format_date", "Write a date", "A date in the form the other system wants.",
        lambda v, p, t: dates.format_date(v, p.get("format", "date"), p.get("time_zone")),
        example("2025-11-20T13:30:00Z", "11/20/2025", format="%m/%d/%Y"), {"format": _FORMAT, "time_zone": _ZONE},
        prepare=_check_dates,
    ),
    Transform(
        "to_time_zone", "Other time zone", "The same moment in another time zone.",
        lambda v, p, t: dates.to_time_zone(v, p["time_zone"], p.get("from_time_zone")),
        example("2025-11-20T13:30:00Z", "2025-11-20T08:30:00-05:00", time_zone="America/New_York"),
        {"time_zone": _ZONE, "from_time_zone": titled(PATH_OR_TEXT, "When it has none, it is in")}, ("time_zone",),
        prepare=_check_dates,
    ),
    Transform(
        "add_time", "Add time", "A date and time moved forward or back.",
        lambda v, p, t: dates.add_time(v, p.get("days", 0), p.get("hours", 0), p.get("minutes", 0), p.get("months", 0)),
        example("2025-11-20T13:30:00Z", "2025-12-20T13:30:00Z", days=30),
        {name: {"type": "integer", "title": name.title(), "minimum": -100_000, "maximum": 100_000}
         for name in ("months", "days", "hours", "minutes")}, prepare=_check_dates,
    ),
) + shelf(
    "People and places",
    Transform(
        "split_name", "Split a name", "A person's whole name as title, first, middle and last name.", _name,
        example("Dr. Juan Q. Xavier de la Vega III",
             {"title": "Dr.", "first": "Juan", "middle": "Q. Xavier", "last": "de la Vega", "suffix": "III"}),
        prepare=_load_names,
    ),
    Transform(
        "split_address_us", "Split a US address", "An address in one line as street, city, state and ZIP code.",
        _address,
        example("123 N Main St Apt 4, Springfield, IL 62701",
             {"house_number": "123", "street": "123 N Main St", "unit": "Apt 4", "city": "Springfield", "state": "IL",
              "zip": "62701"}),
        prepare=_load_address,
    ),
    Transform(
        "country_code", "Country to code", "A country's name or code as its two letters.", _country,
        example("United States", "US"), {"default": {"type": ["string", "null"], "title": "When unknown"}},
        prepare=_load_countries,
    ),
)  # fmt: skip
