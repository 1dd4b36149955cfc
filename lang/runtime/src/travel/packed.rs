//! The form in which values travel: a list of pieces that name each other by position.

use serde::{Deserialize, Serialize};

/// A value, with the values in it by position.
#[derive(Serialize, Deserialize)]
pub enum Packed {
    None,
    Ellipsis,
    Bool(bool),
    Int(i64),
    Big(Vec<u8>),
    Float(f64),
    Complex(f64, f64),
    Str(String),
    Bytes(Vec<u8>),
    List(Vec<u32>),
    Tuple(Vec<u32>),
    Dict(Vec<(u32, u32)>),
    Set {
        frozen: bool,
        members: Vec<u32>,
    },
    Range(i64, i64, i64),
    Slice(u32, u32, u32),
    Function(Box<PackedFunction>),
    /// An outer variable that functions share.
    Cell(Option<u32>),
    /// Global variables that functions have taken along.
    Globals(Vec<(String, u32)>),
    /// Something that comes with rdk, by its module and its name there.
    Known {
        module: String,
        name: String,
    },
    /// A method or attribute of a class that comes with rdk.
    Member {
        module: String,
        class: String,
        name: String,
    },
    /// A method with its receiver.
    Method {
        receiver: u32,
        name: String,
    },
    Module(String),
    /// An exception class, by its name.
    ExceptionClass(String),
    Exception {
        kind: String,
        message: String,
        hints: Vec<String>,
        args: Option<Vec<u32>>,
        /// The instance that it is, if its class is written in rdk.
        own: Option<u32>,
    },
    Class(Box<PackedClass>),
    /// An instance of such a class: class and fields.
    Instance(u32, Vec<(String, u32)>),
    /// A method of one: receiver and function.
    Bound(u32, u32),
    /// A property and the like, or what is said of a field of a dataclass.
    Descriptor(String, Vec<u32>),
    Object {
        kind: String,
        bytes: Vec<u8>,
    },
}

/// A class written in rdk.
#[derive(Serialize, Deserialize)]
pub struct PackedClass {
    pub name: String,
    pub doc: String,
    pub bases: Vec<u32>,
    pub members: Vec<(String, u32)>,
    pub annotations: Vec<String>,
    /// What it shows and how it compares, if it is a dataclass.
    pub options: Option<[bool; 4]>,
}

/// A function: its text, and what it reads.
#[derive(Serialize, Deserialize)]
pub struct PackedFunction {
    /// The name of the text that it stands in.
    pub source: String,
    /// How many lines of that text stand before it.
    pub lines_before: u32,
    /// The definition itself.
    pub text: String,
    /// How far its first line was indented.
    pub indent: String,
    /// Its outer variables: names and cells.
    pub captures: Vec<(String, u32)>,
    /// Its defaults, in order of the parameters.
    pub defaults: Vec<Option<u32>>,
    /// Its global variables.
    pub globals: u32,
    /// What is attached to it.
    pub attributes: Vec<(String, u32)>,
}

/// All pieces, and which of them is the value.
#[derive(Serialize, Deserialize)]
pub struct Parcel {
    pub pieces: Vec<Packed>,
    pub root: u32,
}
