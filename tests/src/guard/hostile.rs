//! Inputs made to be slow: twice the input may cost twice the time, not four times.

#[cfg(test)]
mod tests {
    use hipaa_core::guard::Guard;
    use std::time::{Duration, Instant};

    const HOSTILE: &[&str] = &[
        "1-",
        "a.",
        ".",
        "1:",
        "7",
        "@",
        "[",
        "(",
        "a@",
        "1@a.",
        "1 ",
        "12/",
        "http://)",
        "www.a.",
        "MRN ",
        "MRN1234567 ",
        "E11.9,",
        "٣",
        "1\u{200b}",
        "a1",
        "ninety ",
        "SSN 536-90-4399 ",
        "::",
        "(01)",
        "536-90-",
        "NPI: 1245319599, ",
        "a@b.cc ",
        "www.a.bc a@b.cc ",
    ];

    #[expect(clippy::disallowed_methods, reason = "a stopwatch")]
    fn best_of_three(mut work: impl FnMut()) -> Duration {
        let run = |_| {
            let start = Instant::now();
            work();
            start.elapsed()
        };
        (0..3).map(run).min().unwrap()
    }

    /// Whether four times the input costs much less than sixteen times the time, which a
    /// quadratic search would need; a busy machine gets a few tries, a quadratic search fails all.
    fn is_linear(time: impl Fn(usize) -> Duration, small: usize) -> bool {
        (0..6).any(|_| time(4 * small) < time(small) * 9 + Duration::from_millis(2))
    }

    #[test]
    fn four_times_the_input_costs_about_four_times_the_time() {
        let guard = Guard::new();
        for part in HOSTILE {
            let time = |len: usize| {
                let text = part.repeat(len / part.len());
                best_of_three(|| drop(guard.scan_all(&text)))
            };
            assert!(is_linear(time, 100_000), "{part:?}");
        }
    }

    #[test]
    fn nested_brackets_and_long_strings_in_documents_are_linear_too() {
        let guard = Guard::new();
        let deep = |len: usize| format!("{}{}", "[".repeat(100), "]".repeat(100)).repeat(1) + &" ".repeat(len);
        let wide = |len: usize| format!("{{\"a\":[{}1]}}", "\"1-1\\u0031\",".repeat(len / 12));
        for make in [&deep as &dyn Fn(usize) -> String, &wide] {
            let time = |len: usize| {
                let raw = make(len);
                best_of_three(|| assert!(guard.scan_json(&raw).is_ok()))
            };
            assert!(is_linear(time, 50_000));
        }
    }
}
