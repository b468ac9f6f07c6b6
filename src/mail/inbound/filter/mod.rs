//! Filters: what administrators want to be done with mails before they become articles.
//!
//! `PostMaster::PreFilterModule`, `PreCreateFilterModule` and `PostFilterModule` name them; they run in the order of their
//! keys. No filter runs a program: `CMD` is refused, and says so. Mails are not decrypted here, and certificates of
//! senders are not fetched.

use compat::Value;
use schema::DbError;

use crate::{
    mail::communication_log::Priority,
    ticket::{TicketId, article::storage::StorageError, work::Work},
};

use super::{Mail, follow_up, store};

mod bounce;
mod external_number;
mod reject;
mod rule;
mod search;
mod visibility;

use rule::Rule;
pub use search::{Patterns, Searches};

/// The Message-ID of our own mail that came back.
pub const BOUNCED: &str = "X-OTRS-Bounce-OriginalMessageID";
/// The number of the ticket that somebody else's number stands for.
pub const RECOGNISED: &str = "X-OTRS-FollowUp-RecognizeTicket";

/// When a filter runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stage {
    /// Nobody knows yet which ticket a mail belongs to.
    BeforeFollowUp,
    BeforeArticle,
    Afterwards,
}

impl Stage {
    const fn setting(self) -> &'static str {
        match self {
            Self::BeforeFollowUp => "PostMaster::PreFilterModule",
            Self::BeforeArticle => "PostMaster::PreCreateFilterModule",
            Self::Afterwards => "PostMaster::PostFilterModule",
        }
    }
}

/// Lets every filter of a stage look at a mail. `ticket` is the one that the mail belongs to.
pub(super) async fn run(
    work: &mut Work<'_>,
    mail: &mut Mail<'_>,
    stage: Stage,
    ticket: Option<TicketId>,
) -> Result<(), StorageError> {
    let filters = work.settings.value(stage.setting());
    let Some(filters) = filters.as_map() else {
        return Ok(());
    };
    for (key, config) in filters {
        let module = config.get("Module").and_then(Value::as_string);
        let module = module.unwrap_or_default();
        let name = module.rsplit("::").next().unwrap_or_default();
        match name {
            "Match" => {
                if let Some(rule) = Rule::of_setting(config) {
                    rule.apply(mail, key);
                }
            }
            "MatchDBSource" => of_database(work, mail).await?,
            "NewTicketReject" => {
                // Whoever answers a ticket opens none.
                let opens = ticket.is_none()
                    && (stage != Stage::BeforeFollowUp
                        || follow_up::find(work, mail).await?.is_none());
                if opens {
                    reject::run(work, mail, config).await?;
                }
            }
            "FollowUpArticleVisibilityCheck" => {
                if let Some(ticket) = ticket {
                    visibility::run(work, mail, config, ticket).await?;
                }
            }
            "DetectAttachment" => attachments(mail),
            "DetectBounceEmail" => bounce::run(mail),
            "ExternalTicketNumberRecognition" => {
                external_number::run(work, mail, config).await?;
            }
            "" => {}
            // Whatever else is named is a program, wants keys that we do not have, or comes from a package.
            other => mail.note(
                Priority::Warning,
                &module,
                format!("The filter {other} ({key}) does not exist here, and did nothing."),
            ),
        }
    }
    Ok(())
}

/// The filters in the table, by name; one that matches and says so is the last.
async fn of_database(work: &mut Work<'_>, mail: &mut Mail<'_>) -> Result<(), DbError> {
    let rows = store::filters(&mut work.tx).await?;
    for (name, rule) in Rule::of_rows(&rows) {
        if rule.apply(mail, &name) && rule.stops {
            break;
        }
    }
    Ok(())
}

/// Tells how many attachments a mail has. Its own text in other forms counts as one, too.
fn attachments(mail: &mut Mail<'_>) {
    let is_attached = |attachment: &&crate::ticket::article::NewAttachment| {
        attachment.disposition.as_deref() == Some("attachment")
    };
    let count = mail.message.attachments.iter().filter(is_attached).count();
    let exists = if count > 0 { "yes" } else { "no" };
    mail.parameters.set("X-OTRS-AttachmentExists", exists);
    mail.parameters
        .set("X-OTRS-AttachmentCount", &count.to_string());
}
