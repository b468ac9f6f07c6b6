//! The head of an article: from whom, to whom, about what, in answer to what.

use crate::{
    case::{Case, Entry},
    texts::Author,
    world::Agent,
};

const OUR_ADDRESS: &str = "Brookside Support <support@brookside.example>";

/// The message ids of the mails so far.
#[derive(Default)]
pub(super) struct Thread {
    last: String,
    all: String,
}

/// The head of an article.
pub(super) struct Letter {
    pub from: String,
    pub to: String,
    pub subject: String,
    pub message_id: String,
    pub in_reply_to: String,
    pub references: String,
}

impl Letter {
    pub(super) fn of(case: &Case<'_>, entry: &Entry<'_>, thread: &mut Thread) -> Self {
        let customer = format!("{} <{}>", case.customer.name(), case.customer.mail);
        let agent = case.agent.map(Agent::name).unwrap_or_default();
        let is_first = entry.id == case.entries[0].id;
        let answer = format!("Re: [Ticket#{}] {}", case.number, case.title);
        let host = case.customer.mail.rsplit('@').next().unwrap_or_default();
        let (from, to, subject, message_id) = match entry.text.by {
            Author::Customer => (
                customer,
                OUR_ADDRESS.to_owned(),
                if is_first { case.title.clone() } else { answer },
                format!("<{}.{}@{host}>", entry.id, case.id),
            ),
            Author::Agent => (
                OUR_ADDRESS.to_owned(),
                customer,
                answer,
                format!("<{}.{}@brookside.example>", entry.id, case.id),
            ),
            Author::Web | Author::Phone => (
                customer,
                case.conversation.queue.clone(),
                case.title.clone(),
                String::new(),
            ),
            Author::Note => (agent, String::new(), "Note".to_owned(), String::new()),
        };
        let mut letter = Self {
            from,
            to,
            subject,
            message_id,
            in_reply_to: String::new(),
            references: String::new(),
        };
        if !letter.message_id.is_empty() {
            letter.in_reply_to.clone_from(&thread.last);
            letter.references.clone_from(&thread.all);
            thread.last.clone_from(&letter.message_id);
            if !thread.all.is_empty() {
                thread.all.push(' ');
            }
            thread.all.push_str(&letter.message_id);
        }
        letter
    }

    /// The mail as it came or went, without its attachments.
    pub(super) fn raw(&self, entry: &Entry<'_>) -> String {
        let date = entry.at.format("%a, %d %b %Y %H:%M:%S +0000");
        let answer = if self.in_reply_to.is_empty() {
            String::new()
        } else {
            format!(
                "In-Reply-To: {}\nReferences: {}\n",
                self.in_reply_to, self.references
            )
        };
        format!(
            "From: {}\nTo: {}\nSubject: {}\nDate: {date}\nMessage-ID: {}\n{answer}MIME-Version: 1.0\n\
             Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{}",
            self.from, self.to, self.subject, self.message_id, entry.body
        )
    }
}
