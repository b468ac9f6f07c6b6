//! The hashes `Article` and `Attachment` of a request.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use compat::{Map, Value, charset};
use schema::tables as t;
use sea_query::{Expr, ExprTrait as _, Query};

use super::{Checked, fields, invalid, missing};
use crate::{
    auth::Principal,
    directory::name,
    generic_interface::operation::Answer,
    ticket::{
        article::{Channel, NewArticle, NewAttachment, SenderType},
        history::HistoryType,
        time_accounting::TimeUnits,
        work::Work,
    },
};

/// What the history says of an article when the request does not.
const COMMENT: &str = "%%GenericInterface Note";

/// An article as a request describes it, checked.
pub struct ArticleInput(NewArticle);

impl ArticleInput {
    /// Checks the hash in the reference's order.
    pub async fn read(work: &mut Work<'_>, given: &Map, principal: &Principal) -> Checked<Self> {
        let text = |name: &str| fields::text(given, name);
        let subject =
            text("Subject").ok_or_else(|| missing("Article->Subject parameter is missing!"))?;
        let body = text("Body").ok_or_else(|| missing("Article->Body parameter is missing!"))?;
        if let Some(kind) = text("AutoResponseType")
            && !is_auto_response(work, &kind).await?
        {
            return Err(invalid("Article->AutoResponseType parameter is invalid!").into());
        }
        let channel = channel(work, given).await?;
        let sender_type = sender_type(work, given, principal).await?;
        let to = text("To").unwrap_or_default();
        if given.get("ArticleSend").is_some_and(Value::is_true) {
            return Err(sending(&to).into());
        }
        let from = text("From");
        if let Some(from) = &from
            && !fields::is_address(work, from)
        {
            return Err(invalid("Article->From parameter is invalid!").into());
        }
        let content_type = content_type(given)?;
        let history_type = match text("HistoryType") {
            None => HistoryType::AddNote,
            Some(name) => HistoryType::from_name(&name)
                .ok_or_else(|| invalid("Article->HistoryType parameter is invalid!"))?,
        };
        let time_units = time_units(given)?;
        if let Some(flag) = text("NoAgentNotify")
            && !matches!(flag.as_str(), "0" | "1")
        {
            return Err(invalid("Article->NoAgent parameter is invalid!").into());
        }
        for name in [
            "ForceNotificationToUserID",
            "ExcludeNotificationToUserID",
            "ExcludeMuteNotificationToUserID",
        ] {
            check_agents(work, given, name).await?;
        }
        let order = work.settings.integer("FirstnameLastnameOrder");
        let from = from.unwrap_or_else(|| match principal {
            Principal::Agent(agent) => {
                name::full_name(order, &agent.first_name, &agent.last_name, &agent.login)
            }
            Principal::Customer(_) => String::new(),
        });
        let visible = match given.get("IsVisibleForCustomer") {
            None | Some(Value::Undef) => true,
            Some(value) => value.is_true(),
        };
        Ok(Self(NewArticle {
            channel,
            sender_type,
            visible_for_customer: visible,
            from,
            reply_to: text("ReplyTo").unwrap_or_default(),
            to,
            cc: text("Cc").unwrap_or_default(),
            bcc: text("Bcc").unwrap_or_default(),
            subject,
            content_type,
            body,
            history_type,
            history_comment: text("HistoryComment").unwrap_or_else(|| COMMENT.to_owned()),
            time_units,
            ..NewArticle::default()
        }))
    }

    /// Adds a file, in the reference's order of checks.
    pub fn attach(&mut self, given: &Map) -> Checked<()> {
        let needed = |name: &str| {
            fields::text(given, name)
                .ok_or_else(|| missing(&format!("Attachment->{name} parameter is missing!")))
        };
        let content = needed("Content")?;
        let content_type = needed("ContentType")?;
        let filename = needed("Filename")?;
        if !is_content_type(&content_type, false) {
            return Err(invalid("Attachment->ContentType is invalid!").into());
        }
        let text = |name: &str| fields::text(given, name);
        let content_id = text("ContentID").map(|id| {
            if id.starts_with('<') {
                id
            } else {
                format!("<{id}>")
            }
        });
        self.0.attachments.push(NewAttachment {
            filename,
            content_type,
            content: decoded(&content),
            content_id,
            alternative: text("ContentAlternative"),
            disposition: text("Disposition"),
        });
        Ok(())
    }

    pub fn is_by_customer(&self) -> bool {
        self.0.sender_type == SenderType::Customer
    }

    pub fn into_new(self) -> NewArticle {
        self.0
    }
}

/// Base64 as Perl reads it: what does not belong there is skipped.
fn decoded(content: &str) -> Vec<u8> {
    let kept: String = content
        .chars()
        .take_while(|character| *character != '=')
        .filter(|character| character.is_ascii_alphanumeric() || matches!(character, '+' | '/'))
        .collect();
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(&alphabet::STANDARD, lenient)
        .decode(kept)
        .unwrap_or_default()
}

/// Nobody can send mail yet; an address is asked for first, as the reference does.
fn sending(to: &str) -> Answer {
    if to.is_empty() {
        return Answer::error(
            "TicketCreate.InvalidParameter",
            "TicketCreate: Article->To parameter must be a valid email address when Article->ArticleSend is set!",
        );
    }
    Answer::Failure("Article->ArticleSend: this server does not send articles yet.".to_owned())
}

async fn is_auto_response(work: &mut Work<'_>, name: &str) -> Checked<bool> {
    let query = Query::select()
        .columns([t::AutoResponseType::Id, t::AutoResponseType::ValidId])
        .from(t::AutoResponseType::Table)
        .and_where(Expr::col(t::AutoResponseType::Name).eq(name))
        .to_owned();
    let found: Option<(i32, i16)> = work.tx.fetch_optional(&query).await?;
    Ok(found.is_some())
}

async fn channel(work: &mut Work<'_>, given: &Map) -> Checked<Channel> {
    let refused = || {
        invalid(
            "Article->CommunicationChannel or Article->CommunicationChannelID parameter is invalid or not supported!",
        )
    };
    let name = match (
        fields::text(given, "CommunicationChannelID"),
        fields::text(given, "CommunicationChannel"),
    ) {
        (Some(id), _) => {
            let id: i64 = id.parse().map_err(|_| refused())?;
            let lookups = work.lookups().await?;
            lookups.channels.get(&id).cloned().ok_or_else(refused)?
        }
        (None, Some(name)) => name,
        (None, None) => return Ok(Channel::Internal),
    };
    match Channel::from_name(&name) {
        Some(Channel::Chat) | None => Err(refused().into()),
        Some(channel) => Ok(channel),
    }
}

async fn sender_type(
    work: &mut Work<'_>,
    given: &Map,
    principal: &Principal,
) -> Checked<SenderType> {
    let refused = || invalid("Article->SenderTypeID or Ticket->SenderType parameter is invalid!");
    let name = match (
        fields::text(given, "SenderTypeID"),
        fields::text(given, "SenderType"),
    ) {
        (Some(id), _) => {
            let id: i32 = id.parse().map_err(|_| refused())?;
            let lookups = work.lookups().await?;
            lookups.sender_types.get(&id).cloned().ok_or_else(refused)?
        }
        (None, Some(name)) => name,
        (None, None) => {
            return Ok(match principal {
                Principal::Agent(_) => SenderType::Agent,
                Principal::Customer(_) => SenderType::Customer,
            });
        }
    };
    SenderType::from_name(&name).ok_or_else(|| refused().into())
}

/// `ContentType`, or `MimeType` and `Charset` together.
fn content_type(given: &Map) -> Checked<String> {
    let text = |name: &str| fields::text(given, name);
    if let Some(content_type) = text("ContentType") {
        return if is_content_type(&content_type, true) {
            Ok(content_type)
        } else {
            Err(invalid("Article->ContentType is invalid!").into())
        };
    }
    let (mime, charset) = match (text("MimeType"), text("Charset")) {
        (Some(mime), Some(charset)) => (mime, charset),
        (None, None) => {
            let message = "Article->ContentType or Ticket->MimeType and Article->Charset parameters are required!";
            return Err(missing(message).into());
        }
        (None, Some(_)) => return Err(missing("Article->MimeType is required!").into()),
        (Some(_), None) => return Err(missing("Article->Charset is required!").into()),
    };
    if !charset::is_known(&charset) {
        return Err(invalid("Article->Charset is invalid!").into());
    }
    if !is_mime_type(&mime) {
        return Err(invalid("Article->MimeType is invalid!").into());
    }
    Ok(format!("{mime}; charset={charset}"))
}

fn is_content_type(text: &str, needs_charset: bool) -> bool {
    let mime = text.split(';').next().unwrap_or_default().trim();
    let has_type = mime
        .split_once('/')
        .is_some_and(|(kind, form)| !kind.is_empty() && !form.is_empty());
    let charset = charset::of_content_type(text);
    has_type && charset.map_or(!needs_charset, charset::is_known)
}

/// Alone a type is taken more narrowly than within `ContentType`.
fn is_mime_type(text: &str) -> bool {
    let is_word = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    text.split_once('/')
        .is_some_and(|(kind, form)| is_word(kind) && is_word(form))
}

fn time_units(given: &Map) -> Checked<Option<TimeUnits>> {
    let Some(text) = fields::text(given, "TimeUnit") else {
        return Ok(None);
    };
    let refused = || invalid("Article->TimeUnit parameter is invalid!");
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = match text.split_once(['.', ',']) {
        Some((whole, fraction)) if is_number(whole) && is_number(fraction) => (whole, fraction),
        None if is_number(&text) => (text.as_str(), "0"),
        _ => return Err(refused().into()),
    };
    let hundredths: String = fraction.chars().chain("00".chars()).take(2).collect();
    let whole: i64 = whole.parse().map_err(|_| refused())?;
    let hundredths: i64 = hundredths.parse().map_err(|_| refused())?;
    let units = TimeUnits(whole.saturating_mul(100).saturating_add(hundredths));
    Ok((units.0 > 0).then_some(units))
}

/// One key of an agent, or a list of them.
async fn check_agents(work: &mut Work<'_>, given: &Map, name: &str) -> Checked<()> {
    let ids: Vec<String> = match given.get(name) {
        None | Some(Value::Undef) => return Ok(()),
        Some(Value::List(items)) => items.iter().filter_map(Value::as_string).collect(),
        Some(one) => one
            .as_string()
            .filter(|id| !id.trim().is_empty())
            .into_iter()
            .collect(),
    };
    for id in ids {
        let known = match id.trim().parse() {
            Ok(key) => fields::is_valid_agent(work, key).await?,
            Err(_) => false,
        };
        if !known {
            let message = format!("Article->{name} UserID={id} parameter is invalid!");
            return Err(invalid(&message).into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types_name_a_mime_type_and_a_charset() {
        assert!(is_content_type("text/plain; charset=utf8", true));
        assert!(is_content_type("text/html; charset=\"iso-8859-15\"", true));
        assert!(is_content_type("image/svg+xml", false));
        for wrong in ["xx", "text/plain", "text/plain; charset=foo"] {
            assert!(!is_content_type(wrong, true), "{wrong}");
        }
        assert!(!is_content_type("text/plain; charset=foo", false));
        assert!(!is_mime_type("application/x-y"));
        assert!(!is_mime_type("text/"));
    }

    #[test]
    fn base64_is_read_leniently() {
        assert_eq!(decoded("eA=="), b"x");
        assert_eq!(decoded("!!e A"), b"x");
        assert_eq!(decoded(""), b"");
    }
}
