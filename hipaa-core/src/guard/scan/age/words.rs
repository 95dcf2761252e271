//! Words around an age.

use crate::guard::words::WordSet;

pub(super) static YEARS_OLD: WordSet<32> = WordSet::new("yo yof yom yoa yowf yowm yobf yobm yoaaf yoaam");
pub(super) static YEARS: WordSet<8> = WordSet::new("years yrs y");
pub(super) static YEAR: WordSet<16> = WordSet::new("year years yr yrs y");
pub(super) static GLUED: WordSet<64> =
    WordSet::new("yo y yr yrs yof yom yoa ym yf yrm yrf yowf yowm yobf yobm yoaaf yoaam");
pub(super) static SEXES: WordSet<32> = WordSet::new("m f male female man woman lady gentleman");
pub(super) static LIMITS_BEHIND: WordSet<16> = WordSet::new("older over above more greater up");
pub(super) static LIMITS_BEFORE: WordSet<32> =
    WordSet::new("over above than under below least exceeding past until to between beyond");
pub(super) static THINGS: WordSet<128> = WordSet::new(
    "building hospital house home church clinic tree wine facility institution company bridge record tradition \
    structure school law practice farmhouse barn cottage mansion cabin car piano violin painting cemetery factory \
    mill pipe pipes oak estate library firm newspaper bottle organ ship theater theatre",
);
pub(super) static OF_THINGS: WordSet<16> = WordSet::new("year years yr yrs old brick wooden family");
/// What has an age and is no person, before `age` or `aged`.
pub(super) static NO_PERSONS: WordSet<128> = WordSet::new(
    "bone cell password claim claims invoice invoices account accounts bill bills debt balance balances receivable \
    receivables mean median average wine sample samples tissue cache data heart vascular brain lung arterial skeletal \
    biological metabolic fitness battery equipment device file header headers min max minimum maximum",
);
pub(super) static TEMPERATURES: WordSet<32> =
    WordSet::new("t temp temps temperature temperatures tmax fever fevers tm febrile afebrile now was at to of");
pub(super) static OF_PERSONS: WordSet<128> = WordSet::new(
    "with w who presents presenting presented admitted here c s p h hx found brought from seen was is has and \
    complaining in pt patient adm lives living resident dnr",
);
/// The same behind a blank, `91 F h/o CAD`, where a temperature is likelier.
pub(super) static OF_PATIENTS: WordSet<64> = WordSet::new(
    "with w who presents presenting presented admitted adm h c s p hx brought complaining found biba bibems pmh pmhx \
        transferred referred",
);
/// What a sentence that starts with age and sex says at once: `93 F, frail`.
pub(super) static OF_FRAIL: WordSet<32> =
    WordSet::new("frail found lives living widowed retired bedbound demented brought sent");
/// What one is on, and no gas.
pub(super) static TREATMENTS: WordSet<64> = WordSet::new(
    "dialysis hospice hospital chemo medicare medicaid insulin warfarin eliquis xarelto coumadin plavix aspirin metformin \
    metoprolol lasix aricept donepezil namenda amlodipine lisinopril prednisone comfort palliative",
);
pub(super) static VITALS: WordSet<128> = WordSet::new(
    "hr bp rr sat sats sao spo o pulse vitals vs chills rigors wbc oral orally axillary rectal rectally tympanic temporal \
    overnight this today yesterday tonight per at ambient room water max tmax via by last now then after before",
);
/// What keeps, tells or watches a temperature: `the 92F alarm`.
pub(super) static THERMAL: WordSet<64> = WordSet::new(
    "freezer alarm alarms fridge refrigerator warmer incubator setpoint set thermostat reading readings probe sensor oven bath \
    heater alert alerts threshold limit cutoff blanket chiller cooler water room air mark",
);
/// What may stand before the age and sex of a person in a sentence.
pub(super) static BEFORE_PERSONS: WordSet<32> =
    WordSet::new("a an this our the pt patient pleasant elderly is mother wife grandmother sister aunt");
/// What may go on behind `died at 92`, `patient is 90`.
pub(super) static GOES_ON: WordSet<16> = WordSet::new("and of from but due when after who");

/// What tells that `in` is no inch.
pub(super) static IN_TIME: WordSet<64> = WordSet::new(
    "the january february march april may june july august september october november december spring summer fall autumn \
    winter",
);

/// What somebody of a great age still does: `now 97, still drives`.
pub(super) static LIVING: WordSet<32> = WordSet::new(
    "drives driving lives living walks walking works working gardens independent independently ambulatory retired",
);

/// Words for events and measures between the word `age` and a number: `age at last birthday (years)`.
pub(super) static AT_EVENTS: WordSet<128> = WordSet::new(
    "at on of upon in last first the time initial birthday years yrs year is was admission admit visit discharge \
    encounter enrollment exam evaluation surgery service event presentation procedure consent intake \
    screening interview imaging scan draw collection transfer arrival injury stroke fall retirement menopause this death today \
    now when seen m f dx diagnosis onset",
);
/// Labels of what is told about a person.
pub(super) static PERSON_LABELS: WordSet<64> = WordSet::new(
    "pt patient hx history triage hpi cc complaint indication indications info information demographics summary synopsis \
    presentation subjective scenario impression sbar situation background resident name",
);
pub(super) static SEX_WORDS: WordSet<16> = WordSet::new("m f male female wm wf aam aaf");
/// People whose age is great.
pub(super) static ELDERLY: WordSet<8> = WordSet::new("pleasant elderly frail");
/// What tells that `F` is a degree.
pub(super) static FEVERS: WordSet<32> = WordSet::new(
    "febrile afebrile tachycardic tachypneic hypotensive sweats diaphoretic flushed warm fever temp temperature",
);
/// What tells that `m` is a distance, or that people and things are counted.
pub(super) static DISTANCES: WordSet<64> = WordSet::new(
    "walk walked walks run ran race swim away apart st street participants patients subjects mice rats cells rows cases \
    volunteers students children samples members residents",
);
/// People of whom an age is told.
pub(super) static ELDERS: WordSet<128> = WordSet::new(
    "patient pt resident client mother father mom mum dad mama papa momma grandmother grandfather grandma grandpa granny \
    nana wife husband spouse partner aunt uncle sister brother friend neighbor roommate widow widower",
);
/// Those of them whose age is a part of a history of the family.
pub(super) static KIN: WordSet<64> = WordSet::new(
    "mother father mom dad grandmother grandfather grandma grandpa wife husband spouse aunt uncle sister brother mgm mgf \
    pgm pgf",
);
/// What may go on about them behind their age.
pub(super) static OF_ELDERS: WordSet<64> = WordSet::new(
    "is was who whose has had lives presents presented came arrived fell died with a an in from admitted transferred \
    living recently still remains",
);
/// What happens to a person and to no figure: `was found confused`.
pub(super) static MET: WordSet<32> = WordSet::new(
    "found brought admitted transferred taken hospitalized widowed pronounced rushed discharged born living",
);
/// Somebody of so great an age.
pub(super) static AGED: WordSet<8> = WordSet::new("nonagenarian centenarian");
/// What is measured or lies in a list, and looks like a name there: `Heart Rate, 92, normal`.
pub(super) static MEASURES: WordSet<256> = WordSet::new(
    "rate pressure saturation sat sats ox oxygen score scores level levels glucose sugar weight height index count counts \
    tablet tablets capsule capsules refill refills quantity street avenue road lane drive room bed unit page chapter \
    section table figure total percent value values air flow peak goal target dose heart blood pulse max min vol volume \
    patients members visits cases tabs tab caps cap cross shield park york city hill creek suite cream gel chloride sodium \
    potassium albumin ferritin creatinine hemoglobin calcium census acuity",
);
/// Words before the years of a person in Spanish, and what goes on behind those of one who `has` them.
pub(super) static HAVING: WordSet<16> = WordSet::new("de tiene tengo tenia con cumple cumplio");
pub(super) static HAD: WordSet<16> = WordSet::new("and old she he but now so");
/// What is measured in a line, where a bare number behind a pronoun may be its value: `sats low, he is 93 today`.
pub(super) static GAUGED: WordSet<128> = WordSet::new(
    "wt weight weighs weighed weighing kg kgs lb lbs pounds lost gained gain loss sat sats sao spo saturation oxygen room hr \
    heart pulse rate bp pressure map rr temp temps temperature tmax fever febrile afebrile glucose sugar sugars bg fsbg \
    fsbs cbg score scored scores level levels ra nc hba ldl pct percent o",
);
/// What tells of a birthday to come.
pub(super) static SOON: WordSet<16> = WordSet::new("next this soon tomorrow today");
pub(super) static PRONOUNS: WordSet<8> = WordSet::new("she he i");
pub(super) static MYSELF: WordSet<16> = WordSet::new("she he i they her his my");
/// What a person does and no figure: `is 92 and uses a scooter`.
pub(super) static DOES: WordSet<32> =
    WordSet::new("uses resides enjoys cooks ambulates attends volunteers plays reads gardens paints sings golfs");
/// What a history of the family says of the living and the dead: `father 93, healthy`.
pub(super) static ILL: WordSet<64> = WordSet::new(
    "healthy alive living deceased dementia htn dm cad copd chf cva stroke alzheimer parkinson osteoporosis glaucoma",
);
/// What tells that somebody died.
pub(super) static LOST: WordSet<16> = WordSet::new("lost died passed buried death widowed");
/// What tells that a bare number is one of the blood or the pulse.
pub(super) static BREATHS: WordSet<32> =
    WordSet::new("sat sats spo saturation oxygen ra hr rate pulse bp map rr pressure weight");
