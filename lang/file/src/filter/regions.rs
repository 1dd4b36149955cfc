//! What is known of the regions that labels mark: `skimage.measure.regionprops`.

use rdk_array::eager::{self, NdArray};
use rdk_array::{Chunk, Scalar, shape};
use rdk_runtime::value::Slice;
use rdk_runtime::{Result, Value, bail};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A region: where its elements are.
#[derive(Clone)]
pub struct Region {
    /// Its label.
    pub label: i64,
    /// Positions of its elements, in order.
    pub places: Vec<Vec<usize>>,
    /// The numbers of an image there.
    pub numbers: Option<(Vec<f64>, rdk_array::DType)>,
}

/// The regions of an image of labels, in the order of their labels; 0 marks none.
pub fn regions(labels: &Chunk, image: Option<&Chunk>) -> Result<Vec<Region>> {
    if !labels.dtype().is_integer() {
        bail!(TypeError: "Non-integer image types are ambiguous: use skimage.measure.label to label the connected components of label_image"; hint: "got an array of {}", labels.dtype());
    }
    if let Some(image) = image
        && image.shape() != labels.shape()
    {
        bail!("Label and intensity image shapes must match."; hint: "got {} and {}", shape::show(labels.shape()), shape::show(image.shape()));
    }
    let strides = shape::strides(labels.shape());
    let numbers = image.map(|image| (image.to_vec::<f64>(), image.dtype()));
    let mut all: BTreeMap<i64, Region> = BTreeMap::new();
    for (at, label) in labels.to_vec::<i64>().into_iter().enumerate().filter(|(_, label)| *label > 0) {
        let region = all.entry(label).or_insert_with(|| Region {
            label,
            places: Vec::new(),
            numbers: numbers.as_ref().map(|(_, dtype)| (Vec::new(), *dtype)),
        });
        region
            .places
            .push(labels.shape().iter().zip(&strides).map(|(&length, &stride)| at / stride % length).collect());
        if let (Some((own, _)), Some((all, _))) = (&mut region.numbers, &numbers) {
            own.push(all[at]);
        }
    }
    Ok(all.into_values().collect())
}

/// The names that [`Region::property`] knows.
pub const NAMES: [&str; 24] = [
    "label",
    "area",
    "num_pixels",
    "bbox",
    "area_bbox",
    "centroid",
    "centroid_local",
    "coords",
    "slice",
    "extent",
    "equivalent_diameter_area",
    "axis_major_length",
    "axis_minor_length",
    "eccentricity",
    "orientation",
    "image",
    "intensity_mean",
    "intensity_max",
    "intensity_min",
    "intensity_std",
    "centroid_weighted",
    "image_intensity",
    "inertia_tensor",
    "inertia_tensor_eigvals",
];

/// Names of before that are still in use.
pub fn today(name: &str) -> &str {
    match name {
        "mean_intensity" => "intensity_mean",
        "max_intensity" => "intensity_max",
        "min_intensity" => "intensity_min",
        "weighted_centroid" => "centroid_weighted",
        "equivalent_diameter" => "equivalent_diameter_area",
        "major_axis_length" => "axis_major_length",
        "minor_axis_length" => "axis_minor_length",
        "local_centroid" => "centroid_local",
        "bbox_area" => "area_bbox",
        "intensity_image" => "image_intensity",
        other => other,
    }
}

fn float(number: f64) -> Value {
    eager::number(Scalar::F64(number))
}

fn int(number: usize) -> Value {
    Value::from(number)
}

impl Region {
    fn ndim(&self) -> usize {
        self.places.first().map_or(0, Vec::len)
    }

    fn area(&self) -> f64 {
        self.places.len() as f64
    }

    fn ends(&self) -> (Vec<usize>, Vec<usize>) {
        let ends = |axis: usize| {
            let along = self.places.iter().map(|place| place[axis]);
            (along.clone().min().unwrap_or(0), along.max().map_or(0, |last| last + 1))
        };
        (0..self.ndim()).map(ends).unzip()
    }

    fn centroid(&self) -> Vec<f64> {
        let mean = |axis: usize| self.places.iter().map(|place| place[axis] as f64).sum::<f64>() / self.area();
        (0..self.ndim()).map(mean).collect()
    }

    /// How far its elements lie from its centre, squared, along two axes; a pixel has no extent.
    fn moment(&self, one: usize, other: usize) -> f64 {
        let centroid = self.centroid();
        let product =
            |place: &Vec<usize>| (place[one] as f64 - centroid[one]) * (place[other] as f64 - centroid[other]);
        self.places.iter().map(product).sum::<f64>() / self.area()
    }

    /// The tensor of inertia, and its eigenvalues from the largest on; of two axes.
    fn inertia(&self) -> Result<([f64; 3], [f64; 2])> {
        if self.ndim() != 2 {
            bail!(NotImplementedError: "this is known of regions with two axes; these have {}", self.ndim());
        }
        let (a, b, c) = (self.moment(1, 1), -self.moment(0, 1), self.moment(0, 0));
        let (half, spread) = ((a + c) / 2.0, (((a - c) / 2.0).powi(2) + b * b).sqrt());
        Ok(([a, b, c], [(half + spread).max(0.0), (half - spread).max(0.0)]))
    }

    fn intensity(&self) -> Result<(&[f64], rdk_array::DType)> {
        match &self.numbers {
            Some((numbers, dtype)) => Ok((numbers, *dtype)),
            None => bail!(AttributeError: "No intensity image specified."; hint: "give `intensity_image=`"),
        }
    }

    /// The smallest box, filled.
    fn boxed(&self, number: impl Fn(usize) -> f64) -> Chunk {
        let (low, high) = self.ends();
        let lengths: Vec<usize> = low.iter().zip(&high).map(|(low, high)| high - low).collect();
        let strides = shape::strides(&lengths);
        let mut numbers = vec![0.0; lengths.iter().product()];
        for (at, place) in self.places.iter().enumerate() {
            let to: usize = (0..lengths.len()).map(|axis| (place[axis] - low[axis]) * strides[axis]).sum();
            numbers[to] = number(at);
        }
        Chunk::from_vec(&lengths, numbers)
    }

    /// What is known of it, by its name of today.
    pub fn property(&self, name: &str) -> Option<Result<Value>> {
        let value = match name {
            "label" => Ok(Value::Int(self.label)),
            "area" => Ok(float(self.area())),
            "num_pixels" => Ok(int(self.places.len())),
            "bbox" => {
                let (low, high) = self.ends();
                Ok(Value::tuple(low.into_iter().chain(high).map(int)))
            }
            "area_bbox" => Ok(float(self.box_size())),
            "extent" => Ok(float(self.area() / self.box_size())),
            "centroid" => Ok(Value::tuple(self.centroid().into_iter().map(float))),
            "centroid_local" => {
                let (low, _) = self.ends();
                let local: Vec<f64> = self.centroid().iter().zip(low).map(|(at, low)| at - low as f64).collect();
                Ok(eager::value(Chunk::from_vec(&[local.len()], local)))
            }
            "coords" => {
                let numbers = self.places.iter().flatten().map(|&at| at as i64).collect::<Vec<_>>();
                Ok(eager::value(Chunk::from_vec(&[self.places.len(), self.ndim()], numbers)))
            }
            "slice" => Ok(self.slices()),
            "image" => Ok(Value::object(NdArray::new(self.boxed(|_| 1.0).cast(rdk_array::DType::Bool)))),
            "equivalent_diameter_area" => {
                let n = self.ndim() as f64;
                Ok(float((2.0 * n * self.area() / std::f64::consts::PI).powf(1.0 / n)))
            }
            "axis_major_length" => self.inertia().map(|(_, [large, _])| float(4.0 * large.sqrt())),
            "axis_minor_length" => self.inertia().map(|(_, [_, small])| float(4.0 * small.sqrt())),
            // Of what has no extent scikit-image says the whole number.
            "eccentricity" => self.inertia().map(|(_, [large, small])| match large == 0.0 {
                true => Value::Int(0),
                false => float((1.0 - small / large).max(0.0).sqrt()),
            }),
            "orientation" => self.inertia().map(|([a, b, c], _)| {
                let quarter = std::f64::consts::FRAC_PI_4;
                float(match a == c {
                    true if b < 0.0 => quarter,
                    true => -quarter,
                    false => 0.5 * (-2.0 * b).atan2(c - a),
                })
            }),
            "inertia_tensor" => {
                self.inertia().map(|([a, b, c], _)| eager::value(Chunk::from_vec(&[2, 2], vec![a, b, b, c])))
            }
            "inertia_tensor_eigvals" => self.inertia().map(|(_, values)| Value::list(values.into_iter().map(float))),
            "intensity_mean" => self.intensity().map(|(numbers, _)| float(numbers.iter().sum::<f64>() / self.area())),
            "intensity_std" => self.intensity().map(|(numbers, _)| {
                let mean = numbers.iter().sum::<f64>() / self.area();
                float((numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / self.area()).sqrt())
            }),
            "intensity_max" => {
                self.intensity().map(|(numbers, _)| float(numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max)))
            }
            "intensity_min" => {
                self.intensity().map(|(numbers, _)| float(numbers.iter().copied().fold(f64::INFINITY, f64::min)))
            }
            "centroid_weighted" => self.intensity().map(|(numbers, _)| {
                let total: f64 = numbers.iter().sum();
                let along = |axis: usize| {
                    let weighted = self.places.iter().zip(numbers).map(|(place, number)| place[axis] as f64 * number);
                    float(weighted.sum::<f64>() / total)
                };
                Value::tuple((0..self.ndim()).map(along))
            }),
            "image_intensity" => self
                .intensity()
                .map(|(numbers, dtype)| Value::object(NdArray::new(self.boxed(|at| numbers[at]).cast(dtype)))),
            _ => return None,
        };
        Some(value)
    }

    fn box_size(&self) -> f64 {
        let (low, high) = self.ends();
        low.iter().zip(&high).map(|(low, high)| (high - low) as f64).product()
    }

    /// The smallest box that holds it, as an index.
    pub fn slices(&self) -> Value {
        let (low, high) = self.ends();
        Value::tuple(low.into_iter().zip(high).map(|(low, high)| {
            Value::Slice(Arc::new(Slice { start: low.into(), stop: high.into(), step: Value::None }))
        }))
    }
}
