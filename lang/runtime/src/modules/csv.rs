//! `csv`: tables as text with separators.

use std::any::Any;
use std::sync::{Arc, LazyLock};

use crate::class::{Class, ClassRef, Module, entries};
use crate::context::Context;
use crate::convert::{FromValue, describe};
use crate::error::Result;
use crate::evaluate::{Walk, collect, iterate};
use crate::object::Object;
use crate::types::types;
use crate::value::{Dict, HashKey, Value};
use crate::{Args, bail, builtins, operators};

/// The module `csv`.
pub fn module() -> Arc<Module> {
    Module::new("csv", "Tables as text with separators.", || {
        let mut names = entries(builtins());
        for (at, name) in ["QUOTE_MINIMAL", "QUOTE_ALL", "QUOTE_NONNUMERIC", "QUOTE_NONE"].into_iter().enumerate() {
            names.push((name, Value::from(at)));
        }
        names
    })
}

builtins! {
    /// Rows as lists of texts, from an open file or anything that gives lines.
    ///
    /// ```rdk
    /// import csv
    /// list(csv.reader(["a,b", '"x, y",2']))
    /// #> [['a', 'b'], ['x, y', '2']]
    /// ```
    fn reader[context](
        /// Lines.
        csvfile: Value,
        /// Accepted, not used.
        dialect: Option<Value>,
        /// What stands between the fields.
        delimiter: String = ",",
        /// What stands round a field that has separators in it.
        quotechar: String = "\"",
        /// Whether spaces after a separator do not count.
        skipinitialspace: bool = false,
    ) -> Result<Value> {
        let _ = dialect;
        let mut rows = Rows { lines: iterate(context, &csvfile)?, form: Form::new(&delimiter, &quotechar, skipinitialspace)? };
        Ok(Value::iter("_csv.reader", move |context| rows.next(context).transpose().map(|row| row.map(Value::from))))
    }

    /// Rows as dicts, whose keys are the first row.
    ///
    /// ```rdk
    /// import csv
    /// list(csv.DictReader(["name,n", "x,1", "y,2"]))
    /// #> [{'name': 'x', 'n': '1'}, {'name': 'y', 'n': '2'}]
    /// ```
    fn DictReader[context](
        /// Lines.
        f: Value,
        /// The keys; the first row if not given.
        fieldnames: Option<Value>,
        /// The key of what is left over in a long row.
        restkey: Option<Value>,
        /// What stands for what a short row lacks.
        restval: Option<Value>,
        /// Accepted, not used.
        dialect: Option<Value>,
        /// What stands between the fields.
        delimiter: String = ",",
        /// What stands round a field that has separators in it.
        quotechar: String = "\"",
        /// Whether spaces after a separator do not count.
        skipinitialspace: bool = false,
    ) -> Result<Value> {
        let _ = dialect;
        let mut rows = Rows { lines: iterate(context, &f)?, form: Form::new(&delimiter, &quotechar, skipinitialspace)? };
        let mut names = fieldnames.map(|names| collect(context, &names)).transpose()?;
        Ok(Value::iter("DictReader", move |context| {
            next_dict(context, &mut rows, &mut names, restkey.as_ref(), restval.as_ref()).transpose()
        }))
    }

    /// Writes rows to an open file, or anything with a `write`.
    ///
    /// ```rdk
    /// import csv, sys
    /// n = csv.writer(sys.stdout, lineterminator="\n").writerow(["a", 1, 2.5, None, "x,y"])
    /// #> a,1,2.5,,"x,y"
    /// ```
    fn writer(
        /// The file.
        csvfile: Value,
        /// Accepted, not used.
        dialect: Option<Value>,
        /// What stands between the fields.
        delimiter: String = ",",
        /// What stands round a field that has separators in it.
        quotechar: String = "\"",
        /// What ends a row.
        lineterminator: String = "\r\n",
        /// Which fields are quoted: `csv.QUOTE_MINIMAL`, `QUOTE_ALL`, `QUOTE_NONNUMERIC`.
        quoting: i64 = 0,
    ) -> Result<Value> {
        let _ = dialect;
        let form = Form::new(&delimiter, &quotechar, false)?;
        Ok(Value::object(Writer(Arc::new(Target { file: csvfile, form, end: lineterminator, quoting, names: None, rest: Value::None }))))
    }

    /// Writes dicts as rows.
    ///
    /// ```rdk
    /// import csv, sys
    /// w = csv.DictWriter(sys.stdout, ["a", "b"], lineterminator="\n")
    /// n = w.writerow({"b": 2, "a": 1})
    /// #> 1,2
    /// ```
    fn DictWriter[context](
        /// The file.
        f: Value,
        /// The keys, in the order of the columns.
        fieldnames: Value,
        /// What stands for a key that is not there.
        restval: Value = "",
        /// Accepted, not used.
        dialect: Option<Value>,
        /// What stands between the fields.
        delimiter: String = ",",
        /// What stands round a field that has separators in it.
        quotechar: String = "\"",
        /// What ends a row.
        lineterminator: String = "\r\n",
        /// Which fields are quoted: `csv.QUOTE_MINIMAL`, `QUOTE_ALL`, `QUOTE_NONNUMERIC`.
        quoting: i64 = 0,
    ) -> Result<Value> {
        let _ = dialect;
        let (form, names) = (Form::new(&delimiter, &quotechar, false)?, Some(collect(context, &fieldnames)?));
        Ok(Value::object(Writer(Arc::new(Target { file: f, form, end: lineterminator, quoting, names, rest: restval }))))
    }
}

mod methods {
    use super::*;

    builtins! {
        /// Writes a row; gives what `write` of the file gives.
        fn writerow[context](
            this: Writer,
            /// A list of values, or a dict for a `DictWriter`.
            row: Value,
        ) -> Result<Value> { this.0.row(context, &row) }

        /// Writes several rows.
        fn writerows[context](
            this: Writer,
            /// The rows.
            rows: Value,
        ) -> Result<()> {
            let mut walk = iterate(context, &rows)?;
            while let Some(row) = walk.next(context)? {
                context.check()?;
                this.0.row(context, &row)?;
            }
            Ok(())
        }

        /// Writes the names of the columns, for a `DictWriter`.
        fn writeheader[context](this: Writer) -> Result<Value> {
            match &this.0.names {
                Some(names) => this.0.fields(context, names),
                None => bail!(TypeError: "a writer without names has no header"; hint: "`csv.DictWriter(file, names)`"),
            }
        }
    }
}

/// How fields are told apart.
struct Form {
    delimiter: char,
    quote: char,
    skip_spaces: bool,
}

impl Form {
    fn new(delimiter: &str, quote: &str, skip_spaces: bool) -> Result<Form> {
        let one = |text: &str, name: &str| {
            let mut chars = text.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => Ok(c),
                _ => {
                    bail!(TypeError: "\"{name}\" must be a 1-character string"; hint: "got {}", Value::str(text).repr())
                }
            }
        };
        Ok(Form { delimiter: one(delimiter, "delimiter")?, quote: one(quote, "quotechar")?, skip_spaces })
    }
}

/// Rows in the making.
struct Rows {
    lines: Walk,
    form: Form,
}

impl Rows {
    /// The next row; a quoted field may go over several lines.
    fn next(&mut self, context: &Context) -> Result<Option<Vec<String>>> {
        let (mut fields, mut field, mut quoted, mut begun) = (Vec::new(), String::new(), false, false);
        loop {
            let Some(line) = self.lines.next(context)? else {
                if begun {
                    fields.push(field);
                    return Ok(Some(fields));
                }
                return Ok(None);
            };
            let Some(line) = line.as_str() else {
                bail!(TypeError: "iterator should return strings, got {}", describe(&line); hint: "open the file for text, without `b`");
            };
            let mut chars = line.chars().peekable();
            let mut at_start = !quoted;
            if !quoted && line.trim_end_matches(['\r', '\n']).is_empty() {
                return Ok(Some(Vec::new()));
            }
            begun = true;
            while let Some(c) = chars.next() {
                if quoted {
                    if c != self.form.quote {
                        field.push(c);
                    } else if chars.peek() == Some(&self.form.quote) {
                        field.push(c);
                        chars.next();
                    } else {
                        quoted = false;
                    }
                } else if c == self.form.delimiter {
                    fields.push(std::mem::take(&mut field));
                    at_start = true;
                    continue;
                } else if c == self.form.quote && at_start {
                    quoted = true;
                } else if c == ' ' && at_start && self.form.skip_spaces {
                    continue;
                } else if !matches!(c, '\r' | '\n') {
                    field.push(c);
                }
                at_start = false;
            }
            if !quoted {
                fields.push(field);
                return Ok(Some(fields));
            }
        }
    }
}

fn next_dict(
    context: &Context,
    rows: &mut Rows,
    names: &mut Option<Vec<Value>>,
    rest_key: Option<&Value>,
    rest: Option<&Value>,
) -> Result<Option<Value>> {
    let names = match names {
        Some(names) => names,
        None => {
            let Some(first) = rows.next(context)? else { return Ok(None) };
            names.insert(first.into_iter().map(Value::from).collect())
        }
    };
    let row = loop {
        match rows.next(context)? {
            None => return Ok(None),
            Some(row) if row.is_empty() => continue,
            Some(row) => break row,
        }
    };
    let dict = Dict::default();
    {
        let mut items = dict.0.lock();
        let mut row = row.into_iter();
        for name in names.iter() {
            let value = row.next().map(Value::from).unwrap_or_else(|| rest.cloned().unwrap_or_default());
            items.insert(HashKey::new(name.clone())?, value);
        }
        let left: Vec<Value> = row.map(Value::from).collect();
        if !left.is_empty() {
            items.insert(HashKey::new(rest_key.cloned().unwrap_or_default())?, Value::list(left));
        }
    }
    Ok(Some(Value::Dict(Arc::new(dict))))
}

/// Where rows are written, and how.
struct Target {
    file: Value,
    form: Form,
    end: String,
    quoting: i64,
    /// The keys of dicts.
    names: Option<Vec<Value>>,
    rest: Value,
}

#[derive(Clone)]
struct Writer(Arc<Target>);

impl Target {
    fn row(&self, context: &Context, row: &Value) -> Result<Value> {
        let Some(names) = &self.names else {
            return self.fields(context, &collect(context, row)?);
        };
        let Some(dict) = <Arc<Dict>>::from_value(row) else {
            bail!(TypeError: "`row` of writerow(): expected a dict, got {}", describe(row));
        };
        let items = dict.0.lock().clone();
        if let Some(strange) = items
            .keys()
            .find(|key| !names.iter().any(|name| operators::equal(context, name, key.value()).unwrap_or(false)))
        {
            bail!("dict contains fields not in fieldnames: {}", strange.value().repr());
        }
        let values: Result<Vec<Value>> = names
            .iter()
            .map(|name| Ok(items.get(&HashKey::new(name.clone())?).cloned().unwrap_or_else(|| self.rest.clone())))
            .collect();
        self.fields(context, &values?)
    }

    fn fields(&self, context: &Context, values: &[Value]) -> Result<Value> {
        let alone = values.len() == 1;
        let fields: Vec<String> = values.iter().map(|value| self.field(value, alone)).collect();
        let line = fields.join(self.form.delimiter.encode_utf8(&mut [0; 4])) + &self.end;
        let write = operators::attribute(context, &self.file, "write")?;
        context.call(&write, Args::one(Value::from(line)))
    }

    fn field(&self, value: &Value, alone: bool) -> String {
        let text = if value.is_none() { String::new() } else { value.text() };
        let special = |c: char| c == self.form.delimiter || c == self.form.quote || matches!(c, '\r' | '\n');
        let number = value.as_f64().is_some();
        let quoted = match self.quoting {
            1 => true,
            2 => !number,
            3 => false,
            _ => text.contains(special) || (alone && text.is_empty()),
        };
        if !quoted {
            return text;
        }
        let quote = self.form.quote;
        let doubled = text.replace(quote, &format!("{quote}{quote}"));
        format!("{quote}{doubled}{quote}")
    }
}

static CLASS: LazyLock<ClassRef> = LazyLock::new(|| {
    let class = Class::new("writer", "_csv", "Writes rows.").base(types().object.clone());
    Arc::new(class.methods(methods::builtins()))
});

impl FromValue for Writer {
    fn expected() -> &'static str {
        "a csv.writer"
    }

    fn from_value(value: &Value) -> Option<Writer> {
        value.get::<Writer>().cloned()
    }
}

impl Object for Writer {
    fn class(&self) -> ClassRef {
        CLASS.clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        "<_csv.writer object>".into()
    }
}
