//! Digits, telephone numbers, days and whole numbers.

use super::{Digits, Phone, assert_forms, form};
use crate::schema::Date;

#[test]
fn digits_of_every_script_become_ascii() {
    assert_forms(
        Digits,
        &[
            ("999-12-3456", "999123456"),
            ("٩٩٩ ١٢ ٣٤٥٦", "999123456"),
            ("۹۹۹۱۲۳۴۵۶", "999123456"),
            ("९९९-१२-३४५६", "999123456"),
            ("９９９１２３４５６", "999123456"),
            ("𝟘𝟡𝟬𝟵𝟶𝟿", "090909"),
            ("SSN: 12²", "12"),
        ],
    );
}

#[test]
fn north_american_numbers_have_one_form() {
    let spellings = [
        "+1 555 806 9773",
        "1-555-806-9773",
        "(555) 806-9773",
        "555.806.9773",
        "001 555 806 9773",
        "tel:+1-555-806-9773;ext=5",
        "555-806-9773 x123",
        "555-806-9773 Ext. 12",
        "555-806-9773 #12",
        "(＋１) ５５５ ８０６ ９７７３ ｘ１２",
        "Fax: 555 806 9773",
    ];
    for spelling in spellings {
        assert_eq!(form(Phone, spelling), "5558069773", "{spelling}");
    }
}

#[test]
fn numbers_of_other_countries_keep_their_country_code() {
    assert_forms(
        Phone,
        &[
            ("+49 30 123456", "+4930123456"),
            ("0049 30 123456", "+4930123456"),
            ("+49 (0)30 123456", "+4930123456"),
            ("0049 (0) 30 123456", "+4930123456"),
            ("(+49) 30/123456", "+4930123456"),
            ("030 123456", "030123456"),
            ("(0)30 123456", "030123456"),
            ("+1 155 806 9773", "+11558069773"),
            ("1-055-806-9773", "10558069773"),
            ("00", ""),
            ("+", ""),
        ],
    );
}

fn day(text: &str) -> String {
    let mut out = Vec::new();
    super::super::day(Date::parse(text).unwrap(), &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn only_full_days_have_a_form() {
    for full in ["1980-02-29", "0009-12-31", "9999-12-31"] {
        assert_eq!(day(full), full);
    }
    for partial in ["1980", "1980-02"] {
        assert_eq!(day(partial), "");
    }
}
