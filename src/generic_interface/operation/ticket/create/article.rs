//! The parameters below `Article`.

use compat::{Value, charset};
use schema::tables as t;
use sea_query::{Expr, ExprTrait as _, Query};

use super::{Desk, Part, Stop, failure, invalid, missing, printed, ticket};
use crate::{
    auth::Principal,
    ticket::{
        article::{Channel, NewArticle, SenderType, content_type},
        choices,
        history::HistoryType,
        lookup,
        time_accounting::TimeUnits,
    },
};

/// What the history says of an article unless the request says something else.
const COMMENT: &str = "%%GenericInterface Create";

/// An article that may be written; its attachments come later.
pub(super) async fn check(
    desk: &mut Desk<'_>,
    principal: &Principal,
    ticket: &ticket::Checked,
    article: Part<'_>,
) -> Result<NewArticle, Stop> {
    let needed = |name: &str| {
        article
            .given(name)
            .ok_or_else(|| missing(format!("Article->{name} parameter is missing!")))
    };
    let subject = needed("Subject")?;
    let body = needed("Body")?;
    if let Some(name) = article.given("AutoResponseType") {
        auto_response(desk, &name).await?;
    }
    let channel = channel(desk, article).await?;
    let sender_type = sender_type(desk, principal, article).await?;
    let content_type = content_type(article)?;
    let history_type = history_type(desk, article).await?;
    let time_units = time_units(article)?;
    for name in [
        "ForceNotificationToUserID",
        "ExcludeNotificationToUserID",
        "ExcludeMuteNotificationToUserID",
    ] {
        agents(desk, article, name).await?;
    }
    if article.given("ArticleSend").is_some() {
        return Err(if article.given("To").is_none() {
            invalid(
                "Article->To parameter must be a valid email address when Article->ArticleSend is set!",
            )
        } else {
            failure(
                "This server does not send articles yet (Article->ArticleSend); nothing was created.",
            )
        });
    }
    // The reference creates the ticket, fails at the article, and leaves the ticket behind.
    if ["Subject", "Body", "From"]
        .iter()
        .any(|name| article.is_structure(name))
    {
        return Err(failure(
            "Article could not be created, please contact the system administrator",
        ));
    }
    Ok(NewArticle {
        channel,
        sender_type,
        visible_for_customer: article
            .text("IsVisibleForCustomer")
            .is_none_or(|text| !text.is_empty() && text != "0"),
        from: article.given("From").unwrap_or_else(|| ticket.from.clone()),
        to: ticket.queue.clone(),
        subject,
        content_type,
        body,
        history_type,
        history_comment: article
            .given("HistoryComment")
            .unwrap_or_else(|| COMMENT.to_owned()),
        time_units,
        ..NewArticle::default()
    })
}

async fn auto_response(desk: &mut Desk<'_>, name: &str) -> Result<(), Stop> {
    use t::AutoResponseType as A;
    let query = Query::select()
        .column(A::Name)
        .from(A::Table)
        .and_where(Expr::col(A::ValidId).eq(1_i16))
        .to_owned();
    let known: Vec<(String,)> = desk.tx.fetch_all(&query).await?;
    if known.iter().any(|(known,)| known == name) {
        Ok(())
    } else {
        Err(invalid("Article->AutoResponseType parameter is invalid!"))
    }
}

/// By name, else by number, else a note; chats come by no request.
async fn channel(desk: &mut Desk<'_>, article: Part<'_>) -> Result<Channel, Stop> {
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
    name.and_then(|name| Channel::from_name(&name))
        .filter(|channel| *channel != Channel::Chat)
        .ok_or_else(|| {
            invalid(
                "Article->CommunicationChannel or Article->CommunicationChannelID parameter is invalid or not supported!",
            )
        })
}

/// By number, else by name, else what the caller is.
async fn sender_type(
    desk: &mut Desk<'_>,
    principal: &Principal,
    article: Part<'_>,
) -> Result<SenderType, Stop> {
    let name = if let Some(key) = article.given("SenderTypeID") {
        let lookups = lookup::current(desk.tx, &desk.app.recent).await?;
        let key: Option<i32> = key.parse().ok();
        key.and_then(|key| lookups.sender_types.get(&key).cloned())
    } else if let Some(name) = article.given("SenderType") {
        Some(name)
    } else {
        return Ok(match principal {
            Principal::Agent(_) => SenderType::Agent,
            Principal::Customer(_) => SenderType::Customer,
        });
    };
    name.and_then(|name| SenderType::from_name(&name))
        .ok_or_else(|| invalid("Article->SenderTypeID or Ticket->SenderType parameter is invalid!"))
}

fn content_type(article: Part<'_>) -> Result<String, Stop> {
    let whole = article.given("ContentType");
    let mime = article.given("MimeType");
    let set = article.given("Charset");
    match (&whole, &mime, &set) {
        (Some(_), _, _) | (None, Some(_), Some(_)) => {}
        (None, None, None) => {
            return Err(missing(
                "Article->ContentType or Ticket->MimeType and Article->Charset parameters are required!",
            ));
        }
        (None, None, Some(_)) => return Err(missing("Article->MimeType is required!")),
        (None, Some(_), None) => return Err(missing("Article->Charset is required!")),
    }
    if mime.as_ref().is_some_and(|mime| !is_mime_type(mime)) {
        return Err(invalid("Article->MimeType is invalid!"));
    }
    if set.as_ref().is_some_and(|set| !charset::is_known(set)) {
        return Err(invalid("Article->Charset is invalid!"));
    }
    if let Some(whole) = &whole {
        let set = content_type::charset(whole);
        if content_type::mime_type(whole).is_empty() || set.is_empty() || !charset::is_known(&set) {
            return Err(invalid("Article->ContentType is invalid!"));
        }
    }
    let joined = mime
        .zip(set)
        .map(|(mime, set)| format!("{mime}; charset={set}"));
    Ok(whole.or(joined).unwrap_or_default().to_lowercase())
}

fn is_mime_type(text: &str) -> bool {
    !content_type::mime_type(text).is_empty() && !text.contains(char::is_whitespace)
}

async fn history_type(desk: &mut Desk<'_>, article: Part<'_>) -> Result<HistoryType, Stop> {
    let Some(name) = article.given("HistoryType") else {
        return Ok(HistoryType::NewTicket);
    };
    let lookups = lookup::current(desk.tx, &desk.app.recent).await?;
    let is_it = |known: &str| match desk.tx.dialect() {
        schema::Dialect::MySql => known.to_lowercase() == name.to_lowercase(),
        schema::Dialect::Postgres | schema::Dialect::Sqlite => known == name,
    };
    let known = lookups.history_types.keys().find(|known| is_it(known));
    known
        .and_then(|known| HistoryType::from_name(known))
        .ok_or_else(|| invalid("Article->HistoryType parameter is invalid!"))
}

/// Digits with a fraction behind a point or a comma; two of its digits count.
fn time_units(article: Part<'_>) -> Result<Option<TimeUnits>, Stop> {
    let refused = || invalid("Article->TimeUnit parameter is invalid!");
    let Some(text) = article.given("TimeUnit") else {
        return Ok(None);
    };
    let text = text.replace(',', ".");
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text.as_str(), None),
    };
    let are_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !are_digits(whole) || !fraction.is_none_or(are_digits) {
        return Err(refused());
    }
    let hundredths: String = fraction
        .unwrap_or_default()
        .chars()
        .chain("00".chars())
        .take(2)
        .collect();
    let units: i64 = format!("{whole}{hundredths}")
        .parse()
        .map_err(|_| refused())?;
    Ok(Some(TimeUnits(units)))
}

/// Agents by their numbers, one or a list.
async fn agents(desk: &mut Desk<'_>, article: Part<'_>, name: &str) -> Result<(), Stop> {
    let listed: Vec<String> = match article.0.get(name) {
        None | Some(Value::Undef) => return Ok(()),
        Some(Value::Map(_)) => {
            return Err(invalid(format!("Article->{name} parameter is invalid!")));
        }
        Some(Value::List(items)) if !items.is_empty() => items.iter().map(printed).collect(),
        Some(one) => vec![printed(one)],
    };
    let choices = choices::current(desk.tx, &desk.app.recent).await?;
    let unknown = listed.iter().find(|id| choices.agents.by_key(id).is_none());
    match unknown {
        None => Ok(()),
        Some(id) => Err(invalid(format!(
            "Article->{name} UserID={id} parameter is invalid!"
        ))),
    }
}
