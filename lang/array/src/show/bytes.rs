//! Sizes of data as Dask writes them: `30.52 MiB`.

/// A number of bytes in the largest unit that is not too large for it.
pub fn format_bytes(n_bytes: u128) -> String {
    // A unit is taken from nine tenths of it on, so that 0.98 GiB is not 1003 MiB.
    for (unit, power) in [("Pi", 5), ("Ti", 4), ("Gi", 3), ("Mi", 2), ("ki", 1)] {
        let scale = 1024f64.powi(power);
        if n_bytes as f64 >= scale * 0.9 {
            return format!("{:.2} {unit}B", n_bytes as f64 / scale);
        }
    }
    format!("{n_bytes} B")
}

#[cfg(test)]
mod tests {
    use super::format_bytes;

    #[test]
    fn the_unit_fits_the_number() {
        for (n_bytes, expected) in [
            (0, "0 B"),
            (1, "1 B"),
            (921, "921 B"),
            (922, "0.90 kiB"),
            (1024, "1.00 kiB"),
            (32_000_000, "30.52 MiB"),
            (8_000_000, "7.63 MiB"),
            (6_400_000_000, "5.96 GiB"),
            (1 << 60, "1024.00 PiB"),
        ] {
            assert_eq!(format_bytes(n_bytes), expected);
        }
    }
}
