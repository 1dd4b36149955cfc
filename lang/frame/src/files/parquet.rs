//! Parquet files, a partition for each.

use std::fs::File;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, RecordBatchOptions, StringViewArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rdk_runtime::{Error, Kind, Result, error};
use serde::{Deserialize, Serialize};

use crate::batches::arrow_error;
use crate::lower::Scan;

/// A file, or some of its row groups.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ParquetPiece {
    /// The file.
    pub path: String,
    /// Its row groups; all if nothing is said.
    pub groups: Option<Vec<usize>>,
    /// How many bytes it has.
    pub n_bytes: u64,
    /// What the folders say that it lies in: of `k=a/n=1/part.0.parquet` it is `a` and `1`.
    pub folders: Vec<Option<String>>,
}

/// Where a column comes from.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Place {
    /// Rows are counted.
    Row,
    /// A column of the files.
    File(usize),
    /// A folder that a file lies in.
    Folder(usize),
}

/// A partition for each piece. The first column is the number of the row unless the files have an index of their own.
#[derive(Debug)]
pub struct ParquetScan {
    /// The pieces.
    pub pieces: Vec<ParquetPiece>,
    /// For each column where it comes from.
    pub places: Vec<Place>,
    /// The columns.
    pub schema: SchemaRef,
}

impl Scan for ParquetScan {
    fn encode(&self) -> (&'static str, Vec<u8>) {
        ("frame.parquet", postcard::to_stdvec(&(&self.pieces, &self.places)).unwrap_or_default())
    }

    fn read(
        &self,
        partition: usize,
        projection: &[usize],
        limit: Option<usize>,
    ) -> Result<Box<dyn Iterator<Item = Result<RecordBatch>> + Send>> {
        let piece = self.pieces[partition].clone();
        let mut builder = open(&piece.path)?.with_batch_size(1 << 15);
        let wanted: Vec<Place> = projection.iter().map(|&at| self.places[at]).collect();
        let root = |place: &Place| match place {
            Place::File(root) => Some(*root),
            Place::Row | Place::Folder(_) => None,
        };
        let roots: Vec<usize> = wanted.iter().filter_map(root).collect();
        let mask = ProjectionMask::roots(builder.parquet_schema(), roots.iter().copied());
        builder = builder.with_projection(mask);
        if let Some(groups) = &piece.groups {
            builder = builder.with_row_groups(groups.clone());
        }
        if let Some(limit) = limit {
            builder = builder.with_limit(limit);
        }
        let reader = builder.build().map_err(|error| damaged(&piece.path, &error.to_string()))?;
        // Columns come in the order of the file.
        let mut order = roots.clone();
        order.sort_unstable();
        order.dedup();
        let schema = Arc::new(self.schema.project(projection).map_err(arrow_error)?);
        let mut counted = 0i64;
        Ok(Box::new(reader.map(move |batch| {
            let batch = batch.map_err(|error| damaged(&piece.path, &error.to_string()))?;
            let n = batch.num_rows() as i64;
            let column = |(wanted, field): (&Place, &Arc<arrow::datatypes::Field>)| -> Result<ArrayRef> {
                match wanted {
                    Place::Row => Ok(Arc::new(Int64Array::from_iter_values(counted..counted + n))),
                    Place::Folder(at) => {
                        let text = StringViewArray::from_iter(vec![piece.folders[*at].as_deref(); n as usize]);
                        cast(&text, field.data_type()).map_err(arrow_error)
                    }
                    Place::File(root) => {
                        let at = order.iter().position(|other| other == root).unwrap_or(0);
                        cast(batch.column(at), field.data_type()).map_err(arrow_error)
                    }
                }
            };
            let columns = wanted.iter().zip(schema.fields()).map(column).collect::<Result<Vec<_>>>()?;
            counted += n;
            let options = RecordBatchOptions::new().with_row_count(Some(n as usize));
            RecordBatch::try_new_with_options(schema.clone(), columns, &options).map_err(arrow_error)
        })))
    }

    fn n_bytes(&self, partition: usize) -> u64 {
        self.pieces[partition].n_bytes.saturating_mul(3)
    }
}

pub(super) fn open(path: &str) -> Result<ParquetRecordBatchReaderBuilder<File>> {
    let file = File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Error::new(Kind::FileNotFoundError, format!("[Errno 2] No such file or directory: '{path}'"))
        }
        _ => error!(OSError: "{error}: '{path}'"),
    })?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| damaged(path, &error.to_string()))
}

pub(super) fn damaged(path: &str, what: &str) -> Error {
    error!(OSError: "'{path}' could not be read as Parquet: {what}")
}

/// The columns of a file, as they are read, and what pandas has noted about the index.
pub fn footer(path: &str) -> Result<(Schema, Option<String>)> {
    let builder = open(path)?;
    let fields = builder.schema().fields().iter().map(|field| {
        let of = match field.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Binary => DataType::Utf8View,
            // pandas, too, takes only texts for categories.
            DataType::Dictionary(_, values) if values.is_numeric() => (**values).clone(),
            DataType::Dictionary(..) => DataType::Utf8View,
            DataType::Date32 | DataType::Date64 => DataType::Timestamp(TimeUnit::Microsecond, None),
            DataType::Timestamp(unit, _) => DataType::Timestamp(*unit, None),
            DataType::Decimal128(..) => DataType::Float64,
            other => other.clone(),
        };
        arrow::datatypes::Field::new(field.name(), of, true)
    });
    let noted = builder.metadata().file_metadata().key_value_metadata();
    let noted =
        noted.and_then(|pairs| pairs.iter().find(|pair| pair.key == "pandas").and_then(|pair| pair.value.clone()));
    Ok((Schema::new(fields.collect::<Vec<_>>()), noted))
}

/// The columns that are the index, by what pandas has noted: it writes `"index_columns": ["name"]`.
pub fn index_names(noted: &str) -> Vec<String> {
    let Some((_, rest)) = noted.split_once("\"index_columns\":") else { return Vec::new() };
    let Some((_, rest)) = rest.split_once('[') else { return Vec::new() };
    let Some((inside, _)) = rest.split_once(']') else { return Vec::new() };
    if inside.contains('{') {
        return Vec::new();
    }
    inside.split(',').map(|name| name.trim().trim_matches('"').to_string()).filter(|name| !name.is_empty()).collect()
}

/// A batch as a Parquet file, written beside its place and then moved there.
pub fn written(path: &str, batch: &RecordBatch, index: &[String], compression: &str) -> Result<()> {
    use parquet::arrow::ArrowWriter;
    use parquet::basic::{Compression, ZstdLevel};
    use parquet::file::metadata::KeyValue;
    use parquet::file::properties::WriterProperties;
    let compression = match compression {
        "snappy" => Compression::SNAPPY,
        "zstd" => Compression::ZSTD(ZstdLevel::default()),
        "none" | "uncompressed" => Compression::UNCOMPRESSED,
        other => rdk_runtime::bail!("compression {other:?} is not known"; hint: "\"snappy\", \"zstd\" or None"),
    };
    let quoted: Vec<String> = index.iter().map(|name| format!("{name:?}")).collect();
    let noted = format!(
        "{{\"index_columns\": [{}], \"column_indexes\": [], \"columns\": [], \"pandas_version\": \"3.1.1\"}}",
        quoted.join(", ")
    );
    let mut facts = vec![KeyValue::new("pandas".to_string(), noted)];
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        let (column, fact) = super::categories::to_file(field.name(), column)?;
        facts.extend(fact.map(|(key, value)| KeyValue::new(key, value)));
        fields.push(arrow::datatypes::Field::new(field.name(), column.data_type().clone(), true));
        columns.push(column);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let batch = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options);
    let batch = &batch.map_err(arrow_error)?;
    let properties =
        WriterProperties::builder().set_compression(compression).set_key_value_metadata(Some(facts)).build();
    let failed = |what: String| error!(OSError: "'{path}' could not be written: {what}");
    let temporary = format!("{path}.part");
    let file = File::create(&temporary).map_err(|error| failed(error.to_string()))?;
    let writer = ArrowWriter::try_new(file, batch.schema(), Some(properties));
    let mut writer = writer.map_err(|error| failed(error.to_string()))?;
    writer.write(batch).map_err(|error| failed(error.to_string()))?;
    writer.close().map_err(|error| failed(error.to_string()))?;
    std::fs::rename(&temporary, path).map_err(|error| failed(error.to_string()))
}
