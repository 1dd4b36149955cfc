//! Runs `functions.rdk`, which prints what plain functions cost; or another program, whose path is the first argument.

use std::sync::Arc;

use rdk_runtime::{Context, Globals, Library, Output, Shared, Stream, modules};
use rdk_summary::Summary;
use rdk_syntax::Source;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct Plain;

impl Output for Plain {
    fn write(&self, _: Stream, text: &str) {
        print!("{text}");
    }

    fn display(&self, _: &Summary) {}
}

fn main() {
    let text = match std::env::args().nth(1) {
        Some(path) => std::fs::read_to_string(path).expect("the program can be read"),
        None => include_str!("functions.rdk").to_string(),
    };
    let mut library = Library::default();
    library.add(modules());
    let engine = Arc::new(rdk_runtime::graph::Engine::new(2));
    let context = Context::new(Arc::new(Shared::new(library, Arc::new(Plain), engine)), Globals::new());
    let cell = rdk_syntax::parse(Source::new("functions.rdk", text)).expect("the program is well formed");
    if let Err(error) = context.run_cell(&cell) {
        let at = error.0.place.as_ref().map(|place| place.source.line_column(place.span.start));
        eprintln!("{at:?} {error}");
    }
}
