//! A mail relay, and a gateway of prescriptions, as far as the tests need them: they take what they are given, and say so.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A relay that is down: its port is known, and nobody listens there.
pub(super) struct Relay(SocketAddr);

/// What a relay has taken.
pub(super) struct Taken(Arc<Mutex<Vec<String>>>);

impl Relay {
    pub(super) fn reserve() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap())
    }

    pub(super) fn address(&self) -> String {
        self.0.to_string()
    }

    /// From now on it takes mail, until the test ends.
    pub(super) fn open(&self) -> Taken {
        self.serve(take)
    }

    /// The same for a gateway of prescriptions: it takes what is posted to it.
    pub(super) fn open_gateway(&self) -> Taken {
        self.serve(take_posted)
    }

    fn serve(&self, take: fn(TcpStream, &Mutex<Vec<String>>) -> std::io::Result<()>) -> Taken {
        let (mails, listener) = (Arc::default(), TcpListener::bind(self.0).unwrap());
        let taken = Taken(Arc::clone(&mails));
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let _ = take(client, &mails);
            }
        });
        taken
    }
}

impl Taken {
    pub(super) fn mails(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

/// One request, by RFC 9112.
fn take_posted(mut client: TcpStream, posted: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let (mut reader, mut length, mut line) = (BufReader::new(client.try_clone()?), 0, String::new());
    while reader.read_line(&mut line)? > 2 {
        let field = line.trim_end().to_ascii_lowercase();
        length = field.strip_prefix("content-length: ").map_or(length, |number| number.parse().unwrap());
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    posted.lock().unwrap().push(String::from_utf8(body).unwrap());
    client.write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
}

/// One connection, by RFC 5321.
fn take(mut client: TcpStream, mails: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let lines = BufReader::new(client.try_clone()?).lines();
    let mut mail = None::<String>;
    client.write_all(b"220 relay\r\n")?;
    for line in lines {
        let line = line?;
        let answer = match &mut mail {
            Some(text) if line == "." => {
                mails.lock().unwrap().push(std::mem::take(text));
                mail = None;
                "250 taken"
            }
            Some(text) => {
                text.push_str(&line);
                text.push('\n');
                continue;
            }
            None if line.eq_ignore_ascii_case("DATA") => {
                mail = Some(String::new());
                "354 go on"
            }
            None if line.eq_ignore_ascii_case("QUIT") => return client.write_all(b"221 bye\r\n"),
            None => "250 fine",
        };
        client.write_all(format!("{answer}\r\n").as_bytes())?;
    }
    Ok(())
}
