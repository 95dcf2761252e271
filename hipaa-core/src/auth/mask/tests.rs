use super::*;
use crate::clock::Timestamp;
use crate::schema::Value;
use proptest::prelude::*;
use zeroize::Zeroizing;

/// 2026-11-22.
const NOW: Timestamp = Timestamp::from_micros(1_795_305_600_000_000);

fn text(text: &str) -> Value {
    Value::Text(Zeroizing::new(text.to_owned()))
}

fn shown(view: View, value: &Value) -> String {
    view.apply(Some(value), || NOW).map(|masked| masked.as_str().to_owned()).unwrap_or_default()
}

fn date(text: &str) -> Value {
    Value::Date(Date::parse(text).unwrap())
}

#[test]
fn each_mask_shows_what_it_says() {
    let cases = [
        (View::Ssn, "123-45-6789", "***-**-6789"),
        (View::Ssn, "123456789", "***-**-6789"),
        (View::Ssn, "6789", "***"),
        (View::Ssn, "1234567890", "***"),
        (View::Card, "4111 1111 1111 1234", "***1234"),
        (View::Card, "41111234", "***"),
        (View::Last(4), "+1 (555) 010-4477", "***4477"),
        (View::Last(4), "4477", "***"),
        (View::Last(4), "1234567", "***"),
        (View::Last(4), "12345678", "***5678"),
        (View::Initial, "Grace", "G***"),
        (View::Initial, "G", "***"),
        (View::Email, "grace.hopper@example.org", "g***@example.org"),
        (View::Email, "g@example.org", "***@example.org"),
        (View::Email, "grace hopper", "***"),
        (View::Email, "a@b@c d", "***"),
        (View::Postal, "02138", "021**"),
        (View::Postal, "02138-1234", "021**"),
        (View::Postal, "0213", "***"),
        (View::Postal, "02138 Main Street 5", "***"),
        (View::Hidden, "anything", "***"),
        (View::Year, "1984-02-03", "***"),
    ];
    for (view, value, expected) in cases {
        assert_eq!(shown(view, &text(value)), expected, "{view} {value}");
    }
}

#[test]
fn a_year_shows_until_the_age_of_eighty_nine() {
    for (value, expected) in [
        ("1984-02-03", "1984"),
        ("1984", "1984"),
        ("1937-12-31", "1937"),
        ("1936-01-01", "1936 or earlier"),
        ("1901-05-05", "1936 or earlier"),
    ] {
        assert_eq!(shown(View::Year, &date(value)), expected);
    }
}

#[test]
fn the_year_turns_at_midnight_of_new_year() {
    let born = date("1936");
    let day = 86_400_000_000;
    // 2026-01-01T00:00:00Z.
    let turn = 1_767_225_600_000_000;
    for (micros, expected) in [(turn - 1, "1936"), (turn, "1936 or earlier"), (turn + 364 * day, "1936 or earlier")] {
        let shown = View::Year.apply(Some(&born), || Timestamp::from_micros(micros)).unwrap();
        assert_eq!(shown.as_str(), expected);
    }
    // 2024-02-29 is in a leap year, 2024-12-31 its last day.
    for micros in [1_709_164_800_000_000_i64, 1_735_603_200_000_000] {
        let shown = View::Year.apply(Some(&date("1934")), || Timestamp::from_micros(micros)).unwrap();
        assert_eq!(shown.as_str(), "1934 or earlier");
        let shown = View::Year.apply(Some(&date("1935")), || Timestamp::from_micros(micros)).unwrap();
        assert_eq!(shown.as_str(), "1935");
    }
}

#[test]
fn several_texts_are_masked_one_by_one() {
    let texts = ["555 010 4477", "12"].map(|text| Zeroizing::new(text.to_owned()));
    assert_eq!(shown(View::Last(4), &Value::Texts(texts.to_vec())), "***4477, ***");
}

#[test]
fn hidden_does_not_even_tell_whether_there_is_a_value() {
    assert_eq!(View::Hidden.apply(None, || NOW), View::Hidden.apply(Some(&text("x")), || NOW));
    assert_eq!(View::Last(4).apply(None, || NOW), None);
    assert_eq!(View::Last(4).apply(Some(&Value::Null), || NOW), None);
}

#[test]
fn a_mask_that_does_not_fit_its_value_hides_it() {
    for view in ALL {
        for value in
            [Value::Integer(123_456_789), Value::Boolean(true), Value::Json(Zeroizing::new("\"123-45-6789\"".into()))]
        {
            assert_eq!(shown(view, &value), "***", "{view}");
        }
        if view != View::Year {
            assert_eq!(shown(view, &date("1984-02-03")), "***", "{view}");
        }
    }
}

#[test]
fn what_is_shown_does_not_show_in_debug() {
    let masked = View::Ssn.apply(Some(&text("123-45-6789")), || NOW).unwrap();
    assert_eq!(format!("{masked:?}"), "Masked(…)");
}

const ALL: [View; 9] = [
    View::Clear,
    View::Last(2),
    View::Ssn,
    View::Card,
    View::Initial,
    View::Email,
    View::Postal,
    View::Year,
    View::Hidden,
];

fn views() -> impl Strategy<Value = View> {
    prop_oneof![proptest::sample::select(ALL.to_vec()), (1..=MAX_LAST).prop_map(View::Last)]
}

proptest! {
    #[test]
    fn the_strictest_of_rules_depends_on_no_order((a, b, c) in (views(), views(), views())) {
        prop_assert_eq!(a.strictest(b), b.strictest(a));
        prop_assert_eq!(a.strictest(b).strictest(c), a.strictest(b.strictest(c)));
        prop_assert_eq!(a.strictest(a), a);
        prop_assert_eq!(a.strictest(View::Hidden), View::Hidden);
        prop_assert_eq!(a.strictest(View::Clear), a);
    }

    #[test]
    fn no_mask_shows_a_whole_value(view in views(), value in "[A-Za-z0-9@. -]{2,40}") {
        prop_assume!(value.chars().filter(|c| c.is_alphanumeric()).count() >= 2);
        let shown = shown(view, &text(&value));
        prop_assert!(!shown.contains(value.trim()), "{} {} {}", view, value, shown);
        let hidden = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        prop_assert!(hidden(&shown) != hidden(&value));
    }
}
