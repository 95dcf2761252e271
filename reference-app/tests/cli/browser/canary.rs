//! After the whole run nothing of a patient is found where it does not belong.

use super::driver::Demo;
use super::work::{COMPLAINT, FINDING, REASON};
use std::fs;
use std::path::{Path, PathBuf};

/// Of the patient who was found, read, edited and printed; and what was typed of the visit.
const VALUES: [&str; 10] = [
    "Müller",
    "Mu\u{308}ller",
    "900-10-0001",
    "1980-02-29",
    "jurgen.muller0",
    "555-0165",
    "Divorced",
    COMPLAINT,
    FINDING,
    REASON,
];

fn files(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, all) } else { all.push(path) }
    }
}

/// No value is in the addresses, the log, the database, its log of writes, the mails, the metrics or an error's body.
pub(super) async fn nowhere(demo: &Demo, visited: &[String]) {
    let mut places = vec![("addresses".to_owned(), visited.join("\n").into_bytes())];
    let mut all = Vec::new();
    files(demo.folder(), &mut all);
    let named = |end: &str| all.iter().any(|path| path.to_str().unwrap().contains(end));
    assert!(named("demo.db") && named("demo.db-wal") && named("/mail/") && named("/log"), "{all:?}");
    places.extend(all.iter().map(|path| (path.display().to_string(), fs::read(path).unwrap())));
    for path in ["/metrics", "/api/patients/M%C3%BCller", "/patients/M%C3%BCller", "/?name=M%C3%BCller"] {
        places.push((path.to_owned(), ask(demo, path)));
    }
    assert!(places.iter().all(|(_, bytes)| !bytes.is_empty() || visited.is_empty()) || places.len() > 4);
    for (place, bytes) in &places {
        for value in VALUES {
            let found = bytes.windows(value.len()).any(|window| window == value.as_bytes());
            assert!(!found, "{value} in {place}");
        }
    }
}

/// The whole answer to a request, head and body.
fn ask(demo: &Demo, path: &str) -> Vec<u8> {
    use std::io::{Read as _, Write as _};
    let address = demo.url.replace("http://localhost", "127.0.0.1");
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 "), "{path}");
    answer
}
