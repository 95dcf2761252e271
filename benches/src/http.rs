//! A client that keeps its connection, as far as measuring needs one.

use crate::Failure;
use hipaa_core::clock::Stopwatch;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// One connection.
#[derive(Debug)]
pub struct Client {
    stream: BufReader<TcpStream>,
}

/// An answer of a status below 300.
#[derive(Debug)]
pub struct Answer {
    head: Vec<String>,
    /// The bytes of its body.
    pub body: Vec<u8>,
}

/// A request as it goes over the wire.
#[must_use]
pub fn request(method: &str, path: &str, (address, cookie): (SocketAddr, &str), body: Option<&str>) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
    head.push_str(&format!("origin: http://localhost:{}\r\n", address.port()));
    if !cookie.is_empty() {
        head.push_str(&format!("cookie: __Host-session={cookie}\r\n"));
    }
    if let Some(body) = body {
        head.push_str(&format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len()));
    }
    format!("{head}\r\n{}", body.unwrap_or_default()).into_bytes()
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// The connection's.
    pub fn connect(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    /// The connection's; any status from 300 on.
    pub fn send(&mut self, request: &[u8]) -> Result<Answer, Failure> {
        self.stream.get_mut().write_all(request)?;
        let (mut head, mut line) = (Vec::new(), String::new());
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            match line.trim_end() {
                "" => break,
                text => head.push(text.to_owned()),
            }
        }
        let mut answer = Answer { head, body: Vec::new() };
        let length = answer.header("content-length").map_or(Ok(0), |length| length.parse())?;
        answer.body.resize(length, 0);
        self.stream.read_exact(&mut answer.body)?;
        let status = answer.head.first().and_then(|line| line.split(' ').nth(1)?.parse::<u16>().ok());
        match status {
            Some(200..=299) => Ok(answer),
            status => Err(format!("status {status:?}").into()),
        }
    }
}

impl Answer {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let mut pairs = self.head.iter().filter_map(|line| line.split_once(": "));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
    }

    /// The value of a cookie that is set.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        let lines = self.head.iter().filter_map(|line| line.strip_prefix("set-cookie: "));
        let mut pairs = lines.filter_map(|line| line.split(';').next()?.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
    }
}

/// How long `count` requests take over so many connections at once.
///
/// # Errors
/// That of any of them.
pub fn ask(address: SocketAddr, request: &[u8], (connections, count): (u64, u64)) -> Result<Duration, Failure> {
    let mut clients = (0..connections).map(|_| Client::connect(address)).collect::<Result<Vec<_>, _>>()?;
    let each = count / connections;
    let started = Stopwatch::start();
    std::thread::scope(|scope| {
        let all = clients
            .iter_mut()
            .map(|client| scope.spawn(move || (0..each).try_for_each(|_| client.send(request).map(drop))));
        let all = all.collect::<Vec<_>>();
        all.into_iter().try_for_each(|one| one.join().unwrap_or_else(|_| Err("a client panicked".into())))
    })?;
    Ok(started.elapsed())
}
