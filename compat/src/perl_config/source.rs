//! The letters of the file, and what quotes and here-documents make of them.

/// The text cannot be read without running it.
#[derive(Debug)]
pub struct Unknown;

pub type Result<T> = std::result::Result<T, Unknown>;

/// A position in the file. It steps over the bodies of here-documents, which start on the line after their mark.
#[derive(Clone)]
pub struct Source<'a> {
    letters: &'a [char],
    at: usize,
    /// The line feed after which a here-document's body stands, and where the code goes on.
    body: Option<(usize, usize)>,
}

/// A text between quotes, still with its backslashes.
pub struct Quoted {
    pub text: Vec<char>,
    pub interpolates: bool,
    /// Whether backslashes mean anything: not so in `<<'...'`.
    pub escapes: bool,
    /// The quotes, which a backslash protects.
    pub quotes: [char; 2],
}

impl<'a> Source<'a> {
    pub fn new(letters: &'a [char]) -> Self {
        Self {
            letters,
            at: 0,
            body: None,
        }
    }

    pub fn position(&self) -> usize {
        self.at
    }

    /// The position behind what was read, the bodies of here-documents included.
    pub fn end(&self) -> usize {
        self.body.map_or(self.at, |(_, resume)| resume)
    }

    /// The text from here to another position.
    pub fn until(&self, end: usize) -> String {
        self.letters[self.at..end.max(self.at)].iter().collect()
    }

    pub fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    pub fn next(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at = match self.body {
            Some((line_feed, resume)) if line_feed == self.at => {
                self.body = None;
                resume
            }
            _ => self.at + 1,
        };
        Some(letter)
    }

    pub fn starts_with(&self, text: &str) -> bool {
        let mut rest = self.letters[self.at..].iter();
        text.chars().all(|letter| rest.next() == Some(&letter))
    }

    pub fn eat(&mut self, text: &str) -> bool {
        let found = self.starts_with(text);
        if found {
            for _ in text.chars() {
                self.next();
            }
        }
        found
    }

    pub fn expect(&mut self, text: &str) -> Result<()> {
        self.space();
        if self.eat(text) { Ok(()) } else { Err(Unknown) }
    }

    /// Skips white space and comments.
    pub fn space(&mut self) {
        while let Some(letter) = self.peek() {
            if letter == '#' {
                while self.peek().is_some_and(|letter| letter != '\n') {
                    self.next();
                }
            } else if letter.is_whitespace() {
                self.next();
            } else {
                return;
            }
        }
    }

    /// Skips documentation (`=head1` to `=cut`) that starts at this line; false when there is none.
    pub fn documentation(&mut self) -> bool {
        let line_start = self.at == 0 || self.letters[self.at - 1] == '\n';
        if !line_start
            || self.peek() != Some('=')
            || !self
                .letters
                .get(self.at + 1)
                .is_some_and(char::is_ascii_alphabetic)
        {
            return false;
        }
        loop {
            let last = self.starts_with("=cut");
            while self.next().is_some_and(|letter| letter != '\n') {}
            if last || self.peek().is_none() {
                return true;
            }
        }
    }

    /// The identifier that starts here, without moving.
    pub fn word(&self) -> &'a [char] {
        let rest = &self.letters[self.at..];
        if !rest
            .first()
            .is_some_and(|letter| letter.is_ascii_alphabetic() || *letter == '_')
        {
            return &[];
        }
        let length = rest
            .iter()
            .take_while(|letter| letter.is_ascii_alphanumeric() || **letter == '_')
            .count();
        &rest[..length]
    }

    pub fn is_word(&self, text: &str) -> bool {
        self.word().iter().copied().eq(text.chars())
    }

    pub fn eat_word(&mut self, text: &str) -> bool {
        self.is_word(text) && self.eat(text)
    }

    /// A run of letters of one kind.
    pub fn run(&mut self, accept: impl Fn(char) -> bool) -> String {
        let mut run = String::new();
        while let Some(letter) = self.peek().filter(|letter| accept(*letter)) {
            run.push(letter);
            self.next();
        }
        run
    }

    /// Whether `'...'`, `"..."`, `q(...)`, `qq{...}` or `<<'...'` starts here; `Ok(None)` when none does.
    pub fn quoted(&mut self) -> Result<Option<Quoted>> {
        if let Some(quote @ ('\'' | '"')) = self.peek() {
            return self.delimited(quote == '"').map(Some);
        }
        for (word, interpolates) in [("q", false), ("qq", true)] {
            if self.is_word(word) {
                self.eat(word);
                return self.delimited(interpolates).map(Some);
            }
        }
        if self.starts_with("<<") {
            self.here_document()
        } else {
            Ok(None)
        }
    }

    /// The text between the delimiter that is next and its counterpart; brackets nest.
    pub fn delimited(&mut self, interpolates: bool) -> Result<Quoted> {
        if self.peek().is_some_and(char::is_whitespace) {
            self.space();
        }
        let open = self
            .next()
            .filter(|open| !open.is_alphanumeric() && !open.is_whitespace())
            .ok_or(Unknown)?;
        // `q => 1` is a pair of a hash, not a text between equal signs.
        if matches!(open, '=' | ',' | ';') {
            return Err(Unknown);
        }
        let close = match open {
            '(' => ')',
            '[' => ']',
            '{' => '}',
            '<' => '>',
            other => other,
        };
        let mut text = Vec::new();
        let mut depth = 0_usize;
        loop {
            let letter = self.next().ok_or(Unknown)?;
            if letter == close && depth == 0 {
                return Ok(Quoted {
                    text,
                    interpolates,
                    escapes: true,
                    quotes: [open, close],
                });
            }
            text.push(letter);
            if letter == '\\' {
                text.push(self.next().ok_or(Unknown)?);
            } else if letter == close {
                depth -= 1;
            } else if letter == open {
                depth += 1;
            }
        }
    }

    fn here_document(&mut self) -> Result<Option<Quoted>> {
        let start = self.clone();
        self.eat("<<");
        let indented = self.eat("~");
        let (mark, interpolates): (Vec<char>, bool) = match self.peek() {
            Some(quote @ ('\'' | '"')) => (self.delimited(false)?.text, quote == '"'),
            _ => (self.word().to_vec(), true),
        };
        if mark.is_empty() {
            *self = start;
            return Ok(None);
        }
        if self
            .letters
            .get(start.at + 2 + usize::from(indented))
            .is_some_and(|letter| !matches!(letter, '\'' | '"'))
        {
            for _ in &mark {
                self.next();
            }
        }
        let line_feed = match self.body {
            Some((line_feed, _)) => line_feed,
            None => {
                self.at
                    + self.letters[self.at..]
                        .iter()
                        .position(|letter| *letter == '\n')
                        .ok_or(Unknown)?
            }
        };
        let mut at = self.body.map_or(line_feed + 1, |(_, resume)| resume);
        let mut lines: Vec<&[char]> = Vec::new();
        loop {
            let rest = self
                .letters
                .get(at..)
                .filter(|rest| !rest.is_empty())
                .ok_or(Unknown)?;
            let length = rest
                .iter()
                .position(|letter| *letter == '\n')
                .unwrap_or(rest.len());
            let line = &rest[..length];
            let bare = if indented { trim_start(line) } else { line };
            at += (length + 1).min(rest.len());
            if bare == mark {
                break;
            }
            lines.push(line);
        }
        self.body = Some((line_feed, at));
        let indent = if indented {
            let filled = lines.iter().filter(|line| !trim_start(line).is_empty());
            filled
                .map(|line| line.len() - trim_start(line).len())
                .min()
                .unwrap_or(0)
        } else {
            0
        };
        let mut text = Vec::new();
        for line in lines {
            text.extend(&line[indent.min(line.len())..]);
            text.push('\n');
        }
        Ok(Some(Quoted {
            text,
            interpolates,
            escapes: interpolates,
            quotes: ['\\', '\\'],
        }))
    }

    /// Steps over a statement whose meaning is unknown: to its `;`, to the end of its block, or to the `}` around it.
    pub fn skip_statement(&mut self) {
        const BLOCKS: [&str; 10] = [
            "if", "unless", "while", "until", "for", "foreach", "BEGIN", "END", "sub", "package",
        ];
        let is_block = self.peek() == Some('{') || BLOCKS.iter().any(|word| self.is_word(word));
        let mut depth = 0_usize;
        let mut before = ' ';
        loop {
            self.space();
            let Some(letter) = self.peek() else { return };
            match letter {
                ';' if depth == 0 => {
                    self.next();
                    return;
                }
                '}' if depth == 0 => return,
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => {
                    depth = depth.saturating_sub(1);
                    if letter == '}' && depth == 0 && is_block {
                        self.next();
                        self.space();
                        if !["else", "elsif", "continue"]
                            .iter()
                            .any(|word| self.is_word(word))
                        {
                            return;
                        }
                        continue;
                    }
                }
                _ => {}
            }
            self.skip_token(before);
            before = letter;
        }
    }

    fn skip_token(&mut self, before: char) {
        let start = self.clone();
        let word: String = self.word().iter().collect();
        let parts = match word.as_str() {
            "q" | "qq" | "qw" | "qr" | "m" => 1,
            "s" | "tr" | "y" => 2,
            _ => 0,
        };
        let is_key = matches!(before, '{' | '$' | '@' | '%' | '>' | '&');
        let skipped = match self.peek() {
            _ if parts > 0 && !is_key => {
                self.eat(&word);
                let first = self.delimited(false);
                match first {
                    Ok(quoted) if parts == 2 && quoted.quotes[0] == quoted.quotes[1] => {
                        self.rest_of_pair(quoted.quotes[1])
                    }
                    Ok(_) if parts == 2 => self.delimited(false).map(|_| ()),
                    other => other.map(|_| ()),
                }
            }
            Some('\'' | '"') => self.delimited(false).map(|_| ()),
            Some('/') if matches!(before, '~' | '(') => self.delimited(false).map(|_| ()),
            Some('<') if self.starts_with("<<") => match self.here_document() {
                Ok(Some(_)) => Ok(()),
                _ => Err(Unknown),
            },
            Some('$') => {
                // `$#list` is no comment, `$'` no quote.
                self.next();
                if matches!(self.peek(), Some('#' | '\'' | '"' | '&' | '`')) {
                    self.next();
                }
                Ok(())
            }
            Some(_) if !word.is_empty() => {
                self.eat(&word);
                Ok(())
            }
            _ => Err(Unknown),
        };
        if skipped.is_err() {
            *self = start;
            self.next();
        }
    }

    /// The second half of `s/a/b/`.
    fn rest_of_pair(&mut self, close: char) -> Result<()> {
        loop {
            match self.next().ok_or(Unknown)? {
                '\\' => {
                    self.next();
                }
                letter if letter == close => return Ok(()),
                _ => {}
            }
        }
    }
}

fn trim_start(line: &[char]) -> &[char] {
    let spaces = line
        .iter()
        .take_while(|letter| matches!(letter, ' ' | '\t'))
        .count();
    &line[spaces..]
}
