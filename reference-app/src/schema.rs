//! The tables: which columns hold PHI, and by what they can be found. The patients are here, what is about them in
//! [`clinical`], and what a clinician writes in [`consultation`].

pub mod clinical;
pub mod consultation;

use hipaa_core::schema::{Column, Date, Index, Json, Table, Text, Texts};

/// The id of the FHIR resource.
pub const FHIR_ID: Column<Text> = Column::text("fhir_id");
/// Medical record numbers.
pub const MRN: Column<Texts> = Column::texts("mrn");
/// The social security number.
pub const SSN: Column<Text> = Column::text("ssn");
/// The number of the driver's licence.
pub const LICENCE: Column<Text> = Column::text("licence");
/// The number of the passport.
pub const PASSPORT: Column<Text> = Column::text("passport");
/// The family names under which the person can be found.
pub const FAMILY: Column<Texts> = Column::texts("family");
/// The given names under which the person can be found: of every name the first one, and all of them with blanks.
pub const GIVEN: Column<Texts> = Column::texts("given");
/// The names as they are written: the FHIR list of `HumanName`.
pub const NAMES: Column<Json> = Column::json("names");
/// The birth date, possibly partial.
pub const BORN: Column<Date> = Column::date("birth_date");
/// When the person died, or `true` where only that is known; as FHIR writes it.
pub const DECEASED: Column<Text> = Column::text("deceased");
/// The administrative gender.
pub const GENDER: Column<Text> = Column::text("gender");
/// Phone numbers.
pub const PHONES: Column<Texts> = Column::texts("phones");
/// E-mail addresses.
pub const EMAILS: Column<Texts> = Column::texts("emails");
/// The addresses as they are written: the FHIR list of `Address`.
pub const ADDRESSES: Column<Json> = Column::json("addresses");
/// The marital status.
pub const MARITAL_STATUS: Column<Text> = Column::text("marital_status");
/// The language to speak to the person in.
pub const LANGUAGE: Column<Text> = Column::text("language");
/// The identifiers with their systems: `system|value`.
pub const IDENTIFIERS: Column<Texts> = Column::texts("identifiers");
/// The line from which the record was imported, byte for byte.
pub const SOURCE: Column<Json> = Column::json("source");

/// Family name, given name, birth date.
pub const BY_NAME: Index<(Text, Text, Date)> =
    Index::exact("name_birth", FAMILY.as_name()).and(GIVEN.as_name()).and(BORN.as_day());
/// The FHIR id; one record each.
pub const BY_FHIR_ID: Index<(Text,)> = Index::exact("fhir_id", FHIR_ID.as_identifier()).unique();
/// The MRN; one record each.
pub const BY_MRN: Index<(Text,)> = Index::exact("mrn", MRN.as_identifier()).unique();
/// The SSN; one record each.
pub const BY_SSN: Index<(Text,)> = Index::exact("ssn", SSN.as_digits()).unique();
/// The last four digits of the SSN. There are 10,000 of them; 16 bits keep the terms from saying more than that.
pub const BY_SSN_END: Index<(Text,)> = Index::exact("ssn_last_4", SSN.as_last_digits(4)).bits(16);
/// A phone number.
pub const BY_PHONE: Index<(Text,)> = Index::exact("phone", PHONES.as_phone());

/// An identifier with its system.
pub const BY_IDENTIFIER: Index<(Text,)> = Index::exact("identifier", IDENTIFIERS.as_identifier());

/// The patients.
pub const PATIENT: Table = Table::new(
    "patient",
    &[
        FHIR_ID.def(),
        MRN.def(),
        SSN.def(),
        LICENCE.def(),
        PASSPORT.def(),
        FAMILY.def(),
        GIVEN.def(),
        NAMES.def(),
        BORN.def(),
        DECEASED.def(),
        GENDER.def(),
        PHONES.def(),
        EMAILS.def(),
        ADDRESSES.def(),
        MARITAL_STATUS.def(),
        LANGUAGE.def(),
        IDENTIFIERS.def(),
        SOURCE.def(),
    ],
    &[
        BY_NAME.def(),
        BY_FHIR_ID.def(),
        BY_MRN.def(),
        BY_SSN.def(),
        BY_SSN_END.def(),
        BY_PHONE.def(),
        BY_IDENTIFIER.def(),
    ],
);

/// Every table of the application.
pub const TABLES: &[&Table] = &[
    &PATIENT,
    &clinical::ENCOUNTERS,
    &clinical::CONDITIONS,
    &clinical::MEDICATIONS,
    &clinical::PROCEDURES,
    &clinical::IMMUNIZATIONS,
    &clinical::ALLERGIES,
    &clinical::DOCUMENTS,
    &clinical::DEVICES,
    &clinical::PRACTITIONERS,
    &clinical::PRACTITIONER_ROLES,
    &clinical::ORGANIZATIONS,
    &clinical::LOCATIONS,
    &clinical::OTHERS,
    &consultation::OPERATIVE_RECORDS,
    &consultation::TRANSMISSIONS,
];
