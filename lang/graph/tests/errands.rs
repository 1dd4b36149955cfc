//! Single tasks: who goes first, how many at once, what happens to those nobody wants.

use std::io;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use rdk_graph::{
    Call, Cancel, Data, Engine, Errand, Failure, Graph, Key, Operation, Payload, Single, Task, Token, Urgency,
    blocking, waiting,
};
use smallvec::SmallVec;

struct Nothing;

impl Data for Nothing {
    fn n_bytes(&self) -> usize {
        1
    }

    fn write(&self, _: &mut dyn io::Write) -> io::Result<()> {
        Ok(())
    }

    fn reader(&self) -> fn(&mut dyn io::Read) -> io::Result<Payload> {
        |_| Ok(Payload::new(Nothing))
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

type Work = dyn Fn(&mut Call<'_>) -> Result<Payload, Failure> + Send + Sync;

struct Doing(Box<Work>);

impl std::fmt::Debug for Doing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("doing")
    }
}

impl Operation for Doing {
    fn name(&self) -> &str {
        "doing"
    }

    fn run(&self, call: &mut Call<'_>) -> Result<Payload, Failure> {
        (self.0)(call)
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("test.doing", Vec::new())
    }
}

/// Tells how it went.
struct Sent {
    operation: Arc<Doing>,
    done: Mutex<mpsc::Sender<bool>>,
}

impl Errand for Sent {
    fn begin(&self) -> Option<Single> {
        let key = Key::single("doing", Token::fresh());
        Some(Single { key, operation: self.operation.clone(), inputs: SmallVec::new(), cancel: Cancel::new() })
    }

    fn end(self: Arc<Self>, result: Result<Payload, Failure>) {
        let _ = self.done.lock().unwrap().send(result.is_ok());
    }
}

fn errand(work: impl Fn() + Send + Sync + 'static, done: &mpsc::Sender<bool>) -> Arc<Sent> {
    let operation = Doing(Box::new(move |_| {
        work();
        Ok(Payload::new(Nothing))
    }));
    Arc::new(Sent { operation: Arc::new(operation), done: Mutex::new(done.clone()) })
}

fn send(engine: &Engine, errand: &Arc<Sent>, urgency: Urgency) {
    let weak: std::sync::Weak<Sent> = Arc::downgrade(errand);
    engine.send(weak, urgency);
}

const LONG: Duration = Duration::from_secs(20);

#[test]
fn priority_then_inputs_then_order_of_arrival() {
    let engine = Engine::new(1);
    let (done, all_done) = mpsc::channel();
    let (open, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let first = errand(move || gate.lock().unwrap().recv_timeout(LONG).unwrap(), &done);
    send(&engine, &first, Urgency::default());
    let order = Arc::new(Mutex::new(String::new()));
    let note = |name: &'static str, priority, has_inputs| {
        let order = order.clone();
        let errand = errand(move || order.lock().unwrap().push_str(name), &done);
        send(&engine, &errand, Urgency { priority, has_inputs });
        errand
    };
    let _kept =
        [note("a", 0, false), note("b", -1, true), note("c", 0, true), note("d", 0, false), note("e", 7, false)];
    open.send(()).unwrap();
    for _ in 0..6 {
        assert!(all_done.recv_timeout(LONG).unwrap());
    }
    assert_eq!(*order.lock().unwrap(), "ecadb");
}

#[test]
fn what_nobody_holds_is_not_done() {
    let engine = Engine::new(1);
    let (done, all_done) = mpsc::channel();
    let (open, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let first = errand(move || gate.lock().unwrap().recv_timeout(LONG).unwrap(), &done);
    send(&engine, &first, Urgency::default());
    let dropped = errand(|| panic!("nobody wants this"), &done);
    send(&engine, &dropped, Urgency::default());
    drop(dropped);
    let last = errand(|| (), &done);
    send(&engine, &last, Urgency::default());
    open.send(()).unwrap();
    assert!(all_done.recv_timeout(LONG).unwrap());
    assert!(all_done.recv_timeout(LONG).unwrap());
    assert!(all_done.try_recv().is_err());
}

#[test]
fn those_that_sleep_count_those_that_wait_for_others_do_not() {
    let engine = Arc::new(Engine::new(2));
    engine.limit_errands(Some(1));
    let (done, all_done) = mpsc::channel();
    let (inner_done, inner_is_done) = mpsc::channel();
    let inner = errand(|| (), &inner_done);
    let (own, inner_is_done) = (engine.clone(), Mutex::new(inner_is_done));
    let kept = inner.clone();
    let outer = errand(
        move || {
            send(&own, &inner, Urgency::default());
            // Asleep, it still is the one that is allowed.
            blocking(|| assert!(inner_is_done.lock().unwrap().recv_timeout(Duration::from_millis(50)).is_err()));
            waiting(|| assert!(inner_is_done.lock().unwrap().recv_timeout(LONG).unwrap()));
        },
        &done,
    );
    send(&engine, &outer, Urgency::default());
    assert!(all_done.recv_timeout(LONG).unwrap());
    drop(kept);
}

#[test]
fn a_panic_is_an_error_of_its_own_task() {
    let engine = Engine::new(1);
    let (done, all_done) = mpsc::channel();
    let bad = errand(|| panic!("no"), &done);
    let good = errand(|| (), &done);
    send(&engine, &bad, Urgency::default());
    send(&engine, &good, Urgency::default());
    assert!(!all_done.recv_timeout(LONG).unwrap());
    assert!(all_done.recv_timeout(LONG).unwrap());
}

#[test]
fn a_run_tells_when_it_is_over() {
    let engine = Engine::new(2);
    let mut graph = Graph::new();
    let operation = Arc::new(Doing(Box::new(|_| Ok(Payload::new(Nothing)))));
    let key = Key::single("doing", Token::fresh());
    let task = graph.add(Task { key, operation, inputs: SmallVec::new(), cost: Default::default() });
    let (done, is_done) = mpsc::channel();
    engine.submit_then(&graph, &[task], &Cancel::new(), move |result| done.send(result.is_ok()).unwrap());
    assert!(is_done.recv_timeout(LONG).unwrap());
}

#[test]
fn fewer_places_and_all_of_them_again() {
    let engine = Arc::new(Engine::new(2));
    for limit in [Some(1), None, Some(5), None] {
        engine.limit_places(limit);
        let (done, all_done) = mpsc::channel();
        let kept: Vec<Arc<Sent>> = (0..20).map(|_| errand(|| (), &done)).collect();
        kept.iter().for_each(|errand| send(&engine, errand, Urgency::default()));
        for _ in &kept {
            assert!(all_done.recv_timeout(LONG).unwrap());
        }
    }
}
