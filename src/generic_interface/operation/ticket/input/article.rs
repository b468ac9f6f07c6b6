//! The parameters below `Article`, each check on its own.

use compat::{Value, charset};
use schema::Dialect;

use super::{Desk, Part, Stop, printed};
use crate::{
    auth::Principal,
    directory::address,
    ticket::{
        article::{ArticleId, AttachmentsCome, Channel, NewArticle, SenderType, content_type},
        choices,
        history::HistoryType,
        lookup,
        time_accounting::SpokenUnits,
    },
};

/// What an article needs from its request, in the reference's order; the operations add who wrote it to whom.
///
/// `kind` and `comment` are what the history says of it unless the request says something else.
pub async fn check(
    desk: &mut Desk<'_>,
    principal: &Principal,
    article: Part<'_>,
    kind: HistoryType,
    comment: &str,
) -> Result<NewArticle, Stop> {
    let operation = desk.operation;
    let needed = |name: &str| {
        article
            .given(name)
            .ok_or_else(|| operation.missing(format!("Article->{name} parameter is missing!")))
    };
    let subject = needed("Subject")?;
    let body = needed("Body")?;
    auto_response(desk, article).await?;
    let channel = channel(desk, article).await?;
    let Sender { acts_as, kept_as } = sender(desk, principal, article).await?;
    let from = article.given("From").unwrap_or_default();
    if !from.is_empty() && !address::is_acceptable(desk.settings, &from) {
        return Err(operation.invalid("Article->From parameter is invalid!"));
    }
    let goes_out = goes_out(desk, article)?;
    let content_type = content_type(desk, article)?;
    let history_type = history_type(desk, article).await?.unwrap_or(kind);
    let time_units = time_units(desk, article)?;
    if article
        .given("NoAgentNotify")
        .is_some_and(|flag| flag != "1")
    {
        return Err(operation.invalid("Article->NoAgent parameter is invalid!"));
    }
    for name in [
        "ForceNotificationToUserID",
        "ExcludeNotificationToUserID",
        "ExcludeMuteNotificationToUserID",
    ] {
        agents(desk, article, name).await?;
    }
    Ok(NewArticle {
        channel,
        sender_type: acts_as,
        kept_as,
        visible_for_customer: article
            .text("IsVisibleForCustomer")
            .is_none_or(|text| !text.is_empty() && text != "0"),
        from,
        subject,
        body,
        content_type,
        history_type,
        history_comment: article
            .given("HistoryComment")
            .unwrap_or_else(|| comment.to_owned()),
        time_units,
        auto_response_type: article.given("AutoResponseType"),
        goes_out,
        attachments_come: if goes_out {
            AttachmentsCome::With
        } else {
            AttachmentsCome::After
        },
        no_agent_notify: article.given("NoAgentNotify").is_some(),
        ..NewArticle::default()
    })
}

/// What the reference finds out only while it writes, and leaves half of the work behind.
pub fn refuse_structures(article: Part<'_>, names: &[&str]) -> Result<(), Stop> {
    if names.iter().any(|name| article.is_structure(name)) {
        return Err(Stop::failure(
            "Article could not be created, please contact the system administrator",
        ));
    }
    Ok(())
}

/// The number of a new article as the answer has it: of customers' articles the reference makes a text.
pub fn shown(id: ArticleId, sender: SenderType) -> Value {
    match sender {
        SenderType::Customer => Value::text(id.0.to_string()),
        SenderType::Agent | SenderType::System => id.0.into(),
    }
}

/// `ArticleSend`: an address is asked for first, as the reference does, under the name of `TicketCreate` in both operations.
///
/// Nothing is signed or encrypted here; a request for that fails as it does where the reference has no keys.
fn goes_out(desk: &Desk<'_>, article: Part<'_>) -> Result<bool, Stop> {
    if article.given("ArticleSend").is_none() {
        return Ok(false);
    }
    let is_right = |name: &str| {
        let text = article.given(name);
        text.is_none_or(|text| address::is_acceptable(desk.settings, &text))
    };
    if article.given("To").is_none() || !["To", "Cc", "Bcc"].into_iter().all(is_right) {
        return Err(super::Operation::TicketCreate.invalid(
            "Article->To parameter must be a valid email address when Article->ArticleSend is set!",
        ));
    }
    let wants = |name: &str| article.0.get(name).and_then(Value::as_map);
    let wants_keys = ["Sign", "Crypt"].into_iter().filter_map(wants);
    if wants_keys.into_iter().any(|map| !map.is_empty()) {
        return Err(Stop::failure(
            "Article could not be created, please contact the system administrator",
        ));
    }
    Ok(true)
}

async fn auto_response(desk: &mut Desk<'_>, article: Part<'_>) -> Result<(), Stop> {
    let Some(name) = article.given("AutoResponseType") else {
        return Ok(());
    };
    let choices = choices::current(desk.tx, &desk.app.recent).await?;
    if choices.auto_response_types.contains(&name) {
        Ok(())
    } else {
        Err(desk
            .operation
            .invalid("Article->AutoResponseType parameter is invalid!"))
    }
}

/// By name, else by number, else a note; chats come by no request.
async fn channel(desk: &mut Desk<'_>, article: Part<'_>) -> Result<Channel, Stop> {
    let dialect = desk.tx.dialect();
    let name = match article.given("CommunicationChannel") {
        Some(name) => Some(name),
        None => match article.given("CommunicationChannelID") {
            None => return Ok(Channel::Internal),
            Some(key) => {
                let lookups = lookup::current(desk.tx, &desk.app.recent).await?;
                let key: Option<i64> = key.parse().ok();
                key.and_then(|key| lookups.channels.get(&key).cloned())
            }
        },
    };
    let is_it = |channel: &Channel| {
        name.as_deref()
            .is_some_and(|name| is_name(dialect, channel.name(), name))
    };
    [Channel::Email, Channel::Phone, Channel::Internal]
        .into_iter()
        .find(is_it)
        .ok_or_else(|| {
            desk.operation.invalid(
                "Article->CommunicationChannel or Article->CommunicationChannelID parameter is invalid or not supported!",
            )
        })
}

/// Whether a database that is asked for a name finds this row.
fn is_name(dialect: Dialect, known: &str, name: &str) -> bool {
    match dialect {
        Dialect::MySql => known.to_lowercase() == name.to_lowercase(),
        Dialect::Postgres | Dialect::Sqlite => known == name,
    }
}

/// Who wrote an article.
struct Sender {
    /// What follows from it follows from the name, where there is one; a name that nobody has is nobody's.
    acts_as: SenderType,
    /// What the row says, where a number says something else than the name.
    kept_as: Option<SenderType>,
}

/// By number, else by name, else what the caller is.
async fn sender(
    desk: &mut Desk<'_>,
    principal: &Principal,
    article: Part<'_>,
) -> Result<Sender, Stop> {
    let refused = || {
        desk.operation
            .invalid("Article->SenderTypeID or Ticket->SenderType parameter is invalid!")
    };
    let name = article.given("SenderType");
    let named = name.as_deref().and_then(SenderType::from_name);
    let Some(key) = article.given("SenderTypeID") else {
        let acts_as = match (name, principal) {
            (Some(_), _) => named.ok_or_else(refused)?,
            (None, Principal::Agent(_)) => SenderType::Agent,
            (None, Principal::Customer(_)) => SenderType::Customer,
        };
        return Ok(Sender {
            acts_as,
            kept_as: None,
        });
    };
    let lookups = lookup::current(desk.tx, &desk.app.recent).await?;
    let key: Option<i32> = key.parse().ok();
    let keyed = key.and_then(|key| SenderType::from_name(lookups.sender_types.get(&key)?));
    let keyed = keyed.ok_or_else(refused)?;
    let acts_as = match name {
        None => keyed,
        Some(_) => named.unwrap_or(SenderType::System),
    };
    Ok(Sender {
        acts_as,
        kept_as: Some(keyed).filter(|kept| *kept != acts_as),
    })
}

/// `ContentType`, or `MimeType` and `Charset` together; whichever is there has to be right.
fn content_type(desk: &Desk<'_>, article: Part<'_>) -> Result<String, Stop> {
    let operation = desk.operation;
    let whole = article.given("ContentType");
    let mime = article.given("MimeType");
    let set = article.given("Charset");
    match (&whole, &mime, &set) {
        (None, None, None) => {
            return Err(operation.missing(
                "Article->ContentType or Ticket->MimeType and Article->Charset parameters are required!",
            ));
        }
        (_, None, Some(_)) => return Err(operation.missing("Article->MimeType is required!")),
        (_, Some(_), None) => return Err(operation.missing("Article->Charset is required!")),
        (_, Some(_), Some(_)) | (Some(_), None, None) => {}
    }
    if mime.as_ref().is_some_and(|mime| !is_mime_type(mime)) {
        return Err(operation.invalid("Article->MimeType is invalid!"));
    }
    if set.as_ref().is_some_and(|set| !charset::is_known(set)) {
        return Err(operation.invalid("Article->Charset is invalid!"));
    }
    if let Some(whole) = &whole {
        let set = content_type::charset(whole);
        if content_type::mime_type(whole).is_empty() || set.is_empty() || !charset::is_known(&set) {
            return Err(operation.invalid("Article->ContentType is invalid!"));
        }
    }
    let joined = mime
        .zip(set)
        .map(|(mime, set)| format!("{mime}; charset={set}"));
    Ok(whole.or(joined).unwrap_or_default().to_lowercase())
}

/// Alone a type has to be one from end to end, while `ContentType` only has to begin with one.
fn is_mime_type(text: &str) -> bool {
    !text.is_empty() && content_type::mime_type(text) == text
}

async fn history_type(desk: &mut Desk<'_>, article: Part<'_>) -> Result<Option<HistoryType>, Stop> {
    let Some(name) = article.given("HistoryType") else {
        return Ok(None);
    };
    let dialect = desk.tx.dialect();
    let lookups = lookup::current(desk.tx, &desk.app.recent).await?;
    let mut names = lookups.history_types.keys();
    names
        .find(|known| is_name(dialect, known, &name))
        .and_then(|known| HistoryType::from_name(known))
        .map(Some)
        .ok_or_else(|| {
            desk.operation
                .invalid("Article->HistoryType parameter is invalid!")
        })
}

fn time_units(desk: &Desk<'_>, article: Part<'_>) -> Result<Option<SpokenUnits>, Stop> {
    let Some(text) = article.given("TimeUnit") else {
        return Ok(None);
    };
    SpokenUnits::read(&text).map(Some).ok_or_else(|| {
        desk.operation
            .invalid("Article->TimeUnit parameter is invalid!")
    })
}

/// Agents by their numbers, one or a list.
async fn agents(desk: &mut Desk<'_>, article: Part<'_>, name: &str) -> Result<(), Stop> {
    let listed: Vec<String> = match article.0.get(name) {
        None | Some(Value::Undef) => return Ok(()),
        Some(Value::Map(map)) if !map.is_empty() => {
            return Err(desk
                .operation
                .invalid(format!("Article->{name} parameter is invalid!")));
        }
        Some(Value::List(items)) if !items.is_empty() => items.iter().map(printed).collect(),
        Some(one) => vec![printed(one)],
    };
    let choices = choices::current(desk.tx, &desk.app.recent).await?;
    let unknown = listed.iter().find(|id| choices.agents.by_key(id).is_none());
    match unknown {
        None => Ok(()),
        Some(id) => Err(desk
            .operation
            .invalid(format!("Article->{name} UserID={id} parameter is invalid!"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mime_type_alone_has_to_be_one_from_end_to_end() {
        assert!(is_mime_type("text/plain"));
        assert!(is_mime_type("TEXT/x_y"));
        for wrong in [
            "",
            "text",
            "text/",
            "/x",
            "text/x-y",
            "te xt/plain",
            "application/vnd.x",
        ] {
            assert!(!is_mime_type(wrong), "{wrong}");
        }
    }
}
