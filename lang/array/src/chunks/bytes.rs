//! Sizes in bytes as people write them: `"64 MiB"`, `"10MB"`, `"1e6"`.

use rdk_runtime::{Result, bail};

/// How many bytes a text stands for.
pub fn parse_bytes(text: &str) -> Result<u64> {
    let mut compact: String = text.chars().filter(|c| *c != ' ').collect();
    if !compact.chars().any(|c| c.is_ascii_digit()) {
        compact.insert(0, '1');
    }
    let letters = compact.chars().rev().take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum::<usize>();
    let (number, unit) = compact.split_at(compact.len() - letters);
    let Ok(number) = number.parse::<f64>() else {
        bail!("could not interpret `{number}` as a number of bytes"; hint: "write for example \"64 MiB\" or \"10MB\"");
    };
    let unit = unit.to_lowercase();
    let power = |base: f64, exponent: i32| base.powi(exponent);
    let factor = match unit.as_str() {
        "" | "b" => 1.0,
        "kb" | "k" => power(1e3, 1),
        "mb" | "m" => power(1e3, 2),
        "gb" | "g" => power(1e3, 3),
        "tb" | "t" => power(1e3, 4),
        "pb" | "p" => power(1e3, 5),
        "kib" | "ki" => power(1024.0, 1),
        "mib" | "mi" => power(1024.0, 2),
        "gib" | "gi" => power(1024.0, 3),
        "tib" | "ti" => power(1024.0, 4),
        "pib" | "pi" => power(1024.0, 5),
        _ => {
            bail!("could not interpret `{unit}` as a unit of bytes"; hint: "units are B, kB, MB, GB, TB, KiB, MiB, GiB and TiB")
        }
    };
    let bytes = number * factor;
    if !bytes.is_finite() || bytes < 0.0 {
        bail!("expected a number of bytes, got `{text}`");
    }
    Ok(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        let check = |text: &str, expected: &str| {
            let shown = match parse_bytes(text) {
                Ok(bytes) => bytes.to_string(),
                Err(error) => error.0.message,
            };
            assert_eq!(shown, expected);
        };
        check("100", "100");
        check("100 MB", "100000000");
        check("5.4 kB", "5400");
        check("1kiB", "1024");
        check("1e6 kB", "1000000000");
        check("MB", "1000000");
        check("64 MiB", "67108864");
        check("5 foos", "could not interpret `foos` as a unit of bytes");
        check("5.5.5 MB", "could not interpret `5.5.5` as a number of bytes");
        check("", "1");
    }
}
