//! The lines of a file, plain or gzip, one at a time and of bounded length.

use super::Reason;
use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use zeroize::Zeroizing;

/// The longest line that is imported.
pub const MAX_LINE_BYTES: usize = 4 * 1024 * 1024;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];
const BUFFER_BYTES: usize = 256 * 1024;

/// One line that is not blank, without its end; wiped when dropped.
pub(super) struct Line {
    /// Its number, from 1.
    pub(super) number: u64,
    bytes: Zeroizing<Vec<u8>>,
    too_long: bool,
}

impl Line {
    pub(super) fn text(&self) -> Result<&str, Reason> {
        if self.too_long {
            return Err(Reason::TooLong);
        }
        core::str::from_utf8(&self.bytes).map_err(|_| Reason::NotUtf8)
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }
}

/// Reads lines. Which of the two forms the file has is told by its first two bytes.
pub(super) struct Lines {
    reader: Box<dyn BufRead + Send>,
    number: u64,
    read: Arc<AtomicU64>,
}

/// Counts the bytes of a file as they are read, compressed or not.
struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        self.read.fetch_add(u64::try_from(length).unwrap_or_default(), Ordering::Relaxed);
        Ok(length)
    }
}

impl Lines {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let read = Arc::new(AtomicU64::new(0));
        let mut file = BufReader::with_capacity(BUFFER_BYTES, Counted { file, read: Arc::clone(&read) });
        let reader: Box<dyn BufRead + Send> = if file.fill_buf()?.starts_with(&GZIP) {
            Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(file)))
        } else {
            Box::new(file)
        };
        Ok(Self { reader, number: 0, read })
    }

    pub(super) fn new(reader: Box<dyn BufRead + Send>) -> Self {
        Self { reader, number: 0, read: Arc::default() }
    }

    /// How many bytes of the file were read; 0 of a reader that is no file.
    pub(super) fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// The number of the last line that was read.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    /// The next line that is not blank; none at the end of the file.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let mut bytes = Zeroizing::new(Vec::new());
            let limit = u64::try_from(MAX_LINE_BYTES + 1).unwrap_or(u64::MAX);
            if self.reader.by_ref().take(limit).read_until(b'\n', &mut bytes)? == 0 {
                return Ok(None);
            }
            let too_long = bytes.len() > MAX_LINE_BYTES && !bytes.ends_with(b"\n");
            if too_long {
                bytes.clear();
                self.skip_line()?;
            }
            self.number += 1;
            trim(&mut bytes, self.number == 1);
            if too_long || !bytes.trim_ascii().is_empty() {
                return Ok(Some(Line { number: self.number, bytes, too_long }));
            }
        }
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.reader.fill_buf()?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let (used, done) = (end.map_or(buffer.len(), |at| at + 1), end.is_some() || buffer.is_empty());
            self.reader.consume(used);
            if done {
                return Ok(());
            }
        }
    }
}

/// Takes off the line's end and, from the first line, a byte order mark.
fn trim(bytes: &mut Vec<u8>, first: bool) {
    for end in [b'\n', b'\r'] {
        if bytes.last() == Some(&end) {
            bytes.pop();
        }
    }
    if first && bytes.starts_with(&BYTE_ORDER_MARK) {
        bytes.drain(..BYTE_ORDER_MARK.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(content: &[u8]) -> Vec<(u64, Result<String, Reason>)> {
        let mut lines = Lines::new(Box::new(io::Cursor::new(content.to_vec())));
        let mut all = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            all.push((line.number, line.text().map(str::to_owned)));
        }
        all
    }

    #[test]
    fn blank_lines_count_but_are_no_lines() {
        let found = lines(b"\xef\xbb\xbfone\r\n\n \ntwo");
        assert_eq!(found, [(1, Ok("one".to_owned())), (4, Ok("two".to_owned()))]);
    }

    #[test]
    fn a_line_that_is_too_long_is_reported_and_the_next_one_is_read() {
        let mut content = vec![b'x'; MAX_LINE_BYTES + 2];
        content.extend_from_slice(b"xx\nnext\n");
        assert_eq!(lines(&content), [(1, Err(Reason::TooLong)), (2, Ok("next".to_owned()))]);
        let mut longest = vec![b'x'; MAX_LINE_BYTES];
        longest.push(b'\n');
        assert!(lines(&longest)[0].1.is_ok());
    }

    #[test]
    fn what_is_not_utf8_is_reported() {
        assert_eq!(lines(b"\xff\n"), [(1, Err(Reason::NotUtf8))]);
    }
}
