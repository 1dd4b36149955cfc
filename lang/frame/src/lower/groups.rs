//! Partial results of groups of which there are so many that no task should hold all of them.
//!
//! How many groups there are is known only when they have been made. So a task that merges neighbours ([`Condense`]) looks at what it gets: little
//! becomes one result, much goes to disk in piles, by a hash of the keys, and is handed on as it lies. At the end each pile is
//! made by itself ([`LastOfPile`]), and the groups of all piles come in the order in which they appear first ([`InOrder`]):
//!
//! ```text
//! parts 0 … 15 ─ condense ─ one result ─┐                  ┌─ pile 0 ─┐
//! parts 16 … 31 ─ condense ─ a shelf ───┴─ condense ─ … ───┼─ pile 1 ─┼─ in order
//!                                                          └─ pile 2 ─┘
//! ```
//!
//! Where nothing went to disk the first pile is all there is.

use std::any::Any;
use std::io;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, UInt64Array};
use arrow::compute::take_record_batch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use rdk_graph::{Call, Data, Failure, Operation, Payload, Shelf};
use rdk_runtime::Result;
use rdk_runtime::compute::not_put_aside;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::batches::{Batches, arrow_error, read};
use crate::steps::{comparable, scattered};

/// How partial results are cut into piles.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Cutting {
    /// So many columns stand in front: the keys.
    pub n_keys: usize,
    /// How many piles.
    pub n_piles: usize,
}

/// Merges partial results if they are few, and puts them aside in piles if they are many.
#[derive(Debug)]
pub struct Condense {
    /// Merges them.
    pub merge: Arc<dyn Operation>,
    /// How they are cut otherwise.
    pub cutting: Cutting,
    /// More bytes than these are many.
    pub most: u64,
}

/// Partial results in order: shelves with piles, and what was handed on with them.
struct Heap(Vec<Payload>);

impl Operation for Condense {
    fn name(&self) -> &str {
        self.merge.name()
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        let batches = call.inputs.iter().map(|input| input.get::<Batches>()).collect::<Option<Vec<_>>>();
        let n_bytes = call.inputs.iter().map(|input| input.0.n_bytes() as u64).sum::<u64>();
        if let Some(batches) = batches
            && n_bytes <= self.most
        {
            let together = [Payload::new(joined(batches))];
            return alone(&*self.merge, together, call);
        }
        let mut heap = Vec::new();
        let mut waiting: Vec<Payload> = Vec::new();
        for input in call.inputs.iter_mut() {
            let input = std::mem::replace(input, Payload::new(Heap(Vec::new())));
            let Some(Heap(own)) = input.get::<Heap>() else {
                waiting.push(input);
                continue;
            };
            self.put_aside(&mut waiting, &mut heap, call.cancel)?;
            heap.extend(own.iter().cloned());
        }
        self.put_aside(&mut waiting, &mut heap, call.cancel)?;
        Ok(Payload::new(Heap(heap)))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        let (kind, bytes) = self.merge.encode();
        ("frame.condense", postcard::to_stdvec(&(kind, bytes, self.cutting, self.most)).unwrap_or_default())
    }
}

impl Condense {
    /// Writes these results to one shelf.
    fn put_aside(
        &self,
        waiting: &mut Vec<Payload>,
        heap: &mut Vec<Payload>,
        cancel: &rdk_graph::Cancel,
    ) -> std::result::Result<(), Failure> {
        if waiting.is_empty() {
            return Ok(());
        }
        let failure = |error| Failure::Error(Box::new(error));
        let results = std::mem::take(waiting);
        let batches = results.iter().map(Batches::of).collect::<Result<Vec<_>>>().map_err(failure)?;
        let schema = placed_schema(&batches[0].schema);
        let mut pieces = Vec::new();
        let mut start = 0;
        for batch in batches.iter().flat_map(|batches| &batches.batches) {
            pieces.push((batch, self.cutting.piles(batch).map_err(failure)?, start));
            start += batch.num_rows() as u64;
        }
        let shelf = Shelf::write(self.cutting.n_piles, |pile, file| {
            if cancel.requested() {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let taken = pieces.iter().filter(|(_, piles, _)| !piles[pile].is_empty()).map(|(batch, piles, start)| {
                let places = piles[pile].iter().copied();
                with_places(batch, places.clone().collect(), places.map(|place| start + place).collect(), &schema)
            });
            let batches = taken.collect::<Result<Vec<_>>>().map_err(|error| io::Error::other(error.to_string()))?;
            Data::write(&Batches { schema: schema.clone(), batches }, file)
        });
        match shelf {
            Ok(shelf) => heap.push(Payload::new(shelf)),
            Err(_) if cancel.requested() => return Err(Failure::Cancelled),
            Err(problem) => return Err(Failure::Storage(format!("rows cannot be put aside on disk: {problem}"))),
        }
        Ok(())
    }
}

impl Cutting {
    /// The rows of each pile.
    fn piles(&self, batch: &RecordBatch) -> Result<Vec<Vec<u64>>> {
        scattered(&batch.columns()[..self.n_keys], batch.num_rows(), self.n_piles)
    }
}

/// The columns of a result, and the place of each row among those of the results that it came with.
fn placed_schema(schema: &SchemaRef) -> SchemaRef {
    let place = Arc::new(Field::new("place", DataType::UInt64, true));
    Arc::new(Schema::new(schema.fields().iter().cloned().chain([place]).collect::<Vec<_>>()))
}

/// These rows, with a number each.
fn with_places(batch: &RecordBatch, rows: Vec<u64>, places: Vec<u64>, schema: &SchemaRef) -> Result<RecordBatch> {
    let taken = take_record_batch(batch, &UInt64Array::from(rows)).map_err(arrow_error)?;
    let places: ArrayRef = Arc::new(UInt64Array::from(places));
    let columns = taken.columns().iter().cloned().chain([places]).collect();
    RecordBatch::try_new(schema.clone(), columns).map_err(arrow_error)
}

/// Several results, one behind the other.
fn joined(batches: Vec<&Batches>) -> Batches {
    let schema = batches[0].schema.clone();
    Batches { schema, batches: batches.iter().flat_map(|batches| batches.batches.iter().cloned()).collect() }
}

/// Runs an operation that has one partition on one input.
fn alone(
    operation: &dyn Operation,
    mut inputs: [Payload; 1],
    call: &Call<'_>,
) -> std::result::Result<Payload, Failure> {
    operation.run(&mut Call { index: &[0], inputs: &mut inputs, crew: call.crew, cancel: call.cancel, into: None })
}

/// Makes the groups of one pile; behind their columns comes the place at which each appears first.
#[derive(Debug)]
pub struct LastOfPile {
    /// Makes them.
    pub last: Arc<dyn Operation>,
    /// How results were cut.
    pub cutting: Cutting,
}

impl LastOfPile {
    /// The rows of a pile, in order, and the place of each among all rows.
    fn pile(&self, at: usize, results: &[Payload]) -> Result<(Batches, Vec<u64>)> {
        let storage =
            |problem: io::Error| not_put_aside(format_args!("rows put aside on disk cannot be read back: {problem}"));
        let flat = results.iter().flat_map(|result| match result.get::<Heap>() {
            Some(Heap(own)) => own.iter().collect::<Vec<_>>(),
            None => vec![result],
        });
        let (mut schema, mut batches, mut places) = (None, Vec::new(), Vec::new());
        for (result, number) in flat.zip(0u64..) {
            let Some(shelf) = result.get::<Shelf>() else {
                let result = Batches::of(result)?;
                schema.get_or_insert_with(|| result.schema.clone());
                let mut start = number << 40;
                for batch in &result.batches {
                    let rows = self.cutting.piles(batch)?.swap_remove(at);
                    places.extend(rows.iter().map(|row| start + row));
                    start += batch.num_rows() as u64;
                    batches.push(take_record_batch(batch, &UInt64Array::from(rows)).map_err(arrow_error)?);
                }
                continue;
            };
            let payload = read(&mut &shelf.read(at).map_err(storage)?[..]).map_err(storage)?;
            let piece = Batches::of(&payload)?;
            let width = piece.schema.fields().len() - 1;
            let plain = piece.schema.project(&(0..width).collect::<Vec<_>>()).map_err(arrow_error)?;
            schema.get_or_insert_with(|| Arc::new(plain));
            for batch in &piece.batches {
                let numbers = batch.column(width).as_any().downcast_ref::<UInt64Array>();
                places.extend(numbers.iter().flat_map(|numbers| numbers.values()).map(|place| (number << 40) + place));
                batches.push(batch.project(&(0..width).collect::<Vec<_>>()).map_err(arrow_error)?);
            }
        }
        let schema = schema.unwrap_or_else(|| Arc::new(Schema::empty()));
        Ok((Batches { schema, batches }, places))
    }

    /// The places at which groups appear first, by their keys.
    fn firsts(&self, rows: &Batches, places: &[u64], groups: &RecordBatch) -> Result<Vec<u64>> {
        let mut firsts: FxHashMap<Vec<u8>, u64> = FxHashMap::default();
        let mut next = places.iter().copied();
        for batch in &rows.batches {
            let keys = comparable(&batch.columns()[..self.cutting.n_keys])?;
            for (row, place) in keys.iter().zip(next.by_ref().take(batch.num_rows())) {
                if !firsts.contains_key(row.data()) {
                    firsts.insert(row.data().to_vec(), place);
                }
            }
        }
        let keys = comparable(&groups.columns()[..self.cutting.n_keys])?;
        Ok(keys.iter().map(|row| firsts.get(row.data()).copied().unwrap_or(u64::MAX)).collect())
    }

    fn made(&self, call: &mut Call<'_>) -> std::result::Result<RecordBatch, Failure> {
        let failure = |error| Failure::Error(Box::new(error));
        let at = call.index.first().copied().unwrap_or(0) as usize;
        let whole = |payload: Payload| Batches::of(&payload).and_then(Batches::whole).map_err(failure);
        let results = call.inputs.iter().map(|input| input.get::<Batches>()).collect::<Option<Vec<_>>>();
        let (groups, places) = match results {
            // All of them are one pile.
            Some(results) => {
                let mut results = joined(results);
                if at > 0 {
                    results.batches.clear();
                }
                let groups = whole(alone(&*self.last, [Payload::new(results)], call)?)?;
                let places = (0..groups.num_rows() as u64).collect();
                (groups, places)
            }
            None => {
                let (rows, places) = self.pile(at, call.inputs).map_err(failure)?;
                let groups = whole(alone(&*self.last, [Payload::new(rows.clone())], call)?)?;
                let firsts = self.firsts(&rows, &places, &groups).map_err(failure)?;
                (groups, firsts)
            }
        };
        let columns = groups.columns().iter().cloned().chain([Arc::new(UInt64Array::from(places)) as ArrayRef]);
        let schema = placed_schema(&groups.schema());
        RecordBatch::try_new(schema, columns.collect()).map_err(|error| failure(arrow_error(error)))
    }
}

impl Operation for LastOfPile {
    fn name(&self) -> &str {
        self.last.name()
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        self.made(call).map(|batch| Payload::new(Batches::one(batch)))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        let (kind, bytes) = self.last.encode();
        ("frame.last_of_pile", postcard::to_stdvec(&(kind, bytes, self.cutting)).unwrap_or_default())
    }
}

/// The groups of all piles, in the order in which they appear first.
#[derive(Debug, Serialize, Deserialize)]
pub struct InOrder {
    /// What events call it.
    pub name: String,
}

impl InOrder {
    fn made(&self, inputs: &mut [Payload]) -> Result<RecordBatch> {
        let filled = |input: &&Payload| Batches::of(input).is_ok_and(|batches| batches.n_rows() > 0);
        let several = inputs.iter().filter(filled).count() > 1;
        let batch = Batches::together(inputs.iter().map(Batches::of).collect::<Result<Vec<_>>>()?)?;
        // What has been copied may go.
        inputs.iter_mut().for_each(|input| *input = Payload::new(Heap(Vec::new())));
        let width = batch.num_columns() - 1;
        let plain = batch.project(&(0..width).collect::<Vec<_>>()).map_err(arrow_error)?;
        if !several {
            return Ok(plain);
        }
        let order = arrow::compute::sort_to_indices(batch.column(width), None, None).map_err(arrow_error)?;
        drop(batch);
        take_record_batch(&plain, &order).map_err(arrow_error)
    }
}

impl Operation for InOrder {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(&self, call: &mut Call<'_>) -> std::result::Result<Payload, Failure> {
        let made = self.made(call.inputs).map_err(|error| Failure::Error(Box::new(error)))?;
        Ok(Payload::new(Batches::one(made)))
    }

    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("frame.in_order", postcard::to_stdvec(self).unwrap_or_default())
    }
}

impl Data for Heap {
    fn n_bytes(&self) -> usize {
        64 + self.0.iter().map(|part| part.0.n_bytes()).sum::<usize>()
    }

    fn write(&self, _: &mut dyn io::Write) -> io::Result<()> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "it lies on disk already"))
    }

    fn reader(&self) -> fn(&mut dyn io::Read) -> io::Result<Payload> {
        |_| Err(io::Error::new(io::ErrorKind::Unsupported, "pieces on disk are read where they lie"))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
