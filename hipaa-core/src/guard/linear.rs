//! Doubling a hostile input at most doubles the work.

use super::segment::SEGMENT_BYTES;
use super::{Guard, byte, steps};
use std::sync::LazyLock;

static GUARD: LazyLock<Guard> = LazyLock::new(Guard::new);

/// Longer than a segment, so that cutting counts as well.
const SMALL: usize = 100_000;

/// What breaks searches that start again at every byte.
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
    "12/3/",
    "http://)",
    "http://a",
    "http://a,",
    "http://a,1;",
    "http://a,12345,",
    "www.a.",
    "a.com/",
    "a.com ",
    "a.b.",
    "MRN ",
    "MRN: ",
    "MRN1234567 ",
    "MRN-",
    "E11.9,",
    "E11 ",
    "٣",
    "1\u{200b}",
    "\u{2013}",
    "a1",
    "ninety ",
    "one hundred and ",
    "SSN 536-90-4399 ",
    "536 90 4399 ",
    "::",
    "1::",
    "fe80::",
    "(01)",
    "536-90-",
    "NPI: 1245319599, ",
    "a@b.cc ",
    "www.a.bc a@b.cc ",
    "4111 ",
    "+1 ",
    "92-year-",
    "age? 94\n",
    "A: age?\nB: 94\n",
    "MRN for\n",
    "patient ",
    "PID|",
    "PID|1\n",
    "PID|1|~^1\r",
    "NPI/DEA: 1245319599/",
    "date of ",
    "<td>",
    "<td>1</td>",
    "<b/a=",
    "<b a='",
    "&nbsp;",
    "%3D",
    "a%3D%20",
    "%20",
    "%",
    "Bo: MRN?\nAnn: 4482913\n",
    "[Ann] MRN please.\n[Member] ",
    "Bo: ZIP?\nMember: 68140\n",
    "MRNs:\n- 4482913\n- 90284340\n",
    "groupId=101784 ",
    "xmlns=\"http://a/b\" ",
    "&#45",
    "<",
    "&",
    "REF*SY*224625686~",
    "*1*",
    "A*",
    "NM1*1*",
    "mrn,dob\n1,2\n",
    "mrn,dob\n",
    "|1",
    "1|2\n",
    "mrn|a\n1|2\n\n",
    "a\t1\n",
    "1  2  ",
    "mrn  dob\n12345  6\n",
    "\"1\",",
    "**12345** ",
    "12345* ",
    "412-55-3821DOB",
    "\n",
    " ",
    "1\n",
    "Salem OR 97301 ",
    "12 Elm St, OR 97301, ",
    "1245319599 1245319598 ",
    "AB1234563 AB1234564 ",
    "Table E11.9, ",
    "pain (E11) ",
    "T36.8 P74 ",
    "seen 2/2 ",
    "days 1/8/15 ",
    "1/8/",
    "1.2.3.4 ",
    "Acc# 63392722 exam ",
    "order 536-90-4399, ",
    "INSERT INTO a (",
    "(mrn,",
    "VALUES (",
    "(mrn,dob) VALUES ('1',",
    "(mrn,dob) VALUES ('1','2'),",
    "('1','2'),",
    ") VALUES ('1'",
    "(1,'",
    "v'1'",
    "COPY a (mrn,dob) FROM stdin;\n1\t2\n",
    "COPY a (mrn,dob) FROM\t1\n",
    "^FDMRN: 12345^FS",
    "1^FS",
    "SSN:412-55-3821DOB:03/04/1961",
    "Age at visit 92 ",
    "PT: 92 F ",
    "Age: 92\n",
    "08 22 2019 08 22 2019 ",
    "dob?\nA: Bo Li, 1/1/2000",
    "?\n\n\n, 1/1/2000",
    "SSN/DOB 1 1/1/1950 ",
    "dob=date '1959-08-22' ",
    "DOB 1/1/1950, chart says ",
    "dx1=E119 Y  B ",
    "1966 Nov 30 ",
];

/// The work of an input and of one twice as long.
fn work(small: usize, make: impl Fn(usize) -> String, scan: impl Fn(&str)) -> (u64, u64) {
    let steps = |len: usize| {
        let text = make(len);
        steps::of(|| scan(&text))
    };
    (steps(small), steps(2 * small))
}

/// Whether the double costs at most twice as much. The search for a place to cut leaves out the
/// first segment of a text, however long the text is: the longer one saves that only once.
fn at_most_doubled((once, twice): (u64, u64)) -> bool {
    twice <= 2 * once + 4 * SEGMENT_BYTES as u64
}

fn repeated(part: &str) -> impl Fn(usize) -> String {
    move |len| part.repeat(len / part.len())
}

#[test]
fn twice_a_hostile_text_is_at_most_twice_the_work() {
    for part in HOSTILE {
        let work = work(SMALL, repeated(part), |text| drop(GUARD.scan_all(text)));
        assert!(at_most_doubled(work), "{part:?}: {work:?}");
    }
}

#[test]
fn twice_a_hostile_document_is_at_most_twice_the_work() {
    let brackets = |len: usize| format!("[{}1]", "[[[[1]]]],".repeat(len / 10));
    let strings = |len: usize| format!("[{}1]", r#""1-1\u0031","#.repeat(len / 12));
    let values = |len: usize| {
        format!(r#"{{"type":{{"c":[{}1]}},{}"a":1}}"#, "1,".repeat(len / 4), r#""value":1,"#.repeat(len / 20))
    };
    let label = |len: usize| {
        format!(r#"{{"label":"{}",{}"a":1}}"#, "MRN ".repeat(len / 8), r#""value":"12","#.repeat(len / 24))
    };
    let system =
        |len: usize| format!(r#"{{"system":"{}",{}"a":1}}"#, "a/".repeat(len / 4), r#""value":"12","#.repeat(len / 24));
    let keys = |len: usize| format!("{{{}\"a\":1}}", r#""\u0031/~":{"value":1},"#.repeat(len / 23));
    let changes = |len: usize| {
        let key = "x".repeat(len / 4);
        format!(r#"{{"{key}":1,"name":"MRN",{}"a":1}}"#, r#""changes":{"old":[12,34]},"#.repeat(len / 32))
    };
    let nested = |len: usize| {
        let mut text = r#"{"mrn":4482913}"#.to_owned();
        for _ in 0..6 {
            text = serde_json::json!({ "a": text }).to_string();
        }
        format!("[{}1]", format!("{},", serde_json::json!(text)).repeat(len / (text.len() + 8)))
    };
    let broken = |len: usize| format!("[{}1]", r#""{\"a\":{\"mrn\":4482913}","#.repeat(len / 30));
    let ages = |len: usize| format!("{{{}\"unit\":\"days\"}}", r#""age":93,"#.repeat(len / 9));
    let columns = |len: usize| format!("{{{}\"a\":1}}", r#""patpatpatprovidersubpat12":93,"#.repeat(len / 32));
    let documents: [(&str, &dyn Fn(usize) -> String); 11] = [
        ("changes", &changes),
        ("nested", &nested),
        ("broken", &broken),
        ("ages", &ages),
        ("columns", &columns),
        ("brackets", &brackets),
        ("strings", &strings),
        ("values", &values),
        ("label", &label),
        ("system", &system),
        ("keys", &keys),
    ];
    for (name, make) in documents {
        let work = work(SMALL, make, |text| assert!(GUARD.scan_json_all(text).is_ok(), "{name}"));
        assert!(at_most_doubled(work), "{name}: {work:?}");
    }
}

#[test]
fn twice_as_many_rows_and_names_of_columns_are_at_most_twice_the_work() {
    let grid =
        |len: usize| format!(r#"{{"columns":["mrn","dob"],"data":[{}1]}}"#, r#"["12345","12"],"#.repeat(len / 15));
    let grids = |len: usize| {
        let names = r#"["mrn","dob"],"#.repeat(40);
        format!(r#"{{"a":[{names}1],"b":[{}1]}}"#, r#"[["12345"],"12345",["mrn","dob"]],"#.repeat(len / 34))
    };
    let wide = |len: usize| {
        let names = r#""mrn","#.repeat(len / 12);
        format!(r#"{{"a":[{names}"mrn"],"b":[[{}"1"]]}}"#, r#""12345","#.repeat(len / 16))
    };
    let documents: [&dyn Fn(usize) -> String; 3] = [&grid, &grids, &wide];
    for (i, make) in documents.into_iter().enumerate() {
        let work = work(SMALL, make, |text| assert!(GUARD.scan_json_all(text).is_ok(), "{i}"));
        assert!(at_most_doubled(work), "{i}: {work:?}");
    }
}

/// The red twin: the same measure sees a search that looks back without a limit.
#[test]
fn the_measure_sees_a_search_without_a_limit() {
    let unbounded = |text: &str| {
        for at in memchr::memchr_iter(b'-', text.as_bytes()) {
            let _ = byte::back(text.as_bytes(), at, byte::ALNUM | byte::JOIN, usize::MAX);
        }
    };
    let work = work(4_000, repeated("1-"), unbounded);
    assert!(!at_most_doubled(work), "{work:?}");
}
