//! The engine with less memory than its data: what goes to disk, where, and that nothing is left behind.

mod doing;

use std::sync::Arc;

use doing::{Bytes, add_with, byte, less_the_mean, less_the_mean_with, run};
use rdk_graph::{Cancel, Cost, Engine, Failure, Graph, Options, Payload, TaskId, Token};

/// Files go when their data is needed no more; the worker that removes the last one may still be at it.
fn no_files(engine: &Engine) {
    while engine.spilled() > 0 {
        std::thread::yield_now();
    }
}

#[test]
fn data_goes_to_disk_and_comes_back() {
    let folder = std::env::temp_dir().join(format!("rdk-test-{}", Token::fresh()));
    let options =
        |threads, limit| Options { threads, memory: Some(500), spill_folder: Some(folder.clone()), spill_limit: limit };
    let (graph, outputs) = less_the_mean(40);
    let total = (0..40u8).fold(0u8, u8::wrapping_add);
    let expected: Vec<u8> = (0..40).map(|at: u8| at.wrapping_sub(total)).collect();
    for threads in [1, 3] {
        let engine = Engine::with(options(threads, None));
        assert_eq!(run(&engine, &graph, &outputs).unwrap(), expected);
        no_files(&engine);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        drop(engine);
    }
    // A full disk: the run fails, the engine lives on.
    let engine = Engine::with(options(2, Some(150)));
    let error = run(&engine, &graph, &outputs).unwrap_err();
    assert!(matches!(&error.failure, Failure::Storage(_)), "{error:?}");
    no_files(&engine);
    engine.set_memory(1 << 20);
    assert_eq!(run(&engine, &graph, &outputs).unwrap(), expected);
    drop(engine);
    // Workers let go of the engine a moment after the run.
    while std::fs::read_dir(&folder).unwrap().count() > 0 {
        std::thread::yield_now();
    }
    std::fs::remove_dir(&folder).unwrap();
}

#[test]
fn data_goes_to_another_folder_from_now_on() {
    let folder = |name: &str| std::env::temp_dir().join(format!("rdk-test-{name}-{}", Token::fresh()));
    let (first, second) = (folder("first"), folder("second"));
    let options =
        Options { threads: 2, memory: Some(500), spill_folder: Some(first.clone()), spill_limit: Some(1 << 20) };
    let engine = Arc::new(Engine::with(options));
    let count = |folder: &std::path::Path| std::fs::read_dir(folder).map_or(0, |entries| entries.count());
    // In the midst of a run: what lies in the first one is read from there.
    let moved = (engine.clone(), second.clone());
    let (graph, outputs) = less_the_mean_with(40, move || moved.0.put_aside_in(Some(&moved.1)));
    let total = (0..40u8).fold(0u8, u8::wrapping_add);
    let expected: Vec<u8> = (0..40).map(|at: u8| at.wrapping_sub(total)).collect();
    assert_eq!(run(&engine, &graph, &outputs).unwrap(), expected);
    assert!(first.exists(), "data lay there");
    no_files(&engine);
    // The folder goes a moment after its last file.
    while count(&first) > 0 {
        std::thread::yield_now();
    }
    assert_eq!(run(&engine, &graph, &outputs).unwrap(), expected);
    assert_eq!(count(&second), 1);
    no_files(&engine);
    // One that cannot be made: the run says which.
    let file = first.join("file");
    std::fs::write(&file, "").unwrap();
    engine.put_aside_in(Some(&file));
    while count(&second) > 0 {
        std::thread::yield_now();
    }
    engine.set_memory(400);
    let (graph, outputs) = less_the_mean(41);
    match run(&engine, &graph, &outputs).unwrap_err().failure {
        Failure::Storage(message) => assert!(message.contains(file.to_str().unwrap()), "{message}"),
        other => panic!("{other:?}"),
    }
    engine.put_aside_in(None);
    drop((engine, graph));
    std::fs::remove_file(&file).unwrap();
    // Workers let go of the engine a moment after the run.
    while count(&first) + count(&second) > 0 {
        std::thread::yield_now();
    }
    std::fs::remove_dir(&first).unwrap();
    std::fs::remove_dir(&second).unwrap();
}

#[test]
fn results_on_disk_go_when_the_run_is_stopped() {
    let engine = Engine::with(Options { threads: 2, memory: Some(500), ..Options::default() });
    let mut graph = Graph::new();
    let chunk = Cost { output: 100, working: 0 };
    let mut outputs: Vec<TaskId> = (0..4)
        .map(|at: u8| {
            let name = ["a", "b", "c", "d"][at as usize];
            add_with(&mut graph, name, &[], chunk, move |_| Ok(Payload::new(Bytes(vec![at; 100]))))
        })
        .collect();
    let cancel = Cancel::new();
    let stop = cancel.clone();
    outputs.push(add_with(&mut graph, "stop", &[], Cost { output: 1, working: 400 }, move |_| {
        stop.request();
        byte(0)
    }));
    assert!(matches!(engine.run(&graph, &outputs, &cancel).unwrap_err().failure, Failure::Cancelled));
    no_files(&engine);
}

/// Not a test of its own: what the processes of the next test do.
#[test]
fn end_in_the_middle() {
    let (Ok(folder), Ok(how)) = (std::env::var("RDK_TEST_FOLDER"), std::env::var("RDK_TEST_END")) else { return };
    let options = Options { threads: 2, memory: Some(500), spill_folder: Some(folder.into()), spill_limit: None };
    let engine = Arc::new(Engine::with(options));
    let spilled = engine.clone();
    let (graph, outputs) = less_the_mean_with(40, move || {
        assert!(spilled.spilled() > 0);
        match how.as_str() {
            "exit" => std::process::exit(0),
            _ => std::process::abort(),
        }
    });
    let _ = run(&engine, &graph, &outputs);
}

#[test]
fn no_files_are_left_behind() {
    let folder = std::env::temp_dir().join(format!("rdk-test-{}", Token::fresh()));
    let folders = || std::fs::read_dir(&folder).map_or(0, |entries| entries.count());
    let end = |how: &str| {
        let mut process = std::process::Command::new(std::env::current_exe().unwrap());
        let process = process.args(["--exact", "end_in_the_middle"]).env("RDK_TEST_FOLDER", &folder);
        process.env("RDK_TEST_END", how).stderr(std::process::Stdio::null()).output().unwrap();
    };
    end("exit");
    assert!(folder.exists());
    assert_eq!(folders(), 0, "removed on exit");
    end("abort");
    assert_eq!(folders(), 1, "nobody can clean up after this");
    // Those who come next can.
    end("exit");
    assert_eq!(folders(), 0, "removed by the next process");
    std::fs::remove_dir(&folder).unwrap();
}
