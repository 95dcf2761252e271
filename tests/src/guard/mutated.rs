//! Texts put together from halves of others, with characters put in, taken out and exchanged: whatever comes of it, the guard
//! says where things are, and what it took out stays out. `HIPAA_MUTATIONS` sets how many (10,000).

#[cfg(test)]
mod tests {
    use crate::guard::foreign;
    use crate::guard::random::Random;
    use hipaa_core::guard::{Confidence, Guard, Redaction};

    const USUAL: u64 = 10_000;
    /// The longest text, in characters.
    const LONGEST: usize = 600;
    /// What upsets: separators, quotes, escapes, mark-up, digits and letters of other scripts.
    const JUNK: &str = "*|~<>&;,\t\n \"'()[]{}:#=/-.\\0123456789aAzZ\u{a0}\u{200b}５–éÑx";

    fn count() -> u64 {
        std::env::var("HIPAA_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(USUAL)
    }

    struct Mutator {
        random: Random,
        texts: Vec<Vec<char>>,
        junk: Vec<char>,
    }

    impl Mutator {
        fn new(seed: u64) -> Self {
            let texts = foreign::texts().iter().map(|text| text.chars().collect()).collect();
            Self { random: Random::new(seed), texts, junk: JUNK.chars().collect() }
        }

        fn below(&mut self, limit: usize) -> usize {
            usize::try_from(self.random.next() % u64::try_from(limit).unwrap()).unwrap()
        }

        fn next(&mut self) -> String {
            let (first, second) = (self.below(self.texts.len()), self.below(self.texts.len()));
            let (head, tail) = (self.below(self.texts[first].len() + 1), self.below(self.texts[second].len() + 1));
            let mut text = [&self.texts[first][..head], &self.texts[second][tail..]].concat();
            text.truncate(LONGEST);
            let edits = self.below(6);
            self.edit(text, edits)
        }

        /// One of the texts with one or two edits.
        fn changed(&mut self) -> String {
            let place = self.below(self.texts.len());
            let (text, edits) = (self.texts[place].clone(), 1 + self.below(2));
            self.edit(text, edits)
        }

        fn edit(&mut self, mut text: Vec<char>, edits: usize) -> String {
            for _ in 0..edits {
                let (at, junk) = (self.below(text.len() + 1), self.below(self.junk.len()));
                match self.below(3) {
                    0 => text.insert(at, self.junk[junk]),
                    1 if at < text.len() => text[at] = self.junk[junk],
                    _ if at < text.len() => drop(text.remove(at)),
                    _ => {}
                }
            }
            text.into_iter().collect()
        }
    }

    #[test]
    fn spans_lie_in_the_text_and_what_was_taken_out_stays_out() {
        let (guard, label) = (Guard::new(), Redaction::label());
        let mut mutator = Mutator::new(11);
        for _ in 0..count() {
            let text = mutator.next();
            for found in guard.scan_all(&text) {
                assert!(text.get(found.span()).is_some() && text.get(found.cover()).is_some(), "{text:?}");
            }
            let once = guard.redact(&text, &label);
            assert_eq!(guard.redact(once.text(), &label).text(), once.text(), "{text:?}");
            let left = guard.scan_all(once.text()).iter().filter(|found| found.confidence() > Confidence::Low).count();
            assert_eq!(left, 0, "{text:?}");
        }
    }

    #[test]
    fn what_was_taken_out_of_a_document_leaves_a_document() {
        let (guard, label) = (Guard::new(), Redaction::label());
        let mut mutator = Mutator::new(12);
        mutator.texts.retain(|text| guard.scan_json_all(&text.iter().collect::<String>()).is_ok());
        let mut read = 0;
        for _ in 0..count() {
            let text = mutator.changed();
            let Ok(once) = guard.redact_json(&text, &label) else { continue };
            let twice = guard.redact_json(once.text(), &label);
            assert_eq!(twice.map(|twice| twice.text().to_owned()), Ok(once.text().to_owned()), "{text:?}");
            let left = guard.scan_json_all(once.text()).unwrap();
            assert!(left.iter().all(|found| found.finding.confidence() == Confidence::Low), "{text:?}");
            read += 1;
        }
        assert!(read * 10 > count(), "only {read} were documents");
    }
}
