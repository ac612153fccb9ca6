"""How written values become the six types: what fits a type, and what it then is."""

from typing import Final

from core.records.data import ColumnType

# Longer whole numbers are identifiers more often than counts, and DOUBLE loses digits.
WHOLE: Final = "-?(0|[1-9][0-9]{0,14})"
NUMBER: Final = "-?((0|[1-9][0-9]{0,14})(S[0-9]*)?|S[0-9]+)([eE][-+]?[0-9]{1,3})?"
GROUPED: Final = "-?[1-9][0-9]{0,2}(G[0-9]{3}){1,4}"
DATE: Final = " *[1-9][0-9]{3}[-/][0-9]{1,2}[-/][0-9]{1,2} *"
CLOCK: Final = "[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?"
TIME: Final = (
    f" *[1-9][0-9]{{3}}[-/][0-9]{{1,2}}[-/][0-9]{{1,2}}([ T]{CLOCK}"
    "(Z|[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?| [AaPp][Mm])?)? *"
)
OTHER_DATE: Final = "^ *([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})"
ISO: Final = {"day first": "\\3-\\2-\\1", "month first": "\\3-\\1-\\2"}
TRUE_WORDS: Final = "('true', 't', 'yes', 'y', '1')"
FALSE_WORDS: Final = "('false', 'f', 'no', 'n', '0')"
FOUND: Final = (  # in the order in which they are preferred
    ColumnType.BOOLEAN,
    ColumnType.INTEGER,
    ColumnType.NUMBER,
    ColumnType.DATE,
    ColumnType.TIME,
)


def fits(value: str, kind: ColumnType, decimal: str, dates: str) -> str:
    """Give the SQL that is true where the text `value` is plainly of that type.

    `00123`, more than 15 digits, `yes` and `inf` are no numbers and no booleans here; a
    person may still set the type by hand.
    """
    shaped = looks_like(value, kind, decimal, dates)
    if kind is ColumnType.NUMBER:
        # 1e400 is more than a number holds; what is no number yet has thousands.
        point = value if decimal == "." else f"replace({value}, ',', '.')"
        return f"({shaped} and isfinite(coalesce(try_cast({point} as double), 0)))"
    if kind not in (ColumnType.DATE, ColumnType.TIME):
        return shaped
    return f"({shaped} and {convert(value, kind, decimal, dates)} is not null)"


def looks_like(value: str, kind: ColumnType, decimal: str, dates: str) -> str:
    """Give the SQL that is true at least where `fits` is; for numbers and dates it asks for less."""
    match kind:
        case ColumnType.BOOLEAN:
            return f"lower(trim({value})) in ('true', 'false')"
        case ColumnType.INTEGER:
            return _matches(value, f" *({WHOLE}|{_grouped(decimal)}) *")
        case ColumnType.NUMBER:
            sign = _escaped(decimal)
            return _matches(
                value, f" *({NUMBER.replace('S', sign)}|{_grouped(decimal)}{sign}[0-9]+) *"
            )
        case _:
            shape = DATE if kind is ColumnType.DATE else TIME
            return _matches(_iso(value, dates), shape)


def convert(value: str, kind: ColumnType, decimal: str, dates: str) -> str:
    """Give the SQL that makes a text into that type, and NULL where it cannot be one."""
    match kind:
        case ColumnType.BOOLEAN:
            word = f"lower(trim({value}))"
            return (
                f"case when {word} in {TRUE_WORDS} then true "
                f"when {word} in {FALSE_WORDS} then false end"
            )
        case ColumnType.INTEGER:
            plain = _plain(value, decimal)
            return (
                f"case when {_matches(plain, ' *[-+]?[0-9]+([.]0*)? *')} "
                f"then try_cast(split_part({plain}, '.', 1) as bigint) end"
            )
        case ColumnType.NUMBER:
            plain = _plain(value, decimal)
            number = f"try_cast({plain} as double)"
            shaped = _matches(plain, "[-+ 0-9.eE]+")
            return f"case when {shaped} and isfinite({number}) then {number} end"
        case ColumnType.DATE:
            iso = _iso(value, dates)
            return f"case when {_matches(iso, DATE)} then try_cast({iso} as date) end"
        case ColumnType.TIME:
            return _time(_iso(value, dates))
        case _:
            return value


def convert_fitting(value: str, kind: ColumnType, decimal: str, dates: str) -> str:
    """Give what `convert` gives, more cheaply, where every value is known to fit."""
    match kind:
        case ColumnType.BOOLEAN:
            return f"lower(trim({value})) = 'true'"
        case ColumnType.INTEGER | ColumnType.NUMBER if decimal == ".":
            return f"try_cast(replace({value}, ',', '') as {kind})"
        case ColumnType.INTEGER | ColumnType.NUMBER:
            point = f"replace(replace({value}, '.', ''), ',', '.')"
            return f"try_cast({point} as {kind})"
        case ColumnType.DATE:
            return f"try_cast({_iso(value, dates)} as date)"
        case _:
            return convert(value, kind, decimal, dates)


def _time(iso: str) -> str:
    """Give UTC: a time with an offset is moved, a time without one is taken as UTC."""
    return (
        f"case when {_matches(iso, TIME)} then coalesce("
        f"make_timestamp(epoch_us(try_cast({iso} as timestamptz))), "
        f"try_strptime({iso}, ['%Y-%m-%d %I:%M:%S %p', '%Y-%m-%d %I:%M %p'])) end"
    )


def _iso(value: str, dates: str) -> str:
    if dates not in ISO:
        return value
    return f"regexp_replace({value}, '{OTHER_DATE}', '{ISO[dates]}')"


def _plain(value: str, decimal: str) -> str:
    """Give the number without signs between thousands and with a point."""
    grouped = _matches(value, f" *{_grouped(decimal)}({_escaped(decimal)}[0-9]+)? *")
    if decimal == ".":
        return (
            f"case when not contains({value}, ',') then {value} "
            f"when {grouped} then replace({value}, ',', '') end"
        )
    return (
        f"case when not contains({value}, '.') then replace({value}, ',', '.') "
        f"when {grouped} then replace(replace({value}, '.', ''), ',', '.') end"
    )


def _grouped(decimal: str) -> str:
    return GROUPED.replace("G", "\\." if decimal == "," else ",")


def _escaped(decimal: str) -> str:
    return "\\." if decimal == "." else ","


def _matches(value: str, pattern: str) -> str:
    return f"regexp_full_match({value}, '{pattern}')"
