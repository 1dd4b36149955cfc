//! The one error type of the language.
//!
//! Whoever notices says *what* ([`bail!`](crate::bail)); whoever holds the source says *where*, once, and the innermost place
//! wins ([`Trail::at`]). An error is data; only the report in `lang/rdk` draws it.

use std::fmt;
use std::sync::Arc;

use rdk_syntax::Place;

use crate::class::ClassRef;
use crate::types;
use crate::user::Instance;
use crate::value::{Name, Value};

/// What almost everything here returns.
pub type Result<T> = std::result::Result<T, Error>;

/// A raised exception.
#[derive(Clone)]
pub struct Error(pub Box<ErrorData>);

/// What an exception says.
#[derive(Clone)]
pub struct ErrorData {
    /// Its class, by Python's name.
    pub kind: Kind,
    /// What happened: starts small, names in backticks, no full stop at the end.
    pub message: String,
    /// What to try.
    pub hints: Vec<String>,
    /// `error.args` where the user raised it with something else than one text.
    pub args: Option<Vec<Value>>,
    /// The instance that it is, if its class is written in rdk.
    pub own: Option<Arc<Instance>>,
    /// Which argument of the call is wrong, for the call to mark it in the text.
    pub about: Option<About>,
    /// The innermost place in the user's text.
    pub place: Option<Place>,
    /// The calls that led there, outermost first: whose body, and where in the *caller* it was called.
    pub trace: Vec<Frame>,
    /// Functions that a builtin called, innermost first: the next call outwards says from where.
    pub pending: Vec<Name>,
    /// The task in which it happened.
    pub task: Option<TaskNote>,
    /// `raise … from cause`, or the error that was being handled.
    pub cause: Option<Error>,
    /// What the cause is to this error.
    pub link: Link,
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub enum About {
    /// The one for this parameter, or given with this keyword.
    Parameter(Name),
    /// The one at this position, counted from 0; what stands before the dot of a method counts too.
    Position(usize),
}

/// What the cause of an error is to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Link {
    /// The error was raised while the cause was being handled.
    #[default]
    Handling,
    /// `raise … from cause`
    From,
    /// `raise … from None`: a cause is not to be looked for.
    Hidden,
}

/// A call on the way to an error.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The function that was called.
    pub function: Name,
    /// Where it was called.
    pub place: Place,
}

/// The task in which an error happened.
#[derive(Clone, Debug)]
pub struct TaskNote {
    /// `sum`, `inc`
    pub operation: String,
    /// The task's key.
    pub key: String,
    /// Which chunk, and of how many along each axis; empty for a single one.
    pub chunk: Vec<u32>,
    /// What its pieces are called: `chunk`, `partition`.
    pub part: &'static str,
}

macro_rules! kinds {
    ($($name:ident: $parent:ident),* $(,)?) => {
        /// The exception classes, by Python's (and NumPy's) names.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[allow(missing_docs)]
        pub enum Kind { $($name),* }

        impl Kind {
            /// All of them; a class stands after its parent.
            pub const ALL: &'static [Kind] = &[$(Kind::$name),*];

            /// As Python spells it.
            pub fn name(self) -> &'static str {
                match self { $(Kind::$name => stringify!($name)),* }
            }

            /// The class that it is a special case of; `BaseException` is its own.
            pub fn parent(self) -> Kind {
                match self { $(Kind::$name => Kind::$parent),* }
            }
        }
    };
}

kinds! {
    BaseException: BaseException,
    Exception: BaseException,
    KeyboardInterrupt: BaseException,
    SystemExit: BaseException,
    GeneratorExit: BaseException,
    StopIteration: Exception,
    ArithmeticError: Exception,
    ZeroDivisionError: ArithmeticError,
    OverflowError: ArithmeticError,
    FloatingPointError: ArithmeticError,
    AssertionError: Exception,
    AttributeError: Exception,
    BufferError: Exception,
    EOFError: Exception,
    ImportError: Exception,
    ModuleNotFoundError: ImportError,
    LookupError: Exception,
    IndexError: LookupError,
    KeyError: LookupError,
    MemoryError: Exception,
    NameError: Exception,
    UnboundLocalError: NameError,
    OSError: Exception,
    FileNotFoundError: OSError,
    FileExistsError: OSError,
    IsADirectoryError: OSError,
    NotADirectoryError: OSError,
    PermissionError: OSError,
    TimeoutError: OSError,
    InterruptedError: OSError,
    ChildProcessError: OSError,
    ProcessLookupError: OSError,
    ConnectionError: OSError,
    BrokenPipeError: ConnectionError,
    ConnectionAbortedError: ConnectionError,
    ConnectionRefusedError: ConnectionError,
    ConnectionResetError: ConnectionError,
    ReferenceError: Exception,
    RuntimeError: Exception,
    NotImplementedError: RuntimeError,
    RecursionError: RuntimeError,
    SyntaxError: Exception,
    IndentationError: SyntaxError,
    TabError: IndentationError,
    SystemError: Exception,
    TypeError: Exception,
    ValueError: Exception,
    UnicodeError: ValueError,
    UnicodeDecodeError: UnicodeError,
    UnicodeEncodeError: UnicodeError,
    AxisError: ValueError,
    MaskError: Exception,
    LinAlgError: ValueError,
    JSONDecodeError: ValueError,
    MergeError: ValueError,
    ParserError: ValueError,
    EmptyDataError: ValueError,
    StatisticsError: ValueError,
    PatternError: Exception,
    CancelledError: Exception,
    FutureCancelledError: CancelledError,
    ClosedClientError: Exception,
    Warning: Exception,
    UserWarning: Warning,
    DeprecationWarning: Warning,
    FutureWarning: Warning,
    RuntimeWarning: Warning,
    PendingDeprecationWarning: Warning,
    SyntaxWarning: Warning,
    ImportWarning: Warning,
    ResourceWarning: Warning,
    PerformanceWarning: Warning,
    RankWarning: RuntimeWarning,
    ComplexWarning: RuntimeWarning,
    VisibleDeprecationWarning: UserWarning,
    UsageError: Exception,
}

impl Kind {
    /// Is it this class, or a special case of it?
    pub fn is(self, class: Kind) -> bool {
        // NumPy's AxisError is an IndexError as well.
        if self == Kind::AxisError && matches!(class, Kind::IndexError | Kind::LookupError) {
            return true;
        }
        let mut kind = self;
        loop {
            if kind == class {
                return true;
            }
            if kind == kind.parent() {
                return false;
            }
            kind = kind.parent();
        }
    }
}

impl Error {
    /// An exception of this class that says this.
    pub fn new(kind: Kind, message: impl Into<String>) -> Error {
        let message = message.into();
        Error(Box::new(ErrorData {
            kind,
            message,
            hints: Vec::new(),
            args: None,
            own: None,
            about: None,
            place: None,
            trace: Vec::new(),
            pending: Vec::new(),
            task: None,
            cause: None,
            link: Link::Handling,
        }))
    }

    /// Its class.
    pub fn class(&self) -> ClassRef {
        match &self.0.own {
            Some(instance) => instance.class.clone(),
            None => types::exception(self.0.kind).clone(),
        }
    }

    /// The name of its class.
    pub fn class_name(&self) -> &'static str {
        self.0.own.as_ref().map_or(self.0.kind.name(), |instance| instance.class.name)
    }

    /// The same with a hint more.
    pub fn hint(mut self, hint: impl Into<String>) -> Error {
        self.0.hints.push(hint.into());
        self
    }

    /// The same, said to be the fault of the argument for this parameter.
    pub fn about(mut self, parameter: &str) -> Error {
        self.0.about.get_or_insert_with(|| About::Parameter(Name::from(parameter)));
        self
    }

    /// The same, said to have happened at this place, unless a place further in is known.
    pub fn at_place(mut self, place: Place) -> Error {
        self.0.place.get_or_insert(place);
        self
    }
}

/// Says where an error happened.
pub trait Trail {
    /// At this place, unless one further in is known.
    fn at(self, place: impl FnOnce() -> Place) -> Self;
}

impl<T> Trail for Result<T> {
    fn at(self, place: impl FnOnce() -> Place) -> Self {
        self.map_err(|error| if error.0.place.is_some() { error } else { error.at_place(place()) })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.class_name(), self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// An [`Error`] as a value: `error!(TypeError: "expected a number, got {}", name; hint: "…")`.
/// Without a class it is a `ValueError`.
#[macro_export]
macro_rules! error {
    ($kind:ident : $($format:expr),+ $(; hint: $($hint:expr),+)*) => {
        $crate::Error::new($crate::Kind::$kind, format!($($format),+))$(.hint(format!($($hint),+)))*
    };
    ($($format:expr),+ $(; hint: $($hint:expr),+)*) => {
        $crate::Error::new($crate::Kind::ValueError, format!($($format),+))$(.hint(format!($($hint),+)))*
    };
}

/// Returns an error: `bail!("cannot count up to {stop}"; hint: "`stop` is 0 or more")`; see [`error!`](crate::error!).
#[macro_export]
macro_rules! bail {
    ($($what:tt)+) => { return Err($crate::error!($($what)+)) };
}
