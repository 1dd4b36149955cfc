//! The same for lazy groups: rows come together first, apart by their keys where the result allows it.

use super::super::map_partitions;
use super::*;

/// Methods that give a row for each group: groups can be looked at apart, and their rows brought in order.
const A_ROW_EACH: [&str; 9] = ["first", "last", "idxmax", "idxmin", "prod", "sem", "skew", "quantile", "median"];

impl GroupBy {
    /// The same groups with all rows in one partition, and a method called on them there.
    pub fn lazily(
        &self,
        context: &Context,
        method: &str,
        args: Vec<Value>,
        options: Vec<(Name, Value)>,
    ) -> Result<Value> {
        // Rows keep their keys, reductions do not.
        let values: Vec<Named> = match method {
            "head" | "tail" | "nth" | "filter" => self.view.columns.clone(),
            _ => self.values().into_iter().cloned().collect(),
        };
        let columns = self.keys.iter().cloned().chain(values).collect();
        let wide = self.view.with_columns(columns, Shape::Frame, "groupby");
        let apart = self.sort && self.as_index && self.observed && wide.rows.n_partitions > 1;
        if apart && (A_ROW_EACH.contains(&method) || method == "apply") {
            let shuffled = self.by_key(context, &wide)?;
            let made = self.in_partitions(context, &shuffled, method, args.clone(), options.clone())?;
            let made = View::from_value(&made).ok_or_else(|| error!(RuntimeError: "internal error: no frame"))?;
            let labelled = self.keys.iter().zip(&made.index).filter(|(key, level)| key.label == level.label).count();
            // What has no keys as labels stands in the order of the rows, which is lost here.
            if labelled == self.keys.len() {
                let keys = (0..self.keys.len()).map(|column| Key { column, descending: false, missing_first: false });
                return Ok(Frame::lazy(ordered_apart(context, &made, keys.collect(), "groupby-sort")?));
            }
        }
        self.in_partitions(context, &wholes::one_partition(context, &wide)?, method, args, options)
    }

    /// A method called on the groups of each partition.
    fn in_partitions(
        &self,
        context: &Context,
        wide: &View,
        method: &str,
        args: Vec<Value>,
        options: Vec<(Name, Value)>,
    ) -> Result<Value> {
        let wide = View { rows: wide.rows.uncounted(), ..wide.clone() };
        let facts = [self.series, self.sort, self.dropna, self.as_index, self.observed].map(Value::Bool);
        let mut all = vec![Value::str(method), Value::Int(self.keys.len() as i64), Value::tuple(facts)];
        all.push(Value::tuple(args));
        let builtin = hidden::builtins().pop().ok_or_else(|| error!(RuntimeError: "internal error: no method"))?;
        map_partitions::map_partitions(context, &wide, &Value::Builtin(Arc::new(builtin)), all, options)
    }

    /// The rows of each group in one partition, by a hash of their keys, which are the first columns.
    fn by_key(&self, context: &Context, wide: &View) -> Result<View> {
        let n = wide.rows.n_partitions;
        let split = Arc::new(SplitByHash { skip: wide.index.len(), n_keys: self.keys.len(), n });
        let stack = Arc::new(FromPiles { then: Whole::at(Stack, context.place()) });
        let schema = step_schema(wide)?;
        let rows = Rows::step("shuffle", stack, vec![wide.clone()], Wiring::Shuffle(vec![split]), n, schema)?;
        Ok(over_step(wide, &rows))
    }
}

/// Keywords that travelled as pairs.
pub(super) fn named_of(pairs: Option<&Value>) -> Vec<(Name, Value)> {
    let pairs = pairs.and_then(Value::items).unwrap_or_default();
    let pair = |pair: Value| match pair.items().as_deref() {
        Some([name, value]) => Some((Name::from(name.text().as_str()), value.clone())),
        _ => None,
    };
    pairs.into_iter().filter_map(pair).collect()
}

/// What a lazy groupby calls on its rows when they have come together.
mod hidden {
    use super::*;

    builtins! {
        /// A method of groups, on rows whose first columns are the keys.
        fn grouped[context](/** The rows. */ this: View, /** The method. */ method: String, /** How many columns are keys. */ n_keys: usize, /** Facts about the groups. */ facts: Value, /** What it is called with. */ args: Value) -> Result<Value> {
            let facts: Vec<bool> = facts.items().unwrap_or_default().iter().map(|fact| matches!(fact, Value::Bool(true))).collect();
            let [series, sort, dropna, as_index, observed] = facts[..] else { bail!(RuntimeError: "internal error: no facts about groups") };
            let keys = this.columns[..n_keys].to_vec();
            let view = this.with_columns(this.columns[n_keys..].to_vec(), Shape::Frame, "groupby");
            let group = GroupBy { view, keys, series, chosen: true, sort, dropna, as_index, group_keys: true, keys_in_list: false, observed };
            group.simple(context, &method, &args.items().unwrap_or_default())
        }
    }
}
