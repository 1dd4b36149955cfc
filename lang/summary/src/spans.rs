//! Labels of several levels: which of them are drawn, and over how many places each one reaches.
//!
//! ```text
//! a  x        an outer label that is the same as before is not drawn again,
//!    y        the innermost is always
//! b  x
//! ```

/// What stands where something was left out.
pub(crate) const DOTS: &str = "...";

/// The labels with one more for what was left out behind the first `gap`; a group that reaches over the gap goes on in it.
pub(crate) fn with_gap(labels: &[&[String]], gap: Option<usize>, n_levels: usize) -> Vec<Vec<String>> {
    let whole = |label: &[String]| (0..n_levels).map(|level| label.get(level).cloned().unwrap_or_default()).collect();
    let mut all: Vec<Vec<String>> = labels.iter().map(|label| whole(label)).collect();
    let Some(at) = gap else { return all };
    let at = at.min(all.len());
    let mut dots = vec![DOTS.to_string(); n_levels];
    if let (Some(before), Some(after)) = (at.checked_sub(1).and_then(|at| all.get(at)), all.get(at)) {
        for level in 0..n_levels.saturating_sub(1) {
            if before[level] != after[level] {
                break;
            }
            dots[level].clone_from(&before[level]);
        }
    }
    all.insert(at, dots);
    all
}

/// For each label and level over how many places it reaches; 0 where it goes on from the one before.
pub(crate) fn spans(labels: &[Vec<String>]) -> Vec<Vec<usize>> {
    let mut spans: Vec<Vec<usize>> = labels.iter().map(|label| vec![1; label.len()]).collect();
    for index in (1..labels.len()).rev() {
        let (before, behind) = spans.split_at_mut(index);
        let (Some(before), Some(own)) = (before.last_mut(), behind.first_mut()) else { continue };
        let inner = own.len().saturating_sub(1);
        let texts = labels[index - 1].iter().zip(&labels[index]);
        for ((from, to), _) in
            before.iter_mut().zip(own).zip(texts).take(inner).take_while(|(_, (one, other))| one == other)
        {
            *from += std::mem::take(to);
        }
    }
    spans
}
