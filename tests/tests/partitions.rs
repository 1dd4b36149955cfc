//! Any partitioning gives the same answer, and every row of a scan is read once.
//!
//! Frames of random data are cut at random: by `from_pandas`, by `repartition`, and as CSV files in blocks of random size.

use std::fs;
use std::path::{Path, PathBuf};

use rdk::syntax::Source;
use rdk::{Session, Showing};
use rdk_tests::run::{self, Recorder};

/// What is done with a whole frame, and with a lazy one before it is computed; `@` is the frame.
const SAME: &[&str] = &[
    "@.groupby('p').a.sum()",
    "@.groupby('p').b.mean()",
    "@.groupby('p').b.count()",
    "@.groupby('p').size()",
    "@.groupby(['p', 'q']).a.max()",
    "@.groupby('q').agg({'a': ['min', 'max'], 'b': 'count'})",
    "@.groupby('p').a.nunique()",
    "@[@.a > 0].groupby('q').b.sum()",
    "@[@.a > 40].groupby('q').b.sum()",
    "@.p.value_counts()",
    "@.q.value_counts()",
    "@.a.sum()",
    "@.b.sum()",
    "@.b.mean()",
    "@.a.min()",
    "@.b.max()",
    "@.b.count()",
    "@.p.nunique()",
    "@[['a', 'b']].sum()",
    "@.isna().sum()",
    "@.a.nlargest(5).tolist()",
    "@.groupby('p').a.sum().nlargest(2)",
    "@.groupby('p').a.median()",
    "@.groupby(['q', 'p']).b.median()",
    "@.groupby('q')[['a', 'b']].median()",
    "@.groupby('q').b.quantile(0.3)",
    "@.groupby('p').b.first()",
    "@.groupby('p').a.last()",
    "@.groupby('q').a.idxmax().map(lambda label: 0)",
    "@.groupby('p').a.apply(lambda group: group.max() - group.min())",
    "@.groupby('q').b.apply(lambda group: len(group))",
    "@.a.quantile(0.5)",
    "@.b.quantile(0.9)",
    "@.b.quantile(0.0)",
    "@.a.describe()",
    "@[['a', 'b']].describe()",
    "@[@.a > 48].b.describe()",
    "@.set_index('p').sort_index().loc['x':'y'].a.sum()",
];

/// What answers rows. Blocks of a file number their rows from 0 again, so labels are left out.
const ROWS: &[&str] = &[
    "@.sort_values(['q', 'a'])",
    "@.sort_values('a', ascending=False)",
    "@.nlargest(7, 'a')",
    "@.nsmallest(4, 'b')",
    "@.drop_duplicates(subset=['p', 'q'])",
    "@.merge(other, on='q')",
    "@[(@.a > 0) & (@.p == 'x')]",
    "@.dropna()",
    "@.assign(c=@.a * 2 + @.q)",
    "@.p.drop_duplicates()",
    "@.drop_duplicates(subset='q', keep='last')",
    "@.sort_values('b')",
    "@.sort_values('b', ascending=False)",
    "@.sort_values('b', na_position='first')",
    "@.sort_values(['p', 'b', 'q'], ascending=[False, True, False])",
    "@.sort_values('p').q",
    "@.b.sort_values()",
    "@.p.sort_values(ascending=False)",
    "@.set_index('a').sort_index(ascending=False)",
    "@.set_index('a').sort_index().loc[-10:10].reset_index().sort_values(['a', 'q', 'b', 'p'])",
    "@.set_index('q').sort_index().loc[2:3].reset_index().sort_values(['q', 'a', 'b', 'p'])",
];

/// Numbers that look random and are the same in every run.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % end
    }
}

struct Bench {
    session: Session,
    recorder: std::sync::Arc<Recorder>,
}

impl Bench {
    fn new() -> Bench {
        let (session, recorder) = run::session();
        let bench = Bench { session, recorder };
        bench.run("import pandas as pd\nimport dask.dataframe as dd\n");
        bench
    }

    /// What some code shows, or its error.
    fn tried(&self, code: &str) -> Result<String, String> {
        let error = self.session.run(Source::part("entry", code.to_string(), 0), Showing::Every).err();
        let shown = self.recorder.take();
        error.map_or(Ok(shown), |error| Err(rdk::report::headline(&error)))
    }

    /// What some code shows that has to work.
    fn run(&self, code: &str) -> String {
        self.tried(code).unwrap_or_else(|error| panic!("{code}\n{error}"))
    }
}

/// A file of its own for each test.
fn place(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("rdk-partitions-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the test can be made");
    folder.join(name)
}

/// Rows of text, whole numbers and floats with holes; sums of the floats are exact in any order.
fn csv(seeded: &mut Seeded, rows: u64) -> String {
    let mut text = String::from("p,q,a,b\n");
    for _ in 0..rows {
        let p = ["x", "y", "ž", "\"u, v\""][seeded.below(4) as usize];
        let b = if seeded.below(5) == 0 { String::new() } else { format!("{}", seeded.below(400) as f64 / 4.0) };
        text.push_str(&format!("{p},{},{},{b}\n", seeded.below(6), seeded.below(100) as i64 - 50));
    }
    text
}

fn quoted(path: &Path) -> String {
    format!("{:?}", path.display().to_string())
}

/// Eager and lazy code of one operation.
fn forms(operation: &str) -> (String, String) {
    let eager = operation.replace('@', "df");
    let lazy = match operation.strip_suffix(".tolist()") {
        Some(before) => format!("{}.compute().tolist()", before.replace('@', "d")),
        None => format!("{}.compute()", operation.replace('@', "d")),
    };
    (eager, lazy)
}

#[test]
fn any_partitioning_gives_the_same_answer() {
    let bench = Bench::new();
    let mut seeded = Seeded(3);
    let mut differences = Vec::new();
    bench.run("other = pd.DataFrame({'q': [0, 2, 3, 5], 'word': ['nought', 'two', 'three', 'five']})\n");
    for round in 0..4 {
        let path = place(&format!("any{round}.csv"));
        let rows = [1, 17, 60, 151][round];
        fs::write(&path, csv(&mut seeded, rows)).expect("the file can be written");
        let file = quoted(&path);
        bench.run(&format!("df = pd.read_csv({file})\n"));
        bench.run("wide = pd.concat([df.assign(keep=True), df.assign(keep=False)], ignore_index=True)\n");
        let ways = [
            format!("dd.from_pandas(df, npartitions={})", 1 + seeded.below(4)),
            format!("dd.from_pandas(df, npartitions={})", 1 + seeded.below(rows)),
            format!(
                "dd.from_pandas(df, npartitions={}).repartition(npartitions={})",
                1 + seeded.below(9),
                1 + seeded.below(12)
            ),
            // Half of the partitions are empty.
            "dd.from_pandas(wide, npartitions=6)[dd.from_pandas(wide, npartitions=6).keep].drop(columns='keep')"
                .to_string(),
            format!(
                "dd.from_pandas(df, npartitions={}).repartition(partition_size={})",
                1 + seeded.below(5),
                1000 + seeded.below(4000)
            ),
            format!(
                "(lambda d: d.repartition(divisions=[0, {}, {}], force=True))(dd.from_pandas(df, npartitions={}))",
                1 + rows / 3,
                rows + 5,
                1 + seeded.below(9)
            ),
            format!("dd.read_csv({file}, blocksize={})", 20 + seeded.below(300)),
            format!("dd.read_csv({file}, blocksize={})", 200 + seeded.below(2000)),
        ];
        for way in ways {
            bench.run(&format!("d = {way}\n"));
            let rows = ROWS.iter().map(|operation| {
                let (eager, lazy) = forms(operation);
                (format!("{eager}.reset_index(drop=True)"), format!("{lazy}.reset_index(drop=True)"))
            });
            for (eager, lazy) in SAME.iter().map(|operation| forms(operation)).chain(rows) {
                let expected = bench.run(&eager);
                let got = bench.tried(&lazy).unwrap_or_else(|error| error);
                if expected != got {
                    differences.push(format!("{way}\n{lazy}\nexpected:\n{expected}\ngot:\n{got}"));
                }
            }
        }
        fs::remove_file(&path).expect("the file can be removed");
    }
    assert!(differences.is_empty(), "{} differ\n\n{}", differences.len(), differences.join("\n"));
}

/// A scan that looks at more than its own part of the files counts rows several times.
#[test]
fn every_row_of_a_scan_is_read_once() {
    let bench = Bench::new();
    let mut seeded = Seeded(11);
    let path = place("scan.csv");
    fs::write(&path, csv(&mut seeded, 400)).expect("the file can be written");
    let (file, parquet) = (quoted(&path), quoted(&place("scan.parquet")));
    bench.run(&format!("df = pd.read_csv({file})\n"));
    bench.run(&format!("dd.from_pandas(df, npartitions=5).to_parquet({parquet})\n"));
    for way in [
        format!("dd.read_csv({file}, blocksize=150)"),
        format!("dd.read_csv({file}, blocksize=1000)"),
        format!("dd.read_csv([{file}, {file}], blocksize=500)"),
        format!("dd.read_parquet({parquet})"),
    ] {
        let times = if way.contains('[') { 2 } else { 1 };
        bench.run(&format!("d = {way}\n"));
        for (lazy, eager) in [
            ("len(d)", "len(df)"),
            ("d.a.count().compute()", "df.a.count()"),
            ("len(d.compute())", "len(df)"),
            ("d.map_partitions(lambda part: part).a.count().compute()", "df.a.count()"),
            ("d[d.a > 0].a.count().compute()", "df[df.a > 0].a.count()"),
            ("d.p.value_counts().sum().compute()", "df.p.value_counts().sum()"),
            ("d.groupby('q').size().compute().sum()", "len(df)"),
            ("len(d.sort_values('a').compute())", "len(df)"),
            ("d.a.sum().compute()", "df.a.sum()"),
        ] {
            let expected = bench.run(&format!("({eager}) * {times}"));
            assert_eq!(bench.run(lazy), expected, "{way}\n{lazy}");
        }
    }
    fs::remove_dir_all(place("scan.parquet")).expect("the folder can be removed");
    fs::remove_file(&path).expect("the file can be removed");
}
