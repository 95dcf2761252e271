//! Three-character codes with a word of their own title beside them: `I10 - essential hypertension`.
//!
//! # Source
//! ICD-10-CM tabular list, codes of three characters that are complete.

use crate::guard::byte::{self, ALPHA};

/// A code, and how the telling words of its title, and those used instead, begin.
static TITLES: [(u32, &[&[u8]]); 58] = [
    (key(b"A09"), &[b"gastroenter", b"diarrh", b"colitis", b"infect"]),
    (key(b"A46"), &[b"erysip"]),
    (key(b"B09"), &[b"viral", b"exanth", b"rash"]),
    (key(b"B20"), &[b"hiv", b"immunodef", b"aids"]),
    (key(b"B49"), &[b"mycosis", b"fung"]),
    (key(b"B89"), &[b"parasit"]),
    (key(b"C61"), &[b"prostat"]),
    (key(b"C73"), &[b"thyroid"]),
    (key(b"D45"), &[b"polycyth"]),
    (key(b"D62"), &[b"anemia", b"anaemia", b"blood", b"hemorrh"]),
    (key(b"D65"), &[b"intravasc", b"dic", b"coagul"]),
    (key(b"F04"), &[b"amnes"]),
    (key(b"F05"), &[b"delir"]),
    (key(b"F22"), &[b"delusion"]),
    (key(b"F29"), &[b"psychos"]),
    (key(b"F39"), &[b"mood"]),
    (key(b"F54"), &[b"psycholog"]),
    (key(b"F79"), &[b"intellect"]),
    (key(b"G08"), &[b"intracran", b"thromb"]),
    (key(b"G14"), &[b"postpolio", b"polio"]),
    (key(b"G35"), &[b"multiple", b"ms", b"sclerosis"]),
    (key(b"I10"), &[b"hypertens", b"htn", b"high", b"bp", b"elevated"]),
    (key(b"I38"), &[b"endocard", b"valv"]),
    (key(b"I76"), &[b"embol", b"septic"]),
    (key(b"J00"), &[b"cold", b"nasophar", b"coryza"]),
    (key(b"J22"), &[b"respirat", b"lower"]),
    (key(b"J40"), &[b"bronch"]),
    (key(b"J42"), &[b"bronch"]),
    (key(b"J80"), &[b"ards", b"distress", b"respirat"]),
    (key(b"J90"), &[b"pleural", b"effusion"]),
    (key(b"K37"), &[b"append"]),
    (key(b"L22"), &[b"diaper"]),
    (key(b"L42"), &[b"pityr"]),
    (key(b"L52"), &[b"erythema"]),
    (key(b"L80"), &[b"vitil"]),
    (key(b"L83"), &[b"acanth"]),
    (key(b"L84"), &[b"corn", b"call"]),
    (key(b"N10"), &[b"pyelo", b"nephritis", b"interst"]),
    (key(b"N12"), &[b"pyelo", b"nephritis", b"interst"]),
    (key(b"N19"), &[b"kidney", b"renal"]),
    (key(b"N62"), &[b"hypertro", b"gynecom", b"breast"]),
    (key(b"N63"), &[b"lump", b"breast", b"mass"]),
    (key(b"N72"), &[b"cervic", b"inflam"]),
    (key(b"O80"), &[b"deliver", b"full", b"uncompl"]),
    (key(b"R05"), &[b"cough"]),
    (key(b"R12"), &[b"heartb", b"pyrosis"]),
    (key(b"R17"), &[b"jaund"]),
    (key(b"R21"), &[b"rash", b"eruption"]),
    (key(b"R32"), &[b"incont", b"urinar"]),
    (key(b"R34"), &[b"anuria", b"oligur"]),
    (key(b"R42"), &[b"dizz", b"gidd", b"vertigo", b"lighth"]),
    (key(b"R55"), &[b"syncop", b"collapse", b"faint", b"passed"]),
    (key(b"R58"), &[b"hemorrh", b"bleed"]),
    (key(b"R64"), &[b"cachex"]),
    (key(b"R69"), &[b"illness", b"unspec", b"unknown"]),
    (key(b"Z21"), &[b"hiv", b"asympt"]),
    (key(b"Z23"), &[b"immuniz", b"immunis", b"vaccin", b"shot"]),
    (key(b"Z66"), &[b"dnr", b"resuscit", b"do not"]),
];
/// How many words of a title are read, and how far behind the code it may begin.
const WORDS: usize = 5;
const GAP: usize = 4;

/// The three characters as one number, in the same order.
const fn key(code: &[u8; 3]) -> u32 {
    u32::from_be_bytes([0, code[0], code[1], code[2]])
}

/// Whether a word of the title of the code at `span` stands right before or behind it.
pub(super) fn beside(bytes: &[u8], (start, end): (usize, usize)) -> bool {
    let code = bytes.get(start..).and_then(<[u8]>::first_chunk).map_or(0, key);
    let Ok(place) = TITLES.binary_search_by_key(&code, |(known, _)| *known) else {
        return false;
    };
    let stems = TITLES[place].1;
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
    fn the_codes_stand_in_order() {
        assert!(TITLES.is_sorted_by_key(|(code, _)| code));
    }

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
