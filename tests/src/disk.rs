//! Failing file calls under one folder: the calls of the C library by which Rust's own files open, write, sync, rename, lock
//! and list.
//!
//! The functions here stand in front of those of the C library in every program that this module is linked into; elsewhere
//! than in the watched folder they pass everything on. Which call fails is a matter of the whole process; tests that use it
//! take turns.

#![expect(
    unsafe_code,
    reason = "the C library's file calls are taken over by name; this file and `fault` are the two that speak C"
)]

use crate::fault::kill_myself;
use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

const NO_SPACE: c_int = 28;
const IO_ERROR: c_int = 5;

/// What happens at a call, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// It fails; later ones work.
    Once(u64),
    /// It finds the disk full, and every later one; of a write, half is done.
    From(u64),
    /// It is done, and says that it failed.
    Late(u64),
    /// The process is killed in its place: SIGKILL; of a write, half is done.
    Kill(u64),
    /// None fails.
    Never,
}

#[derive(Debug)]
struct Watched {
    folder: PathBuf,
    call: Call,
    /// The names of the calls so far.
    calls: Vec<&'static str>,
}

static ON: AtomicBool = AtomicBool::new(false);
static WATCHED: Mutex<Option<Watched>> = Mutex::new(None);

fn watched() -> MutexGuard<'static, Option<Watched>> {
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on this shall happen to the file calls under this folder, counting from here.
pub fn inject(folder: &Path, call: Call) {
    *watched() = Some(Watched { folder: folder.to_owned(), call, calls: Vec::new() });
    ON.store(true, Ordering::SeqCst);
}

/// Nothing fails any more; the result is the names of the calls since [`inject`].
pub fn heal() -> Vec<&'static str> {
    ON.store(false, Ordering::SeqCst);
    watched().take().map(|watched| watched.calls).unwrap_or_default()
}

/// What is to become of a call.
enum Fate {
    Passes,
    Fails(c_int),
    /// Done, then failed.
    Late,
    Dies,
}

fn fate(name: &'static str, path: impl FnOnce() -> Option<PathBuf>) -> Fate {
    if !ON.load(Ordering::SeqCst) {
        return Fate::Passes;
    }
    let Some(path) = path() else { return Fate::Passes };
    let mut watched = watched();
    let Some(watched) = watched.as_mut().filter(|watched| path.starts_with(&watched.folder)) else {
        return Fate::Passes;
    };
    watched.calls.push(name);
    let now = watched.calls.len() as u64;
    match watched.call {
        Call::Once(at) if at == now => Fate::Fails(IO_ERROR),
        Call::From(at) if at <= now => Fate::Fails(NO_SPACE),
        Call::Late(at) if at == now => Fate::Late,
        Call::Kill(at) if at == now => Fate::Dies,
        _ => Fate::Passes,
    }
}

fn of_descriptor(file: c_int) -> Option<PathBuf> {
    std::fs::read_link(format!("/proc/self/fd/{file}")).ok()
}

/// # Safety
/// `name` is a C string.
unsafe fn of_name(name: *const c_char) -> Option<PathBuf> {
    // SAFETY: the caller's.
    let name = unsafe { CStr::from_ptr(name) };
    Some(PathBuf::from(OsStr::from_bytes(name.to_bytes())))
}

unsafe extern "C" {
    fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void;
    fn __errno_location() -> *mut c_int;
}

/// The function of the C library that stands behind ours.
fn behind(name: &CStr) -> *mut c_void {
    const NEXT: *mut c_void = usize::MAX as *mut c_void;
    // SAFETY: a C string and the handle that means "the next one of this name".
    unsafe { dlsym(NEXT, name.as_ptr()) }
}

fn failed(error: c_int) -> c_int {
    // SAFETY: the C library's own place for this thread.
    unsafe { *__errno_location() = error };
    -1
}

/// Lets a call pass, fail, or kill.
macro_rules! call {
    ($fate:expr, $real:expr) => {
        match $fate {
            Fate::Passes => $real,
            Fate::Fails(error) => failed(error),
            Fate::Late => {
                let _done = $real;
                failed(IO_ERROR)
            }
            Fate::Dies => kill_myself(),
        }
    };
}

type OneFile = unsafe extern "C" fn(c_int) -> c_int;
type Open = unsafe extern "C" fn(*const c_char, c_int, c_int) -> c_int;
type Write = unsafe extern "C" fn(c_int, *const c_void, usize) -> isize;
type Rename = unsafe extern "C" fn(*const c_char, *const c_char) -> c_int;
type Lock = unsafe extern "C" fn(c_int, c_int) -> c_int;
type List = unsafe extern "C" fn(*const c_char) -> *mut c_void;

/// Takes the place of the C library's function: Rust opens files with it.
///
/// # Safety
/// As the C library's. The third argument is read as far as the flags say, like there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn open64(name: *const c_char, flags: c_int, mode: c_int) -> c_int {
    // SAFETY: the C library's function of this name, with the caller's arguments.
    unsafe {
        let real = core::mem::transmute::<*mut c_void, Open>(behind(c"open64"));
        call!(fate("open", || of_name(name)), real(name, flags, mode))
    }
}

/// Takes the place of the C library's function.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn write(file: c_int, bytes: *const c_void, count: usize) -> isize {
    // SAFETY: as above; half of the caller's bytes are the caller's bytes.
    unsafe {
        let real = core::mem::transmute::<*mut c_void, Write>(behind(c"write"));
        match fate("write", || of_descriptor(file)) {
            Fate::Passes => real(file, bytes, count),
            Fate::Fails(NO_SPACE) => {
                let _half = real(file, bytes, count / 2);
                failed(NO_SPACE) as isize
            }
            Fate::Fails(error) => failed(error) as isize,
            Fate::Late => {
                let _done = real(file, bytes, count);
                failed(IO_ERROR) as isize
            }
            Fate::Dies => {
                let _half = real(file, bytes, count / 2);
                kill_myself()
            }
        }
    }
}

/// Takes the place of the C library's function.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fsync(file: c_int) -> c_int {
    // SAFETY: as above.
    unsafe {
        let real = core::mem::transmute::<*mut c_void, OneFile>(behind(c"fsync"));
        call!(fate("sync", || of_descriptor(file)), real(file))
    }
}

/// Takes the place of the C library's function.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rename(from: *const c_char, to: *const c_char) -> c_int {
    // SAFETY: as above.
    unsafe {
        let real = core::mem::transmute::<*mut c_void, Rename>(behind(c"rename"));
        call!(fate("rename", || of_name(to)), real(from, to))
    }
}

/// Takes the place of the C library's function.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn flock(file: c_int, operation: c_int) -> c_int {
    // SAFETY: as above.
    unsafe {
        let real = core::mem::transmute::<*mut c_void, Lock>(behind(c"flock"));
        call!(fate("lock", || of_descriptor(file)), real(file, operation))
    }
}

/// Takes the place of the C library's function.
///
/// # Safety
/// As the C library's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn opendir(name: *const c_char) -> *mut c_void {
    // SAFETY: as above.
    unsafe {
        let real = core::mem::transmute::<*mut c_void, List>(behind(c"opendir"));
        match fate("list", || of_name(name)) {
            Fate::Passes => real(name),
            Fate::Fails(error) => {
                failed(error);
                std::ptr::null_mut()
            }
            Fate::Late => {
                failed(IO_ERROR);
                std::ptr::null_mut()
            }
            Fate::Dies => kill_myself(),
        }
    }
}
