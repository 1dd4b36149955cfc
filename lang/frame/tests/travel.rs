//! Tasks of frames are plain data: written out and read again they give the same rows.

use std::sync::Arc;

use rdk_frame::Frame;
use rdk_frame::batches::Batches;
use rdk_frame::lower;
use rdk_runtime::graph::{Cancel, Engine, Payload};
use rdk_runtime::object::Lowering;
use rdk_runtime::{Context, Globals, Library, Output, Shared, Stream, modules};
use rdk_summary::Summary;
use rdk_syntax::Source;

/// Nobody looks.
struct Silent;

impl Output for Silent {
    fn write(&self, _: Stream, _: &str) {}

    fn display(&self, _: &Summary) {}
}

fn context() -> Context {
    let mut library = Library::default();
    library.add(modules());
    library.add(rdk_array::modules());
    library.add(rdk_frame::modules());
    let engine = Arc::new(Engine::new(2));
    Context::new(Arc::new(Shared::new(library, Arc::new(Silent), engine)), Globals::new())
}

fn run(context: &Context, text: &str) -> rdk_runtime::Value {
    let cell = rdk_syntax::parse(Source::new("test", text)).expect("the program is well formed");
    context.run_cell(&cell).unwrap_or_else(|error| panic!("{text}\n{error}")).unwrap_or_default()
}

fn rows(parts: &[Payload]) -> Vec<String> {
    let text = |part: &Payload| {
        let batch = Batches::of(part).and_then(Batches::whole).expect("a partition is rows of a frame");
        format!("{:?}", batch.columns())
    };
    parts.iter().map(text).collect()
}

/// The lazy frame that the code makes gives the same rows, computed by tasks that have been written out and read.
///
/// With little memory the rows of a shuffle and those of many groups go over the disk; they stay the same.
fn check(context: &Context, code: &str) {
    let much = check_within(context, code, Lowering::default());
    let little = check_within(context, code, Lowering::within(1000));
    assert_eq!(much, little, "{code}");
}

fn check_within(context: &Context, code: &str, mut lowering: Lowering) -> Vec<String> {
    let value = run(context, code);
    let view = value.get::<Frame>().unwrap_or_else(|| panic!("{code} makes no frame")).view();
    lower::announce(&view, &mut lowering).expect("it is announced");
    let outputs = lower::lower(&view, &mut lowering).unwrap_or_else(|error| panic!("{code}\n{error}"));
    let travelled = lower::travelled(&lowering.graph).unwrap_or_else(|error| panic!("{code}\n{error}"));
    let engine = &context.shared.engine;
    let cancel = Cancel::new();
    let expected = engine.run(&lowering.graph, &outputs, &cancel).unwrap_or_else(|error| panic!("{code}\n{error:?}"));
    engine.forget();
    let got = engine.run(&travelled, &outputs, &cancel).unwrap_or_else(|error| panic!("{code}\n{error:?}"));
    let expected = rows(&expected);
    assert_eq!(rows(&got), expected, "{code}");
    expected
}

#[test]
fn what_is_written_out_and_read_gives_the_same_rows() {
    let context = context();
    let path = std::env::temp_dir().join(format!("rdk-travel-{}.csv", std::process::id()));
    let mut text = String::from("k,t,v,w,d\n");
    for row in 0..60 {
        let v = if row % 7 == 0 { String::new() } else { format!("{}", (row * 37 % 50) as f64 / 4.0) };
        text.push_str(&format!(
            "{},{},{v},{},2020-01-{:02}\n",
            row % 5,
            ["x", "ž", "Y y"][row % 3],
            row * 11 % 60,
            row % 28 + 1
        ));
    }
    std::fs::write(&path, text).expect("the file can be written");
    run(&context, "import pandas as pd\nimport dask.dataframe as dd\nimport numpy as np");
    run(&context, &format!("d = dd.read_csv({:?}, blocksize=300, parse_dates=[\"d\"])", path.display().to_string()));
    run(&context, "many = d.repartition(npartitions=40)");
    run(
        &context,
        "m = dd.from_pandas(pd.DataFrame({\"k\": [0, 2, 3], \"word\": [\"a\", \"b\", \"c\"]}), npartitions=2)",
    );
    for code in [
        "d",
        "d[d.v > 3]",
        "d[[\"k\", \"w\"]].sum()",
        "d.groupby(\"k\").v.mean()",
        "d.groupby([\"k\", \"t\"]).agg({\"v\": [\"min\", \"max\"], \"w\": \"count\"})",
        "d.groupby(\"t\").w.nunique()",
        "d.groupby(\"t\").w.std()",
        "d.t.value_counts()",
        "d.sort_values([\"k\", \"v\"], ascending=False)",
        "d.drop_duplicates(subset=[\"k\", \"t\"])",
        "d.w.nlargest(4)",
        "d.set_index(\"w\").loc[5:20]",
        "d.set_index(\"w\").repartition(divisions=[0, 17, 59])",
        "d.repartition(npartitions=11)",
        "d.merge(m, on=\"k\", how=\"left\")",
        "d.v.quantile(0.3)",
        "d.describe()",
        "d.w.cumsum()",
        "d.w.shift(2)",
        "d.w.rolling(3).mean()",
        "d.t.str.upper()",
        "d.t.str.len() + d.w // 7 % 3",
        "d.d.dt.month",
        "d.w.astype(str)",
        "d.v.round(1)",
        "np.sqrt(d.w)",
        "d.v.fillna(0).clip(1, 4)",
        "d.isna().sum()",
        "d.k.isin([1, 3])",
        "d.reset_index(drop=True)",
        "dd.concat([d, d])",
        "dd.to_datetime(d.d)",
        // Of so many partitions results are merged in several steps.
        "many.groupby(\"t\").v.mean()",
        "many.groupby(\"k\").agg({\"v\": [\"min\", \"std\"], \"w\": \"nunique\"})",
        "many.v.std()",
        "many.w.nunique()",
        "many.t.value_counts()",
        // In the order in which groups appear first.
        "many.groupby([\"w\", \"t\"], sort=False).v.sum()",
        "many.sort_values(\"v\")",
        "many.set_index(\"w\")",
    ] {
        check(&context, code);
    }
    std::fs::remove_file(&path).expect("the file can be removed");
}

#[test]
fn damaged_bytes_are_an_error() {
    for kind in ["frame.stage", "frame.order", "frame.between", "frame.from_piles"] {
        assert!(lower::decode(kind, &[7, 7, 7]).is_err(), "{kind}");
    }
    assert!(lower::decode("array.fused", &[]).expect("it is somebody else's").is_none());
}
