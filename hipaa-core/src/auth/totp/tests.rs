//! Rows T1, T2, T4 and T5, and the vectors of RFC 6238 and RFC 4226.

use super::*;
use crate::red::without;

/// The seed of RFC 6238, Appendix B, and RFC 4226, Appendix D.
fn rfc() -> TotpSeed {
    TotpSeed::new(&Zeroizing::new(*b"12345678901234567890"))
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

fn code(text: &str) -> TotpCode {
    TotpCode::parse(text).unwrap()
}

fn step(seed: &TotpSeed, text: &str, skew: Skew, seconds: i64) -> Option<u64> {
    seed.matching_step(&code(text), skew, at(seconds)).map(Step::number)
}

#[test]
fn t1_the_vectors_of_rfc_6238_match_at_their_step() {
    // The appendix has eight digits; codes of six are their last six.
    for (eight, seconds) in [
        ("94287082", 59),
        ("07081804", 1_111_111_109),
        ("14050471", 1_111_111_111),
        ("89005924", 1_234_567_890),
        ("69279037", 2_000_000_000),
        ("65353130", 20_000_000_000),
    ] {
        let expected = Some(u64::try_from(seconds / 30).unwrap());
        assert_eq!(step(&rfc(), &eight[2..], Skew::None, seconds), expected, "{seconds}");
        assert_eq!(step(&rfc(), &eight[2..], Skew::OneStep, seconds), expected, "{seconds}");
    }
}

#[test]
fn t1_the_vectors_of_rfc_4226_match_at_their_counter() {
    let codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
    for (counter, text) in (0_i64..).zip(codes) {
        assert_eq!(rfc().code_at(counter.unsigned_abs()).as_str(), text);
        let expected = Some(counter.unsigned_abs()).filter(|counter| *counter > 0);
        assert_eq!(step(&rfc(), text, Skew::None, counter * 30), expected, "{counter}");
    }
}

#[test]
fn t1_one_step_to_either_side_is_accepted_and_two_are_not() {
    let (now, text) = (1_111_111_109, "081804");
    for (skew, offset, accepted) in [
        (Skew::OneStep, -30, true),
        (Skew::OneStep, 30, true),
        (Skew::OneStep, -60, false),
        (Skew::OneStep, 60, false),
        (Skew::None, -30, false),
        (Skew::None, 30, false),
        (Skew::None, 0, true),
    ] {
        let found = step(&rfc(), text, skew, now + offset);
        assert_eq!(found, accepted.then_some(37_037_036), "{skew:?} {offset}");
    }
    assert_eq!(step(&rfc(), text, Skew::OneStep, -1), None, "before 1970 there are no steps");
}

#[test]
fn t1_only_six_ascii_digits_are_a_code() {
    let wrong = ["", "08180", "0818040", "+81804", "-81804", " 81804", "81804 ", "08 804", "0x1804", "08180\0", "０８"];
    let accepted = || wrong.iter().filter(|typed| TotpCode::parse(typed).is_ok()).count();
    assert_eq!(accepted(), 0);
    assert_eq!(without(Safeguard::CodeForm, accepted), 8, "those of six bytes");
    assert!(TotpCode::parse(&"1".repeat(10_000_000)).is_err());
}

/// Logs in with a code; whether it was accepted.
fn login(seed: &TotpSeed, last: &mut LastStep, text: &str, seconds: i64) -> bool {
    let step = seed.matching_step(&code(text), Skew::OneStep, at(seconds));
    let Some(next) = step.and_then(|step| last.advance(step)) else { return false };
    *last = next;
    true
}

#[test]
fn t2_a_code_works_once() {
    let twenty = || {
        let mut last = LastStep::default();
        (0..20).filter(|n| login(&rfc(), &mut last, "081804", 1_111_111_109 + n)).count()
    };
    assert_eq!(twenty(), 1);
    assert_eq!(without(Safeguard::ReplayGuard, twenty), 20);
}

#[test]
fn t2_an_older_code_is_refused_after_a_newer_one() {
    let both = || {
        let mut last = LastStep::default();
        let newer = login(&rfc(), &mut last, "050471", 1_111_111_111);
        newer && login(&rfc(), &mut last, "081804", 1_111_111_112)
    };
    assert!(!both());
    assert!(without(Safeguard::ReplayGuard, both));
    let mut last = LastStep::from_number(Some(37_037_035));
    assert!(login(&rfc(), &mut last, "081804", 1_111_111_109));
    assert!(login(&rfc(), &mut last, "050471", 1_111_111_111), "in order both work");
    assert_eq!(last.number(), Some(37_037_037));
}

#[test]
fn t2_the_code_that_enrolled_does_not_log_in() {
    let reused = || {
        let pending = PendingEnrolment { seed: rfc(), created: at(1_111_111_000) };
        let mut last = pending.confirm(&code("081804"), Skew::OneStep, at(1_111_111_109)).unwrap();
        login(&rfc(), &mut last, "081804", 1_111_111_110)
    };
    assert!(!reused());
    assert!(without(Safeguard::ReplayGuard, reused));
}

#[test]
fn t5_an_enrolment_needs_a_right_code_within_ten_minutes() {
    let confirm = |created, text| {
        let pending = PendingEnrolment { seed: rfc(), created: at(created) };
        pending.confirm(&code(text), Skew::OneStep, at(1_111_111_109)).map(LastStep::number)
    };
    assert_eq!(confirm(1_111_110_510, "081804"), Ok(Some(37_037_036)));
    assert_eq!(confirm(1_111_110_509, "081804"), Err(EnrolmentError::Expired));
    assert_eq!(confirm(1_111_111_110, "081804"), Err(EnrolmentError::Expired));
    assert_eq!(confirm(1_111_111_000, "081805"), Err(EnrolmentError::Wrong));
}

#[test]
fn t4_the_uri_carries_the_seed_and_shows_it_nowhere() {
    let uri = EnrolmentUri::new(&rfc(), "Clínica Norte", "maria@norte.example").unwrap();
    assert_eq!(
        uri.expose(),
        "otpauth://totp/Cl%C3%ADnica%20Norte:maria%40norte.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
         &issuer=Cl%C3%ADnica%20Norte&algorithm=SHA1&digits=6&period=30"
    );
    let shown = format!("{uri:?} {:?} {:?}", rfc(), code("081804"));
    assert_eq!(shown, "EnrolmentUri([redacted]) TotpSeed([redacted]) TotpCode([redacted])");
}

#[test]
fn the_parts_of_a_uri_have_limits() {
    let new = |issuer: &str, account: &str| EnrolmentUri::new(&rfc(), issuer, account).map(|_| ());
    assert_eq!(new(&"é".repeat(128), &"é".repeat(128)), Ok(()));
    for (issuer, account) in [("", "maria"), ("Norte", ""), (&*"é".repeat(129), "maria")] {
        assert_eq!(new(issuer, account), Err(UriError::Length));
    }
    for (issuer, account) in [("a:b", "maria"), ("Norte", "a:b"), ("Norte\n", "maria")] {
        assert_eq!(new(issuer, account), Err(UriError::Character));
    }
}

#[cfg(feature = "qr")]
mod pictures {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use qrcode::{Color, EcLevel, QrCode};

    fn uri() -> EnrolmentUri {
        EnrolmentUri::new(&rfc(), "Norte", "maria").unwrap()
    }

    fn modules() -> QrCode {
        QrCode::with_error_correction_level(uri().expose(), EcLevel::M).unwrap()
    }

    #[test]
    fn t4_the_png_holds_the_modules_of_the_code() {
        let url = uri().to_png_data_url().unwrap();
        let bytes = STANDARD.decode(url.expose_secret().strip_prefix("data:image/png;base64,").unwrap()).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        let (code, line) = (modules(), info.line_size);
        assert_eq!(usize::try_from(info.width).unwrap(), (code.width() + 8) * 6);
        let light = |x: usize, y: usize| pixels[y * line + x / 8] >> (7 - x % 8) & 1 == 1;
        for (x, y) in (0..code.width()).flat_map(|x| (0..code.width()).map(move |y| (x, y))) {
            assert_eq!(light((x + 4) * 6 + 3, (y + 4) * 6 + 3), code[(x, y)] == Color::Light, "{x} {y}");
        }
        assert!((0..(code.width() + 8) * 6).all(|at| light(at, 0) && light(0, at)), "the quiet zone is light");
    }

    #[test]
    fn t4_the_svg_draws_every_dark_module_and_refers_to_nothing() {
        let svg = uri().to_svg().unwrap();
        let svg = svg.expose_secret();
        assert!(svg.starts_with("<?xml") && svg.ends_with("</svg>"));
        assert!(!svg.contains("href") && !svg.contains("script") && !svg.contains("GEZDGNBV"));
        let code = modules();
        let dark = code.to_colors().iter().filter(|color| **color == Color::Dark).count();
        let scale = 240_usize.div_ceil(code.width() + 8);
        let area: usize = svg.split('M').skip(1).filter_map(area).sum();
        assert_eq!(area, dark * scale * scale);
    }

    /// The area of `x yhWvHHxVy`.
    fn area(path: &str) -> Option<usize> {
        let (width, rest) = path.split_once('h')?.1.split_once('v')?;
        Some(width.parse::<usize>().ok()? * rest.split('H').next()?.parse::<usize>().ok()?)
    }

    #[test]
    fn the_longest_uri_fits_a_qr_code() {
        let long = "\u{10FFFD}".repeat(128);
        let uri = EnrolmentUri::new(&rfc(), &long, &long).unwrap();
        assert_eq!(uri.expose().len() > 2_331, uri.to_svg().is_err(), "{}", uri.expose().len());
        assert!(EnrolmentUri::new(&rfc(), &"é".repeat(100), &"é".repeat(100)).unwrap().to_png_data_url().is_ok());
    }
}
