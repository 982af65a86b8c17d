"""What people read of the yearly fees: tables as text, in Japanese or English. Pure."""

from dataclasses import fields
from enum import EnumType

from gateway.text_tables import lay_out
from gateway.texts import Language, say
from gateway.yearly.assumptions import PREFIX, Assumptions, Rounding
from gateway.yearly.course import CourseYear
from gateway.yearly.model import Measure, Month, YearFee
from gateway.yearly.system_fee import rate_of, tax_percent


def text(language: Language, key: str, **values: object) -> str:
    """Return a text of the yearly fees."""
    return say("yearly", language, key, **values)


def yen(language: Language, amount: int) -> str:
    """Return an amount with its thousands apart."""
    return text(language, "yen", amount=f"{amount:,}")


def measure_name(language: Language, measure: Measure | None) -> str:
    """Return the measure's name, or that there is none."""
    return text(language, "none" if measure is None else f"measure.{measure.value}")


def fee_table(
    language: Language,
    fee: YearFee,
    population: int,
    start: Month,
    *,
    measure: Measure | None,
    assumptions: Assumptions,
) -> str:
    """Return the first fiscal year's fee with every step, as the worked example shows it."""

    def t(key: str, **values: object) -> str:
        return text(language, f"fee.{key}", **values)

    def by(rounding: Rounding) -> dict[str, str]:
        return {"rounding": text(language, f"rounding.{rounding.value}")}

    rate, percent = rate_of(measure), tax_percent(start.first_day)
    year = start.fiscal_year
    march = Month(year + 1, 3)
    steps = [
        (
            "annual_incl",
            t("base_and_head", base=rate.base, population=population, head=rate.per_head),
        ),
        (
            "annual_excl",
            t(
                "without_tax",
                amount=f"{fee.annual_incl:,}",
                percent=percent,
                **by(assumptions.annual_rounding),
            ),
        ),
        (
            "monthly_excl",
            t("by_month", amount=f"{fee.annual_excl:,}", **by(assumptions.monthly_rounding)),
        ),
        ("months", t("from_start", first=start, last=march)),
        ("billed_excl", t("times", monthly=f"{fee.monthly_excl:,}", months=fee.months)),
        (
            "billed_incl",
            t(
                "with_tax",
                amount=f"{fee.billed_excl:,}",
                percent=percent,
                **by(assumptions.billed_rounding),
            ),
        ),
    ]
    rows = [["", t("amount"), t("step")]]
    for name, how in steps:
        amount = getattr(fee, name)
        rows.append([t(name), str(amount) if name == "months" else yen(language, amount), how])
    title = t(
        "title",
        year=year,
        start=start,
        population=f"{population:,}",
        measure=measure_name(language, measure),
    )
    return "\n".join([title, "", lay_out(rows, right=(1,)), "", t("billed", year=year + 1)])


def course_table(
    language: Language,
    course: tuple[CourseYear, ...],
    start: Month,
    *,
    within: int | None = None,
) -> str:
    """Return the fiscal years one below the other."""

    def t(key: str, **values: object) -> str:
        return text(language, f"years.{key}", **values)

    columns = ("fiscal_year", "population", "measure", "months", "billed_incl", "saved", "billed")
    rows = [[*(t(column) for column in columns), t("why")]]
    for one in course:
        reasons = " / ".join(
            text(language, f"reason.{reason.value}") for reason in one.verdict.reasons
        )
        rows.append(
            [
                text(language, "year", year=one.fiscal_year),
                f"{one.population:,} ({one.population_day})",
                measure_name(language, one.verdict.measure),
                str(one.fee.months),
                yen(language, one.fee.billed_incl),
                yen(language, one.normal.billed_incl - one.fee.billed_incl),
                text(language, "year", year=one.billed_in),
                reasons,
            ]
        )
    return "\n".join(
        [t("title", start=start), "", lay_out(rows, right=(1, 3, 4, 5), within=within)]
    )


def assumption_rows(language: Language, assumptions: Assumptions) -> list[list[str]]:
    """Return every assumption: the variable that sets it, value, choices, meaning."""
    rows = []
    for field in fields(Assumptions):
        choices = (
            " | ".join(one.value for one in field.type)
            if isinstance(field.type, EnumType)
            else text(language, "assumptions.number")
        )
        value = str(getattr(assumptions, field.name))
        meaning = text(language, f"assumptions.{field.name}")
        rows.append([PREFIX + field.name.upper(), value, choices, meaning])
    return rows


def assumption_table(
    language: Language, assumptions: Assumptions, *, within: int | None = None
) -> str:
    """Return every assumption as a table."""
    head = [text(language, f"assumptions.{key}") for key in ("name", "value", "choices", "what")]
    rows = [head, *assumption_rows(language, assumptions)]
    return "\n".join([text(language, "assumptions.title"), "", lay_out(rows, within=within)])
