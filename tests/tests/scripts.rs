//! The program as other programs see it: arguments, streams, exit codes.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use rdk_tests::terminal::binary;

fn rdk(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(binary());
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("rdk starts");
    // It may end without reading everything.
    let _ = child.stdin.take().expect("it was piped").write_all(input);
    child.wait_with_output().expect("it ends")
}

fn check(arguments: &[&str], input: &str, code: i32, out: &str, err: &str) {
    let output = rdk(arguments, input.as_bytes());
    let (shown, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{shown}\n{errors}");
    assert_eq!(shown, out, "{arguments:?}\n{errors}");
    assert!(
        errors.contains(err) && (!err.is_empty() || errors.is_empty()),
        "{arguments:?}: expected `{err}` in\n{errors}"
    );
}

struct Script(std::path::PathBuf);

impl Script {
    fn new(name: &str, text: impl AsRef<[u8]>) -> Script {
        let path = std::env::temp_dir().join(format!("rdk-{}-{name}", std::process::id()));
        std::fs::write(&path, text).expect("the temporary folder can be written to");
        Script(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("a temporary path is plain text")
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        // Left behind at worst.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn values_of_bare_expressions_are_shown() {
    let script =
        Script::new("values.rdk", "#!/usr/bin/env rdk\nx = 2\nx\nx + 1\nNone\n'text'\n# %% next\n%%time\nx;\n");
    let output = rdk(&[script.path()], b"");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.starts_with("2\n3\n'text'\nCPU times: user"), "{shown}");
    check(&["-c", "1 + 1"], "", 0, "2\n", "");
    check(&[], "x = 20\nx + 1\n", 0, "21\n", "");
    check(&["-"], "'piped'", 0, "'piped'\n", "");
}

#[test]
fn a_failing_script_says_where_and_exits_with_1() {
    let script = Script::new("fails.rdk", "print('before')\n\n# %%\n1 / 0\nprint('never')\n");
    check(&[script.path()], "", 1, "before\n", "ZeroDivisionError");
    check(&[script.path()], "", 1, "before\n", "fails.rdk:4:1");
    check(&["-c", "x ="], "", 1, "", "SyntaxError");
    check(&["/no/such/script.rdk"], "", 1, "", "there is no such file");
    let script = Script::new("latin1.rdk", b"x = 1\ny = '\xe9'\n");
    check(&[script.path()], "", 1, "", "line 2 is not UTF-8 text");
}

#[test]
fn exit_codes_are_the_scripts_own() {
    check(&["-c", "import sys; sys.exit(3)"], "", 3, "", "");
    check(&["-c", "import sys; sys.exit()"], "", 0, "", "");
    check(&["-c", "raise SystemExit('gone')"], "", 1, "", "gone");
}

#[test]
fn wrong_usage_exits_with_2() {
    for arguments in [&["--no-such-option"][..], &["--threads", "none"], &["--memory", "lots"]] {
        assert_eq!(rdk(arguments, b"").status.code(), Some(2), "{arguments:?}");
    }
    let help = rdk(&["--help"], b"");
    assert!(String::from_utf8_lossy(&help.stdout).contains("rdk walk.rdk"));
    assert!(String::from_utf8_lossy(&rdk(&["--version"], b"").stdout).starts_with("rdk 0."));
}

#[test]
fn arguments_reach_the_script() {
    let script = Script::new("arguments.rdk", "import sys\nsys.argv[1:]\n");
    check(&[script.path(), "a", "--b"], "", 0, "['a', '--b']\n", "");
    check(&["-c", "import sys; sys.argv", "a", "b"], "", 0, "['-c', 'a', 'b']\n", "");
}

#[test]
fn garbage_is_an_error_and_never_a_crash() {
    let million = |text: &str| text.repeat(1_000_000 / text.len());
    for text in [
        million("("),
        million("["),
        million("{"),
        million("-"),
        million("not "),
        million("f'{"),
        million("a."),
        million("a+"),
        "\0\u{7}\u{feff}".to_string(),
    ] {
        let output = rdk(&["-"], text.as_bytes());
        assert_eq!(output.status.code(), Some(1), "{}…", &text[..text.len().min(10)]);
        assert!(!output.stderr.is_empty());
    }
    let output = rdk(&["-"], &[0xff, 0xfe, 0x00, 0x80]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn output_is_clean_when_it_is_not_a_terminal() {
    let output = rdk(&["-c", "da.ones((4, 4))\nnothing"], b"");
    assert!(!output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b));
}

#[test]
fn frames_larger_than_the_budget_go_over_the_disk() {
    let script = Script::new(
        "large.rdk",
        "df = dask.datasets.timeseries('2000-01-01', '2000-01-16', freq='2s', partition_freq='6h', seed=1)\n\
         n, total = len(df), df.id.sum().compute()\n\
         s = df.sort_values('x')\n\
         print(len(s) == n, s.id.sum().compute() == total, s.x.diff().min().compute() >= 0)\n\
         s = df.set_index('y')\n\
         print(len(s) == n, s.id.sum().compute() == total, s.index.compute().is_monotonic_increasing)\n\
         many = df.assign(k=(df.x * 1e6).astype(int)).groupby('k').id.sum()\n\
         print(many.sum().compute() == total)\n\
         print(df.groupby('id').x.median().count().compute() == df.id.nunique().compute())\n\
         m = df.merge(df.groupby('name').id.count().reset_index().rename(columns={'id': 'n'}), on='name')\n\
         print(len(m) == n)\n",
    );
    let out = "True True True\nTrue True True\nTrue\nTrue\nTrue\n";
    check(&["--memory", "24MB", script.path()], "", 0, out, "");
}

/// What an array is, in a line that NumPy writes, too.
const TOLD: &str = "import numpy as np, dask.array as da\n\
     def told(a):\n    a = np.asarray(a)\n    \
         f = np.nan_to_num(a.astype(float).ravel(), nan=-3.0, posinf=7.0, neginf=-7.0)\n    \
         return a.dtype.name, a.shape, float((f * ((np.arange(f.size) * 31) % 101)).sum())\n\
     n = 2_000_000\n\
     v = da.from_array((np.arange(n) * 7919 + 13) % n / 8, chunks=150_000) + 1\n";

/// Runs it in so much memory. What is expected is what NumPy gave for the same with arrays in memory.
fn check_arrays(name: &str, memory: &str, text: &str, out: &str) {
    let script = Script::new(name, format!("{TOLD}{text}"));
    check(&["--memory", memory, script.path()], "", 0, out, "");
}

#[test]
fn what_is_taken_of_arrays_larger_than_the_budget_goes_over_the_disk() {
    check_arrays(
        "taken.rdk",
        "40MB",
        "i = (np.arange(700_000) * 7907 + 5) % (2 * n) - n\n\
         print(told(v[da.from_array(i, chunks=60_000)].compute()))\n\
         print(told(v[i].compute()))\n\
         x = v.reshape((2000, 1000)).rechunk((400, 250))\n\
         j = (np.arange(1700) * 7907 + 5) % 1000\n\
         print(told(x[:, da.from_array(j, chunks=300)].compute()), told(x[da.from_array(j, chunks=300)].compute()))\n\
         print(told(x[:, j].compute()), told(x[j].compute()))\n\
         rows, columns = (np.arange(300_000) * 7907 + 5) % 2000, (np.arange(300_000) * 31 + 7) % 1000\n\
         print(told(x.vindex[rows, columns].compute()))\n\
         y = v + 0\n\
         y[y > n // 16] = y[y > n // 16] * 2\n\
         print(told(y.compute()))\n",
        "('float64', (700000,), 4375137782942.125)\n\
         ('float64', (700000,), 4375137782942.125)\n\
         ('float64', (2000, 1700), 21248840597109.0) ('float64', (1700, 1000), 10622777668796.875)\n\
         ('float64', (2000, 1700), 21248840597109.0) ('float64', (1700, 1000), 10622777668796.875)\n\
         ('float64', (300000,), 1878873614320.0)\n\
         ('float64', (2000000,), 21875373502338.125)\n",
    );
}

#[test]
fn long_rows_are_looked_up_and_told_apart_over_the_disk() {
    check_arrays(
        "looked.rdk",
        "40MB",
        "s = da.from_array(np.arange(n) // 3 / 2.0, chunks=170_000)\n\
         m = da.where(v % 5 == 0, np.nan, v)\n\
         print(told(da.searchsorted(s, m, side='right').compute()))\n\
         print(told(da.searchsorted(s, m).compute()))\n\
         print(told(da.isin(v, da.from_array((np.arange(n) * 3 % n) / 4.0, chunks=170_000)).compute()))\n",
        "('int64', (2000000,), 78124456146824.0)\n\
         ('int64', (2000000,), 78124388646815.0)\n\
         ('bool', (2000000,), 49999980.0)\n",
    );
    check_arrays(
        "unique.rdk",
        "80MB",
        "y = da.concatenate([v, v[::-1], v[: n // 2] % 1000])\n\
         u, first, back, counts = da.unique(y, return_index=True, return_inverse=True, return_counts=True)\n\
         print(told(u.compute()), told(first.compute()), told(back.compute()), told(counts.compute()))\n\
         z = da.where(y > n // 10, np.nan, y)\n\
         u, counts = da.unique(z, return_counts=True)\n\
         print(told(u.compute()), told(counts.compute()))\n",
        "('float64', (2000008,), 12500078500165.5) ('int64', (2000008,), 100001911775979.0) \
         ('int64', (5000000,), 200203559230405.0) ('int64', (2000008,), 250000750.0)\n\
         ('float64', (1600002,), 8000011599913.0) ('int64', (1600002,), 243600826.0)\n",
    );
}

#[test]
fn orders_of_many_numbers_and_choices_from_them_are_as_long_as_they_are_wanted() {
    check_arrays(
        "orders.rdk",
        "60MB",
        "rng = da.random.default_rng(3)\n\
         o = rng.permutation(n).rechunk(100_000)\n\
         print(o.dtype, bool((da.sort(o) == da.arange(n)).all().compute()), bool((o != da.arange(n)).sum().compute() > n - 100))\n\
         c = rng.choice(10**12, 1000, replace=False).compute()\n\
         print(len(np.unique(c)), bool((c >= 0).all() and (c < 10**12).all()))\n\
         p = rng.permutation(v)\n\
         print(p.chunks == v.chunks, told(da.sort(p).compute()) == told(np.sort(v.compute())))\n\
         c = rng.choice(v, 100_000, replace=False)\n\
         print(len(np.unique(c.compute())), bool(da.isin(c, v).all().compute()))\n\
         print(rng.choice(v, (3, 4), chunks=2).chunks, rng.choice(3, (4, 5), p=[0, 1, 0]).compute().tolist()[0])\n\
         again = [da.random.default_rng(5).permutation(n)[::5000].compute().tolist() for _ in range(2)]\n\
         parts = da.random.default_rng(5).permutation(n).rechunk(1234)[::5000].compute().tolist()\n\
         print(again[0] == again[1], again[0] == parts)\n\
         print(len(np.unique(np.random.default_rng(1).choice(10**11, 50, replace=False))))\n",
        "int64 True True\n1000 True\nTrue True\n100000 True\n((2, 1), (2, 2)) [1, 1, 1, 1, 1]\nTrue True\n50\n",
    );
}

#[test]
fn products_of_arrays_larger_than_the_budget_are_made_in_blocks() {
    let script = Script::new(
        "products.rdk",
        "import tempfile\n\
         x = da.random.default_rng(1).random((1500, 1600), chunks=(300, 250))\n\
         y = da.random.default_rng(2).random((1600, 1400), chunks=(250, 350))\n\
         held = lambda a: a.map_blocks(lambda block: block + 0, dtype=a.dtype)\n\
         folder = tempfile.TemporaryDirectory()\n\
         x.to_zarr(folder.name + '/x')\n\
         z = da.from_zarr(folder.name + '/x')\n\
         def same(product, a, b):\n    \
             return np.allclose(product[::150, ::70].compute(), np.dot(a[::150].compute(), b[:, ::70].compute()))\n\
         print(same(x @ y, x, y), same(z @ y, x, y), same(held(x) @ y, x, y), same(da.dot(held(x), held(y)), x, y))\n\
         print(same(x @ x.T, x, x.T), same(z.T @ z, x.T, x), same((z - z.mean(axis=0)) @ y, x - x.mean(axis=0), y))\n\
         print(same(da.einsum('ij,kj->ik', x, z), x, x.T), same(da.tensordot(z, x, axes=((0,), (0,))), x.T, x))\n\
         a, b = z.reshape((5, 300, 1600)), y.reshape((5, 320, 1400))\n\
         c = da.tensordot(a, b.transpose((2, 0, 1)).reshape((1400, 1600)), axes=((2,), (1,)))\n\
         print(np.allclose(c[2, ::100, ::70].compute(), np.dot(x[600:900:100].compute(), y[:, ::70].compute())))\n\
         s = da.matmul(da.stack([x, z + 1]), y)\n\
         print(same(s[0], x, y), same(s[1], x + 1, y), abs((x @ y).sum().compute() / (x.sum(axis=0) @ y.sum(axis=1)).compute() - 1) < 1e-9)\n",
    );
    let out = "True True True True\nTrue True True\nTrue True\nTrue\nTrue True True\n";
    check(&["--memory", "24MB", script.path()], "", 0, out, "");
}

#[test]
fn few_different_elements_of_many_are_not_refused_for_what_they_might_be() {
    // As many as there are elements would take 128 MB.
    let text = "import dask.array as da\nu, c = da.unique(da.arange(16000000, chunks=1000000) % 1000, return_counts=True)\n\
                print(u.compute().shape, c.compute().sum(), c.compute().max())";
    check(&["--memory", "110MB", "-c", text], "", 0, "(1000,) 16000000 16000\n", "");
}

#[test]
fn functions_that_compute_in_little_memory_come_to_an_end() {
    let text = "x = da.random.default_rng(1).random((4000, 2000), chunks=(500, 500))\n\
                y = x.rechunk((-1, 20)).map_blocks(lambda b: b - b.mean(axis=0))\n\
                print(abs(y.sum().compute()) < 1e-6, y.max().compute() < 0.6)\n\
                x = x.rechunk((250, 250))\n\
                print(x.map_overlap(lambda b: b * 2, depth=3, boundary='reflect').max().compute() > 1.9)";
    check(&["--memory", "16MB", "-c", text], "", 0, "True True\nTrue\n", "");
}

#[test]
fn arrays_are_saved_chunk_by_chunk() {
    let text = "import tempfile\n\
                with tempfile.TemporaryDirectory() as folder:\n    \
                    x = da.random.default_rng(1).random((3000, 2000), chunks=(500, 400))\n    \
                    np.save(folder + '/x', x + 1)\n    \
                    y = da.from_array(np.load(folder + '/x.npy', mmap_mode='r'), chunks=(400, 500))\n    \
                    print(y.shape, y.dtype, (y == x + 1).all().compute())\n    \
                    da.to_npy_stack(folder + '/s', x)\n    \
                    print((da.from_npy_stack(folder + '/s') == x).all().compute())";
    check(&["--memory", "16MB", "-c", text], "", 0, "(3000, 2000) float64 True\nTrue\n", "");
}

#[test]
fn what_would_be_held_to_be_packed_is_refused_before_anything_runs() {
    let file = Script::new("packed.h5", "");
    let work = format!(
        "import h5py\nx = da.random.default_rng(1).random((1000, 1000), chunks=(100, 100))\npath = {:?}\n",
        file.path()
    );
    let run =
        |rest: &str, code, out, err| check(&["--memory", "16MB", "-c", &format!("{work}{rest}")], "", code, out, err);
    let message = "MemoryError: dataset '/x' is packed in chunks, for which it is held in memory";
    run("h5py.File(path, 'w').close()\nx.to_hdf5(path, '/x', compression='gzip')", 1, "", message);
    run("da.store(x, h5py.File(path, 'w').create_dataset('x', (1000, 1000), 'f8', chunks=(100, 100)))", 1, "", message);
    // What is packed already, and what is packed beside it, is held together with it.
    let y = "h5py.File(path, 'w').close()\ny = x[:300]\n";
    let several = "MemoryError: dataset '/a' with '/b' with '/c' is packed in chunks, for which it is held in memory";
    run(&format!("{y}da.to_hdf5(path, {{'/a': y, '/b': y, '/c': y}}, compression='gzip')"), 1, "", several);
    let one_by_one = "for name in ('/v', '/w', '/x'):\n    da.to_hdf5(path, name, y, compression='gzip')";
    run(&format!("{y}{one_by_one}"), 1, "", message);
    run(
        &format!("{y}y.to_hdf5(path, '/x', fillvalue=2.0, track_times=False)\nprint(h5py.File(path)['x'].chunks)"),
        0,
        "None\n",
        "",
    );
    let two = "f = h5py.File(path, 'w')\na, b = (f.create_dataset(name, (1000, 1000), 'f8') for name in 'ab')\n";
    run(
        &format!(
            "{two}da.store([x, x + 1], [a, b])\nprint((da.from_array(b, chunks=100) - da.from_array(a, chunks=100)).mean().compute().round(6))"
        ),
        0,
        "1.0\n",
        "",
    );
    run(
        "h5py.File(path, 'w').close()\nx.to_hdf5(path, '/x')\nf = h5py.File(path)\nprint(f['x'].chunks, (da.from_array(f['x']) == x).all().compute())",
        0,
        "None True\n",
        "",
    );
}

#[test]
fn data_is_put_aside_where_it_is_asked_for() {
    let folder = Script::new("aside.txt", "");
    let inside = format!("{}.d", folder.path());
    let work = "x = da.random.default_rng(1).random((3000, 3000), chunks=(100, 3000)).map_blocks(lambda b: b + 0)\n\
                y = x.rechunk((3000, 100)).map_blocks(lambda b: b * 1)\n\
                print(round(y.max().compute(), 3))\n";
    let look = "import os\nprint(len(os.listdir(dask.config.get('temporary_directory'))))\n";
    let run = |arguments: &[&str], text: &str, code: i32, out: &str, err: &str| {
        let arguments: Vec<&str> = ["--memory", "16MB"].iter().chain(arguments).chain(&["-c", text]).copied().collect();
        check(&arguments, "", code, out, err);
    };
    let asked = ["--temporary-directory", &inside];
    run(&asked, &format!("{work}{look}"), 0, "1.0\n1\n", "");
    let set = format!("_ = dask.config.set(temporary_directory={inside:?})\n");
    run(&[], &format!("{set}{work}{look}"), 0, "1.0\n1\n", "");
    assert_eq!(std::fs::read_dir(&inside).expect("it was made").count(), 0, "nothing is left behind");
    std::fs::remove_dir(&inside).expect("it is empty");
    // A folder that cannot be made.
    let wrong = format!("_ = dask.config.set(temporary_directory={:?})\n", format!("{}/inside", folder.path()));
    run(&[], &format!("{wrong}{work}"), 1, "", "OSError: data cannot be put aside on disk: no folder can be made in");
    // The help comes also where a step goes to disk by itself: what is taken of an array that finds no room.
    let taken = "v = da.random.default_rng(1).random(4_000_000, chunks=500_000)\n\
                 i = da.from_array((np.arange(700_000) * 7907) % 4_000_000, chunks=60_000)\n\
                 print(v[i].max().compute())\n";
    run(&[], &format!("{wrong}{taken}"), 1, "", "`dask.config.set(temporary_directory=…)` names another folder");
    run(
        &[],
        &format!("_ = dask.config.set(temporary_directory=5)\n{work}"),
        1,
        "",
        "TypeError: `temporary-directory`: expected a path",
    );
    let mut command = Command::new(binary());
    command.args(["-c", "dask.config.get('temporary_directory'), dask.config.get('array.chunk_size')"]);
    let output = command.env("DASK_TEMPORARY_DIRECTORY", "/scratch").env("DASK_ARRAY__CHUNK_SIZE", "1MiB").output();
    assert_eq!(String::from_utf8_lossy(&output.expect("it runs").stdout), "('/scratch', '1MiB')\n");
}

#[test]
fn what_is_computed_at_once_keeps_to_the_budget() {
    let run = |text: &str, err: &str| check(&["--memory", "100MB", "-c", text], "", 1, "", err);
    run("np.ones(20_000_000) + 1", "MemoryError");
    run("np.random.random(20_000_000)", "MemoryError");
}
