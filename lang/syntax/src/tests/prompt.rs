//! What the prompt asks: completion, hints, colours, cells of a script, automagic.

use crate::{Class, Completing, Source, automagic, call_at, cells, complete_at, highlight, object_at};

/// What completes at `|`, in a shorthand.
fn completing(marked: &str) -> String {
    let cursor = marked.find('|').unwrap();
    let text = marked.replacen('|', "", 1);
    let (shown, start) = match complete_at(&text, cursor) {
        Completing::Name { prefix, start, call } => {
            let call = call.map_or(String::new(), |call| format!(" in {}({})", call.function, call.given.join(",")));
            (format!("name {prefix}{call}"), start)
        }
        Completing::Attribute { object, prefix, start } => (format!("attribute {object} . {prefix}"), start),
        Completing::Path { prefix, start } => (format!("path {prefix}"), start),
        Completing::Magic { prefix, start, cell } => {
            (format!("magic {prefix}{}", if cell { " cell" } else { "" }), start)
        }
        Completing::Import { module, prefix, start } => (format!("import {module} . {prefix}"), start),
        Completing::FromImport { module, prefix, start, given } => {
            (format!("from {module} import {} {prefix}", given.join(",")), start)
        }
        Completing::DictKey { object, prefix, start, quote } => {
            (format!("key {object} {} {prefix}", quote.map_or(String::new(), String::from)), start)
        }
        Completing::Nothing => return "nothing".to_owned(),
    };
    let prefix = shown.rsplit(' ').next().unwrap_or("");
    if !shown.contains(" in ") && !shown.ends_with(" cell") {
        assert!(text[start..cursor].ends_with(prefix), "start of {marked:?}");
    }
    shown
}

#[track_caller]
fn completes(marked: &str, expected: &str) {
    assert_eq!(completing(marked), expected, "{marked:?}");
}

#[test]
fn the_cursor_tells_what_can_be_completed() {
    completes("|", "name ");
    completes("da|", "name da");
    completes("x = da|.ones", "name da");
    completes("da.|", "attribute da . ");
    completes("da.on|", "attribute da . on");
    completes("x + da.random.no|", "attribute da.random . no");
    completes("f(1)[2].x.|", "attribute f(1)[2].x . ");
    completes("'abc'.up|", "attribute 'abc' . up");
    completes("(a + b).|", "attribute (a + b) . ");
    completes("[1, 2].|", "attribute [1, 2] . ");
    completes("return x.|", "attribute x . ");
    completes("f'{x.|", "attribute x . ");
    completes("x = 1.|", "nothing");
    completes("# da.|", "nothing");
    completes("def |", "nothing");
    completes("da.ones(|", "name  in da.ones()");
    completes("da.ones(3, chu|", "name chu in da.ones()");
    completes("da.ones(3, chunks=2, d|", "name d in da.ones(chunks)");
    completes("da.ones(3, chunks=|", "name ");
    completes("(a, b|", "name b");
    completes("f([a|", "name a");
    completes("import da|", "import  . da");
    completes("import dask.ar|", "import dask . ar");
    completes("import numpy as np, dask.|", "import dask . ");
    completes("from da|", "import  . da");
    completes("from dask.|", "import dask . ");
    completes("from dask import de|", "from dask import  de");
    completes("from dask.array import (ones, ze|", "from dask.array import ones ze");
    completes("open('data/a|", "path data/a");
    completes("x = f'data/|", "path data/");
    completes("d['ke|", "key d ' ke");
    completes("a.d[\"|", "key a.d \" ");
    completes("d[|", "key d  ");
    completes("x = [|", "name ");
    completes("%ti|", "magic ti");
    completes("%%ti|", "magic ti cell");
    completes("%|", "magic ");
    completes("%run exa|", "path exa");
    completes("!ls da|", "path da");
    completes("%time da.on|", "attribute da . on");
    completes("%timeit f(x, ch|", "name ch in f()");
    completes("da.on?|", "name ");
    completes("?da.on|", "attribute da . on");
    completes("for x in ra|", "name ra");
    completes("é.ü|", "attribute é . ü");
    completes("x.y\n.z|", "nothing");
}

#[track_caller]
fn calls(marked: &str, expected: Option<(&str, usize, Option<&str>)>) {
    let cursor = marked.find('|').unwrap();
    let call = call_at(&marked.replacen('|', "", 1), cursor);
    let found = call.as_ref().map(|call| (&*call.function, call.index, call.keyword.as_deref()));
    assert_eq!(found, expected, "{marked:?}");
}

#[test]
fn the_innermost_call_is_found() {
    calls("f(|", Some(("f", 0, None)));
    calls("da.ones((1, 2), |", Some(("da.ones", 1, None)));
    calls("da.ones((1, |2)", Some(("da.ones", 0, None)));
    calls("f(g(1), h(2, |", Some(("h", 1, None)));
    calls("f(1, chunks=|", Some(("f", 1, Some("chunks"))));
    calls("f(1)|", None);
    calls("(1, |", None);
    calls("def f(a, |", None);
    calls("x.y(1)(2, |", Some(("x.y(1)", 1, None)));
    calls("if (|", None);
}

#[test]
fn the_object_under_the_cursor_is_found() {
    let object = |text: &str, cursor| object_at(text, cursor).map(|object| object.text);
    assert_eq!(object("da.ones(3)", 1).as_deref(), Some("da"));
    assert_eq!(object("da.ones(3)", 4).as_deref(), Some("da.ones"));
    assert_eq!(object("da.ones(3)", 7).as_deref(), Some("da.ones"));
    assert_eq!(object("da.ones(3, ", 11).as_deref(), Some("da.ones"));
    assert_eq!(object("%timeit da.ones(3)", 3).as_deref(), Some("%timeit"));
    assert_eq!(object("%timeit da.ones(3)", 12).as_deref(), Some("da.ones"));
    assert_eq!(object("1 + 2", 5), None);
    assert_eq!(object("", 10), None);
}

#[track_caller]
fn colours(text: &str, expected: &str) {
    let shown: Vec<String> = highlight(text, &|name| matches!(name, "print" | "len"))
        .iter()
        .map(|h| {
            let class = match h.class {
                Class::Keyword => "k",
                Class::Number => "n",
                Class::String => "s",
                Class::Comment => "c",
                Class::Operator => "o",
                Class::Name => "v",
                Class::Builtin => "b",
                Class::Magic => "m",
                Class::Function => "f",
                Class::Decorator => "d",
                Class::Error => "e",
            };
            format!("{class}:{}", &text[h.span.start as usize..h.span.end as usize])
        })
        .collect();
    assert_eq!(shown.join(" "), expected, "{text:?}");
}

#[test]
fn colours_follow_the_tokens() {
    colours("x = print(1.5, 'a') # c", "v:x o:= b:print o:( n:1.5 o:, s:'a' o:) c:# c");
    colours("def f(x): return None", "k:def f:f o:( v:x o:) o:: k:return k:None");
    colours("@dask.delayed\ndef f(): pass", "d:@ d:dask o:. d:delayed k:def f:f o:( o:) o:: k:pass");
    colours("a.print + f(len=3)", "v:a o:. v:print o:+ v:f o:( v:len o:= n:3 o:)");
    colours("f'a{x!r:>{n}}b'", "s:f' s:a o:{ v:x o:! v:r o:: s:> o:{ v:n o:} o:} s:b s:'");
    colours("%time len(x)", "m:%time b:len o:( v:x o:)");
    colours("!ls -l", "m:! s:ls -l");
    colours("x?", "v:x m:?");
    colours("%%bash\necho 'don't\n", "m:%%bash");
    colours("x = 'abc", "v:x o:= s:'abc");
    colours("f(1]", "v:f o:( n:1 e:]");
    colours("$", "e:$");
}

#[test]
fn a_script_is_parted_into_cells() {
    let script =
        "#!/usr/bin/env rdk\nx = 1\n# %% second\ny = '''\n# %% no\n'''\n#%%\n\n# %% [markdown]\n# text\n# %%\nz\n";
    let found: Vec<(&str, u32, &str)> =
        cells(script).iter().map(|c| (&script[c.start..c.end], c.lines_before, "")).collect();
    assert_eq!(found, [("x = 1\n", 1, ""), ("y = '''\n# %% no\n'''\n", 3, ""), ("z\n", 11, "")]);
    assert_eq!(cells("# %% a title\nx")[0].title, "a title");
    assert!(cells("").is_empty());
    assert_eq!(cells("x = '''\n# %%\ny").len(), 2);
    assert_eq!(cells("# %%time\nx").len(), 1);
}

#[test]
fn a_line_may_be_a_magic_without_its_sign() {
    let magic = |text: &str| automagic(&Source::new("test", text)).map(|cell| super::print::cell(&cell));
    assert_eq!(magic("ls").as_deref(), Some("%ls( at 2)"));
    assert_eq!(magic(" cd .. ").as_deref(), Some("%cd(.. at 4)"));
    assert_eq!(magic("ls data/*.h5").as_deref(), Some("%ls(data/*.h5 at 3)"));
    assert_eq!(magic("ls -l /tmp").as_deref(), Some("%ls(-l /tmp at 3)"));
    for text in [
        "ls = 1",
        "ls, x = 1, 2",
        "ls: int",
        "ls.x",
        "ls(1)",
        "if x",
        "ls in x",
        "ls += 1",
        "ls == 2",
        "a\nb",
        "",
        "é€",
    ] {
        assert_eq!(magic(text), None, "{text:?}");
    }
}

#[test]
fn garbage_has_colours_and_completions() {
    let mut random = super::robust::Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..20_000 {
        let text = super::robust::garbage(&mut random);
        let mut end = 0;
        for h in highlight(&text, &|_| false) {
            assert!(h.span.start >= end && h.span.end as usize <= text.len(), "{text:?}");
            assert!(text.get(h.span.start as usize..h.span.end as usize).is_some(), "{text:?}");
            end = h.span.end;
        }
        for cursor in 0..=text.len() + 1 {
            let _ = complete_at(&text, cursor);
            let _ = call_at(&text, cursor);
            let _ = object_at(&text, cursor);
        }
        let _ = crate::is_complete(&text);
        let _ = crate::indent_after(&text);
        let _ = cells(&text);
        let _ = automagic(&Source::new("test", &*text));
    }
}
