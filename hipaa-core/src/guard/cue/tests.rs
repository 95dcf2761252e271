//! Which words are cues.

use super::*;
use crate::guard::byte::Room;

fn cues(text: &str) -> Vec<(CueClass, &str)> {
    let mut out = Vec::new();
    let mut room = Room::new();
    let bytes = (text.as_bytes(), room.planes(text.as_bytes()));
    Lexicon::new([(CueClass::Mrn, "episode key")]).collect(bytes, 0, text.len(), &mut out);
    out.iter().map(|cue| (cue.class, &text[cue.start..cue.end])).collect()
}

#[test]
fn the_longest_phrase_wins_and_only_whole_words_count() {
    assert_eq!(cues("Medical Record Number: 1"), [(CueClass::Mrn, "Medical Record Number")]);
    assert_eq!(cues("date of birth 1"), [(CueClass::Dob, "date of birth")]);
    assert_eq!(cues("public policies, ssnx, xMRN"), []);
    assert_eq!(cues("driver’s".replace('’', "'").as_str()), []);
    assert_eq!(cues("S/N 4 and s n 4"), [(CueClass::Device, "S/N")]);
    assert_eq!(cues("my episode key"), [(CueClass::Mrn, "episode key")]);
}

#[test]
fn placeholders_of_a_redaction_are_no_cues() {
    assert_eq!(cues("[SSN] [MRN:abcdefghijklmnopabcd] [CREDIT_CARD]"), []);
    assert_eq!(cues("(SSN) [MRN: 1]"), [(CueClass::Ssn, "SSN"), (CueClass::Mrn, "MRN")]);
}

#[test]
fn words_at_the_very_end_are_read() {
    for text in ["m", "mrn", "medical record", "medical record #", "policy n"] {
        let _ = cues(text);
    }
    assert_eq!(cues("mrn"), [(CueClass::Mrn, "mrn")]);
}
