"""Word lists, and which of them training never sees.

Every seventh word of each list, and a set of syllables, is kept for the held-out split. The topics of the built-in data sets
are in neither."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Split(StrEnum):
    """Which topics and names an example may use."""

    TRAIN = "train"
    HELD_OUT = "held_out"


UNITS = """clinics farms plots villages rivers lakes shops factories orchards buses labs teams branches stations districts
counties regions states cities islands wells mines bakeries greenhouses colonies herds flocks ponds forests fields wards
nurseries libraries offices courts kitchens studios vineyards reefs streams depots batches machines sensors cages tanks
litters pens blocks sites transects patients rats mice drivers players workers batteries engines bulbs beetles frogs bees
birds trees plants seedlings samples tubes plates vials stores studies centres cohorts surveys towns ports mills dairies
volunteers trains kiosks beaches valleys gardens boats hives markets cafes theatres museums hotels turbines pumps""".split()
REAL = """temperature log_income weight_change score rating voltage anomaly deviation log_price elevation profit balance drift
offset change difference gain effect shift residual log_radon log_yield log_dose displacement return growth_rate mood index
signal temperature_change net_flow bias imbalance surplus error_rate_change altitude_change log_ratio contrast""".split()
POSITIVE = """weight height length yield income price cost duration dose concentration rainfall distance speed volume mass
width depth area biomass salary rent energy power density absorbance response_time blood_pressure heart_rate heat hardness
thickness diameter viscosity brightness salinity turbidity stem_length wing_span leaf_area shell_size intensity velocity load
pressure consumption output level moisture flow girth strength fare sugar protein oxygen revenue""".split()
COUNTS = """deaths births accidents visits calls eggs fish seeds storms quakes failures arrivals cases goals bugs crashes
sightings claims sales nests spikes faults strikes owls emails errors complaints outages tickets fires defects infections
injuries admissions bites whales parasites mutations particles photons clicks orders hits captures weeds flowers thefts
landings rides shoots spores""".split()
BINARY = """switched passed voted bought infected cured hired failed defaulted relapsed hatched germinated responded won
clicked returned smoker pregnant employed graduated flowered resistant detected occupied alive success renewed subscribed
recovered churned""".split()
SHARES = "proportion share fraction cover efficiency occupancy purity humidity_share turnout germination_rate".split()
PREDICTORS = """age dose temperature rainfall income depth distance time day week month hour speed height weight pressure
altitude latitude concentration light ph salinity humidity price education stress wind elevation noise length size duration
area moisture floor treatment gender sex smoking arsenic iron carbon nitrogen voltage current angle effort hours experience
fertiliser density quality rank sleep caffeine""".split()
TIMES = "year time day week month age period hour quarter season minute".split()
SYLLABLES = """ba be bi bo da de di do fa fe ga go ka ke ki ko la le li lo ma me mi mo na ne ni no pa pe po ra re ri ro sa se
si so ta te ti to va ve vi vo za ze zu tri stu kra plo gre bur dan fen hol mar nor pel sul tor vin wex yor""".split()

OUTCOME_NAMES = "y y y y Y Y z w v obs outcome response target values out resp u d h s m r k c C q Z W B R D g".split()
COUNT_NAMES = "y y y Y k k c C n_events events counts count cnt z d r R D m h q u g B".split()
PREDICTOR_NAMES = "x x x x X t T z w u v s d a h x_obs xs xx f dose r q p l predictor covariate".split()
SIZE_NAMES = "N N N N n n J K M I T L S G P n_obs num size n_units n_data nobs".split()
TRIALS_NAMES = """trials tested total n n n N N m M attempts size exposed population tries nn tot n_total at_risk sampled
denominator num_trials""".split()
SUCCESS_NAMES = """successes positives hits r r y y k s x z infected cured wins events Y d c C failures defects correct
survivors recovered hatched passed u w h cases""".split()
ERROR_NAMES = "se se sigma sigma sigma s sd_y sigma_y stderr err sem SE sigma_j std e sig sd known_sd".split()
GROUP_NAMES = "group group g idx group_idx unit id subject j site block batch cluster".split()
AWKWARD_NAMES = "sigma mu alpha beta tau theta eta p lambda_ n group size f a b z cov rate".split()
KEYWORDS = frozenset(
    "in is if or as and not for def del with pass from import lambda else try while class return".split()
)

# Topics of the built-in data sets: no description, meaning or name may contain one of these words.
FORBIDDEN_WORDS = frozenset(
    """school schools dugong dugongs surgical hospital hospitals surgery peregrine peregrines coaching operations infants
    breeding pairs cows heart""".split()
)
FORBIDDEN_TOGETHER = (frozenset({"length", "age"}),)
FORBIDDEN_NAMES = tuple(
    frozenset(names.split())
    for names in (
        "J y sigma",
        "y sigma",
        "N x Y",
        "x Y",
        "n_years C N year",
        "C N year",
        "N x k",
        "x k",
        "N r n",
        "r n",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one split."""

    units: tuple[str, ...]
    real: tuple[str, ...]
    positive: tuple[str, ...]
    counts: tuple[str, ...]
    binary: tuple[str, ...]
    shares: tuple[str, ...]
    predictors: tuple[str, ...]
    times: tuple[str, ...]
    syllables: tuple[str, ...]


_ALL = Words(
    units=tuple(UNITS),
    real=tuple(REAL),
    positive=tuple(POSITIVE),
    counts=tuple(COUNTS),
    binary=tuple(BINARY),
    shares=tuple(SHARES),
    predictors=tuple(PREDICTORS),
    times=tuple(TIMES),
    syllables=tuple(SYLLABLES),
)


def _kept(words: tuple[str, ...], split: Split) -> tuple[str, ...]:
    held_out = words[3::7]
    return held_out if split is Split.HELD_OUT else tuple(word for word in words if word not in held_out)


WORDS = {
    split: replace(_ALL, **{name: _kept(getattr(_ALL, name), split) for name in _ALL.__slots__ if name != "times"})
    for split in Split
}


def singular(word: str) -> str:
    """The singular of a unit: batteries, batches, buses, mice, plots."""
    if word == "mice":
        return "mouse"
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "uses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


def spoken(word: str) -> str:
    """A name as a description says it."""
    return word.replace("_", " ")
