//! The tree that the evaluator walks.
//!
//! Scopes are settled here, once: a name is a slot of the running function, a cell shared with an inner function, a cell
//! of an outer one, or a global looked up by name. A comprehension has no frame of its own: its variables are slots of the
//! function (or cell of the notebook) that it stands in, as in Python 3.12. A generator expression and a lambda are functions.

// The doc of a variant shows its fields as they are written in the language.
#![allow(missing_docs)]

use std::fmt;
use std::mem;
use std::ops::Deref;
use std::sync::Arc;

use num_bigint::BigInt;

use crate::{Source, Span};

/// A name as the user wrote it; compared by text, cheap to copy.
pub type Name = Arc<str>;

/// What was typed at one prompt, or one `# %%` part of a script.
#[derive(Debug)]
pub struct Cell {
    /// The text it came from.
    pub source: Arc<Source>,
    /// Its statements in order.
    pub body: Vec<Stmt>,
    /// Names of the local slots that the cell itself needs: variables of comprehensions.
    pub slot_names: Vec<Name>,
    /// Those slots that inner functions capture: the evaluator puts a cell there.
    pub cell_slots: Vec<usize>,
    /// The last statement ended in `;`: its value is not shown.
    pub hushed: bool,
}

impl Cell {
    /// Does a `;` follow this statement, which hides its value?
    pub fn hushes(&self, statement: &Stmt) -> bool {
        let rest = self.source.text.get(statement.span.end as usize..).unwrap_or("");
        rest.trim_start_matches([' ', '\t']).starts_with(';')
    }
}

/// A statement.
#[derive(Debug)]
pub struct Stmt {
    /// The whole statement; for a compound one its header line.
    pub span: Span,
    /// What it is.
    pub kind: StmtKind,
}

/// The kinds of statement.
#[derive(Debug)]
pub enum StmtKind {
    /// An expression for its effect, or as the last line for its value.
    Expr(Expr),
    /// `a = b = value`
    Assign { targets: Vec<Target>, value: Expr },
    /// `a += value`
    AugAssign { target: Target, op: BinaryOp, value: Expr },
    /// `def`, after its decorators (outermost first).
    Def { target: Variable, function: Arc<FunctionDef>, decorators: Vec<Expr> },
    /// `class name(bases):`, after its decorators (outermost first).
    Class { target: Variable, class: Arc<ClassDef>, bases: Vec<Arg>, decorators: Vec<Expr> },
    /// `return`
    Return(Option<Expr>),
    /// `if` with its `elif`s nested in `orelse`.
    If { test: Expr, body: Vec<Stmt>, orelse: Vec<Stmt> },
    /// `while … else`
    While { test: Expr, body: Vec<Stmt>, orelse: Vec<Stmt> },
    /// `for … else`
    For { target: Target, iter: Expr, body: Vec<Stmt>, orelse: Vec<Stmt> },
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `pass`, and declarations (`global`, `nonlocal`, bare annotations) that scoping has used up.
    Pass,
    /// `with a as b, c:`
    With { items: Vec<(Expr, Option<Target>)>, body: Vec<Stmt> },
    /// `try`
    Try { body: Vec<Stmt>, handlers: Vec<Handler>, orelse: Vec<Stmt>, finally: Vec<Stmt> },
    /// `raise`, `raise error`, `raise error from cause`
    Raise { error: Option<Expr>, cause: Option<Expr> },
    /// `assert test, message`
    Assert { test: Expr, message: Option<Expr> },
    /// `del a, b[0], c.d`
    Del(Vec<Target>),
    /// `import a.b as c`: path, and the variable that is bound (to `a` when there is no `as`).
    Import(Vec<ImportName>),
    /// `from module import a as b`; `import_star` for `*`.
    FromImport { module: Name, names: Vec<(Name, Variable, Span)>, import_star: bool },
    /// `%name argument`, `%%name argument⏎body`, `!command`, `!!command`.
    Magic(Magic),
    /// `name?`, `name??`, `?name`.
    Help { object: Name, detail: bool },
}

/// One dotted name of an `import`.
#[derive(Debug)]
pub struct ImportName {
    /// `a.b.c`
    pub path: Name,
    /// What is bound.
    pub target: Variable,
    /// There was an `as`: bind the innermost module, not the outermost.
    pub renamed: bool,
    /// Where it stands.
    pub span: Span,
}

/// A magic command.
#[derive(Debug, Clone)]
pub struct Magic {
    /// How it was written.
    pub form: MagicForm,
    /// `time`, `ls`; empty for `!`.
    pub name: Name,
    /// The rest of its line, without the blanks around it.
    pub argument: String,
    /// Where the argument stands: [`crate::parse_part`] parses it there.
    pub argument_span: Span,
    /// For a cell magic, the lines below it, and where they start in the source.
    pub body: Option<(String, u32)>,
}

/// How a magic was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MagicForm {
    /// `%name …`
    Line,
    /// `%%name …` on the first line of a cell
    Cell,
    /// `!command`: its output goes to the screen, or to a list of lines when assigned.
    Shell,
    /// `!!command`: its output is the value, a list of lines.
    ShellCapture,
}

/// An `except` clause.
#[derive(Debug)]
pub struct Handler {
    /// Where its header stands.
    pub span: Span,
    /// The classes it takes; `None` takes all.
    pub classes: Option<Expr>,
    /// `as name`
    pub name: Option<Variable>,
    /// What it does.
    pub body: Vec<Stmt>,
}

/// Something that can be assigned to.
#[derive(Debug)]
pub struct Target {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: TargetKind,
}

/// The kinds of assignment target.
#[derive(Debug)]
pub enum TargetKind {
    /// `x`
    Name(Variable),
    /// `x.y`
    Attribute { object: Expr, name: Name },
    /// `x[i]`
    Item { object: Expr, index: Expr },
    /// `a, *b, c` or `[a, b]`; `star` is the position of the starred one.
    Unpack { targets: Vec<Target>, star: Option<usize> },
}

/// Where a name lives.
#[derive(Debug, Clone)]
pub struct Variable {
    /// As written.
    pub name: Name,
    /// Found where.
    pub scope: Scope,
}

/// Where a name lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// In a slot of the running frame.
    Local(usize),
    /// In a slot of the running frame that holds a cell, because an inner function uses it too.
    Cell(usize),
    /// In the running function's `captures`, by position.
    Free(usize),
    /// In the session's variables, else among the builtins.
    Global,
}

/// A `def`, `lambda` or generator expression.
#[derive(Debug)]
pub struct FunctionDef {
    /// `f`, `<lambda>`, `<genexpr>`
    pub name: Name,
    /// The text that it stands in.
    pub source: Arc<Source>,
    /// The whole definition with its decorators left off: what travels to another process.
    pub span: Span,
    /// The first statement, if it is a string.
    pub doc: Option<String>,
    /// Its parameters; their slots are the first ones, in this order.
    pub params: Vec<Param>,
    /// What it does.
    pub body: FunctionBody,
    /// How many local slots.
    pub n_slots: usize,
    /// Names of the slots, for messages about unbound variables.
    pub slot_names: Vec<Name>,
    /// Slots that hold a cell.
    pub cell_slots: Vec<usize>,
    /// Which variables of the enclosing function it captures, by their scope there.
    pub captures: Vec<Variable>,
    /// Global names that its body (and the bodies inside it) reads: what to take along by value.
    pub globals: Vec<Name>,
}

/// A `class`. Its body runs like that of a function without parameters; what it binds are the members.
#[derive(Debug)]
pub struct ClassDef {
    /// The body. Slot 0 is `__class__`, which methods capture for `super()`.
    pub body: Arc<FunctionDef>,
    /// Names that the body binds, with their slots, first come first.
    pub members: Vec<(Name, usize)>,
    /// Names that it annotates: `x: int`.
    pub annotations: Vec<Name>,
}

/// The body of a function.
#[derive(Debug)]
pub enum FunctionBody {
    /// `def`
    Block(Vec<Stmt>),
    /// `lambda`
    Expr(Expr),
    /// A generator expression; its only parameter, in slot 0, is what the first clause walks.
    Generator { element: Expr, clauses: Vec<Clause> },
}

/// A parameter.
#[derive(Debug)]
pub struct Param {
    /// Its name.
    pub name: Name,
    /// Its slot; holds a cell if also among `cell_slots`.
    pub slot: usize,
    /// How it takes its argument.
    pub kind: ParamKind,
    /// Evaluated where the function is defined.
    pub default: Option<Expr>,
}

/// How a parameter takes its argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamKind {
    /// Before `/`
    PositionalOnly,
    /// The usual
    Normal,
    /// `*args`
    Rest,
    /// After `*`
    KeywordOnly,
    /// `**kwargs`
    KeywordRest,
}

/// `for target in iter if … if …`
#[derive(Debug)]
pub struct Clause {
    /// What each item is bound to.
    pub target: Target,
    /// What is walked.
    pub iter: Expr,
    /// Conditions, all of which must hold.
    pub tests: Vec<Expr>,
}

/// An expression.
#[derive(Debug)]
pub struct Expr {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// The kinds of expression.
#[derive(Debug)]
pub enum ExprKind {
    /// `None`
    None,
    /// `True`, `False`
    Bool(bool),
    /// `...`
    Ellipsis,
    /// An integer that fits.
    Int(i64),
    /// One that does not.
    BigInt(BigInt),
    /// `1.5`
    Float(f64),
    /// `2j`
    Imaginary(f64),
    /// `"text"`, adjacent ones joined.
    Str(Arc<str>),
    /// `b"bytes"`
    Bytes(Arc<[u8]>),
    /// `f"…{x!r:>10}…"`
    Format(Vec<FormatPart>),
    /// A name.
    Name(Variable),
    /// `[a, *b]`
    List(Vec<Element>),
    /// `a, b`
    Tuple(Vec<Element>),
    /// `{a, b}`
    Set(Vec<Element>),
    /// `{k: v, **d}`; a `None` key is `**`.
    Dict(Vec<(Option<Expr>, Expr)>),
    /// `-x`
    Unary { op: UnaryOp, value: Box<Expr> },
    /// `a + b`
    Binary { op: BinaryOp, left: Left, right: Box<Expr> },
    /// `a < b <= c`
    Compare { first: Box<Expr>, rest: Vec<(CompareOp, Expr)> },
    /// `a and b and c`
    And(Vec<Expr>),
    /// `a or b`
    Or(Vec<Expr>),
    /// `a if test else b`
    If { test: Box<Expr>, body: Box<Expr>, orelse: Box<Expr> },
    /// `f(a, *b, k=c, **d)`
    Call { function: Left, args: Vec<Arg> },
    /// `a.b`
    Attribute { object: Left, name: Name },
    /// `a[i]`
    Item { object: Left, index: Box<Expr> },
    /// `a:b:c` inside an index
    Slice { start: Option<Box<Expr>>, stop: Option<Box<Expr>>, step: Option<Box<Expr>> },
    /// `lambda`
    Lambda(Arc<FunctionDef>),
    /// `(x for x in xs)`: the function, and the first iterable.
    Generator { function: Arc<FunctionDef>, iter: Box<Expr> },
    /// `[… for …]`; `cells` are slots that need a fresh cell on entry.
    ListComp { element: Box<Expr>, clauses: Vec<Clause>, cells: Vec<usize> },
    /// `{… for …}`
    SetComp { element: Box<Expr>, clauses: Vec<Clause>, cells: Vec<usize> },
    /// `{k: v for …}`
    DictComp { key: Box<Expr>, value: Box<Expr>, clauses: Vec<Clause>, cells: Vec<usize> },
    /// `(name := value)`
    Walrus { target: Variable, value: Box<Expr> },
    /// `%time f()` or `!ls` on the right of `=`.
    Magic(Box<Magic>),
}

/// The left end of `a + b + c` or `x.y().z`: as deep as the chain is long, so it is dropped link by link, not by recursion.
pub struct Left(Box<Expr>);

impl Left {
    /// The expression that the chain goes on from.
    pub fn new(expr: Expr) -> Left {
        Left(Box::new(expr))
    }

    /// The expression itself.
    pub fn into_expr(mut self) -> Expr {
        let span = self.0.span;
        Expr { span, kind: mem::replace(&mut self.0.kind, ExprKind::None) }
    }
}

impl Deref for Left {
    type Target = Expr;

    fn deref(&self) -> &Expr {
        &self.0
    }
}

impl fmt::Debug for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Drop for Left {
    fn drop(&mut self) {
        let mut kind = mem::replace(&mut self.0.kind, ExprKind::None);
        while let ExprKind::Binary { left: next, .. }
        | ExprKind::Call { function: next, .. }
        | ExprKind::Attribute { object: next, .. }
        | ExprKind::Item { object: next, .. } = &mut kind
        {
            let next = mem::replace(&mut next.0.kind, ExprKind::None);
            kind = next;
        }
    }
}

/// An element of a list, tuple or set; `star` for `*xs`.
#[derive(Debug)]
pub struct Element {
    /// The expression.
    pub value: Expr,
    /// All of its items, not itself.
    pub star: bool,
}

/// An argument of a call.
#[derive(Debug)]
pub struct Arg {
    /// How it is given.
    pub kind: ArgKind,
    /// The expression.
    pub value: Expr,
}

/// How an argument is given.
#[derive(Debug, Clone)]
pub enum ArgKind {
    /// `x`
    Positional,
    /// `*x`
    Star,
    /// `k=x`
    Keyword(Name),
    /// `**x`
    DoubleStar,
}

/// A piece of an f-string.
#[derive(Debug)]
pub enum FormatPart {
    /// Text as it stands.
    Text(Arc<str>),
    /// `{value!r:spec}`; for `{x=}` the text `x=` is a part before it.
    Value { value: Expr, conversion: Conversion, spec: Vec<FormatPart> },
}

/// `!s`, `!r`, `!a` of an f-string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversion {
    /// None given
    None,
    /// `!s`
    Str,
    /// `!r`
    Repr,
    /// `!a`
    Ascii,
}

/// Operators with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum UnaryOp {
    /// `-`
    Neg,
    /// `+`
    Pos,
    /// `~`
    Invert,
    /// `not`
    Not,
}

/// Operators with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    MatMul,
    Div,
    FloorDiv,
    Mod,
    Pow,
    LeftShift,
    RightShift,
    BitOr,
    BitXor,
    BitAnd,
}

/// Comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[allow(missing_docs)]
pub enum CompareOp {
    Eq,
    NotEq,
    Less,
    LessEq,
    Greater,
    GreaterEq,
    Is,
    IsNot,
    In,
    NotIn,
}

impl UnaryOp {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            UnaryOp::Neg => "-",
            UnaryOp::Pos => "+",
            UnaryOp::Invert => "~",
            UnaryOp::Not => "not",
        }
    }
}

impl BinaryOp {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::MatMul => "@",
            BinaryOp::Div => "/",
            BinaryOp::FloorDiv => "//",
            BinaryOp::Mod => "%",
            BinaryOp::Pow => "**",
            BinaryOp::LeftShift => "<<",
            BinaryOp::RightShift => ">>",
            BinaryOp::BitOr => "|",
            BinaryOp::BitXor => "^",
            BinaryOp::BitAnd => "&",
        }
    }
}

impl CompareOp {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            CompareOp::Eq => "==",
            CompareOp::NotEq => "!=",
            CompareOp::Less => "<",
            CompareOp::LessEq => "<=",
            CompareOp::Greater => ">",
            CompareOp::GreaterEq => ">=",
            CompareOp::Is => "is",
            CompareOp::IsNot => "is not",
            CompareOp::In => "in",
            CompareOp::NotIn => "not in",
        }
    }

    /// The comparison with its sides exchanged: `a < b` is `b > a`.
    pub fn mirrored(self) -> CompareOp {
        match self {
            CompareOp::Less => CompareOp::Greater,
            CompareOp::LessEq => CompareOp::GreaterEq,
            CompareOp::Greater => CompareOp::Less,
            CompareOp::GreaterEq => CompareOp::LessEq,
            same @ (CompareOp::Eq
            | CompareOp::NotEq
            | CompareOp::Is
            | CompareOp::IsNot
            | CompareOp::In
            | CompareOp::NotIn) => same,
        }
    }
}
