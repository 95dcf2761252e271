//! Made-up clinical notes with all kinds of identifiers among lab values, doses and prose.

use super::Random;

/// Sentences; `#` is a digit and `%` one from 2 to 8.
const SENTENCES: &[&str] = &[
    "DOB: 0%/1#/19%#, seen on 0%/1#/2023 for follow-up.",
    "SSN %##-%#-%### on file.",
    "MRN: 00######, account number 4#######.",
    "Home phone (%02) 555-01##, fax %02-555-01##.",
    "Email a.patient##@mail.example.org.",
    "Attending NPI 1245319599, DEA AB1234563.",
    "Medicare number 1EG4-TE5-MK73, member ID XQP#########.",
    "Dx: E11.9, I10; asthma (J45.909).",
    "A 9%-year-old woman living in Boston, MA 021##.",
    "Portal https://portal.example.org/visits/##### opened from 192.168.%.1#.",
    "Pacemaker serial number PJN######H, monitor MAC 00:1A:2B:3C:4D:%#.",
    "Card on file 4111 1111 1111 1111, driver's license S########.",
    "The car, VIN 1HGCM82633A004352, was towed.",
    "BP 1##/%#, HR %#, RR 18, SpO2 9% on air.",
    "WBC %.#, Hgb 1%.#, Plt 2##, Na 13#, K 4.#, Cr 0.#.",
    "Metformin 500 mg BID, lisinopril 10 mg daily.",
    "Order number 4#########, accession 12-345-####, lot EW01##.",
    "CPT 99213; vitamin B12 1000 mcg; C3 vertebra intact.",
    "Alert and oriented x3, in no acute distress.",
    "Lungs are clear and the heart is regular, without murmurs or gallops.",
    "The patient tolerated the procedure well and was sent home in stable condition.",
    "Discussed diet, exercise and the importance of taking every dose as prescribed.",
    "The wound is clean and dry; the family was shown how to change the dressing.",
    "She denies chest pain, shortness of breath, nausea, vomiting, fever or chills.",
    "Will return if the symptoms worsen; all questions were answered.",
];

/// So many notes of ten to twenty-five sentences; always the same ones.
#[must_use]
pub fn notes(count: usize) -> Vec<String> {
    let mut random = Random::new(7);
    (0..count).map(|_| note(&mut random)).collect()
}

fn note(random: &mut Random) -> String {
    let sentences = 10 + random.below(16);
    let mut out = String::new();
    for _ in 0..sentences {
        let place = usize::try_from(random.below(SENTENCES.len() as u64)).unwrap_or(0);
        out.extend(SENTENCES[place].chars().map(|c| filled(c, random)));
        out.push(if random.below(4) == 0 { '\n' } else { ' ' });
    }
    out
}

fn filled(c: char, random: &mut Random) -> char {
    let mut digit = |from: u64, below: u64| char::from(b'0' + u8::try_from(from + random.below(below)).unwrap_or(0));
    match c {
        '#' => digit(0, 10),
        '%' => digit(2, 7),
        other => other,
    }
}

/// The notes as documents: text, some members beside it.
#[must_use]
pub fn documents(notes: &[String]) -> Vec<String> {
    let document = |(i, note): (usize, &String)| {
        let text = note.replace('\n', "\\n");
        format!(r#"{{"resourceType":"Note","id":"n{i}","mrn":"00{i:06}","active":true,"text":"{text}"}}"#)
    };
    notes.iter().enumerate().map(document).collect()
}

/// The notes with foreign letters and signs in most sentences.
#[must_use]
pub fn foreign(notes: &[String]) -> Vec<String> {
    notes.iter().map(|note| note.replace(". ", " — 5 µg. ").replace(" the ", " thé ")).collect()
}
