//! A SQLite VFS that fails at a chosen write or sync, or makes every sync slow.
//!
//! It wraps the default VFS: every file that SQLite opens through it has the default file behind it. Which operation fails
//! is a matter of the whole process; tests that use it take turns.

#![expect(
    unsafe_code,
    reason = "SQLite's VFS interface is one of C function pointers; this is the one file that speaks it"
)]

use rusqlite::ffi::{
    SQLITE_FULL, SQLITE_IOERR_FSYNC, SQLITE_IOERR_WRITE, SQLITE_OK, sqlite3_file, sqlite3_filename, sqlite3_int64,
    sqlite3_io_methods, sqlite3_vfs, sqlite3_vfs_find, sqlite3_vfs_register,
};
use std::ffi::{CStr, c_int, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

/// The name under which the VFS is registered.
pub const NAME: &str = "hipaa-fault";

const C_NAME: &CStr = c"hipaa-fault";

static COUNT: AtomicI64 = AtomicI64::new(0);
static FAIL_AT: AtomicI64 = AtomicI64::new(i64::MAX);
static STAYS_BROKEN: AtomicBool = AtomicBool::new(false);
static KILLS: AtomicBool = AtomicBool::new(false);
static DISK_FULL: AtomicBool = AtomicBool::new(false);
static SYNC_DELAY_MICROS: AtomicU64 = AtomicU64::new(0);
static TURN: Mutex<()> = Mutex::new(());
static DEFAULT: OnceLock<usize> = OnceLock::new();
static METHODS: OnceLock<usize> = OnceLock::new();

/// What shall fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The n-th write or sync fails, from 1; later ones work.
    Once(i64),
    /// The n-th write or sync fails, and every later one.
    From(i64),
    /// The n-th write finds the disk full, and every later one.
    Full(i64),
    /// The process is killed in the place of the n-th write or sync: SIGKILL, nothing of it runs on.
    Kill(i64),
}

/// The right to decide what fails, until it is dropped.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "held for its drop")] MutexGuard<'static, ()>);

impl Turn {
    /// Waits for the turn and registers the VFS. Nothing fails yet.
    #[must_use]
    pub fn take() -> Self {
        let guard = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        register();
        let turn = Self(guard);
        turn.heal();
        turn
    }

    /// From now on, counting from here, this shall fail.
    pub fn inject(&self, fault: Fault) {
        KILLS.store(matches!(fault, Fault::Kill(_)), Ordering::SeqCst);
        let (at, stays, full) = match fault {
            Fault::Once(at) | Fault::Kill(at) => (at, false, false),
            Fault::From(at) => (at, true, false),
            Fault::Full(at) => (at, true, true),
        };
        COUNT.store(0, Ordering::SeqCst);
        STAYS_BROKEN.store(stays, Ordering::SeqCst);
        DISK_FULL.store(full, Ordering::SeqCst);
        FAIL_AT.store(at, Ordering::SeqCst);
    }

    /// Nothing fails any more.
    pub fn heal(&self) {
        FAIL_AT.store(i64::MAX, Ordering::SeqCst);
        SYNC_DELAY_MICROS.store(0, Ordering::SeqCst);
    }

    /// Every sync takes at least this long.
    pub fn slow(&self, delay: Duration) {
        SYNC_DELAY_MICROS.store(u64::try_from(delay.as_micros()).unwrap_or(u64::MAX), Ordering::SeqCst);
    }

    /// How many writes and syncs there were since [`Turn::inject`].
    #[must_use]
    pub fn count(&self) -> i64 {
        COUNT.load(Ordering::SeqCst)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.heal();
    }
}

/// Sends SIGKILL to this process, and waits for it.
pub fn kill_myself() -> ! {
    let _sent = std::process::Command::new("kill").args(["-9", &std::process::id().to_string()]).status();
    loop {
        std::thread::sleep(Duration::from_secs(1));
    }
}

fn fails(sync: bool) -> bool {
    let count = COUNT.fetch_add(1, Ordering::SeqCst) + 1;
    let at = FAIL_AT.load(Ordering::SeqCst);
    if count == at && KILLS.load(Ordering::SeqCst) {
        kill_myself();
    }
    let full = DISK_FULL.load(Ordering::SeqCst);
    (count == at || (count > at && STAYS_BROKEN.load(Ordering::SeqCst))) && !(full && sync)
}

/// A file of ours: SQLite's header, then the file of the default VFS.
#[repr(C)]
struct FaultFile {
    base: sqlite3_file,
    real: [u8; 0],
}

const HEADER: usize = size_of::<FaultFile>().next_multiple_of(16);

fn default_vfs() -> *mut sqlite3_vfs {
    DEFAULT.get().map_or(null_mut(), |address| *address as *mut sqlite3_vfs)
}

unsafe fn real(file: *mut sqlite3_file) -> *mut sqlite3_file {
    // SAFETY: SQLite allocates szOsFile bytes for every file, and ours is HEADER plus that of the default VFS.
    unsafe { file.cast::<u8>().add(HEADER).cast() }
}

unsafe fn methods<'a>(file: *mut sqlite3_file) -> &'a sqlite3_io_methods {
    // SAFETY: the default VFS filled in its methods when it opened the file behind ours.
    unsafe { &*(*real(file)).pMethods }
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: arguments are SQLite's, passed on to the VFS that it would have called itself.
    unsafe {
        (*file).pMethods = std::ptr::null();
        let vfs = default_vfs();
        let Some(open) = (*vfs).xOpen else { return SQLITE_IOERR_WRITE };
        let code = open(vfs, name, real(file), flags, out);
        if code == SQLITE_OK {
            (*file).pMethods = wrapped(methods(file));
        }
        code
    }
}

/// The methods of our files: those of the default VFS with writing and syncing replaced.
fn wrapped(default: &sqlite3_io_methods) -> *const sqlite3_io_methods {
    let made = METHODS.get_or_init(|| {
        let ours = sqlite3_io_methods {
            // Version 2: shared memory, no memory-mapped fetch, which would go past this wrapper.
            iVersion: default.iVersion.min(2),
            xClose: Some(close),
            xRead: Some(read),
            xWrite: Some(write),
            xTruncate: Some(truncate),
            xSync: Some(sync),
            xFileSize: Some(file_size),
            xLock: Some(lock),
            xUnlock: Some(unlock),
            xCheckReservedLock: Some(check_reserved_lock),
            xFileControl: Some(file_control),
            xSectorSize: Some(sector_size),
            xDeviceCharacteristics: Some(device_characteristics),
            xShmMap: Some(shm_map),
            xShmLock: Some(shm_lock),
            xShmBarrier: Some(shm_barrier),
            xShmUnmap: Some(shm_unmap),
            xFetch: None,
            xUnfetch: None,
        };
        Box::leak(Box::new(ours)) as *const sqlite3_io_methods as usize
    });
    *made as *const sqlite3_io_methods
}

macro_rules! pass_on {
    ($($name:ident, $method:ident, ($($arg:ident: $type:ty),*);)*) => {$(
        unsafe extern "C" fn $name(file: *mut sqlite3_file, $($arg: $type),*) -> c_int {
            // SAFETY: passed on to the file behind ours, as SQLite would have called it.
            unsafe { methods(file).$method.map_or(SQLITE_IOERR_WRITE, |method| method(real(file), $($arg),*)) }
        }
    )*};
}

pass_on! {
    close, xClose, ();
    read, xRead, (buffer: *mut c_void, amount: c_int, offset: sqlite3_int64);
    truncate, xTruncate, (size: sqlite3_int64);
    file_size, xFileSize, (size: *mut sqlite3_int64);
    lock, xLock, (level: c_int);
    unlock, xUnlock, (level: c_int);
    check_reserved_lock, xCheckReservedLock, (out: *mut c_int);
    file_control, xFileControl, (code: c_int, argument: *mut c_void);
    sector_size, xSectorSize, ();
    device_characteristics, xDeviceCharacteristics, ();
    shm_map, xShmMap, (page: c_int, size: c_int, extend: c_int, out: *mut *mut c_void);
    shm_lock, xShmLock, (offset: c_int, count: c_int, flags: c_int);
    shm_unmap, xShmUnmap, (delete: c_int);
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    buffer: *const c_void,
    amount: c_int,
    offset: sqlite3_int64,
) -> c_int {
    if fails(false) {
        return if DISK_FULL.load(Ordering::SeqCst) { SQLITE_FULL } else { SQLITE_IOERR_WRITE };
    }
    // SAFETY: as in pass_on.
    unsafe { methods(file).xWrite.map_or(SQLITE_IOERR_WRITE, |method| method(real(file), buffer, amount, offset)) }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    if fails(true) {
        return SQLITE_IOERR_FSYNC;
    }
    let delay = SYNC_DELAY_MICROS.load(Ordering::SeqCst);
    if delay > 0 {
        std::thread::sleep(Duration::from_micros(delay));
    }
    // SAFETY: as in pass_on.
    unsafe { methods(file).xSync.map_or(SQLITE_IOERR_FSYNC, |method| method(real(file), flags)) }
}

unsafe extern "C" fn shm_barrier(file: *mut sqlite3_file) {
    // SAFETY: as in pass_on.
    unsafe {
        if let Some(method) = methods(file).xShmBarrier {
            method(real(file));
        }
    }
}

fn register() {
    DEFAULT.get_or_init(|| {
        // SAFETY: the default VFS is registered for the life of the process; ours is a copy of it, leaked likewise, that
        // opens files through it.
        unsafe {
            let default = sqlite3_vfs_find(std::ptr::null());
            let mut vfs = *default;
            vfs.pNext = null_mut();
            vfs.zName = C_NAME.as_ptr();
            vfs.szOsFile = c_int::try_from(HEADER).unwrap_or(c_int::MAX) + (*default).szOsFile;
            vfs.xOpen = Some(open);
            sqlite3_vfs_register(Box::leak(Box::new(vfs)), 0);
            default as usize
        }
    });
}
