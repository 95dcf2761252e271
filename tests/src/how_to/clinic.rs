//! The tables of the guides.

pub(super) mod patient {
    use hipaa_core::schema::*;
    pub const FAMILY: Column<Text> = Column::text("family");
    pub const BORN: Column<Date> = Column::date("birth_date");
    pub const BY_NAME: Index<(Text, Date)> = Index::exact("name_birth", FAMILY.as_name()).and(BORN.as_day());
    pub const TABLE: Table = Table::new("patient", &[FAMILY.def(), BORN.def()], &[BY_NAME.def()]);
}

pub(super) mod encounter {
    use hipaa_core::schema::*;
    pub const PATIENT: Column<Reference> = Column::subject("patient");
    pub const NOTE: Column<Text> = Column::text("note");
    pub const ENCOUNTER: Table =
        Table::new("encounter", &[PATIENT.def(), NOTE.def(), SIGNATURE, SIGNATURE_SALT, AMENDS], &[BY_AMENDS.def()]);
    pub const TABLE: Table = ENCOUNTER;
}

pub(super) mod wide {
    use hipaa_core::schema::*;
    pub const FAMILY: Column<Text> = Column::text("family");
    pub const GIVEN: Column<Text> = Column::text("given");
    pub const BORN: Column<Date> = Column::date("birth_date");
    pub const MRN: Column<Text> = Column::text("mrn");
    pub const SSN: Column<Text> = Column::text("ssn");
    pub const PHONES: Column<Text> = Column::text("phones");
    pub const ALLERGIES: Column<Text> = Column::text("allergies");
    pub const NOTES: Column<Text> = Column::text("notes");
    pub const NAME: Column<Text> = Column::text("name");
    pub const AMOUNT: Column<Integer> = Column::integer("amount");
    pub const STATUS: Column<Text> = Column::text("status");
    pub const SUBJECT: Column<Reference> = Column::subject("subject");

    pub const BY_MRN: Index<(Text,)> = Index::exact("by_mrn", MRN.as_identifier()).unique();
    pub const BY_NAME: Index<(Text, Text, Date)> =
        Index::exact("by_name", FAMILY.as_name()).and(GIVEN.as_name()).and(BORN.as_day());
    pub const BY_SSN4: Index<(Text, Date)> = Index::exact("by_ssn4", SSN.as_last_digits(4)).and(BORN.as_day());

    pub const PATIENT: Table = Table::new(
        "patient",
        &[FAMILY.def(), GIVEN.def(), BORN.def(), MRN.def(), SSN.def(), PHONES.def(), ALLERGIES.def(), NOTES.def()],
        &[BY_MRN.def(), BY_NAME.def(), BY_SSN4.def()],
    );
    pub const CONSULTATION: Table = Table::new("consultation", &[SUBJECT.def(), STATUS.def()], &[]);
    pub const PRESCRIPTION: Table = Table::new("prescription", &[SUBJECT.def(), STATUS.def()], &[]);
    pub const CLAIM: Table = Table::new("claim", &[SUBJECT.def(), STATUS.def(), AMOUNT.def()], &[]);
    pub const PRACTITIONER: Table = Table::new("practitioner", &[NAME.def()], &[]).directory();
    pub const MESSAGE: Table = Table::new("message", &[NAME.def()], &[]).directory();
}

/// What goes wrong in a guide.
pub(super) type Failed = Box<dyn std::error::Error>;
