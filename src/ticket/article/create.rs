//! Writing an article with everything that belongs to it.

use rand::{Rng as _, distr::Alphanumeric};
use schema::DbError;

use super::{
    ArticleId, flag,
    html::{self, Settled},
    new::{AttachmentsCome, Channel, NewArticle, NewAttachment, SenderType},
    search_index,
    storage::{NewPart, Storage, StorageError},
    store,
};
use crate::ticket::{Ticket, change, history::HistoryType, mention, time_accounting, work::Work};

/// Characters behind the number of the process in `insert_fingerprint`.
const FINGERPRINT: usize = 32;

/// Writes an article to a ticket: rows, attachments, history, flags and accounted time.
///
/// The ticket's unlock time starts again, in its row and in `ticket`, with articles of agents, and with those of
/// customers that follow one of an agent.
///
/// Errors: [`StorageError`] when an attachment can not be kept; nothing is to be committed then.
/// Source: the rows that the reference system writes for requests of `TicketCreate` and `TicketUpdate`.
#[tracing::instrument(name = "ticket.article.create", skip_all, fields(ticket.number = %ticket.number))]
pub async fn create(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    mut new: NewArticle,
) -> Result<ArticleId, StorageError> {
    let mentions = if new.sender_type == SenderType::Agent && html::is_html(&new) {
        mention::names(&new.body, &work.settings)
    } else {
        Vec::new()
    };
    // A body that is no text becomes an attachment that is there from the beginning.
    let with_attachments = html::settle(work, &mut new) == Settled::Attachment
        || (new.attachments_come == AttachmentsCome::With && !new.attachments.is_empty());
    let lookups = work.lookups().await?;
    let kept_as = new.kept_as.unwrap_or(new.sender_type);
    let row = store::NewRow {
        sender_type_id: key(&lookups.sender_types, kept_as.name()).ok_or(DbError::Missing {
            table: "article_sender_type",
            name: kept_as.name(),
        })?,
        channel_id: key(&lookups.channels, new.channel.name()).ok_or(DbError::Missing {
            table: "communication_channel",
            name: new.channel.name(),
        })?,
        visible_for_customer: new.visible_for_customer,
        fingerprint: fingerprint(),
    };
    let is_first = work.fresh.articles(ticket.id).is_some_and(<[_]>::is_empty);
    let answers_agent = new.sender_type == SenderType::Customer
        && !is_first
        && store::last_sender(&mut work.tx, &lookups, ticket.id).await? == Some(SenderType::Agent);
    let article = store::insert(&mut work.tx, work.stamp, ticket.id, &row).await?;
    work.fresh.add_article(ticket.id, article);
    if new.channel == Channel::Chat {
        store::insert_chat(&mut work.tx, work.stamp, article, &new.chat).await?;
    } else {
        store::insert_mime(&mut work.tx, work.stamp, article, &new).await?;
        let storage = Storage::from_settings(&work.settings);
        if let Some(plain) = &new.plain {
            storage
                .add_plain(&mut work.tx, work.stamp, article, plain)
                .await?;
        }
        let parts: Vec<NewPart<'_>> = new.attachments.iter().map(NewAttachment::part).collect();
        if !parts.is_empty() {
            storage
                .write(&mut work.tx, work.stamp, article, &parts)
                .await?;
        }
    }
    work.mention(article, mentions);
    work.history(
        ticket,
        new.history_type,
        new.history_comment.clone(),
        Some(article),
    );
    let starts_again = match new.sender_type {
        SenderType::Agent => true,
        SenderType::System => false,
        SenderType::Customer => answers_agent,
    };
    if starts_again {
        change::unlock_timeout(work, ticket).await?;
    }
    if new.channel != Channel::Chat {
        search_index::add(
            &mut work.tx,
            &work.settings,
            ticket,
            article,
            &new,
            with_attachments,
        )
        .await?;
    }
    work.emit(ticket, "ArticleCreate", Some(article)).await?;
    if let Some(event) = notification(work, ticket, article, &new).await? {
        work.emit(ticket, event, Some(article)).await?;
    }
    flag::seen_by_writer(work, article).await?;
    work.emit(ticket, "ArticleFlagSet", Some(article)).await?;
    if let Some(time) = &new.time_units {
        time_accounting::add(work, ticket, Some(article), time).await?;
    }
    Ok(article)
}

/// What agents are told of an article, by what the history calls it.
///
/// Source: the reference system, asked for each kind of entry with articles of agents and of customers.
async fn notification(
    work: &mut Work<'_>,
    ticket: &Ticket,
    article: ArticleId,
    new: &NewArticle,
) -> Result<Option<&'static str>, DbError> {
    if new.no_agent_notify {
        return Ok(None);
    }
    Ok(match new.history_type {
        HistoryType::AddNote => Some("NotificationAddNote"),
        HistoryType::FollowUp => Some("NotificationFollowUp"),
        HistoryType::EmailCustomer
        | HistoryType::PhoneCallCustomer
        | HistoryType::WebRequestCustomer
            if is_first(work, ticket, article).await? =>
        {
            Some("NotificationNewTicket")
        }
        _ => None,
    })
}

/// Whether the ticket has no article before this one.
async fn is_first(
    work: &mut Work<'_>,
    ticket: &Ticket,
    article: ArticleId,
) -> Result<bool, DbError> {
    match work.fresh.articles(ticket.id) {
        Some(articles) => Ok(articles.first() == Some(&article)),
        None => store::is_first(&mut work.tx, ticket.id, article).await,
    }
}

/// The key under which a table has this name.
fn key<K: Copy>(names: &std::collections::HashMap<K, String>, name: &str) -> Option<K> {
    names
        .iter()
        .find(|(_, known)| *known == name)
        .map(|(key, _)| *key)
}

/// What the Perl system finds its own row by: its process and a random text. Nobody else reads it.
pub fn fingerprint() -> String {
    let random: String = rand::rng()
        .sample_iter(Alphanumeric)
        .take(FINGERPRINT)
        .map(char::from)
        .collect();
    format!("{}-{random}", std::process::id())
}
