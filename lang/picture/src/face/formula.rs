//! `$x^2$`: formulas in labels, as well as letters alone can show them.

/// What TeX's names stand for.
const NAMES: &[(&str, &str)] = &[
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("delta", "δ"),
    ("epsilon", "ε"),
    ("varepsilon", "ε"),
    ("zeta", "ζ"),
    ("eta", "η"),
    ("theta", "θ"),
    ("iota", "ι"),
    ("kappa", "κ"),
    ("lambda", "λ"),
    ("mu", "μ"),
    ("nu", "ν"),
    ("xi", "ξ"),
    ("pi", "π"),
    ("rho", "ρ"),
    ("sigma", "σ"),
    ("tau", "τ"),
    ("upsilon", "υ"),
    ("phi", "φ"),
    ("varphi", "φ"),
    ("chi", "χ"),
    ("psi", "ψ"),
    ("omega", "ω"),
    ("Gamma", "Γ"),
    ("Delta", "Δ"),
    ("Theta", "Θ"),
    ("Lambda", "Λ"),
    ("Xi", "Ξ"),
    ("Pi", "Π"),
    ("Sigma", "Σ"),
    ("Phi", "Φ"),
    ("Psi", "Ψ"),
    ("Omega", "Ω"),
    ("times", "×"),
    ("cdot", "·"),
    ("pm", "±"),
    ("leq", "≤"),
    ("le", "≤"),
    ("geq", "≥"),
    ("ge", "≥"),
    ("neq", "≠"),
    ("approx", "≈"),
    ("infty", "∞"),
    ("sum", "∑"),
    ("int", "∫"),
    ("partial", "∂"),
    ("nabla", "∇"),
    ("sqrt", "√"),
    ("to", "→"),
    ("rightarrow", "→"),
    ("circ", "°"),
    ("degree", "°"),
    ("in", "∈"),
    ("sim", "∼"),
    ("propto", "∝"),
    ("ell", "l"),
    ("quad", " "),
    ("left", ""),
    ("right", ""),
    ("mathrm", ""),
    ("mathbf", ""),
    ("mathit", ""),
    ("text", ""),
    ("rm", ""),
    ("bf", ""),
];

/// Text with its formulas written in letters.
pub fn plain(text: &str) -> String {
    if text.matches('$').count() < 2 {
        return text.replace("\\$", "$");
    }
    let mut out = String::new();
    for (at, part) in text.replace("\\$", "\u{1}").split('$').enumerate() {
        if at % 2 == 0 { out.push_str(part) } else { out.push_str(&formula(part)) }
    }
    out.replace('\u{1}', "$")
}

fn formula(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        match letter {
            '\\' => {
                let end = rest.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(rest.len());
                let (name, after) = rest.split_at(end);
                match NAMES.iter().find(|(known, _)| *known == name) {
                    Some((_, sign)) => out.push_str(sign),
                    // `\sin` is written as it is called; `\,` is a space.
                    None => out.push_str(name),
                }
                rest = after;
                if name.is_empty() {
                    let skipped = rest.chars().next();
                    out.push_str(if skipped == Some('{') || skipped == Some('}') { "" } else { " " });
                    rest = &rest[skipped.map_or(0, char::len_utf8)..];
                }
            }
            '^' | '_' => {
                let (inner, after) = group(rest);
                rest = after;
                let inner = formula(inner);
                let moved = if letter == '^' { raised(&inner) } else { lowered(&inner) };
                out.push_str(&moved.unwrap_or_else(|| if letter == '^' { format!("^{inner}") } else { inner }));
            }
            '{' | '}' => {}
            '-' => out.push('−'),
            other => out.push(other),
        }
    }
    out
}

/// The letter or the braces that come next, and what follows.
fn group(text: &str) -> (&str, &str) {
    if let Some(inside) = text.strip_prefix('{') {
        let mut depth = 1;
        for (at, letter) in inside.char_indices() {
            depth += match letter {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            if depth == 0 {
                return (&inside[..at], &inside[at + 1..]);
            }
        }
        return (inside, "");
    }
    if let Some(name) = text.strip_prefix('\\') {
        let end = name.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(name.len());
        return text.split_at(end + 1);
    }
    text.split_at(text.chars().next().map_or(0, char::len_utf8))
}

fn raised(text: &str) -> Option<String> {
    each(text, "0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
}

fn lowered(text: &str) -> Option<String> {
    each(text, "0123456789+-−=()aeox", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₒₓ")
}

fn each(text: &str, from: &str, to: &str) -> Option<String> {
    text.chars()
        .map(|letter| from.chars().zip(to.chars()).find(|(known, _)| *known == letter).map(|(_, new)| new))
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn formulas_are_written_in_letters() {
        let check = |text: &str, expected: &str| assert_eq!(super::plain(text), expected);
        check("price in $", "price in $");
        check("$x^2 + y_1$", "x² + y₁");
        check(r"$\alpha = \sin(\pi x)$ rad", "α = sin(π x) rad");
        check(r"10$^{-3}$ m", "10⁻³ m");
        check(r"$\mathrm{km}\,s^{ab}$", "km s^ab");
    }
}
