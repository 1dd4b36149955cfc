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
        // Whether they are UTF-8 is found out when it comes to that.
        () if located.kind == Kind::Text(None) => return None,
        () if !is_complete(&located.datatype) => "its elements refer to other places of the file",
        () if fill_bytes(messages).is_some_and(|fill| !can_fill(&fill)) => "its fill value has an unusual size",
        () => return None,
    };
    Some(why.to_string())
}

/// Why a group cannot be written again as it is; `None` where it can.
pub fn hindrance_of_group(messages: &[Message]) -> Option<&'static str> {
    // Nothing, links and tables of them, what groups are made for, attributes and tables of them, the rest of the header, times, names.
    const WRITTEN: [u16; 11] = [0x00, 0x02, 0x06, 0x0a, 0x0c, 0x0e, 0x10, 0x11, 0x12, 0x15, 0x16];
    let is_ordered =
        |message: &Message| message.kind == 0x02 && message.data.get(1).is_some_and(|flags| flags & 1 != 0);
    match () {
        () if messages.iter().any(|message| message.kind == 0x0d) => Some("it has a comment"),
        () if messages.iter().any(is_ordered) => Some("it knows in which order its members were made"),
        () if messages.iter().any(|message| !WRITTEN.contains(&message.kind)) => Some("it has what rdk does not know"),
        () => None,
    }
}

/// Can a file that is made have this fill value?
pub fn can_fill(bytes: &[u8]) -> bool {
    matches!(bytes.len(), 1 | 2 | 4 | 8) || bytes.iter().all(|&byte| byte == 0)
}
