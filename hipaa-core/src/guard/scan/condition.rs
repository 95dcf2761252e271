//! Whether words name a condition: what stands before a code in parentheses.

use crate::guard::byte::{self, ALPHA, DIGIT};
use crate::guard::words::WordSet;

/// How many words and bytes before a code are read.
const WORDS: usize = 5;
const REACH: usize = 64;

static CONDITIONS: WordSet<1024> = WordSet::new(
    "htn dm dm1 dm2 t1dm t2dm t1d t2d chf hfref hfpef cad copd ckd esrd aki gerd afib hld osa uti pna tia cva dvt pe \
    mi nstemi stemi pvd pad bph mdd gad ptsd adhd add ocd oud aud sud ra oa sle ms hiv aids hcv hbv tb als ibs ibd \
    uc mds aml cll cml dka hhs ards uri lbp ddd pcos pid bv sti std tbi fx pu dfu nash nafld mgus itp ttp hit sah \
    ich sdh dcis crc rcc hcc bcc scc diabetes diabetic hypertension hypertensive hypotension asthma asthmatic \
    cancer carcinoma malignancy tumor tumour neoplasm mass lesion nodule polyp cyst disease diseases disorder \
    disorders syndrome failure insufficiency deficiency pain ache headache migraine backache infection infected \
    abscess ulcer ulcers wound wounds injury injuries fracture fractured sprain strain tear rupture dislocation \
    contusion laceration burn burns concussion obesity overweight underweight malnutrition dehydration depression \
    depressive anxiety bipolar schizophrenia psychosis dementia delirium dependence dependent addiction abuse \
    withdrawal overdose poisoning toxicity intoxication smoker smoking alcoholism epilepsy seizure seizures \
    convulsions stroke infarct infarction ischemia ischaemia hemorrhage haemorrhage bleed bleeding embolism \
    aneurysm dissection murmur arrhythmia fibrillation flutter angina arrest shock sepsis septic bacteremia fever \
    febrile chills cough flu influenza cold croup covid pneumonia bronchiolitis tuberculosis wheeze wheezing \
    shortness breath effusion edema oedema swelling rash hives itching eczema acne cellulitis lupus gout parkinson \
    parkinsonism alzheimer autism neuropathy palsy paralysis tremor vertigo dizziness syncope fall falls weakness \
    fatigue malaise insomnia apnea apnoea snoring nausea vomiting diarrhea diarrhoea constipation obstruction \
    obstructive hernia reflux cirrhosis jaundice gallstone gallstones stone stones calculus retention incontinence \
    proteinuria hyperplasia dysplasia pregnancy pregnant delivery labor labour abortion miscarriage preterm \
    prematurity newborn menopause infertility fibroids anemia anaemia sickle thrombophilia hypothyroidism \
    hyperthyroidism hypothyroid hyperthyroid thyrotoxicosis goiter goitre hyperlipidemia cataract glaucoma \
    blindness deafness hearing myopia astigmatism allergy allergic allergies immunization immunisation vaccination \
    screening exposure encounter examination exam checkup counseling counselling aftercare history hx status \
    unspecified nos uncomplicated essential dnr hospice palliative homelessness scoliosis stenosis spondylosis \
    radiculopathy sciatica lumbago osteoporosis osteopenia condition diagnosis dx icd measles mumps rubella \
    varicella zoster shingles herpes syphilis gonorrhea chlamydia scabies warts candidiasis thrush dysphagia \
    dysuria hematuria palpitations collapse coma confusion wellness chemotherapy dialysis transplant amputation",
);

/// Endings of conditions.
const ENDINGS: [&[u8]; 20] = [
    b"itis",
    b"osis",
    b"emia",
    b"aemia",
    b"oma",
    b"pathy",
    b"algia",
    b"plegia",
    b"paresis",
    b"penia",
    b"uria",
    b"rrhea",
    b"rrhoea",
    b"pnea",
    b"pnoea",
    b"sclerosis",
    b"trophy",
    b"philia",
    b"cytosis",
    b"megaly",
];

/// Whether the words right before `at` name a condition.
pub(super) fn before(bytes: &[u8], at: usize) -> bool {
    let floor = at.saturating_sub(REACH);
    let (mut end, mut words) = (at, 0);
    while end > floor && words < WORDS {
        match bytes[end - 1] {
            b'.' | b';' | b':' | b'\n' if end < at.saturating_sub(1) => return false,
            byte if byte::is(byte, ALPHA | DIGIT) => {
                let start = byte::back(bytes, end, ALPHA | DIGIT, 24);
                if named(&bytes[start..end]) {
                    return true;
                }
                words += 1;
                end = start;
            }
            _ => end -= 1,
        }
    }
    false
}

fn named(word: &[u8]) -> bool {
    // `Prostate ca`; `CA` is a state, `Ca` an electrolyte.
    CONDITIONS.has(word)
        || word == b"ca"
        || ENDINGS.iter().any(|ending| {
            word.len() > ending.len() + 1 && word[word.len() - ending.len()..].eq_ignore_ascii_case(ending)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_known_by_word_or_ending() {
        for text in ["HTN ", "Type 2 diabetes ", "chronic tonsillitis ", "diabetes mellitus type 2 ", "encounter for "]
        {
            assert!(before(text.as_bytes(), text.len()), "{text}");
        }
        for text in ["admit ", "grants ", "HLA ", "well ", "anemia. Well ", "update ", ""] {
            assert!(!before(text.as_bytes(), text.len()), "{text}");
        }
    }
}
