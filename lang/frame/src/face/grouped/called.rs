//! Functions of the user's that are called with each group: `filter`, `transform`, `apply`.

use super::*;

impl GroupBy {
    pub(super) fn filter(&self, context: &Context, func: &Value) -> Result<Value> {
        let groups = Groups::of(context, self)?;
        let mut rows = Vec::new();
        for group in 0..groups.rows.len() {
            let answer = context.call(func, Args::one(Frame::eager(groups.group(group)?)))?;
            if rdk_runtime::operators::truth(context, &answer)? {
                rows.extend(groups.rows[group].iter().copied());
            }
        }
        rows.sort_unstable();
        items::rows_at(context, &self.view, Take::Rows(rows))
    }

    /// A function of each group, whose result stands beside each of its rows.
    pub(super) fn transform(&self, context: &Context, func: &Value, more: &[Value]) -> Result<Value> {
        if let Value::Str(name) = func
            && matches!(&**name, "cumsum" | "cumprod" | "cummax" | "cummin" | "ffill" | "shift" | "diff" | "rank")
        {
            return self.simple(context, name, more);
        }
        if let Ok((reduction, _)) = Reduction::of(func) {
            let groups = Groups::of(context, self)?;
            let mut wanted = Vec::new();
            for named in self.values() {
                let (label, expr) = (named.label.clone(), named.expr.clone());
                wanted.push(Wanted { label, expr, reduction, needs: Needs::Nothing });
            }
            let batch = self.unsorted(context, wanted)?;
            let place_of = |at: usize| groups.appearance[at] as u64;
            return self.along_rows(context, "transform", |groups, at| {
                let column = batch.column(groups.n_keys + at);
                let mut places: Vec<Option<u64>> = vec![None; groups.batch.num_rows()];
                for (group, rows) in groups.rows.iter().enumerate() {
                    rows.iter().for_each(|&row| places[row as usize] = Some(place_of(group)));
                }
                take(column, &UInt64Array::from(places), None).map_err(arrow_error)
            });
        }
        self.along_rows(context, "transform", |groups, at| {
            let mut pieces = Vec::new();
            for group in 0..groups.rows.len() {
                context.check()?;
                let n = groups.rows[group].len();
                let answer = self.called(context, func, groups.group_column(group, at)?, more)?;
                pieces.push(match answer.get::<Frame>() {
                    Some(frame) => {
                        let batch = lower::in_memory(&lower::compute_now(context, &frame.view())?)?;
                        match batch.columns().last() {
                            Some(column) if column.len() == n => column.clone(),
                            _ => {
                                bail!("the function of `transform` gives a value, or as many as there are in the group")
                            }
                        }
                    }
                    None => match cell::column_of(&answer, "of results")? {
                        Some(column) if column.len() == n => column,
                        Some(_) => {
                            bail!("the function of `transform` gives a value, or as many as there are in the group")
                        }
                        None => cell::column(&vec![answer; n], "of results")?,
                    },
                });
            }
            groups.scattered(&unified(pieces)?)
        })
    }

    /// A function of a group: a callable, or a method by name.
    pub(super) fn called(&self, context: &Context, func: &Value, group: View, more: &[Value]) -> Result<Value> {
        let group = Frame::eager(group);
        match func {
            Value::Str(name) => {
                let method = rdk_runtime::operators::attribute(context, &group, name)?;
                context.call(&method, Args::of(more.iter().cloned()))
            }
            func => context.call(func, Args::of(std::iter::once(group).chain(more.iter().cloned()))),
        }
    }

    pub(super) fn apply(&self, context: &Context, func: &Value, more: &[Value]) -> Result<Value> {
        self.apply_each(context, &|group| self.called(context, func, group, more))
    }

    /// What is made of each group, put together.
    pub fn apply_each(&self, context: &Context, one: &dyn Fn(View) -> Result<Value>) -> Result<Value> {
        let groups = Groups::of(context, self)?;
        let mut results = Vec::new();
        for group in 0..groups.rows.len() {
            context.check()?;
            results.push(one(groups.group(group)?)?);
        }
        let views: Option<Vec<View>> = results.iter().map(View::from_value).collect();
        let Some(views) = views else {
            let label = if self.series { self.view.label().clone() } else { None };
            let view = groups.result(vec![(label, cell::column(&results, "of results")?)], true)?;
            return self.finished(context, view, Fill::Zero);
        };
        let Some(first) = views.first().cloned() else {
            return self.finished(context, groups.result(vec![], false)?, Fill::Nothing);
        };
        let batches = views.iter().map(|view| lower::in_memory(&lower::compute_now(context, view)?));
        let batches = batches.collect::<Result<Vec<_>>>()?;
        let n_index = first.index.len();
        let same_index = first.shape == Shape::Series
            && !self.series
            && batches
                .iter()
                .all(|batch| batch.columns()[..n_index].iter().zip(batches[0].columns()).all(|(a, b)| a == b));
        if same_index && n_index == 1 {
            // Rows side by side: a column for each label.
            let mut columns = Vec::new();
            for row in 0..batches[0].num_rows() {
                let label = Label::of(&cell::value(batches[0].column(0), row));
                let cells = batches.iter().map(|batch| batch.column(n_index).slice(row, 1)).collect();
                columns.push((label, joined(cells)?));
            }
            return self.finished(context, groups.result(columns, false)?, Fill::Nothing);
        }
        // Below each other: the keys stand before the index.
        let mut numbers = Vec::new();
        for (group, batch) in batches.iter().enumerate() {
            numbers.extend(std::iter::repeat_n(group as u64, batch.num_rows()));
        }
        let n = numbers.len();
        let numbers = UInt64Array::from(numbers);
        let mut arrays = Vec::new();
        let mut index = Vec::new();
        if self.as_index && self.group_keys {
            for key in groups.key_columns()? {
                arrays.push(take(&key, &numbers, None).map_err(arrow_error)?);
            }
            index.extend(groups.keys.iter().cloned());
        }
        index.extend(first.index.iter().map(|named| named.label.clone()));
        for at in 0..batches[0].num_columns() {
            let pieces = batches.iter().map(|batch| match batch.columns().get(at) {
                Some(column) => Ok(column.clone()),
                None => bail!("the function of `apply` gives frames of other columns for other groups"),
            });
            arrays.push(joined(pieces.collect::<Result<Vec<_>>>()?)?);
        }
        let columns = first.columns.iter().map(|named| named.label.clone()).collect();
        let gather = Gather { index, columns, shape: first.shape, counted: false, across: Vec::new() };
        Ok(Frame::eager(gather.of_batch(&beside(arrays, n)?)?))
    }
}
