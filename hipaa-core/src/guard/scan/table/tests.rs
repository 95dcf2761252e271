//! What a heading says about the cells below it.

use crate::guard::{Guard, Kind};

fn found(text: &str) -> Vec<(Kind, &str)> {
    Guard::new().scan(text).into_iter().map(|found| (found.kind(), &text[found.span()])).collect()
}

const PEOPLE: [(Kind, &str); 4] =
    [(Kind::Mrn, "8891234"), (Kind::Dob, "04/05/1966"), (Kind::Zip, "02139"), (Kind::Npi, "1245319599")];

#[test]
fn a_heading_speaks_for_its_column_whatever_parts_the_cells() {
    for text in [
        "mrn,name,dob,zip,npi\n8891234,Ann Lee,04/05/1966,02139,1245319599\n",
        "MRN, Name, DOB, ZIP, NPI\n8891234, Ann Lee, 04/05/1966, 02139, 1245319599\n",
        "\"MRN\",\"Name\",\"Birth Date\",\"Zip Code\",\"NPI\"\n\"8891234\",\"Lee, Ann\",\"04/05/1966\",\"02139\",\"1245319599\"\r\n",
        "mrn;name;dob;zip;npi\n8891234;Ann Lee;04/05/1966;02139;1245319599",
        "MRN\tName\tDOB\tZIP\tNPI\n8891234\tAnn Lee\t04/05/1966\t02139\t1245319599\t\n",
        "MRN|Name|DOB|ZIP|NPI\n8891234|Ann Lee|04/05/1966|02139|1245319599\n",
        "Patients\n\n| MRN | Name | DOB | ZIP | NPI |\n|---|:---:|---|---|---|\n| **8891234** | Ann | 04/05/1966 | 02139 | 1245319599 |\n",
        "MRN       Name      DOB         ZIP    NPI\n8891234   Ann Lee   04/05/1966  02139  1245319599\n",
        "MRN       Name      DOB        ZIP   NPI\n--------- --------- ---------- ----- ----------\n8891234   Ann Lee   04/05/1966 02139 1245319599\n",
        "patient_mrn,fullName,dateOfBirth,postalCode,providerNPI\n8891234,Ann,04/05/1966,02139,1245319599",
    ] {
        assert_eq!(found(text), PEOPLE, "{text}");
    }
}

#[test]
fn a_heading_speaks_down_to_the_end_of_its_table() {
    let row = "8891234,04/05/1966\n";
    let table = format!("mrn,dob\n{}", row.repeat(40));
    assert_eq!(found(&table).len(), 80);
    let ended = format!("{table}\n{row}");
    assert_eq!(found(&ended).len(), 81, "the date stays a date");
    assert_eq!(found(&ended).last(), Some(&(Kind::Date, "04/05/1966")));
    let longer = "mrn,dob\n8891234,04/05/1966,1\n";
    assert_eq!(found(longer), [(Kind::Date, "04/05/1966")]);
}

#[test]
fn a_column_of_something_else_sinks_what_looks_like_an_identifier() {
    let text = "order no,accession,lot number,phone\n1245319599,536-90-4399,448213,617-842-3311\n";
    assert_eq!(found(text), [(Kind::Phone, "617-842-3311")]);
    let text = "Name | Result | MRN\nLee | 448213 | 551234\nKim | 448214 | 551235\n";
    assert_eq!(found(text), [(Kind::Mrn, "551234"), (Kind::Mrn, "551235")]);
}

#[test]
fn the_last_word_of_a_heading_labels_no_row() {
    for text in ["a,b,c,mrn\n448213 x\n", "site\tdose\tmrn\n448213 were seen\n"] {
        assert_eq!(found(text), [], "{text}");
    }
    assert_eq!(found("Name, age, MRN:\n448213\n"), [(Kind::Mrn, "448213")]);
}

#[test]
fn rows_of_names_and_values_are_no_columns() {
    let text = "| Field | Value |\n|---|---|\n| Insurance | Medicare |\n| MRN | 4482913 |\n| Phone | 617-842-3311 |\n";
    assert_eq!(found(text), [(Kind::Mrn, "4482913"), (Kind::Phone, "617-842-3311")]);
    let text = "Insurance\tMedicare\nMRN\t4482913\nOrder\t5512345\n";
    assert_eq!(found(text), [(Kind::Mrn, "4482913")]);
}

#[test]
fn prose_with_commas_is_no_table() {
    let text = "Allergies, medications, and phone were reviewed.\n4482913, 20 mg, and 6178423311\n";
    assert_eq!(found(text), []);
    let text = "Sodium,potassium,chloride\n138,4482913,104\n";
    assert_eq!(found(text), []);
}

#[test]
fn a_heading_may_hold_what_looks_like_an_escape() {
    assert_eq!(
        found("mrn,N\\ÑZ,dob,\\uÑ\n8891234,a,04/05/1966,b\n"),
        [(Kind::Mrn, "8891234"), (Kind::Dob, "04/05/1966")]
    );
}
