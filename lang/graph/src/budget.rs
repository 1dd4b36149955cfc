//! How much memory the work may take: 60 % of what this process may use, unless `RDK_MEMORY` or an option says otherwise.

use std::fs;
use std::path::Path;

/// The variable that overrides the default.
pub const VARIABLE: &str = "RDK_MEMORY";

/// Taken of what is there, so that what is not counted (code, caches, other programs) finds room, too.
const SHARE: f64 = 0.6;

/// The budget that `RDK_MEMORY` or else the machine gives; the text says what is wrong with the variable.
pub fn from_environment() -> Result<u64, String> {
    match std::env::var(VARIABLE) {
        Ok(text) => parse(&text).map_err(|problem| format!("`{VARIABLE}`: {problem}")),
        Err(_) => Ok(default()),
    }
}

/// 60 % of the container's limit or of the machine's memory, whichever is less.
pub fn default() -> u64 {
    (usable() as f64 * SHARE) as u64
}

/// May this process have so many bytes? What it may have is read from files of the system, which takes longer than a sum of a
/// thousand elements: for little it is not asked.
pub fn is_usable(bytes: u128) -> bool {
    const LITTLE: u128 = 64 << 20;
    bytes <= LITTLE || bytes <= u128::from(usable())
}

/// Reads `2GiB`, `500MB`, `1e9`, `60%` (of what this process may use).
pub fn parse(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let split = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_')).unwrap_or(text.len());
    let (mut number, mut unit) = text.split_at(split);
    // `1e9`: the exponent belongs to the number, the `e` of nothing else begins a unit.
    let digits = unit.strip_prefix(['e', 'E']).map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    if digits > 0 {
        (number, unit) = text.split_at(split + 1 + digits);
    }
    let problem = || format!("expected a size as `2GiB`, `500MB` or `60%`, got `{text}`");
    let value: f64 = number.replace('_', "").parse().map_err(|_| problem())?;
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "t" | "tb" => 1e12,
        "kib" => 1024.0,
        "mib" => 1024f64.powi(2),
        "gib" => 1024f64.powi(3),
        "tib" => 1024f64.powi(4),
        "%" => usable() as f64 / 100.0,
        _ => return Err(problem()),
    };
    let bytes = value * factor;
    if bytes >= 1.0 && bytes < 2f64.powi(60) { Ok(bytes as u64) } else { Err(problem()) }
}

/// Bytes as Dask writes them: `1.25 GiB`, `512 B`.
pub fn bytes_text(bytes: u64) -> String {
    for (power, unit) in [(5, "PiB"), (4, "TiB"), (3, "GiB"), (2, "MiB"), (1, "kiB")] {
        let size = 1024f64.powi(power);
        if bytes as f64 >= size * 0.9 {
            return format!("{:.2} {unit}", bytes as f64 / size);
        }
    }
    format!("{bytes} B")
}

/// What this process may use.
pub fn usable() -> u64 {
    let machine = machine_memory().unwrap_or(4 << 30);
    container_limit().map_or(machine, |limit| limit.min(machine))
}

fn machine_memory() -> Option<u64> {
    // SAFETY: `sysconf` only reads.
    let (pages, size) = unsafe { (libc::sysconf(libc::_SC_PHYS_PAGES), libc::sysconf(libc::_SC_PAGESIZE)) };
    (pages > 0 && size > 0).then(|| pages as u64 * size as u64)
}

/// The least limit on the way from our control group to the root, of version 2 or 1.
fn container_limit() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    groups
        .lines()
        .filter_map(|line| {
            let mut parts = line.splitn(3, ':');
            let (_, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
            if controllers.is_empty() {
                least_limit(Path::new("/sys/fs/cgroup"), path, "memory.max")
            } else if controllers.split(',').any(|name| name == "memory") {
                least_limit(Path::new("/sys/fs/cgroup/memory"), path, "memory.limit_in_bytes")
            } else {
                None
            }
        })
        .min()
}

fn least_limit(root: &Path, path: &str, file: &str) -> Option<u64> {
    let group = root.join(path.trim_start_matches('/'));
    // Inside a container the path may be the host's; the root of what is mounted is ours in any case.
    let groups = group.ancestors().take_while(|folder| folder.starts_with(root));
    groups.filter_map(|folder| fs::read_to_string(folder.join(file)).ok()?.trim().parse().ok()).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        let check = |text, bytes| assert_eq!(parse(text), Ok(bytes), "{text}");
        check("2GiB", 2 << 30);
        check("500MB", 500_000_000);
        check(" 1.5 kib ", 1536);
        check("1e9", 1_000_000_000);
        check("1_000", 1000);
        check("4e3MB", 4_000_000_000);
        let half = parse("50%").unwrap();
        assert!(half > 0 && half <= usable() / 2 + 1);
        for wrong in ["", "much", "5 apples", "-1", "0", "1e99", "%", "1.2.3"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_are_shown_as_dask_shows_them() {
        assert_eq!(bytes_text(0), "0 B");
        assert_eq!(bytes_text(128 << 20), "128.00 MiB");
        assert_eq!(bytes_text(1_000_000), "0.95 MiB");
    }
}
