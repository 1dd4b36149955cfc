//! Arrays whose elements are those of another one, seen elsewhere, some of them in several places: windows that slide over an array, memory
//! with other steps. Nothing is copied where they are reduced or worked with; see [`crate::lower::view`].

use smallvec::SmallVec;

use rdk_runtime::Result;

use crate::array::{Array, Plan};
use crate::chunks::{AxisChunks, Chunks};
use crate::lower::view::{Along, View};

impl Array {
    /// All windows of these lengths along these axes, of which none is 0: an axis says which window, cut like this, and one more behind all
    /// others what is in it.
    ///
    /// # Errors
    /// Lengths that cannot be counted.
    pub fn sliding(&self, windows: &[(usize, usize)], to: Chunks) -> Result<Array> {
        let array = self.sized()?;
        let n = array.ndim();
        let mut look: SmallVec<[Along; 4]> = (0..n).map(|axis| Along::moving(0, axis as u8, 1)).collect();
        for (within, &(axis, _)) in windows.iter().enumerate() {
            look[axis].steps.push(((n + within) as u8, 1));
        }
        let within = windows.iter().map(|&(_, length)| AxisChunks::single(length));
        let grid: Chunks = to.0.iter().cloned().chain(within).collect();
        Ok(array.looked("sliding_window_view", View(look), grid))
    }

    /// What is seen of it by this look, cut like this.
    pub(crate) fn looked(&self, name: &str, look: View, chunks: Chunks) -> Array {
        self.seen_as(name, Plan::Look(look), chunks)
    }
}
