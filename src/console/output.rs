//! What a command says: on the standard output what it does, on the error output what went wrong.

use std::io::Write as _;

/// Where a command's words go.
#[derive(Debug, Default)]
pub struct Output {
    /// Nothing but errors.
    pub quiet: bool,
    /// Both outputs, when they are kept instead of shown.
    kept: Option<(String, String)>,
}

impl Output {
    /// The outputs of this process.
    pub fn of_process() -> Self {
        Self::default()
    }

    /// Outputs that can be looked at, see [`Output::kept`].
    pub fn keeping() -> Self {
        Self {
            kept: Some(Default::default()),
            ..Self::default()
        }
    }

    /// What was said so far: standard output, error output. Empty for the outputs of a process.
    pub fn kept(&self) -> (&str, &str) {
        self.kept
            .as_ref()
            .map_or(("", ""), |(out, err)| (out.as_str(), err.as_str()))
    }

    /// A line about what is done; nothing when the command is to be quiet.
    pub fn say(&mut self, line: &str) {
        if !self.quiet {
            self.print(line);
        }
    }

    /// A line that is there in any case.
    pub fn print(&mut self, line: &str) {
        match &mut self.kept {
            Some((out, _)) => {
                out.push_str(line);
                out.push('\n');
            }
            // Whoever reads the output may be gone; the work goes on.
            None => drop(writeln!(std::io::stdout(), "{line}")),
        }
    }

    /// A line on the error output.
    pub fn complain(&mut self, line: &str) {
        match &mut self.kept {
            Some((_, err)) => {
                err.push_str(line);
                err.push('\n');
            }
            // Nobody is left to tell when the error output itself is closed.
            None => drop(writeln!(std::io::stderr(), "{line}")),
        }
    }
}
