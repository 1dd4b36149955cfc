//! Lays out nested groups of text in lines of a certain width, as IPython does for the value of a cell.
//!
//! Text is held back while it may still fit on the line. When it does not, the outermost group that is still flat is
//! broken: each of its breaks becomes a new line. Inner groups stay flat as long as they fit.

use std::collections::VecDeque;

/// Lays out text as it comes.
pub struct Printer {
    out: String,
    max_width: usize,
    /// Columns used on the last line of `out`.
    out_width: usize,
    buffer: VecDeque<Piece>,
    buffer_width: usize,
    indentation: usize,
    groups: Vec<Group>,
    /// The groups that are open, outermost first.
    open: Vec<usize>,
    /// Groups that could still be broken, by depth.
    flat: Vec<Vec<usize>>,
}

enum Piece {
    Text(String, usize),
    /// A space, or a new line if its group is broken.
    Break {
        group: usize,
        indentation: usize,
    },
}

struct Group {
    depth: usize,
    /// How many of its breaks are in the buffer.
    pending: usize,
    broken: bool,
}

impl Printer {
    /// For lines of this width.
    pub fn new(max_width: usize) -> Printer {
        Printer {
            out: String::new(),
            max_width,
            out_width: 0,
            buffer: VecDeque::new(),
            buffer_width: 0,
            indentation: 0,
            groups: vec![Group { depth: 0, pending: 0, broken: false }],
            open: vec![0],
            flat: vec![vec![0]],
        }
    }

    /// Text that stays together.
    pub fn text(&mut self, text: &str) {
        let width = text.chars().count();
        if self.buffer.is_empty() {
            self.out.push_str(text);
            self.out_width += width;
        } else {
            self.buffer.push_back(Piece::Text(text.to_string(), width));
            self.buffer_width += width;
            self.make_room();
        }
    }

    /// A space at which the line may break.
    pub fn breakable(&mut self) {
        let group = *self.open.last().expect("the root group stays open");
        if self.groups[group].broken {
            self.flush();
            self.new_line(self.indentation);
        } else {
            self.groups[group].pending += 1;
            self.buffer.push_back(Piece::Break { group, indentation: self.indentation });
            self.buffer_width += 1;
            self.make_room();
        }
    }

    /// A new line in any case.
    pub fn line_break(&mut self) {
        self.flush();
        self.new_line(self.indentation);
    }

    /// Begins a group; its lines are indented by so much.
    pub fn begin(&mut self, indent: usize, open: &str) {
        if !open.is_empty() {
            self.text(open);
        }
        let depth = self.open.len();
        let group = self.groups.len();
        self.groups.push(Group { depth, pending: 0, broken: false });
        self.open.push(group);
        if self.flat.len() <= depth {
            self.flat.resize_with(depth + 1, Vec::new);
        }
        self.flat[depth].push(group);
        self.indentation += indent;
    }

    /// Ends it.
    pub fn end(&mut self, dedent: usize, close: &str) {
        self.indentation -= dedent;
        if let Some(group) = self.open.pop()
            && self.groups[group].pending == 0
        {
            self.forget(group);
        }
        if !close.is_empty() {
            self.text(close);
        }
    }

    /// All of the text.
    pub fn finish(mut self) -> String {
        self.flush();
        self.out
    }

    fn new_line(&mut self, indentation: usize) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', indentation));
        self.out_width = indentation;
    }

    fn forget(&mut self, group: usize) {
        let stack = &mut self.flat[self.groups[group].depth];
        if let Some(at) = stack.iter().rposition(|&other| other == group) {
            stack.remove(at);
        }
    }

    fn flush(&mut self) {
        while let Some(piece) = self.buffer.pop_front() {
            self.put(piece);
        }
        self.buffer_width = 0;
    }

    fn put(&mut self, piece: Piece) {
        match piece {
            Piece::Text(text, width) => {
                self.buffer_width -= width;
                self.out.push_str(&text);
                self.out_width += width;
            }
            Piece::Break { group, indentation } => {
                self.buffer_width -= 1;
                self.groups[group].pending -= 1;
                if self.groups[group].broken {
                    self.new_line(indentation);
                    return;
                }
                if self.groups[group].pending == 0 {
                    self.forget(group);
                }
                self.out.push(' ');
                self.out_width += 1;
            }
        }
    }

    /// Breaks groups, outermost first, until what is held back fits.
    fn make_room(&mut self) {
        while self.max_width < self.out_width + self.buffer_width {
            let Some(group) = self.next_to_break() else { return };
            while self.groups[group].pending > 0 {
                let Some(piece) = self.buffer.pop_front() else { return };
                self.put(piece);
                while matches!(self.buffer.front(), Some(Piece::Text(..))) {
                    let Some(piece) = self.buffer.pop_front() else { return };
                    self.put(piece);
                }
            }
        }
    }

    fn next_to_break(&mut self) -> Option<usize> {
        for depth in 0..self.flat.len() {
            let found = self.flat[depth].iter().rposition(|&group| self.groups[group].pending > 0);
            if let Some(at) = found {
                let group = self.flat[depth].remove(at);
                self.groups[group].broken = true;
                return Some(group);
            }
            for group in std::mem::take(&mut self.flat[depth]) {
                self.groups[group].broken = true;
            }
        }
        None
    }
}
