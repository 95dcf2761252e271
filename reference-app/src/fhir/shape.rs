//! Where a resource of each type keeps what its table holds: JSON pointers, one table of them per type.

use crate::schema::clinical::{
    ALLERGIES, CONDITIONS, DEVICES, DOCUMENTS, ENCOUNTER, ENCOUNTERS, IMMUNIZATIONS, LOCATION, LOCATIONS, MEDICATIONS,
    ORGANIZATION, ORGANIZATIONS, PRACTITIONER, PRACTITIONER_ROLES, PRACTITIONERS, PROCEDURES,
};
use hipaa_core::schema::{Column, Reference, Table};

/// A column that names another record: the type it names, and where the reference stands.
#[derive(Debug)]
pub struct Link {
    /// The column.
    pub column: Column<Reference>,
    /// The FHIR type that is named.
    pub target: &'static str,
    /// Where the reference stands; the first place that has one counts.
    pub places: &'static [&'static str],
}

/// How resources of one type become rows.
#[derive(Debug)]
pub struct Shape {
    /// The FHIR type.
    pub name: &'static str,
    /// The table.
    pub table: &'static Table,
    /// When it is imported: what others refer to comes first.
    pub rank: u8,
    /// Where the patient is named; none for a directory.
    pub subject: Option<&'static str>,
    /// The other references.
    pub links: &'static [Link],
    /// Where its concept stands, or its name.
    pub concept: &'static [&'static str],
    /// Where its status stands.
    pub status: &'static [&'static str],
    /// Where its time or its beginning stands.
    pub started: &'static [&'static str],
    /// Where its end stands.
    pub ended: &'static [&'static str],
}

/// The rank of patients.
pub const FIRST_RANK: u8 = 0;
/// The rank of what nothing refers to.
pub const LAST_RANK: u8 = 3;

const fn link(column: Column<Reference>, target: &'static str, places: &'static [&'static str]) -> Link {
    Link { column, target, places }
}

const fn practitioner(places: &'static [&'static str]) -> Link {
    link(PRACTITIONER, "Practitioner", places)
}

const fn organization(places: &'static [&'static str]) -> Link {
    link(ORGANIZATION, "Organization", places)
}

const fn location(places: &'static [&'static str]) -> Link {
    link(LOCATION, "Location", places)
}

const DURING: Link = link(ENCOUNTER, "Encounter", &["/encounter"]);

const fn clinical(name: &'static str, table: &'static Table) -> Shape {
    Shape {
        name,
        table,
        rank: LAST_RANK,
        subject: Some("/subject"),
        links: &[DURING],
        concept: &["/code"],
        status: &["/status"],
        started: &[],
        ended: &[],
    }
}

const fn directory(name: &'static str, table: &'static Table) -> Shape {
    Shape { rank: FIRST_RANK, subject: None, links: &[], concept: &["/name"], ..clinical(name, table) }
}

/// Every type that has a table of its own, but Patient.
pub static SHAPES: [Shape; 12] = [
    directory("Organization", &ORGANIZATIONS),
    directory("Practitioner", &PRACTITIONERS),
    Shape { rank: 1, links: &[organization(&["/managingOrganization"])], ..directory("Location", &LOCATIONS) },
    Shape {
        rank: 2,
        links: &[practitioner(&["/practitioner"]), organization(&["/organization"]), location(&["/location/0"])],
        concept: &["/code/0", "/specialty/0"],
        ..directory("PractitionerRole", &PRACTITIONER_ROLES)
    },
    Shape {
        rank: 2,
        links: &[
            link(ENCOUNTER, "Encounter", &["/partOf"]),
            practitioner(&["/participant/0/individual"]),
            organization(&["/serviceProvider"]),
            location(&["/location/0/location"]),
        ],
        concept: &["/type/0"],
        started: &["/period/start"],
        ended: &["/period/end"],
        ..clinical("Encounter", &ENCOUNTERS)
    },
    Shape {
        links: &[DURING, practitioner(&["/recorder", "/asserter"])],
        status: &["/clinicalStatus"],
        started: &["/onsetDateTime", "/onsetPeriod/start", "/recordedDate"],
        ended: &["/abatementDateTime", "/abatementPeriod/end"],
        ..clinical("Condition", &CONDITIONS)
    },
    Shape {
        links: &[DURING, practitioner(&["/requester"])],
        concept: &["/medicationCodeableConcept", "/medicationReference"],
        started: &["/authoredOn"],
        ..clinical("MedicationRequest", &MEDICATIONS)
    },
    Shape {
        links: &[DURING, practitioner(&["/performer/0/actor"]), location(&["/location"])],
        started: &["/performedDateTime", "/performedPeriod/start", "/performedString"],
        ended: &["/performedPeriod/end"],
        ..clinical("Procedure", &PROCEDURES)
    },
    Shape {
        subject: Some("/patient"),
        links: &[DURING, practitioner(&["/performer/0/actor"]), location(&["/location"])],
        concept: &["/vaccineCode"],
        started: &["/occurrenceDateTime", "/occurrenceString"],
        ..clinical("Immunization", &IMMUNIZATIONS)
    },
    Shape {
        subject: Some("/patient"),
        links: &[DURING, practitioner(&["/recorder", "/asserter"])],
        status: &["/clinicalStatus"],
        started: &["/onsetDateTime", "/recordedDate"],
        ..clinical("AllergyIntolerance", &ALLERGIES)
    },
    Shape {
        links: &[
            link(ENCOUNTER, "Encounter", &["/context/encounter/0"]),
            practitioner(&["/author/0"]),
            organization(&["/custodian"]),
        ],
        concept: &["/type"],
        started: &["/date", "/context/period/start"],
        ended: &["/context/period/end"],
        ..clinical("DocumentReference", &DOCUMENTS)
    },
    Shape {
        subject: Some("/patient"),
        links: &[organization(&["/owner"]), location(&["/location"])],
        concept: &["/type", "/deviceName/0/name"],
        started: &["/manufactureDate"],
        ended: &["/expirationDate"],
        ..clinical("Device", &DEVICES)
    },
];

/// The shape of a type, if it has a table of its own.
#[must_use]
pub fn shape_of(name: &str) -> Option<&'static Shape> {
    SHAPES.iter().find(|shape| shape.name == name)
}
