//! Values that fulfil the rules of their kind, and near misses that do not.

use super::random::Random;

fn luhn_digit(digits: &str, start: u32) -> u32 {
    let sum = digits.bytes().rev().enumerate().fold(start, |sum, (i, byte)| {
        let value = u32::from(byte - b'0') * if i % 2 == 0 { 2 } else { 1 };
        sum + value / 10 + value % 10
    });
    (10 - sum % 10) % 10
}

fn npi(r: &mut Random) -> String {
    let head = *r.pick(&["1", "1", "2"]);
    let body = format!("{head}{}", r.shape("########"));
    let check = luhn_digit(&body, 24);
    format!("{body}{check}")
}

fn dea(r: &mut Random, right: bool) -> String {
    let digits = r.shape("######");
    let d: Vec<u32> = digits.bytes().map(|byte| u32::from(byte - b'0')).collect();
    let check = (d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5])) % 10;
    let check = if right { check } else { (check + 3) % 10 };
    let first = char::from(*r.pick(b"ABFGMPR"));
    format!("{first}{}{digits}{check}", r.shape("@"))
}

fn card(r: &mut Random, right: bool) -> String {
    const FORMS: [(&str, &[usize]); 3] =
        [("4##############", &[4, 8, 12]), ("5%%############", &[4, 8, 12]), ("37############", &[4, 10])];
    let (shape, cuts) = *r.pick(&FORMS);
    let shape = shape.replace("5%", "53");
    let body = r.shape(&shape);
    let check = luhn_digit(&body, 0);
    let number = format!("{body}{}", if right { check } else { (check + 4) % 10 });
    let sep = *r.pick(&[" ", "-", ""]);
    let mut out = String::new();
    for (i, c) in number.chars().enumerate() {
        if cuts.contains(&i) {
            out.push_str(sep);
        }
        out.push(c);
    }
    out
}

fn vin(r: &mut Random, right: bool) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPRSTUVWXYZ0123456789";
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let value = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'H' => u32::from(byte - b'A') + 1,
        b'J'..=b'R' => u32::from(byte - b'J') + 1,
        _ => u32::from(byte - b'S') + 2,
    };
    let mut out: Vec<u8> = (0..17).map(|_| *r.pick(ALPHABET)).collect();
    out[0] = *r.pick(b"1245");
    out[13..].copy_from_slice(r.shape("####").as_bytes());
    out[8] = b'0';
    let sum: u32 = out.iter().zip(WEIGHTS).map(|(byte, weight)| value(*byte) * weight).sum();
    let check = if right { sum % 11 } else { (sum + 5) % 11 };
    out[8] = if check == 10 { b'X' } else { b'0' + u8::try_from(check).unwrap_or(0) };
    out.into_iter().map(char::from).collect()
}

fn mbi(r: &mut Random) -> String {
    let letter = |r: &mut Random| char::from(*r.pick(b"ACDEFGHJKMNPQRTUVWXY"));
    let mut out = format!("{}", r.within(1, 9));
    for place in 1..11 {
        match place {
            1 | 4 | 7 | 8 => out.push(letter(r)),
            2 | 5 if r.within(0, 1) == 0 => out.push(letter(r)),
            _ => out.push_str(&r.shape("#")),
        }
    }
    if r.within(0, 1) == 0 { format!("{}-{}-{}", &out[..4], &out[4..7], &out[7..]) } else { out }
}

fn ssn(r: &mut Random) -> String {
    let area = if r.within(0, 2) == 0 { r.within(667, 899) } else { r.within(1, 665) };
    let (group, serial) = (r.within(1, 99), r.within(1, 9999));
    let sep = *r.pick(&["-", "-", "-", " ", ""]);
    format!("{area:03}{sep}{group:02}{sep}{serial:04}")
}

fn phone(r: &mut Random) -> String {
    let area = format!("{}{}{}", r.within(2, 9), r.within(2, 8), r.within(0, 9));
    let (exchange, line) = (format!("{}{}{}", r.within(2, 9), r.within(2, 9), r.within(0, 9)), r.shape("####"));
    match r.within(0, 6) {
        0 => format!("({area}) {exchange}-{line}"),
        1 => format!("{area}.{exchange}.{line}"),
        2 => format!("+1 {area}-{exchange}-{line}"),
        3 => format!("({area}){exchange}-{line}"),
        4 => format!("{area}{exchange}{line}"),
        5 => format!("{area}-{exchange}-{line} x{}", r.within(10, 999)),
        _ => format!("{area}-{exchange}-{line}"),
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn day(r: &mut Random, from: u64, to: u64) -> String {
    let (year, month, day) = (r.within(from, to), r.within(1, 12), r.within(1, 28));
    let name = MONTHS[usize::try_from(month - 1).unwrap_or(0)];
    match r.within(0, 6) {
        0 => format!("{year}-{month:02}-{day:02}"),
        1 => format!("{month:02}/{day:02}/{year}"),
        2 => format!("{month}/{day}/{:02}", year % 100),
        3 => format!("{name} {day}, {year}"),
        4 => format!("{day} {} {year}", &name[..3]),
        5 => format!("{day:02}-{}-{year}", &name[..3]),
        _ => format!("{month}/{day}/{year}"),
    }
}

fn address(r: &mut Random) -> String {
    let v4 = format!("{}.{}.{}.{}", r.within(11, 223), r.within(0, 255), r.within(0, 255), r.within(1, 254));
    let v6 = format!("2001:db8:{:x}:{:x}::{:x}", r.within(1, 65535), r.within(1, 65535), r.within(1, 65535));
    if r.within(0, 3) == 0 { v6 } else { v4 }
}

fn mac(r: &mut Random) -> String {
    let pairs: Vec<String> = (0..6).map(|_| format!("{:02X}", r.within(0, 255))).collect();
    format!("{}:AB", pairs[..5].join(":"))
}

fn code(r: &mut Random) -> String {
    let dotted = [
        "E11.9", "E78.5", "J45.909", "N18.30", "F32.9", "M54.50", "S72.001A", "Z79.4", "K21.9", "I25.10", "C50.911",
        "G47.33",
    ];
    (*r.pick(&dotted)).to_owned()
}

fn zip(r: &mut Random) -> String {
    let code = *r.pick(&["02139", "60614", "10027", "98109", "75201", "30309", "85719", "19104"]);
    if r.within(0, 3) == 0 { format!("{code}-{}", r.shape("####")) } else { code.to_owned() }
}

/// A value of a kind, by the kind's stable name.
pub(super) fn value(kind: &str, r: &mut Random) -> String {
    match kind {
        "ssn" => ssn(r),
        "npi" => npi(r),
        "dea" => dea(r, true),
        "mbi" => mbi(r),
        "credit_card" => card(r, true),
        "vin" => vin(r, true),
        "phone" | "fax" => phone(r),
        "dob" => day(r, 1925, 2010),
        "date" => day(r, 2015, 2024),
        "ip" => address(r),
        "icd10" => code(r),
        "zip" => zip(r),
        "age90" => r.within(90, 108).to_string(),
        "mac" => mac(r),
        "email" => shaped(r, &["a.w##@example.org", "kim_##@mail.example.co.uk", "o.lee+x##@clinic.example.com"]),
        "url" => shaped(
            r,
            &[
                "https://portal.example.org/p/######",
                "www.example-##.com/visit",
                "http://host##.example.net:8080/a?b=#",
            ],
        ),
        "mrn" => shaped(r, &["0#######", "######", "@#######", "##-##-##", "@@######"]),
        "account" => shaped(r, &["#########", "@#######", "####-######", "AC#######"]),
        "plan" => shaped(r, &["@@@#########", "W#########", "######-##", "#########A"]),
        "license" => shaped(r, &["D#######", "@########", "S########", "@@-#####"]),
        "device" => shaped(r, &["PJN######H", "SN##@####", "NG#######H", "@@@-####-##"]),
        other => unreachable!("no values for {other}"),
    }
}

/// A near miss, by name.
pub(super) fn near_miss(name: &str, r: &mut Random) -> String {
    match name {
        "bad_dea" => dea(r, false),
        "bad_card" => card(r, false),
        "bad_vin" => vin(r, false),
        "uuid" => format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            r.next() >> 32,
            r.next() >> 48,
            r.next() >> 52,
            r.next() >> 52,
            r.next() >> 16
        ),
        "hash" => format!("{:016x}{:016x}{:08x}", r.next(), r.next(), r.next() >> 32),
        "ten" => r.shape("%#########"),
        other => unreachable!("no near miss {other}"),
    }
}

fn shaped(r: &mut Random, shapes: &[&str]) -> String {
    let shape = *r.pick(shapes);
    // Letters of the rest of an address must not be filled in.
    if shape.contains("example") {
        return shape.chars().map(|c| if c == '#' { r.shape("#") } else { c.to_string() }).collect();
    }
    r.shape(shape)
}
