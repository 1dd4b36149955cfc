//! The engine with real threads. Nothing sleeps to wait: tasks meet at barriers and channels.

mod doing;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::time::{Duration, Instant};

use doing::{Bytes, add, add_one, add_with, byte, first, less_the_mean, name, run, sum};
use rdk_graph::{
    Call, Cancel, Cost, Engine, Executor, Failure, Graph, Hands, Key, Options, Payload, TaskId, Token, What, blocking,
};

#[test]
fn results_come_in_the_order_asked_for() {
    for threads in [1, 2, 8] {
        let engine = Engine::new(threads);
        let mut graph = Graph::new();
        let one = add(&mut graph, "one", &[], |_| byte(1));
        let two = add(&mut graph, "two", &[], |_| byte(2));
        let three = add(&mut graph, "three", &[one, two], sum);
        let six = add(&mut graph, "six", &[three, three], sum);
        let nothing = add(&mut graph, "never", &[], |_| panic!("not needed"));
        assert_eq!(run(&engine, &graph, &[six, one, six]).unwrap(), [6, 1, 6]);
        assert_eq!(run(&engine, &graph, &[]).unwrap(), []);
        assert!(graph.find(&graph.tasks()[nothing.0 as usize].key).is_some());
        let ready = graph.add_ready(Key::single("ready", Token::fresh()), Payload::new(Bytes(vec![9])));
        let ten = add(&mut graph, "ten", &[ready, one], sum);
        assert_eq!(run(&engine, &graph, &[ready, ten]).unwrap(), [9, 10]);
    }
}

#[test]
fn tasks_run_at_the_same_time() {
    let engine = Engine::new(4);
    let barrier = Arc::new(Barrier::new(4));
    let mut graph = Graph::new();
    let outputs: Vec<TaskId> = (0..4)
        .map(|at| {
            let barrier = barrier.clone();
            add_one(&mut graph, at, move |_| {
                barrier.wait();
                byte(1)
            })
        })
        .collect();
    assert_eq!(run(&engine, &graph, &outputs).unwrap(), [1; 4]);
}

#[test]
fn a_waiting_task_hands_its_worker_on() {
    let engine = Engine::new(2);
    for _ in 0..3 {
        let barrier = Arc::new(Barrier::new(40));
        let mut graph = Graph::new();
        let outputs: Vec<TaskId> = (0..40)
            .map(|at| {
                let barrier = barrier.clone();
                add_one(&mut graph, at, move |_| {
                    blocking(|| barrier.wait());
                    byte(1)
                })
            })
            .collect();
        assert_eq!(run(&engine, &graph, &outputs).unwrap(), [1; 40]);
    }
}

#[test]
fn no_more_tasks_run_than_there_are_threads() {
    let engine = Engine::new(2);
    let running = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let mut graph = Graph::new();
    let outputs: Vec<TaskId> = (0..200)
        .map(|at| {
            let (running, most) = (running.clone(), most.clone());
            add_one(&mut graph, at, move |_| {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::yield_now();
                running.fetch_sub(1, Ordering::SeqCst);
                byte(1)
            })
        })
        .collect();
    run(&engine, &graph, &outputs).unwrap();
    assert!(most.load(Ordering::SeqCst) <= 2);
}

#[test]
fn a_task_may_run_graphs_itself() {
    fn nested(engine: &Arc<Engine>, depth: usize) -> u8 {
        let mut graph = Graph::new();
        let outputs: Vec<TaskId> = (0..3)
            .map(|at| {
                let inner = engine.clone();
                add_one(&mut graph, at, move |_| byte(if depth == 0 { 1 } else { nested(&inner, depth - 1) }))
            })
            .collect();
        let total = add_with(&mut graph, "total", &outputs, Cost { output: 1, working: 50 }, sum);
        run(engine, &graph, &[total]).unwrap()[0]
    }
    for threads in [1, 2] {
        // Each level declares half of the budget while the levels above hold theirs.
        let engine = Arc::new(Engine::with(Options { threads, memory: Some(100), ..Options::default() }));
        assert_eq!(nested(&engine, 3), 81);
    }
}

#[test]
fn tasks_with_runs_of_their_own_that_wait_for_room_come_to_an_end() {
    let engine = Arc::new(Engine::with(Options { threads: 2, memory: Some(1000), ..Options::default() }));
    let mut graph = Graph::new();
    let cost = Cost { output: 150, working: 0 };
    let parts: Vec<TaskId> = (0..200u8)
        .map(|at| {
            let inner = engine.clone();
            add_with(&mut graph, name("part", at), &[], cost, move |_| {
                let mut graph = Graph::new();
                // Neither finds room while others hold theirs.
                let large = Cost { output: 400, working: 0 };
                let one = add_with(&mut graph, "one", &[], large, |_| byte(1));
                let last = add_with(&mut graph, "last", &[one], large, sum);
                let result = run(&inner, &graph, &[last]).expect("it is done at last");
                Ok(Payload::new(Bytes(vec![result[0]; 150])))
            })
        })
        .collect();
    // One after the other: all of them together would never fit.
    let small = Cost { output: 1, working: 0 };
    let add_up = |total: TaskId, &part: &TaskId| add_with(&mut graph, "total", &[total, part], small, sum);
    let total = parts[1..].iter().fold(parts[0], add_up);
    let started = Instant::now();
    assert_eq!(run(&engine, &graph, &[total]).unwrap(), [200]);
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

#[test]
fn a_task_that_waits_does_not_keep_back_those_done_before_it() {
    // With one worker, tiny tasks come in batches; the last of each waits for a run that starts only when nothing else is under way.
    let engine = Arc::new(Engine::with(Options { threads: 1, memory: Some(100), ..Options::default() }));
    let mut graph = Graph::new();
    let tasks: Vec<TaskId> = (0..90)
        .map(|at| {
            let inner = engine.clone();
            add_one(&mut graph, at, move |_| {
                if at < 60 || at % 10 > 0 {
                    return byte(1);
                }
                let mut graph = Graph::new();
                let large = add_with(&mut graph, "large", &[], Cost { output: 90, working: 0 }, |_| byte(1));
                byte(run(&inner, &graph, &[large]).expect("it is done at last")[0])
            })
        })
        .collect();
    let total = add(&mut graph, "total", &tasks, sum);
    assert_eq!(run(&engine, &graph, &[total]).unwrap(), [90]);
}

#[test]
fn a_panic_is_a_failure_and_harms_nothing() {
    let engine = Engine::new(2);
    let mut graph = Graph::new();
    let bad = add(&mut graph, "bad", &[], |_| panic!("out of cheese"));
    let user = add(&mut graph, "user", &[bad], sum);
    let error = run(&engine, &graph, &[user]).unwrap_err();
    assert_eq!((error.operation.as_str(), error.task), ("bad", Some(bad)));
    assert!(matches!(error.failure, Failure::Panic(text) if text == "out of cheese"));
    let good = add(&mut graph, "good", &[], |_| byte(7));
    assert_eq!(run(&engine, &graph, &[good]).unwrap(), [7]);
}

#[test]
fn what_a_failure_does_not_touch_is_finished_and_remembered() {
    let engine = Engine::new(2);
    let runs = Arc::new(AtomicUsize::new(0));
    let build = |fails: bool| {
        let mut graph = Graph::new();
        let bad =
            add(&mut graph, "bad", &[], move |_| if fails { Err(Failure::Error(Box::new("no"))) } else { byte(1) });
        let after = add(&mut graph, "after", &[bad], sum);
        let runs = runs.clone();
        let good = add(&mut graph, "good", &[], move |_| {
            runs.fetch_add(1, Ordering::SeqCst);
            byte(2)
        });
        let better = add(&mut graph, "better", &[good], sum);
        (graph, [after, better])
    };
    let (graph, outputs) = build(true);
    let error = run(&engine, &graph, &outputs).unwrap_err();
    assert_eq!(error.operation, "bad");
    assert_eq!((engine.remembered().count, engine.remembered().bytes), (1, 1));
    let (graph, outputs) = build(false);
    assert_eq!(run(&engine, &graph, &outputs).unwrap(), [1, 2]);
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert_eq!(engine.remembered().count, 0, "it belongs to those who asked for it now");
}

#[test]
fn a_stop_is_seen_by_running_tasks_and_starts_no_new_ones() {
    let engine = Engine::new(1);
    let cancel = Cancel::new();
    let started = Arc::new(AtomicUsize::new(0));
    let mut graph = Graph::new();
    let outputs: Vec<TaskId> = (0..10)
        .map(|at| {
            let (started, cancel) = (started.clone(), cancel.clone());
            add_one(&mut graph, at, move |call| {
                if started.fetch_add(1, Ordering::SeqCst) == 2 {
                    cancel.request();
                    while !call.cancel.requested() {
                        std::hint::spin_loop();
                    }
                    return Err(Failure::Cancelled);
                }
                byte(1)
            })
        })
        .collect();
    let error = engine.run(&graph, &outputs, &cancel).unwrap_err();
    assert!(matches!(error.failure, Failure::Cancelled));
    assert_eq!(started.load(Ordering::SeqCst), 3);
    // What was made before is not made again.
    cancel.clear();
    engine.run(&graph, &outputs, &cancel).unwrap();
    assert_eq!(started.load(Ordering::SeqCst), 11);
}

#[test]
fn one_run_is_stopped_alone() {
    let engine = Engine::new(2);
    let (send, receive) = mpsc::channel::<()>();
    let mut graph = Graph::new();
    let endless = add(&mut graph, "endless", &[], move |call| {
        send.send(()).unwrap();
        while !call.cancel.requested() {
            std::thread::yield_now();
        }
        Err(Failure::Cancelled)
    });
    let cancel = Cancel::new();
    let submitted = engine.submit(&graph, &[endless], &cancel);
    receive.recv().unwrap();
    assert!(!submitted.is_done());
    let good = add(&mut graph, "good", &[], |_| byte(7));
    assert_eq!(run(&engine, &graph, &[good]).unwrap(), [7]);
    submitted.cancel();
    assert!(matches!(submitted.wait().unwrap_err().failure, Failure::Cancelled));
    assert!(!cancel.requested());
}

#[test]
fn the_last_user_may_reuse_its_input() {
    let engine = Engine::new(2);
    let mut graph = Graph::new();
    let x = add(&mut graph, "x", &[], |_| byte(1));
    let alone = |call: &mut Call<'_>| byte(Arc::get_mut(&mut call.inputs[0].0).is_some().into());
    let y = add(&mut graph, "y", &[x], alone);
    let z = add(&mut graph, "z", &[y], alone);
    assert_eq!(run(&engine, &graph, &[z]).unwrap(), [1]);
    // The result asked for stays what it is.
    assert_eq!(run(&engine, &graph, &[y, z]).unwrap(), [1, 0]);
}

#[test]
fn what_can_never_fit_is_refused_before_anything_runs() {
    let engine = Engine::with(Options { threads: 2, memory: Some(1000), ..Options::default() });
    let mut graph = Graph::new();
    let x = add(&mut graph, "x", &[], |_| panic!("must not run"));
    let big = add_with(&mut graph, "big", &[x], Cost { output: 600, working: 500 }, |_| panic!("must not run"));
    let error = run(&engine, &graph, &[big]).unwrap_err();
    assert_eq!(error.operation, "big");
    assert!(matches!(error.failure, Failure::Memory { needed: 1100, allowed: 1000 }));
    assert_eq!(error.failure.to_string(), "needs 1.07 kiB of memory, the budget is 0.98 kiB");
}

#[test]
fn listeners_hear_of_every_task() {
    let engine = Engine::new(2);
    let heard: Arc<Mutex<Vec<(String, &'static str)>>> = Arc::default();
    let listening = {
        let heard = heard.clone();
        engine.listen(move |events| {
            for event in events {
                let what = match event.what {
                    What::Queued => "queued",
                    What::Started => "started",
                    What::Finished { .. } => "finished",
                    What::Failed => "failed",
                };
                heard.lock().unwrap().push((event.key.name.to_string(), what));
            }
        })
    };
    let mut graph = Graph::new();
    let x = add(&mut graph, "x", &[], |_| byte(1));
    let y = add(&mut graph, "y", &[x], |_| Err(Failure::Error(Box::new("no"))));
    run(&engine, &graph, &[y]).unwrap_err();
    drop(listening);
    run(&engine, &graph, &[x]).unwrap();
    let heard = heard.lock().unwrap();
    let heard: Vec<String> = heard.iter().map(|(name, what)| format!("{name} {what}")).collect();
    assert_eq!(heard.join(", "), "x queued, y queued, x started, x finished, y started, y failed");
}

#[test]
fn progress_can_be_asked_for_meanwhile() {
    let engine = Arc::new(Engine::new(2));
    let asked: Arc<Mutex<Option<rdk_graph::Progress>>> = Arc::default();
    let mut graph = Graph::new();
    let x = add(&mut graph, "x", &[], |_| byte(1));
    let y = {
        let (engine, asked) = (engine.clone(), asked.clone());
        add(&mut graph, "y", &[x], move |_| {
            *asked.lock().unwrap() = engine.progress();
            byte(2)
        })
    };
    assert!(engine.progress().is_none());
    run(&engine, &graph, &[y]).unwrap();
    let progress = asked.lock().unwrap().take().unwrap();
    assert_eq!((progress.done(), progress.total(), progress.running), (1, 2, 1));
    assert_eq!(&*progress.operations[0].name, "x");
    assert!(progress.remaining().is_some());
    assert!(engine.progress().is_none());
}

#[test]
fn many_callers_share_the_workers() {
    let engine = Arc::new(Engine::with(Options { threads: 2, memory: Some(500), ..Options::default() }));
    let total = (0..20u8).sum::<u8>();
    let callers: Vec<_> = (0..6)
        .map(|_| {
            let engine = engine.clone();
            std::thread::spawn(move || {
                for _ in 0..20 {
                    let (graph, outputs) = less_the_mean(20);
                    let expected: Vec<u8> = (0..20).map(|at: u8| at.wrapping_sub(total)).collect();
                    assert_eq!(run(&engine, &graph, &outputs).unwrap(), expected);
                }
            })
        })
        .collect();
    callers.into_iter().for_each(|caller| caller.join().unwrap());
}

#[test]
fn submitted_runs_go_on_without_their_caller() {
    let engine = Engine::new(2);
    let (send, receive) = mpsc::channel();
    let mut graph = Graph::new();
    let task = add(&mut graph, "task", &[], move |_| {
        send.send(()).unwrap();
        byte(5)
    });
    let submitted = engine.submit(&graph, &[task], &Cancel::new());
    drop(graph);
    receive.recv().unwrap();
    while !submitted.is_done() {
        std::thread::yield_now();
    }
    assert_eq!(first(&submitted.wait().unwrap()[0]), 5);
}

#[test]
fn an_executor_holds_results_under_their_keys() {
    let engine = Engine::new(2);
    let executor: &dyn Executor = &engine;
    let runs = Arc::new(AtomicUsize::new(0));
    let build = || {
        let mut graph = Graph::new();
        let runs = runs.clone();
        let x = add(&mut graph, "x", &[], move |_| {
            runs.fetch_add(1, Ordering::SeqCst);
            byte(3)
        });
        let y = add(&mut graph, "y", &[x, x], sum);
        (graph, x, y)
    };
    let (graph, x, y) = build();
    let key = |id: TaskId| graph.tasks()[id.0 as usize].key.clone();
    let run = executor.submit(&graph, &[x], &Cancel::new());
    executor.wait(run).unwrap();
    assert!(executor.wait(run).is_err(), "asked for once");
    assert_eq!(first(&executor.gather(&[key(x)]).unwrap()[0]), 3);
    // A later graph finds it there.
    let (later, _, y_later) = build();
    assert_eq!(first(&executor.compute(&later, &[y_later], &Cancel::new()).unwrap()[0]), 6);
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert!(executor.gather(&[key(y)]).is_err(), "computed is not held");
    executor.release(&[key(x)]);
    assert_eq!(executor.gather(&[key(x)]).unwrap_err().operation, "x");
    executor.scatter(vec![(key(x), Payload::new(Bytes(vec![4])))]).unwrap();
    assert_eq!(first(&executor.compute(&later, &[y_later], &Cancel::new()).unwrap()[0]), 8);
}

#[test]
fn a_run_of_one_hand_is_done_by_who_waits_for_it() {
    let engine = Arc::new(Engine::new(4));
    let heard = Arc::new(Mutex::new(Vec::new()));
    let listening = engine.listen({
        let heard = heard.clone();
        move |events| heard.lock().unwrap().extend(events.iter().map(|event| (event.run, event.what)))
    });
    let here = std::thread::current().id();
    let under_way = Arc::new(AtomicUsize::new(0));
    let mut graph = Graph::new();
    let ones: Vec<TaskId> = (0..40)
        .map(|at| {
            let (engine, under_way) = (engine.clone(), under_way.clone());
            add_one(&mut graph, at, move |call| {
                assert_eq!(under_way.fetch_add(1, Ordering::SeqCst), 0);
                assert_eq!(std::thread::current().id(), here);
                assert_eq!(call.crew.size(), 1);
                // While it waits, its place stays empty for this run.
                blocking(|| assert!(engine.progress().is_some()));
                // What a task begins itself is done so, too.
                let mut inner = Graph::new();
                let task = add(&mut inner, "inner", &[], move |_| {
                    assert_eq!(std::thread::current().id(), here);
                    byte(1)
                });
                let inner = run(&engine, &inner, &[task]).map_err(|error| error.failure)?;
                under_way.fetch_sub(1, Ordering::SeqCst);
                byte(inner[0])
            })
        })
        .collect();
    let total = add(&mut graph, "sum", &ones, sum);
    let results = engine.run_by(Hands::One, &graph, &[total], &Cancel::new()).unwrap();
    assert_eq!(first(&results[0]), 40);
    drop(listening);
    let heard = heard.lock().unwrap();
    let outer = heard[0].0;
    assert_eq!(heard.iter().filter(|event| **event == (outer, What::Queued)).count(), 41);
    assert_eq!(heard.iter().filter(|(run, what)| *run == outer && matches!(what, What::Finished { .. })).count(), 41);
    // The numbers of runs go on: nobody takes a later run for this one.
    assert!(heard.iter().all(|(run, _)| (outer..=outer + 40).contains(run)));
    assert_eq!(engine.remembered().count, 0);
}

#[test]
fn a_run_of_one_hand_stops_when_it_is_asked_to() {
    let engine = Engine::new(2);
    let cancel = Cancel::new();
    let mut graph = Graph::new();
    let done = Arc::new(AtomicUsize::new(0));
    let ones: Vec<TaskId> = (0..100)
        .map(|at| {
            let (cancel, done) = (cancel.clone(), done.clone());
            add_one(&mut graph, at, move |_| {
                if done.fetch_add(1, Ordering::SeqCst) == 3 {
                    cancel.request();
                }
                byte(0)
            })
        })
        .collect();
    let total = add(&mut graph, "sum", &ones, sum);
    let error = engine.run_by(Hands::One, &graph, &[total], &cancel).err().unwrap();
    assert!(matches!(error.failure, Failure::Cancelled));
    assert_eq!(done.load(Ordering::SeqCst), 4);
}
