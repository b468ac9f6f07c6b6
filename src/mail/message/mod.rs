//! Mails as the reference system composes them: headers, texts in several forms, files.
//!
//! Source: the messages in `mail_queue.raw_message` of the reference system. It writes the headers of each message in
//! another order, as Perl's hashes come; here they have one.

use compat::mime;

use crate::{settings::Settings, ticket::article::NewAttachment};

mod part;

/// What the headers say of the program.
const BANNER: [(&str, &str); 2] = [
    ("X-Powered-BY", "OTRS (https://otrs.com/)"),
    ("X-Mailer", "Znuny Mail Service (6.5.x)"),
];

/// What mails say that nobody wrote, so that nothing answers them.
const AUTOMATIC: [(&str, &str); 2] = [("Auto-Submitted", "auto-generated"), ("Precedence", "bulk")];

/// What a mail says. Texts that nobody gave are empty.
#[derive(Clone, Debug)]
pub struct Message {
    pub from: String,
    pub to: String,
    pub cc: String,
    pub reply_to: String,
    pub subject: String,
    /// With its angle brackets, see [`new_id`].
    pub message_id: String,
    pub in_reply_to: String,
    pub references: String,
    /// Of headers and body, such as `utf-8`.
    pub charset: String,
    /// Such as `text/plain`; `text/html` gets a plain form beside it.
    pub mime_type: String,
    pub body: String,
    pub attachments: Vec<NewAttachment>,
    /// Whether nobody wrote it: notifications and automatic answers, which nothing is to answer automatically.
    pub automatic: bool,
    /// Further headers, by name and text.
    pub headers: Vec<(String, String)>,
}

impl Default for Message {
    fn default() -> Self {
        Self {
            from: String::new(),
            to: String::new(),
            cc: String::new(),
            reply_to: String::new(),
            subject: String::new(),
            message_id: String::new(),
            in_reply_to: String::new(),
            references: String::new(),
            charset: "utf-8".to_owned(),
            mime_type: "text/plain".to_owned(),
            body: String::new(),
            attachments: Vec::new(),
            automatic: false,
            headers: Vec::new(),
        }
    }
}

impl Message {
    /// The type and character set that an article's content type names.
    pub fn set_content_type(&mut self, content_type: &str) {
        let mime = content_type.split(';').next().unwrap_or_default();
        mime.trim().clone_into(&mut self.mime_type);
        if let Some(charset) = compat::charset::of_content_type(content_type) {
            charset.clone_into(&mut self.charset);
        }
    }

    fn is_html(&self) -> bool {
        self.mime_type.eq_ignore_ascii_case("text/html")
    }
}

/// A mail as bytes. Lines end with a line feed.
#[derive(Clone, Debug, PartialEq)]
pub struct Composed {
    /// Ends with the end of its last line.
    pub header: Vec<u8>,
    pub body: Vec<u8>,
}

impl Composed {
    /// Header, an empty line, body.
    pub fn raw(&self) -> Vec<u8> {
        [self.header.as_slice(), b"\n", self.body.as_slice()].concat()
    }
}

/// A new message id, `<SECONDS.MICROSECONDS.RANDOM@HOST>`. `now` in seconds since 1970.
pub fn new_id(settings: &Settings, now: i64) -> String {
    format!(
        "<{now}.{}.{}@{}>",
        rand::random_range(0..1_000_000_u32),
        rand::random_range(0..10_000_000_000_u64),
        settings.text("FQDN")
    )
}

/// Writes a mail. `now` in seconds since 1970.
pub fn compose(message: &Message, settings: &Settings, now: i64) -> Composed {
    let mut boundaries = part::Boundaries::new(now);
    let boundary = boundaries.next();
    let body = part::of_message(message, settings);
    let kind = body.header(&boundary);
    let mut header = String::new();
    if body.is_simple() {
        header.push_str(&kind);
    }
    header.push_str("MIME-Version: 1.0\n");
    write_header(&mut header, message, settings, now);
    if !body.is_simple() {
        header.push_str(&kind);
    }
    Composed {
        header: header.into_bytes(),
        body: body.body(&boundary, &mut boundaries),
    }
}

fn write_header(out: &mut String, message: &Message, settings: &Settings, now: i64) {
    let mut add = |name: &str, text: &str| {
        if !text.is_empty() {
            out.push_str(&mime::fold(name, &mime::words(text, &message.charset)));
        }
    };
    let banner = !settings.is_on("Secure::DisableBanner");
    let date = chrono::DateTime::from_timestamp(now, 0).unwrap_or_default();
    add("Organization", &settings.text("Organization"));
    add(
        "Date",
        &date.format("%a, %d %b %Y %H:%M:%S +0000").to_string(),
    );
    add("To", &message.to);
    add("Message-ID", &message.message_id);
    add("CC", &message.cc);
    if banner {
        add(BANNER[0].0, BANNER[0].1);
    }
    if message.automatic {
        add("X-Loop", "yes");
    }
    add("Subject", &message.subject);
    add("From", &message.from);
    add("Reply-To", &message.reply_to);
    if banner {
        add(BANNER[1].0, BANNER[1].1);
    }
    if message.automatic {
        // A fresh database has the setting switched off; then these hold.
        let set = settings.value("Sendmail::DefaultHeaders");
        let set = set.as_map().into_iter().flatten();
        let set: Vec<(&str, String)> = set
            .map(|(name, text)| {
                (
                    name.trim_end_matches(':'),
                    text.as_string().unwrap_or_default(),
                )
            })
            .collect();
        for (name, text) in AUTOMATIC {
            if !set
                .iter()
                .any(|(known, _)| known.eq_ignore_ascii_case(name))
            {
                add(name, text);
            }
        }
        for (name, text) in &set {
            add(name, text);
        }
    }
    for (name, text) in &message.headers {
        add(name, text);
    }
    add("In-Reply-To", &message.in_reply_to);
    add("References", &message.references);
}
