"""Words that say what a column is, and how a column's name splits into words."""

import re
import unicodedata


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


IDENTIFIER = _words("""
id ids uuid guid idx index row rows rowname rownames rowid rownum nr no record key email mail phone address url
unnamed serial barcode ssn isbn name names firstname lastname surname
""")
GROUP = _words("""
group groups grp subject patient person participant respondent individual site village county region state country
city town district school hospital clinic lab batch block plot plant cluster team store shop branch class classroom
station farm family household species genus litter cage tank pen strain variety breed brand line ward unit sector
teacher rater judge operator machine device zone location place area_code zip zipcode postcode postal dept department
party league treatment arm condition category type island orchard field river lake well tree student pupil animal rat
mouse dog cow chick player user employee worker driver session experiment sample replicate transect quadrat
""")
_NUMBERING = _words("id ids uuid guid code codes idx nr no label name")  # after what it numbers
COUNT = _words("""
count counts cnt number num freq frequency events deaths births accidents visits calls eggs seeds storms quakes
failures arrivals cases goals bugs crashes sightings claims nests faults strikes errors complaints tickets fires
defects infections injuries admissions bites parasites mutations orders clicks flowers rides shoots spores wins losses
kills awards bikes cars passengers customers insects doctors children kids siblings pets hits successes nb abundance
""")
MEASURE = _words("""
weight height length width depth price cost income salary wage age duration distance dist speed velocity temp
temperature pressure score volume mass dose concentration rainfall energy power voltage yield size area mpg hp
horsepower bmi time minutes hours seconds revenue expenditure gdp calories cholesterol glucose bp sbp dbp hr heart
strength wt ht sqft sq ft elev elevation altitude weightlb heightin cm mm kg lb lbs inch inches girth sales amount
rent level loss iq reaction rt latency balance debt profit gain change difference diff current absorbance density
radius diameter thickness resistance conc circumference marks gpa intensity flow rate earnings
""")
MAY_BE_SHARES = _words("yield level loss score rate")  # measurements, or shares where they lie between 0 and 1
UNITS = _words("""
mm cm m km g kg mg ug ng s ms us sec min hr h v mv a ma hz khz mhz pa kpa bar n w kw j kj c k f mol mmol um nm l ml m2
m3 ha usd eur gbp k mah lux db ohm rpm mph kmh ppm ppb psu
""")
CALENDAR = _words("year years month months week weeks weekday day days date dates quarter season timestamp datetime")
TRAITS = _words("sex gender")  # explain, and are not explained
TIME = _words("year years month months week weeks day days hour hours date time t period quarter season minute age")
GROWS = TIME | _words("dose concentration conc age")
TRIALS = _words("""
trials trial n total tot tested attempts exposed denominator tries attempted sampled examined screened inspected shots
questions items pairs flips tosses drawn treated planted sown asked invited ntotal ntrials applied applicants eligible
enrolled offered opportunities released
""")
ERROR = _words("se sei stderr sem stderror sterr")
PROPORTION = _words("proportion prop share fraction frac percent pct percentage perc")
PERCENT = _words("percent pct percentage perc")
MAY_BE_TRIALS = _words("""
patients cases visitors users views impressions emails sent bats games admissions procedures operations births flights
voters ballots households matches participants population subjects surveyed tests sessions eggs seeds animals larvae
""")
VARIANCE = _words("vi var variance variances")
UNCERTAINTY = _words("err uncertainty unc")
_ERROR_OF = ERROR | UNCERTAINTY | _words("error sigma d")  # beside the name of what has the error
EFFECT = _words("yi effect es smd md rr lnrr logrr lnor logor estimate est hedges cohen d g effectsize")
EXPOSURE = _words("exposure population pop personyears persontime offset")
BESIDE = _words("n trials trial total sigma number of tested exposed attempts sampled examined")  # beside an outcome
WAITING = _words("time duration survival lifetime tenure followup ttf tte")
ENDED = _words("event status censored censor cens delta observed died death dead ended failed")
RATED = _words(
    "rating satisfaction grade stage pain severity agreement likert quality rank level happiness stars class"
)
OUTCOME = ("outcome", "response", "target", "y")
EXPLAINED = frozenset({"outcome", "target"})  # as one word of several
NO_PLURALS = _words("days hours minutes seconds weeks months years sales")

SCALES = tuple(
    tuple(scale.split(","))
    for scale in (
        "very low,low,medium,high,very high",
        "low,moderate,high",
        "low,mid,high",
        "never,rarely,sometimes,often,always",
        "never,seldom,sometimes,often,always",
        "very small,small,medium,large,very large",
        "xs,s,m,l,xl,xxl",
        "none,mild,moderate,severe,very severe",
        "none,some,marked",
        "terrible,very poor,poor,fair,good,very good,excellent",
        "very bad,bad,ok,good,very good",
        "bad,average,good",
        "strongly disagree,disagree,neutral,agree,strongly agree",
        "strongly disagree,disagree,neither,agree,strongly agree",
        "very dissatisfied,dissatisfied,neutral,satisfied,very satisfied",
        "primary,secondary,tertiary",
        "beginner,intermediate,advanced",
        "young,middle,old",
        "cold,cool,warm,hot",
        "i,ii,iii,iv,v",
    )
)
ASKED = _words(
    "yes no y n true false t f pass fail passed failed success failure positive negative alive dead won lost"
)
YES = _words(
    "after post yes y true t 1 positive pos present success passed pass alive male treated treatment on win won case"
)
NO = _words("""
before pre no n false f 0 negative neg absent failure failed fail dead female control untreated off lose lost placebo
""")


_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "Ae", "ø": "o", "Ø": "O", "ł": "l", "đ": "d", "œ": "oe"})


_UNIT_BEHIND = re.compile(r"\s*[(\[].*$|\s/\s\S{1,12}$")


def without_unit(name: str) -> str:
    """A name without the unit behind it: weight of `weight (kg)`, U of `U / V`."""
    return _UNIT_BEHIND.sub("", name).strip() or name


def words_of(name: str) -> list[str]:
    """The words of a column's name, lower case: `Petal.Length (cm)` is petal, length, cm; `nTrials` is n, trials."""
    plain = unicodedata.normalize("NFKD", name.translate(_LETTERS)).encode("ascii", "ignore").decode()
    split = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", plain)
    return [word.lower() for word in re.findall(r"[A-Za-z]+|\d+", split)]


def has(name: str, known: frozenset[str]) -> bool:
    """Whether one of the words of a column's name is known."""
    found = words_of(name)
    return not known.isdisjoint(found) or "".join(found) in known


def is_percent(name: str, unit: str) -> bool:
    """Whether a column holds percentages, by its name or unit."""
    return unit == "%" or has(name, PERCENT) or name.rstrip(" )]").endswith("%")


def is_plural(name: str) -> bool:
    """Whether a name ends with a noun in the plural: tweets, ships."""
    last = next((word for word in reversed(words_of(name)) if len(word) > 3 and word not in UNITS), "")
    return last.endswith("s") and not last.endswith(("ss", "us", "is")) and last not in NO_PLURALS


def names_rows(name: str) -> bool:
    """Whether numbers that differ in every row are identifiers by their name: id, case_id; not price_index."""
    found = words_of(name)
    alone = len(found) == 1 and found[0] in IDENTIFIER
    return alone or (len(found) > 1 and (found[-1] in _NUMBERING or found[0] in ("id", "uuid", "row")))


def names_groups(name: str) -> bool:
    """Whether numbers that repeat name groups: site, site_id, plot 2; not plant_height."""
    found = [word for word in words_of(name) if not word.isdecimal()]
    numbered = len(found) > 0 and (found[-1] in ("id", "ids", "uuid", "guid", "code") or found[0] == "id")
    while len(found) > 1 and found[-1] in _NUMBERING:
        found.pop()
    return numbered or bool(found and found[-1] in GROUP)


def names_error_of(name: str, outcome: str) -> bool:
    """Whether a column holds standard errors of the outcome, by their names: se, y_err, sigma_flux of flux."""
    if has(name, ERROR | UNCERTAINTY) or name.lower() == "sigma":
        return True
    found = set(words_of(name))
    rest = found - _ERROR_OF - UNITS
    return bool(found & _ERROR_OF and rest and rest <= set(words_of(outcome)))


def explains(name: str) -> bool:
    """Whether a column is no outcome by its name, while others may be: a date, the sex, an exposure."""
    found = words_of(name)
    calendar = bool(found) and (CALENDAR.issuperset(found) or found[-1] in ("year", "date"))
    return calendar or has(name, TRAITS) or name.lower() in ("exposure", "offset") or has(name, UNCERTAINTY)


def has_unit(name: str) -> bool:
    """Whether a name ends with a unit after what it measures: conc_M, width_mm; not vitamin_c."""
    *measured, last = words_of(name) or [""]
    sure = len(last) > 1 or not MEASURE.isdisjoint(measured)
    return bool(measured and last in UNITS and sure)


def counts_something(name: str) -> bool:
    """Whether a name says that a column is a count: deaths, num_visits, n_eggs."""
    found = words_of(name)
    return has(name, COUNT) or (len(found) > 1 and found[0] in ("n", "no"))


def measures_something(name: str) -> bool:
    """Whether a name says that a column is a measurement."""
    return has(name, MEASURE) and not counts_something(name)
