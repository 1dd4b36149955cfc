//! The binary `rdk`: prompt and script runner.

fn main() {}
