//! What goes over HTTP.

use super::{Outcome, Setting};
use crate::measure::compare;
use crate::site::{plain, sealed};
use crate::{Failure, http};

/// Connections at once.
const CONNECTIONS: u64 = 16;
const TURNS: usize = 15;

pub(super) fn chart_http(setting: Setting) -> Result<Outcome, Failure> {
    let folder = tempfile::tempdir()?;
    let mine = sealed::Site::create(&folder.path().join("ours.db"))?;
    let theirs = plain::Site::create(&folder.path().join("floor.db"))?;
    let bytes = |address, request: &[u8]| Ok::<_, Failure>(http::Client::connect(address)?.send(request)?.body.len());
    let sizes = (bytes(mine.address, &mine.request)?, bytes(theirs.address, &theirs.request)?);
    let count = CONNECTIONS * if setting.quick { 4 } else { 32 };
    let mut ours = |count| http::ask(mine.address, &mine.request, (CONNECTIONS, count));
    let mut floor = |count| http::ask(theirs.address, &theirs.request, (CONNECTIONS, count));
    let figures = compare(setting.of(count, TURNS), &mut ours, &mut floor)?;
    let note = format!("{CONNECTIONS} connections; answers of {} bytes, floor {} bytes", sizes.0, sizes.1);
    Ok(Outcome { figures, note, judged: true })
}
