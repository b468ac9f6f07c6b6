//! `Ticket::TicketGet`: tickets with their dynamic fields, articles and attachments.

use std::collections::HashMap;

use compat::{Map, Value};
use schema::{DbError, Tx};

use super::{AskedError, asked, printed};
use crate::{
    access::{self, Permission},
    app::App,
    auth::Principal,
    dynamic_field::{self, ObjectType, Values},
    generic_interface::operation::{Answer, Request, authentication},
    recent::Recent,
    settings::Settings,
    ticket::{
        self, TicketId,
        article::{
            self, Article, ArticleId,
            attachment::{Attachment, Wanted},
            storage::Storage,
        },
        milestones::{self, Milestones},
        time_accounting::{self, Spent},
    },
};

pub mod included;
mod page;

use page::Page;

fn error(code: &str, message: &str) -> Answer {
    Answer::error(format!("TicketGet.{code}"), format!("TicketGet: {message}"))
}

/// What a request wants to see beside the tickets themselves.
struct Options {
    dynamic_fields: bool,
    extended: bool,
    articles: Option<ArticleOptions>,
}

struct ArticleOptions {
    /// One list of articles for each of these, one after the other; `None` takes those of every sender type.
    sender_types: Vec<Option<String>>,
    newest_first: bool,
    limit: Option<usize>,
    attachments: Option<Wanted>,
}

impl Options {
    fn from_request(data: &Value) -> Self {
        let is_on = |name: &str| data.get(name).is_some_and(Value::is_true);
        Self {
            dynamic_fields: is_on("DynamicFields"),
            extended: is_on("Extended"),
            articles: is_on("AllArticles").then(|| ArticleOptions::from_request(data)),
        }
    }
}

impl ArticleOptions {
    fn from_request(data: &Value) -> Self {
        let is_on = |name: &str| data.get(name).is_some_and(Value::is_true);
        let limit = data.get("ArticleLimit").filter(|value| value.is_true());
        let limit = limit.map(limit_of);
        let contents = match data.get("GetAttachmentContents") {
            None | Some(Value::Undef) => true,
            Some(value) => value.is_true(),
        };
        let order = data.get("ArticleOrder").and_then(Value::as_string);
        Self {
            sender_types: sender_types(data.get("ArticleSenderType")),
            // The reference turns the list around only while it counts.
            newest_first: limit.is_some() && order.as_deref() == Some("DESC"),
            limit,
            attachments: is_on("Attachments").then(|| Wanted {
                content: contents,
                html_body: is_on("HTMLBodyAsAttachment"),
            }),
        }
    }
}

/// How many articles a limit lets through: Perl's slice from 0 to the limit minus one, so `0.5` is 1 and `abc` is 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a cast from float saturates, and limits beyond 2^52 let everything through"
)]
fn limit_of(value: &Value) -> usize {
    let number = match value {
        Value::List(_) | Value::Map(_) => return usize::MAX,
        scalar => compat::perl_number::parse(&scalar.as_string().unwrap_or_default()),
    };
    let number = match number {
        Value::Integer(number) => number as f64,
        Value::Float(number) => number,
        _ => 0.0,
    };
    let last = (number - 1.0).trunc();
    if last < 0.0 {
        0
    } else {
        (last as usize).saturating_add(1)
    }
}

/// A name or a list of names; what is false or a hash stands for articles of every sender type.
fn sender_types(parameter: Option<&Value>) -> Vec<Option<String>> {
    let name = |value: &Value| value.is_true().then(|| printed(value));
    match parameter {
        Some(Value::List(names)) if !names.is_empty() => names.iter().map(name).collect(),
        Some(Value::List(_) | Value::Map(_)) | None => vec![None],
        Some(scalar) => vec![name(scalar)],
    }
}

/// Answers `Ticket`, a list of hashes in the order of the request.
///
/// Takes `TicketID`, `DynamicFields`, `Extended`, `AllArticles`, `ArticleSenderType`, `ArticleOrder`, `ArticleLimit`,
/// `Attachments`, `GetAttachmentContents` and `HTMLBodyAsAttachment`.
/// Refusals: `AuthFail`, `MissingParameter`, `WrongStructure`, `AccessDenied`, `NotTicketData`.
pub async fn run(app: &App, request: &Request<'_>) -> Result<Answer, DbError> {
    let Some(principal) = authentication::authenticate(app, request).await? else {
        return Ok(error("AuthFail", "Authorization failing!"));
    };
    let asked = match asked(&request.data, app.db.dialect()) {
        Ok(asked) => asked,
        Err(AskedError::Missing) => {
            return Ok(error("MissingParameter", "TicketID parameter is missing!"));
        }
        Err(AskedError::WrongStructure) => {
            return Ok(error(
                "WrongStructure",
                "Structure for TicketID is not correct!",
            ));
        }
    };
    if asked.is_empty() {
        return Ok(error(
            "NotTicketData",
            "Could not get Ticket data in Kernel::GenericInterface::Operation::Ticket::TicketGet::Run()",
        ));
    }

    let mut tx = app.db.read().await?;
    let settings = app.settings.current();
    let ids: Vec<TicketId> = asked.iter().filter_map(|asked| asked.id).collect();
    let tickets = ticket::list(&mut tx, &app.recent, &ids).await?;
    let references: Vec<_> = tickets.iter().collect();
    let allowed = access::tickets(
        &mut tx,
        &app.recent,
        &settings,
        &principal,
        &references,
        Permission::Ro,
    )
    .await?;
    let position = |id: TicketId| tickets.iter().position(|ticket| ticket.id == id);
    let mut shown = Vec::with_capacity(asked.len());
    for asked in &asked {
        match asked
            .id
            .and_then(position)
            .filter(|position| allowed[*position])
        {
            Some(position) => shown.push(&tickets[position]),
            None => {
                return Ok(error(
                    "AccessDenied",
                    "User does not have access to the ticket!",
                ));
            }
        }
    }

    let options = Options::from_request(&request.data);
    let details =
        Details::read(&mut tx, &app.recent, &settings, &principal, &ids, &options).await?;
    let page = Page {
        settings: &settings,
        now: app.clock.timestamp(),
        options: &options,
        details: &details,
    };
    let list = shown
        .into_iter()
        .map(|ticket| page.ticket(ticket))
        .collect();
    Ok(Answer::Data(Map::from([(
        "Ticket".to_owned(),
        Value::List(list),
    )])))
}

/// What belongs to the tickets of one request, read with a number of statements that does not depend on them.
struct Details {
    spent: Spent,
    milestones: HashMap<TicketId, Milestones>,
    fields: Option<Values>,
    articles: HashMap<TicketId, Vec<Article>>,
    article_fields: Option<Values>,
    attachments: HashMap<ArticleId, Vec<Attachment>>,
}

impl Details {
    async fn read(
        tx: &mut Tx,
        recent: &Recent,
        settings: &Settings,
        principal: &Principal,
        ids: &[TicketId],
        options: &Options,
    ) -> Result<Self, DbError> {
        let mut details = Self {
            spent: time_accounting::spent(tx, ids).await?,
            milestones: HashMap::new(),
            fields: None,
            articles: HashMap::new(),
            article_fields: None,
            attachments: HashMap::new(),
        };
        if options.dynamic_fields {
            let objects: Vec<i64> = ids.iter().map(|id| id.0).collect();
            details.fields = Some(dynamic_field::values(tx, ObjectType::Ticket, &objects).await?);
        }
        if options.extended {
            details.milestones = milestones::list(tx, ids).await?;
        }
        if let Some(wanted) = &options.articles {
            details.articles = article::list(tx, recent, ids).await?;
            for articles in details.articles.values_mut() {
                choose(articles, principal, wanted);
            }
            let articles = details.articles.values().flatten();
            let shown: Vec<ArticleId> = articles.map(|article| article.id).collect();
            if options.dynamic_fields && !shown.is_empty() {
                let objects: Vec<i64> = shown.iter().map(|id| id.0).collect();
                let values = dynamic_field::values(tx, ObjectType::Article, &objects).await?;
                details.article_fields = Some(values);
            }
            if let Some(wanted) = wanted.attachments.filter(|_| !shown.is_empty()) {
                let storage = Storage::from_settings(settings);
                let found = article::attachment::list(tx, &storage, &shown, wanted).await?;
                details.attachments = found;
            }
        }
        Ok(details)
    }
}

/// Leaves the articles that the person may see and the request asks for, in its order.
fn choose(articles: &mut Vec<Article>, principal: &Principal, wanted: &ArticleOptions) {
    let all = matches!(principal, Principal::Agent(_));
    articles.retain(|article| all || article.visible_for_customer);
    if let [sender_type] = wanted.sender_types.as_slice() {
        articles.retain(|article| is_sent_by(article, sender_type.as_deref()));
    } else {
        let lists = wanted.sender_types.iter().map(|sender_type| {
            let of_type = |article: &&Article| is_sent_by(article, sender_type.as_deref());
            articles.iter().filter(of_type).cloned().collect()
        });
        *articles = lists.collect::<Vec<Vec<Article>>>().concat();
    }
    if wanted.newest_first {
        articles.reverse();
    }
    if let Some(limit) = wanted.limit {
        articles.truncate(limit);
    }
}

fn is_sent_by(article: &Article, sender_type: Option<&str>) -> bool {
    sender_type.is_none_or(|name| article.sender_type == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_read_as_perl_reads_the_end_of_a_slice() {
        for (limit, articles) in [
            ("2", 2),
            ("1.7", 1),
            ("0.5", 1),
            ("2x", 2),
            (" 2 ", 2),
            ("1e1", 10),
            ("-1", 0),
            ("-0.5", 0),
            ("00", 0),
            ("many", 0),
        ] {
            assert_eq!(limit_of(&Value::text(limit)), articles, "{limit}");
        }
        assert_eq!(limit_of(&Value::List(vec![])), usize::MAX);
    }

    #[test]
    fn sender_types_that_are_false_stand_for_all() {
        let agent = Some("agent".to_owned());

        assert_eq!(sender_types(None), [None]);
        assert_eq!(sender_types(Some(&Value::text("0"))), [None]);
        assert_eq!(
            sender_types(Some(&Value::text("agent"))),
            [Some("agent".to_owned())]
        );
        let list = Value::List(vec![Value::text("agent"), Value::Undef]);
        assert_eq!(sender_types(Some(&list)), [agent, None]);
        assert_eq!(sender_types(Some(&Value::List(vec![]))), [None]);
    }
}
