//! `Ticket::TicketUpdate`: changes fields of a ticket, adds an article, and gives dynamic fields their values.
//!
//! The request is checked as a whole first, then the rights of who asks, and only then anything is written, in one
//! transaction: a request that is refused leaves nothing behind.
//! Source: answers and rows of the reference system.

use compat::{Map, Value};
use schema::DbError;

use super::key;
use crate::{
    access::{self, Permission},
    app::App,
    auth::Principal,
    dynamic_field::{self, Definition, Definitions, ObjectType, WriteError},
    generic_interface::operation::{
        Answer, Request,
        authentication::{self, parameter},
    },
    ticket::{
        self, Ticket, TicketId,
        article::{self, storage::StorageError},
        work::Work,
    },
};

mod article_input;
mod fields;

use article_input::ArticleInput;
use fields::Fields;

/// What the reference answers where it can not go on.
const CANCELLED: &str = "OperationObject returned an error, cancelling Request";

fn error(code: &str, message: &str) -> Answer {
    Answer::error(
        format!("TicketUpdate.{code}"),
        format!("TicketUpdate: {message}"),
    )
}

fn invalid(message: &str) -> Answer {
    error("InvalidParameter", message)
}

fn missing(message: &str) -> Answer {
    error("MissingParameter", message)
}

fn denied(message: &str) -> Answer {
    error("AccessDenied", message)
}

/// A request either goes on or has its answer.
type Checked<T> = Result<T, Refusal>;

/// Why a request does not go on.
#[derive(Debug)]
enum Refusal {
    Answer(Answer),
    Database(DbError),
}

impl From<Answer> for Refusal {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

impl From<WriteError> for Refusal {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Unfit(field) => Self::Answer(Answer::Failure(format!(
                "Dynamic Field {field} could not be set, please contact the system administrator"
            ))),
            WriteError::Database(error) => Self::Database(error),
        }
    }
}

impl From<StorageError> for Refusal {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Database(error) => Self::Database(error),
            other => {
                tracing::error!(error = %other, "an article could not be kept");
                Self::Answer(Answer::Failure(CANCELLED.to_owned()))
            }
        }
    }
}

/// Answers `TicketID` and `TicketNumber`, and `ArticleID` when there is a new one.
///
/// Takes `TicketID` or `TicketNumber`, `Ticket`, `Article`, `DynamicField`, `Attachment`. Refusals: `EmptyRequest`,
/// `MissingParameter`, `AuthFail`, `AccessDenied`, `InvalidParameter`.
pub async fn run(app: &App, request: &Request<'_>) -> Result<Answer, DbError> {
    match update(app, request).await {
        Ok(answer) | Err(Refusal::Answer(answer)) => Ok(answer),
        Err(Refusal::Database(error)) => Err(error),
    }
}

async fn update(app: &App, request: &Request<'_>) -> Checked<Answer> {
    let principal = caller(app, request).await?;
    let mut work = Work::begin(app, principal.user_id()).await?;
    let mut ticket = addressed(&mut work, request, &principal).await?;
    let wanted = Wanted::read(&mut work, request, &ticket, &principal).await?;
    check_rights(&mut work, &principal, &ticket, &wanted).await?;

    if let Some(fields) = &wanted.fields {
        fields.apply(&mut work, &mut ticket).await?;
    }
    let mut answer = Map::new();
    if let Some(input) = wanted.article {
        let by_customer = input.is_by_customer();
        let id = article::create(&mut work, &mut ticket, input.into_new()).await?;
        // The reference turns the number into a text on its way through the articles of customers.
        let shown = if by_customer {
            Value::text(id.0.to_string())
        } else {
            Value::Integer(id.0)
        };
        answer.insert("ArticleID".to_owned(), shown);
        let values = values_of(&wanted.definitions, &wanted.values, ObjectType::Article);
        ticket::dynamic_field::write_to_article(&mut work, &mut ticket, id, &values).await?;
    }
    let values = values_of(&wanted.definitions, &wanted.values, ObjectType::Ticket);
    ticket::dynamic_field::write(&mut work, &mut ticket, &values).await?;
    answer.insert("TicketID".to_owned(), shown_id(request, &ticket));
    answer.insert(
        "TicketNumber".to_owned(),
        Value::text(ticket.number.clone()),
    );
    work.commit().await?;
    Ok(Answer::Data(answer))
}

/// Who asks. What has to be there is looked at before who it is.
async fn caller(app: &App, request: &Request<'_>) -> Checked<Principal> {
    let given = |name: &str| parameter(&request.data, name).is_some();
    if request.data.as_map().is_none_or(Map::is_empty) {
        return Err(error("EmptyRequest", "The request data is invalid!").into());
    }
    if !given("TicketID") && !given("TicketNumber") {
        return Err(missing("TicketID or TicketNumber is required!").into());
    }
    let login = given("UserLogin") || given("CustomerUserLogin");
    if !login && !given("SessionID") {
        return Err(missing("UserLogin, CustomerUserLogin or SessionID is required!").into());
    }
    if login && !given("Password") {
        return Err(missing("Password or SessionID is required!").into());
    }
    let principal = authentication::authenticate(app, request).await?;
    principal.ok_or_else(|| error("AuthFail", "User could not be authenticated!").into())
}

/// The ticket that the request names, by its number before its key, if the caller may see it.
async fn addressed(
    work: &mut Work<'_>,
    request: &Request<'_>,
    principal: &Principal,
) -> Checked<Ticket> {
    let refused = || denied("User does not have access to the ticket!");
    let id = match parameter(&request.data, "TicketNumber") {
        Some(number) => ticket::with_number(&mut work.tx, &number).await?,
        None => request
            .data
            .get("TicketID")
            .and_then(|written| key(written, work.tx.dialect())),
    };
    let id: TicketId = id.ok_or_else(refused)?;
    let app = work.app;
    let found = ticket::list(&mut work.tx, &app.recent, &[id]).await?;
    let ticket = found.into_iter().next().ok_or_else(refused)?;
    if may(work, principal, &ticket, Permission::Ro).await? {
        Ok(ticket)
    } else {
        Err(refused().into())
    }
}

async fn may(
    work: &mut Work<'_>,
    principal: &Principal,
    ticket: &Ticket,
    permission: Permission,
) -> Result<bool, DbError> {
    let app = work.app;
    let settings = work.settings.clone();
    let allowed = access::tickets(
        &mut work.tx,
        &app.recent,
        &settings,
        principal,
        &[ticket],
        permission,
    )
    .await?;
    Ok(allowed.first().copied().unwrap_or_default())
}

/// What a request wants, checked.
struct Wanted {
    fields: Option<Fields>,
    article: Option<ArticleInput>,
    definitions: Definitions,
    /// Names and values of dynamic fields.
    values: Vec<(String, Value)>,
}

impl Wanted {
    /// The parts have to have their shapes first; what is in them comes after that.
    async fn read(
        work: &mut Work<'_>,
        request: &Request<'_>,
        ticket: &Ticket,
        principal: &Principal,
    ) -> Checked<Self> {
        let part = |name: &str| {
            let part = request.data.get(name);
            part.filter(|part| !matches!(part, Value::Undef))
        };
        let hash = |name: &str| match part(name) {
            None => Ok(None),
            Some(Value::Map(map)) if !map.is_empty() => Ok(Some(map)),
            Some(_) => Err(invalid(&format!("{name} parameter is not valid!"))),
        };
        let fields = hash("Ticket")?;
        let article = hash("Article")?;
        let dynamic_fields = hashes(part("DynamicField"), "DynamicField")?;
        let attachments = hashes(part("Attachment"), "Attachment")?;

        let fields = match fields {
            Some(fields) => Some(Fields::read(work, fields, ticket).await?),
            None => None,
        };
        let mut article = match article {
            Some(article) => Some(ArticleInput::read(work, article, principal).await?),
            None => None,
        };
        let (definitions, values) =
            dynamic_values(work, &dynamic_fields, article.is_some()).await?;
        for attachment in attachments {
            let Some(article) = &mut article else {
                return Err(missing("To create an attachment an article is needed!").into());
            };
            article.attach(attachment)?;
        }
        Ok(Self {
            fields,
            article,
            definitions,
            values,
        })
    }
}

/// One hash or a list of hashes.
fn hashes<'v>(part: Option<&'v Value>, name: &str) -> Checked<Vec<&'v Map>> {
    let refused = || missing(&format!("{name} parameter is missing or not valid!"));
    let items = match part {
        None => return Ok(Vec::new()),
        Some(Value::List(items)) if !items.is_empty() => items.as_slice(),
        Some(one @ Value::Map(_)) => std::slice::from_ref(one),
        Some(_) => return Err(refused().into()),
    };
    items
        .iter()
        .map(|item| {
            let is_whole = item.as_map().filter(|map| !map.is_empty());
            is_whole.ok_or_else(|| match part {
                Some(Value::List(_)) => {
                    let message = format!("TicketUpdate: Ticket->{name} parameter is invalid!");
                    Answer::Failure(message).into()
                }
                _ => refused().into(),
            })
        })
        .collect()
}

async fn dynamic_values(
    work: &mut Work<'_>,
    given: &[&Map],
    has_article: bool,
) -> Checked<(Definitions, Vec<(String, Value)>)> {
    let mut values = Vec::new();
    if given.is_empty() {
        return Ok((Definitions::default(), values));
    }
    let objects = [ObjectType::Ticket, ObjectType::Article];
    let definitions = dynamic_field::definitions(&mut work.tx, &objects).await?;
    for field in given {
        let name = field.get("Name").filter(|name| name.is_true());
        let Some(name) = name.and_then(Value::as_string) else {
            return Err(missing("DynamicField->Name parameter is missing!").into());
        };
        let value = match field.get("Value") {
            None | Some(Value::Undef) => {
                return Err(missing("DynamicField->Value parameter is missing!").into());
            }
            Some(value) => value,
        };
        let Some(definition) = definitions.get(name.trim()) else {
            return Err(invalid("DynamicField->Name parameter is invalid!").into());
        };
        if !definition.takes(value, work.stamp.at) {
            return Err(invalid("DynamicField->Value parameter is invalid!").into());
        }
        if definition.object_type == ObjectType::Article && !has_article {
            let message = "To create an article DynamicField an article is required!";
            return Err(missing(message).into());
        }
        values.push((definition.name.clone(), value.clone()));
    }
    Ok((definitions, values))
}

fn values_of<'v>(
    definitions: &'v Definitions,
    values: &'v [(String, Value)],
    object: ObjectType,
) -> Vec<(&'v Definition, &'v Value)> {
    values
        .iter()
        .filter_map(|(name, value)| Some((definitions.get(name)?, value)))
        .filter(|(definition, _)| definition.object_type == object)
        .collect()
}

/// Every right that the request needs, in the reference's order.
async fn check_rights(
    work: &mut Work<'_>,
    principal: &Principal,
    ticket: &Ticket,
    wanted: &Wanted,
) -> Checked<()> {
    let fields = wanted.fields.as_ref();
    let touches = |test: fn(&Fields) -> bool| fields.is_some_and(test);
    let needed = [
        (
            wanted.article.is_some(),
            Permission::Note,
            "create new articles",
        ),
        (
            !wanted.values.is_empty(),
            Permission::Rw,
            "update dynamic fields",
        ),
        (
            touches(|fields| fields.queue.is_some()),
            Permission::Move,
            "update queue",
        ),
        (
            touches(|fields| fields.owner.is_some()),
            Permission::Owner,
            "update owner",
        ),
        (
            touches(|fields| fields.responsible.is_some()),
            Permission::Responsible,
            "update responsibe",
        ),
        (
            touches(|fields| fields.priority.is_some()),
            Permission::Priority,
            "update priority",
        ),
        (touches(Fields::closes), Permission::Close, "update state"),
    ];
    for (_, permission, what) in needed.into_iter().filter(|(needed, ..)| *needed) {
        if !may(work, principal, ticket, permission).await? {
            return Err(denied(&format!("Does not have permissions to {what}!")).into());
        }
    }
    Ok(())
}

/// A key is told as the caller wrote it; who gave a number gets the database's.
fn shown_id(request: &Request<'_>, ticket: &Ticket) -> Value {
    let written = request.data.get("TicketID").cloned();
    match (parameter(&request.data, "TicketNumber"), written) {
        (None, Some(written)) => written,
        _ => Value::Integer(ticket.id.0),
    }
}
