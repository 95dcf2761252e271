//! Inputs made to be slow, timed: `--nocapture` prints the speeds. That twice the input costs at most twice the work
//! is held where it can be counted, in the guard itself; a clock on a busy machine sees gross faults only.

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
        "<td>1",
        "&nbsp;1",
        "é<b",
        "é1 &",
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
    /// The inputs are short, so that most runs end before the core is given to others.
    fn is_linear(name: &str, time: impl Fn(usize) -> Duration, small: usize) -> bool {
        (0..20).any(|_| {
            let (one, two, four) = (time(small), time(2 * small), time(4 * small));
            let times = |time: Duration| time.as_secs_f64() / one.as_secs_f64();
            println!(
                "{name:?}: {one:?} for {small} bytes, doubled {:.2}, doubled again {:.2}",
                times(two),
                times(four)
            );
            four < one * 10 + Duration::from_millis(5)
        })
    }

    #[test]
    fn four_times_the_input_costs_about_four_times_the_time() {
        let guard = Guard::new();
        for part in HOSTILE {
            let time = |len: usize| {
                let text = part.repeat(len / part.len());
                best_of_three(|| drop(guard.scan_all(&text)))
            };
            assert!(is_linear(part, time, 20_000), "{part:?}");
        }
    }

    #[test]
    fn what_a_label_named_is_not_walked_over_again() {
        let guard = Guard::new();
        for part in ["12345 ", "E11 ", "1/2 "] {
            let time = |len: usize| {
                let text = "DOB 3/4/1961, MRN 4482913, ".to_owned() + &part.repeat(len / part.len());
                best_of_three(|| drop(guard.scan_all(&text)))
            };
            assert!(is_linear(part, time, 60_000), "{part:?}");
        }
    }

    #[test]
    fn nested_brackets_and_long_strings_in_documents_are_linear_too() {
        let guard = Guard::new();
        let deep = |len: usize| format!("{}{}", "[".repeat(100), "]".repeat(100)).repeat(1) + &" ".repeat(len);
        let wide = |len: usize| format!("{{\"a\":[{}1]}}", "\"1-1\\u0031\",".repeat(len / 12));
        for (name, make) in [("nested brackets", &deep as &dyn Fn(usize) -> String), ("strings", &wide)] {
            let time = |len: usize| {
                let raw = make(len);
                best_of_three(|| assert!(guard.scan_json(&raw).is_ok()))
            };
            assert!(is_linear(name, time, 10_000), "{name}");
        }
    }
}
