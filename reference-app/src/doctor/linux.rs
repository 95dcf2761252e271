//! On which file system the database is.

use super::{Finding, Verdict};
use std::fs;
use std::path::{Path, PathBuf};

/// File systems on which write-ahead logging is not safe, because its shared memory is that of one machine.
const NETWORK: [&str; 20] = [
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "fuse.glusterfs",
    "fuse.juicefs",
    "fuse.rclone",
    "fuse.s3fs",
    "fuse.sshfs",
    "glusterfs",
    "gpfs",
    "lustre",
    "nfs",
    "nfs4",
    "prl_fs",
    "smb3",
    "vboxsf",
    "virtiofs",
];

/// The magic numbers of such file systems (statfs(2)), for a mount table that does not tell.
const MAGIC: [(u64, &str); 10] = [
    (0x6969, "nfs"),
    (0x517b, "smb"),
    (0xff53_4d42, "cifs"),
    (0xfe53_4d42, "smb2"),
    (0x0102_1997, "9p"),
    (0x5346_414f, "afs"),
    (0x00c3_6400, "ceph"),
    (0x7375_7245, "coda"),
    (0x0bd0_0bd0, "lustre"),
    (0x4750_4653, "gpfs"),
];

/// Looks the folder of the database up in the mount table: the longest mount point that it is under counts.
pub(super) fn file_system(database: &Path, mounts: &Path) -> Finding {
    const CHECK: &str = "file system";
    const REMEDY: &str = "move the database to a disk of this machine: on a network file system, write-ahead logging can \
        lose or damage data";
    let folder = database.parent().filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Some(kind) = magic(folder) {
        return Finding::judge(CHECK, false, kind, REMEDY);
    }
    let (Ok(folder), Ok(table)) = (fs::canonicalize(folder), fs::read_to_string(mounts)) else {
        return Finding::new(CHECK, Verdict::Unknown, "the folder or the mount table cannot be read", REMEDY);
    };
    let points = table.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        Some((PathBuf::from(unescape(fields.next()?)), fields.next()?))
    });
    // Of two mounts on one point the later one is on top.
    match points.filter(|(point, _)| folder.starts_with(point)).max_by_key(|(point, _)| point.as_os_str().len()) {
        Some((_, kind)) => Finding::judge(CHECK, !NETWORK.contains(&kind), kind, REMEDY),
        None => Finding::new(CHECK, Verdict::Unknown, "no mount point holds the folder", REMEDY),
    }
}

/// The network file system that the kernel says the folder is on.
fn magic(folder: &Path) -> Option<&'static str> {
    let magic = rustix::fs::statfs(folder).ok()?.f_type;
    // Some kernels give the number with its sign.
    let magic = u64::try_from(magic).ok()? & u64::from(u32::MAX);
    MAGIC.iter().find(|(known, _)| *known == magic).map(|(_, kind)| *kind)
}

/// The mount table writes blanks and the like as octal numbers.
fn unescape(text: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(text.to_owned(), |text, (code, plain)| text.replace(code, plain))
}
