//! Three-character codes with a word of their own title beside them: `I10 - essential hypertension`.
//!
//! # Source
//! ICD-10-CM tabular list, codes of three characters that are complete.

use crate::guard::byte::{self, ALPHA};

/// A code, and how the telling words of its title, and those used instead, begin.
const TITLES: [(&[u8; 3], &[&[u8]]); 58] = [
    (b"A09", &[b"gastroenter", b"diarrh", b"colitis", b"infect"]),
    (b"A46", &[b"erysip"]),
    (b"B09", &[b"viral", b"exanth", b"rash"]),
    (b"B20", &[b"hiv", b"immunodef", b"aids"]),
    (b"B49", &[b"mycosis", b"fung"]),
    (b"B89", &[b"parasit"]),
    (b"C61", &[b"prostat"]),
    (b"C73", &[b"thyroid"]),
    (b"D45", &[b"polycyth"]),
    (b"D62", &[b"anemia", b"anaemia", b"blood", b"hemorrh"]),
    (b"D65", &[b"intravasc", b"dic", b"coagul"]),
    (b"F04", &[b"amnes"]),
    (b"F05", &[b"delir"]),
    (b"F22", &[b"delusion"]),
    (b"F29", &[b"psychos"]),
    (b"F39", &[b"mood"]),
    (b"F54", &[b"psycholog"]),
    (b"F79", &[b"intellect"]),
    (b"G08", &[b"intracran", b"thromb"]),
    (b"G14", &[b"postpolio", b"polio"]),
    (b"G35", &[b"multiple", b"ms", b"sclerosis"]),
    (b"I10", &[b"hypertens", b"htn", b"high", b"bp", b"elevated"]),
    (b"I38", &[b"endocard", b"valv"]),
    (b"I76", &[b"embol", b"septic"]),
    (b"J00", &[b"cold", b"nasophar", b"coryza"]),
    (b"J22", &[b"respirat", b"lower"]),
    (b"J40", &[b"bronch"]),
    (b"J42", &[b"bronch"]),
    (b"J80", &[b"ards", b"distress", b"respirat"]),
    (b"J90", &[b"pleural", b"effusion"]),
    (b"K37", &[b"append"]),
    (b"L22", &[b"diaper"]),
    (b"L42", &[b"pityr"]),
    (b"L52", &[b"erythema"]),
    (b"L80", &[b"vitil"]),
    (b"L83", &[b"acanth"]),
    (b"L84", &[b"corn", b"call"]),
    (b"N10", &[b"pyelo", b"nephritis", b"interst"]),
    (b"N12", &[b"pyelo", b"nephritis", b"interst"]),
    (b"N19", &[b"kidney", b"renal"]),
    (b"N62", &[b"hypertro", b"gynecom", b"breast"]),
    (b"N63", &[b"lump", b"breast", b"mass"]),
    (b"N72", &[b"cervic", b"inflam"]),
    (b"O80", &[b"deliver", b"full", b"uncompl"]),
    (b"R05", &[b"cough"]),
    (b"R12", &[b"heartb", b"pyrosis"]),
    (b"R17", &[b"jaund"]),
    (b"R21", &[b"rash", b"eruption"]),
    (b"R32", &[b"incont", b"urinar"]),
    (b"R34", &[b"anuria", b"oligur"]),
    (b"R42", &[b"dizz", b"gidd", b"vertigo", b"lighth"]),
    (b"R55", &[b"syncop", b"collapse", b"faint", b"passed"]),
    (b"R58", &[b"hemorrh", b"bleed"]),
    (b"R64", &[b"cachex"]),
    (b"R69", &[b"illness", b"unspec", b"unknown"]),
    (b"Z21", &[b"hiv", b"asympt"]),
    (b"Z23", &[b"immuniz", b"immunis", b"vaccin", b"shot"]),
    (b"Z66", &[b"dnr", b"resuscit", b"do not"]),
];
/// How many words of a title are read, and how far behind the code it may begin.
const WORDS: usize = 5;
const GAP: usize = 4;

/// Whether a word of the title of the code at `span` stands right before or behind it.
pub(super) fn beside(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    let code = &bytes[start..end];
    let Some((_, stems)) = TITLES.iter().find(|(known, _)| **known == *code) else {
        return false;
    };
    before(bytes, start, stems) || behind(bytes, end, stems)
}

fn told(stems: &[&[u8]], text: &[u8]) -> bool {
    stems.iter().any(|stem| text.get(..stem.len()).is_some_and(|start| start.eq_ignore_ascii_case(stem)))
}

/// `HTN, I10`, `essential hypertension - I10`.
fn before(bytes: &[u8], start: usize, stems: &[&[u8]]) -> bool {
    let floor = start.saturating_sub(GAP);
    let gap = bytes[floor..start].iter().rev().take_while(|byte| b" ,:-".contains(byte)).count();
    let end = start - gap;
    gap > 0 && told(stems, &bytes[byte::back(bytes, end, ALPHA, 16)..end])
}

/// `I10 essential (primary) hypertension`, `Z23: encounter for immunization`.
fn behind(bytes: &[u8], end: usize, stems: &[&[u8]]) -> bool {
    let gap = bytes[end..].iter().take(GAP).take_while(|byte| b" ,:-=|\t(".contains(byte)).count();
    let mut at = end + gap;
    for _ in 0..WORDS {
        let stop = byte::skip(bytes, at, ALPHA);
        if gap == 0 || stop == at {
            return false;
        }
        if told(stems, &bytes[at..]) {
            return true;
        }
        at = stop + bytes[stop..].iter().take(2).take_while(|byte| b" -/()".contains(byte)).count();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_the_title_stands_beside_its_code() {
        let told = |text: &str| {
            let start = text.find(|c: char| c.is_ascii_digit()).unwrap() - 1;
            beside(text.as_bytes(), (start, start + 3))
        };
        for text in ["I10 essential (primary) hypertension", "Z23: encounter for immunization", "HTN - I10", "B20 HIV"]
        {
            assert!(told(text), "{text}");
        }
        for text in ["I10 pump, hypertension", "I10", "I10. Hypertension", "Z23 gate", "HTN. I10", "B20 - chest pain"] {
            assert!(!told(text), "{text}");
        }
    }
}
