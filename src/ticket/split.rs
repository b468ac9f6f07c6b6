//! Splitting a ticket: a new one that begins with what an article of the old one says, and is linked with it.
//!
//! Whoever splits shows the [`Draft`], creates the ticket as any other, and then calls [`link`]; all in one work.
//! Source: the reference system's `AgentTicketPhone` with `ArticleID` and `LinkTicketID`.

use schema::{DbError, Tx};

use super::{
    Ticket,
    article::{
        self, ArticleId, Content,
        attachment::{self, Attachment, Wanted},
        storage::Storage,
    },
    link::{self, Added, LinkType},
    work::Work,
};
use crate::{recent::Recent, settings::Settings};

/// Where tickets are split; each screen has a setting of its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Screen {
    Phone,
    Email,
    Process,
}

impl Screen {
    const fn setting(self) -> &'static str {
        match self {
            Self::Phone => "Ticket::Frontend::AgentTicketPhone###SplitLinkType",
            Self::Email => "Ticket::Frontend::AgentTicketEmail###SplitLinkType",
            Self::Process => "Ticket::Frontend::AgentTicketProcess###SplitLinkType",
        }
    }
}

/// What the new ticket may begin with.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    pub subject: String,
    pub body: String,
    pub customer_id: Option<String>,
    pub customer_user: Option<String>,
    /// Those of the article, without its own text as HTML.
    pub attachments: Vec<Attachment>,
}

/// The text and the attachments of an article; nothing for one that is not the ticket's, or is a chat.
pub async fn draft(
    tx: &mut Tx,
    settings: &Settings,
    recent: &Recent,
    ticket: &Ticket,
    article: ArticleId,
) -> Result<Option<Draft>, DbError> {
    let mut articles = article::list(tx, recent, &[ticket.id]).await?;
    let articles = articles.remove(&ticket.id).unwrap_or_default();
    let Some(found) = articles.into_iter().find(|one| one.id == article) else {
        return Ok(None);
    };
    let Content::Mime(mime) = found.content else {
        return Ok(None);
    };
    let wanted = Wanted {
        content: true,
        html_body: false,
    };
    let storage = Storage::from_settings(settings);
    let mut attachments = attachment::list(tx, &storage, &[article], wanted).await?;
    Ok(Some(Draft {
        subject: mime.subject.unwrap_or_default(),
        body: mime.body.unwrap_or_default(),
        customer_id: ticket.customer_id.clone(),
        customer_user: ticket.customer_user_id.clone(),
        attachments: attachments.remove(&article).unwrap_or_default(),
    }))
}

/// Links the new ticket with the one that it was split from, as `Ticket::Frontend::SCREEN###SplitLinkType` says: by default
/// the old one is the parent. Both histories tell it, the old one's first. Nothing where the setting names no type.
pub async fn link(
    work: &mut Work<'_>,
    old: &Ticket,
    new: &Ticket,
    screen: Screen,
) -> Result<Option<Added>, DbError> {
    let setting = work.settings.value(screen.setting());
    let text = |key: &str| setting.get(key).and_then(compat::Value::as_string);
    let Some(kind) = text("LinkType").as_deref().and_then(LinkType::from_name) else {
        return Ok(None);
    };
    let (source, target) = match text("Direction").as_deref() {
        Some("Source") => (new, old),
        _ => (old, new),
    };
    link::add(work, source, target, kind).await.map(Some)
}
