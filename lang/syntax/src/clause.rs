//! Where `else`, `elif`, `except` and `finally` belong: below the statement that they go on with.

use crate::complete::logical_lines;
use crate::scan::scan;

/// How far the clause at the end of this text is to be indented, when its `:` is about to be typed. `None`: the last line is
/// no such clause, stands right already, or goes on with nothing.
pub fn clause_indent(text: &str) -> Option<usize> {
    let scan = scan(text);
    if scan.problem.is_some() || scan.continued || !scan.open.is_empty() {
        return None;
    }
    let lines = logical_lines(&scan);
    let (last, above) = lines.split_last()?;
    let clause = scan.slice(&last.first);
    let is_whole = match clause {
        "else" | "finally" => last.first.start == last.last.start,
        "elif" => last.first.start != last.last.start,
        "except" => true,
        _ => false,
    };
    if !is_whole || last.last.end as usize != text.trim_end_matches([' ', '\t']).len() {
        return None;
    }
    let mut least = usize::MAX;
    for line in above.iter().rev() {
        // Inside a block that is over, or beside it.
        if line.indent > last.indent || line.indent >= least {
            continue;
        }
        if goes_on(scan.slice(&line.first), clause) {
            return (line.indent < last.indent).then_some(line.indent);
        }
        least = line.indent;
    }
    None
}

/// May a clause of this kind follow one of that kind?
fn goes_on(opener: &str, clause: &str) -> bool {
    match clause {
        "else" => matches!(opener, "if" | "elif" | "for" | "while" | "except"),
        "elif" => matches!(opener, "if" | "elif"),
        "except" => matches!(opener, "try" | "except"),
        "finally" => matches!(opener, "try" | "except" | "else"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::clause_indent;

    #[track_caller]
    fn check(text: &str, expected: Option<usize>) {
        assert_eq!(clause_indent(text), expected, "{text:?}");
    }

    #[test]
    fn a_clause_goes_below_what_it_goes_on_with() {
        check("if a:\n    b\n    else", Some(0));
        check("if a:\n    b\n    elif c", Some(0));
        check("try:\n    b\n    except ValueError as error", Some(0));
        check("try:\n    b\nexcept:\n    c\n    finally", Some(0));
        check("for x in y:\n    if x:\n        z\n        else", Some(4));
        check("for x in y:\n    if x:\n        z\n    w\n    else", Some(0));
        check("def f():\n    while a:\n        if b:\n            break\n        else", None);
    }

    #[test]
    fn nothing_else_is_moved() {
        check("if a:\n    b\nelse", None);
        check("if a:\n    els", None);
        check("x = {\n    1 if a else", None);
        check("if a:\n    else_value", None);
        check("else", None);
        check("if a:\n    f(\n    else", None);
        check("if a:\n    \"\"\"\n    else", None);
        check("if a:\n    b\n    else\n", None);
    }
}
