//! Names of tasks: `("add-3f…", 0, 2)` is chunk (0, 2) of the layer `add-3f…`.
//!
//! Keys of equal work are equal: the token is a hash of the operation and of what goes into it, so that equal work asked
//! for twice is done once.

use std::fmt;
use std::hash::Hash;

use smallvec::SmallVec;
use xxhash_rust::xxh3::Xxh3;

/// Which chunk of a layer, one number a dimension.
pub type Index = SmallVec<[u32; 4]>;

/// A hash of an operation and of everything that goes into it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Token(pub [u64; 2]);

impl Token {
    /// The token of these bytes.
    pub fn of(bytes: &[u8]) -> Token {
        let hash = xxhash_rust::xxh3::xxh3_128(bytes);
        Token([(hash >> 64) as u64, hash as u64])
    }

    /// A token that no other call gives: for work that is not to be taken for equal to any other.
    pub fn fresh() -> Token {
        use std::hash::{BuildHasher, RandomState};
        use std::sync::LazyLock;
        use std::sync::atomic::{AtomicU64, Ordering};
        static SEED: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(std::process::id()));
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let mixed = (count ^ *SEED).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Token([*SEED ^ mixed.rotate_left(31), mixed ^ count.wrapping_shl(32)])
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}{:016x}", self.0[0], self.0[1])
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Gathers what a token depends on.
///
/// ```
/// use rdk_graph::Tokenizer;
/// let token = Tokenizer::new("add").number(3).token(rdk_graph::Token::of(b"x")).finish();
/// assert_eq!(token, Tokenizer::new("add").number(3).token(rdk_graph::Token::of(b"x")).finish());
/// ```
pub struct Tokenizer(Xxh3);

impl Tokenizer {
    /// Begins with the name of the operation.
    pub fn new(name: &str) -> Tokenizer {
        Tokenizer(Xxh3::new()).bytes(name.as_bytes())
    }

    /// These bytes, and how many they are.
    pub fn bytes(mut self, bytes: &[u8]) -> Tokenizer {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// A number.
    pub fn number(mut self, number: u64) -> Tokenizer {
        self.0.update(&number.to_le_bytes());
        self
    }

    /// Another token: an input.
    pub fn token(self, token: Token) -> Tokenizer {
        self.number(token.0[0]).number(token.0[1])
    }

    /// Anything that serde can write.
    pub fn data(self, data: &impl serde::Serialize) -> Tokenizer {
        let bytes = postcard::to_stdvec(data).expect("what goes into a token can be written to memory");
        self.bytes(&bytes)
    }

    /// The token.
    pub fn finish(self) -> Token {
        let hash = self.0.digest128();
        Token([(hash >> 64) as u64, hash as u64])
    }
}

/// The name of one task.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Key {
    /// What the work is called: `add`, `random_sample`, or the user's function.
    pub name: std::sync::Arc<str>,
    /// Equal for equal work.
    pub token: Token,
    /// Which chunk; empty when there is only one.
    pub index: Index,
}

impl Key {
    /// A key without an index.
    pub fn single(name: impl Into<std::sync::Arc<str>>, token: Token) -> Key {
        Key { name: name.into(), token, index: Index::new() }
    }
}

impl Hash for Key {
    /// The token stands for the name, too.
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        state.write_u64(self.token.0[0] ^ self.token.0[1].rotate_left(17));
        for &at in &self.index {
            state.write_u32(at);
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.name, self.token)
    }
}
