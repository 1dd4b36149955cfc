//! `x.explain()`: what a compute would do, before it does it.

use rdk_runtime::compute::Machine;
use rdk_runtime::context::Stream;
use rdk_runtime::{Context, FromValue, Result, Value, builtins};

use super::properties::Lazy;

builtins! {
    /// Prints what computing it would do: operations, tasks, time and memory. Runs nothing.
    ///
    /// Each line is one pass over chunks, with the functions that it does one after the other. Times are estimates.
    ///
    /// ```rdk
    /// x = da.random.random((4000, 4000), chunks=(1000, 1000))
    /// (np.cos(x) ** 2).mean(axis=1).explain(memory="1GiB", threads=2)
    /// #> operation                            tasks  chunk         reads       makes   time
    /// #> uniform → cos → square → mean_chunk     16  (1000, 1000)         125.00 kiB  15 ms
    /// #> mean_agg-aggregate                       4                        31.25 kiB   1 ms
    /// #> 20 tasks, 0 B read, about 15 ms on 2 threads, at most 310.69 kiB of 1.00 GiB in memory
    /// ```
    fn explain[context](
        /// The array.
        this: Value,
        /// For how much memory, such as `"2GiB"`; what this session may hold if left out.
        memory: Option<String>,
        /// For how many threads; those of this session if left out.
        threads: Option<i64>,
    ) -> Result<()> { explained(context, &this, memory, threads) }
}

fn explained(context: &Context, this: &Value, memory: Option<String>, threads: Option<i64>) -> Result<()> {
    let Lazy(array) = Lazy::try_from_value(this)?;
    let Machine { threads, memory } = Machine::asked(context, memory, threads)?;
    let explanation = array.explain(threads, memory)?;
    context.shared.output.write(Stream::Out, &explanation.text());
    Ok(())
}
