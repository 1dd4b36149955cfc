//! Record batches as payloads of the graph: what tasks of frames hand on.

use std::any::Any;
use std::io;
use std::sync::Arc;

use arrow::array::{Array, ArrayData, ArrayRef, AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, Float32Type, Float64Type, Schema, SchemaRef};
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use rdk_graph::{Data, Payload};
use rdk_runtime::{Result, error};
use rustc_hash::FxHashSet;

/// The rows of one partition, in order.
#[derive(Clone, Debug)]
pub struct Batches {
    /// The columns; known even where there are no rows.
    pub schema: SchemaRef,
    /// The rows.
    pub batches: Vec<RecordBatch>,
}

impl Batches {
    /// One batch.
    pub fn one(batch: RecordBatch) -> Batches {
        Batches { schema: batch.schema(), batches: vec![batch] }
    }

    /// How many rows.
    pub fn n_rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// All rows in one batch.
    pub fn whole(&self) -> Result<RecordBatch> {
        match &self.batches[..] {
            [one] => Ok(one.clone()),
            several => concat_batches(&self.schema, several).map_err(arrow_error),
        }
    }

    /// All rows of these, in order, in one batch.
    pub fn together<'a>(parts: impl IntoIterator<Item = &'a Batches>) -> Result<RecordBatch> {
        let mut batches = Vec::new();
        let mut schema = None;
        for part in parts {
            schema.get_or_insert_with(|| part.schema.clone());
            batches.extend(part.batches.iter().cloned());
        }
        match schema {
            Some(schema) => Batches { schema, batches }.whole(),
            None => Ok(RecordBatch::new_empty(Arc::new(arrow::datatypes::Schema::empty()))),
        }
    }

    /// The rows that a task has made.
    pub fn of(payload: &Payload) -> Result<&Batches> {
        payload
            .get::<Batches>()
            .ok_or_else(|| error!(RuntimeError: "internal error: a task did not get rows of a frame"))
    }
}

/// What arrow could not do, in the language's terms.
pub fn arrow_error(error: arrow::error::ArrowError) -> rdk_runtime::Error {
    use arrow::error::ArrowError;
    match error {
        ArrowError::DivideByZero => error!(ZeroDivisionError: "division by zero"),
        ArrowError::ArithmeticOverflow(what) => error!(OverflowError: "{what}"),
        ArrowError::CastError(what) | ArrowError::ParseError(what) => error!("{what}"),
        ArrowError::MemoryError(what) => error!(MemoryError: "{what}"),
        ArrowError::IoError(what, _) => error!(OSError: "{what}"),
        other => error!("{other}"),
    }
}

impl Data for Batches {
    fn n_bytes(&self) -> usize {
        match &self.batches[..] {
            [] => 64,
            [one] => one.get_array_memory_size() + 64,
            several => bytes_together(several) + 64,
        }
    }

    fn write(&self, to: &mut dyn io::Write) -> io::Result<()> {
        let mut writer = StreamWriter::try_new(to, &self.schema).map_err(io::Error::other)?;
        for batch in &self.batches {
            writer.write(batch).map_err(io::Error::other)?;
        }
        writer.finish().map_err(io::Error::other)
    }

    fn reader(&self) -> fn(&mut dyn io::Read) -> io::Result<Payload> {
        read
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Bytes of memory that these hold together: several may be slices of one.
fn bytes_together(batches: &[RecordBatch]) -> usize {
    fn add(data: &ArrayData, seen: &mut FxHashSet<usize>) -> usize {
        let nulls = data.nulls().map(|nulls| nulls.buffer());
        let buffers = data.buffers().iter().chain(nulls);
        let own = buffers.filter(|buffer| seen.insert(buffer.data_ptr().as_ptr() as usize));
        let own: usize = own.map(|buffer| buffer.capacity()).sum();
        own + data.child_data().iter().map(|child| add(child, seen)).sum::<usize>()
    }
    let mut seen = FxHashSet::default();
    let columns = batches.iter().flat_map(|batch| batch.columns());
    columns.map(|column| 64 + add(&column.to_data(), &mut seen)).sum()
}

/// A column as rows are compared by it: `-0.0` and `0.0` are equal and get the same bytes.
pub fn as_key(column: &ArrayRef) -> ArrayRef {
    match column.data_type() {
        DataType::Float32 => Arc::new(column.as_primitive::<Float32Type>().unary::<_, Float32Type>(|x| x + 0.0)),
        DataType::Float64 => Arc::new(column.as_primitive::<Float64Type>().unary::<_, Float64Type>(|x| x + 0.0)),
        _ => column.clone(),
    }
}

/// A column as bytes.
pub fn column_written(column: &ArrayRef) -> Result<Vec<u8>> {
    let field = Field::new("column", column.data_type().clone(), true);
    let batch = RecordBatch::try_new(Arc::new(Schema::new(vec![field])), vec![column.clone()]).map_err(arrow_error)?;
    let mut bytes = Vec::new();
    let written = Batches::one(batch).write(&mut bytes);
    written.map_err(|error| error!(OSError: "a column could not be written: {error}"))?;
    Ok(bytes)
}

/// A column out of bytes.
pub fn column_read(bytes: &[u8]) -> Result<ArrayRef> {
    let payload = read(&mut &bytes[..]).map_err(|error| error!(OSError: "a column could not be read: {error}"))?;
    let batch = Batches::of(&payload)?.whole()?;
    match batch.num_columns() {
        0 => Err(error!("a column is damaged")),
        _ => Ok(batch.column(0).clone()),
    }
}

/// The rows that were written as a payload.
pub fn read(from: &mut dyn io::Read) -> io::Result<Payload> {
    let reader = StreamReader::try_new(from, None).map_err(io::Error::other)?;
    let schema = reader.schema();
    let batches = reader.collect::<std::result::Result<Vec<_>, _>>().map_err(io::Error::other)?;
    Ok(Payload::new(Batches { schema, batches }))
}

/// The rows of one partition, split: one pile for each partition of what comes next.
#[derive(Clone, Debug)]
pub struct Piles(pub Vec<Batches>);

impl Data for Piles {
    fn n_bytes(&self) -> usize {
        self.0.iter().map(Data::n_bytes).sum()
    }

    fn write(&self, to: &mut dyn io::Write) -> io::Result<()> {
        to.write_all(&(self.0.len() as u64).to_le_bytes())?;
        for pile in &self.0 {
            let mut bytes = Vec::new();
            pile.write(&mut bytes)?;
            to.write_all(&(bytes.len() as u64).to_le_bytes())?;
            to.write_all(&bytes)?;
        }
        Ok(())
    }

    fn reader(&self) -> fn(&mut dyn io::Read) -> io::Result<Payload> {
        read_piles
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn read_piles(from: &mut dyn io::Read) -> io::Result<Payload> {
    let mut piles = Vec::new();
    for _ in 0..number(from)? {
        let length = number(from)?;
        let mut one = io::Read::take(&mut *from, length);
        let payload = read(&mut one)?;
        io::copy(&mut one, &mut io::sink())?;
        piles.extend(payload.get::<Batches>().cloned());
    }
    Ok(Payload::new(Piles(piles)))
}

fn number(from: &mut dyn io::Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    from.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}
