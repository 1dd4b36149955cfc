//! What of a dataset in a file can be carried over to the file that takes its place: everything, or it is not touched.

use hdf5_pure::{Dataset, Layout};

use super::attribute::is_complete;
use super::kind::Kind;
use super::read::Located;
use super::walk::Message;

/// Filters that are written: gzip, shuffle, fletcher32, lzf.
const FILTERS: [u16; 4] = [1, 2, 3, 32000];

/// The bytes of what elements are that nobody has written, if a dataset says so.
pub fn fill_bytes(messages: &[Message]) -> Option<Vec<u8>> {
    let sized = |bytes: &[u8]| {
        let size = u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?) as usize;
        bytes.get(4..4 + size).filter(|bytes| !bytes.is_empty()).map(<[u8]>::to_vec)
    };
    let new = messages.iter().find(|message| message.kind == 5).map(|message| &message.data[..]);
    let old = messages.iter().find(|message| message.kind == 4).map(|message| &message.data[..]);
    match (new, old) {
        (Some([3, flags, rest @ ..]), _) if flags & 0x20 != 0 => sized(rest),
        (Some([1, _, _, _, rest @ ..]), _) => sized(rest),
        (Some([2, _, _, defined, rest @ ..]), _) if *defined != 0 => sized(rest),
        (Some(_), _) => None,
        (None, Some(old)) => sized(old),
        (None, None) => None,
    }
}

/// Why a dataset cannot be written again as it is; `None` where it can.
pub fn hindrance(dataset: &Dataset, located: &Located, messages: &[Message]) -> Option<String> {
    let has = |kind: u16| messages.iter().any(|message| message.kind == kind);
    let foreign = located.filters.iter().find(|(id, _)| !FILTERS.contains(id));
    let why = match () {
        () if messages.iter().any(|message| message.kind == 1 && matches!(message.data[..], [2, _, _, 2, ..])) => {
            "it has a type and no value"
        }
        () if [0x101, 0x103, 0x104, 0x105, 0x10b].iter().any(|&kind| has(kind)) => {
            "its type has a name or is shared with others"
        }
        () if has(7) => "its elements stand in other files",
        () if has(0x0d) => "it has a comment",
        () if matches!(dataset.layout(), Ok(Layout::Virtual)) => "it is put together of other datasets",
        () if located.maxshape.iter().filter(|most| most.is_none()).count() > 1 => {
            "more than one of its axes grows without an end"
        }
        () if foreign.is_some() => {
            return foreign.map(|(id, _)| format!("it is packed by a filter that is not written, number {id}"));
        }
        () if located.kind == Kind::Text(None) => match are_texts(dataset) {
            true => return None,
            false => "its texts are not all UTF-8",
        },
        () if !is_complete(&located.datatype) => "its elements refer to other places of the file",
        () if fill_bytes(messages).is_some_and(|fill| !can_fill(&fill)) => "its fill value has an unusual size",
        () => return None,
    };
    Some(why.to_string())
}

/// Can a file that is made have this fill value?
pub fn can_fill(bytes: &[u8]) -> bool {
    matches!(bytes.len(), 1 | 2 | 4 | 8) || bytes.iter().all(|&byte| byte == 0)
}

/// Are the texts of any length that a dataset holds what is read of them? What is not UTF-8 is read as something else.
fn are_texts(dataset: &Dataset) -> bool {
    let (mut n_bytes, mut odd) = (0u64, false);
    let visited = dataset.visit_vlen_strings(Default::default(), |text| {
        n_bytes += text.len() as u64;
        odd |= text.contains('\u{fffd}');
    });
    visited.is_ok() && !odd && dataset.vlen_string_payload_size().is_ok_and(|size| size == n_bytes)
}
