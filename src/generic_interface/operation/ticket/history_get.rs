//! `Ticket::TicketHistoryGet`: the histories of tickets, for agents.

use compat::{Map, Value};
use schema::DbError;

use super::{Asked, AskedError, asked, printed};
use crate::{
    access::{self, Permission},
    app::App,
    auth::Principal,
    generic_interface::operation::{Answer, Request, authentication},
    ticket::{self, TicketId, history::Entry},
};

fn error(code: &str, message: impl std::fmt::Display) -> Answer {
    Answer::error(
        format!("TicketHistoryGet.{code}"),
        format!("TicketHistoryGet: {message}"),
    )
}

/// Answers `TicketHistory`, one hash for each ticket with its `TicketID` as the request wrote it and its `History`.
///
/// Refusals: `AuthFail` (also for customers), `MissingParameter`, `WrongStructure`, `AccessDenied`, `NotTicketData`.
pub async fn run(app: &App, request: &Request<'_>) -> Result<Answer, DbError> {
    let Some(principal) = authentication::authenticate(app, request).await? else {
        return Ok(error("AuthFail", "Authorization failing!"));
    };
    if matches!(principal, Principal::Customer(_)) {
        return Ok(error("AuthFail", "User needs to an Agent!"));
    }
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

    let mut tx = app.db.read().await?;
    let ids: Vec<TicketId> = asked.iter().filter_map(|asked| asked.id).collect();
    let tickets = ticket::list(&mut tx, &app.recent, &ids).await?;
    let references: Vec<_> = tickets.iter().collect();
    let settings = app.settings.current();
    let allowed = access::tickets(
        &mut tx,
        &app.recent,
        &settings,
        &principal,
        &references,
        Permission::Ro,
    )
    .await?;
    let may_see = |asked: &Asked| {
        let position = tickets
            .iter()
            .position(|ticket| Some(ticket.id) == asked.id);
        position.is_some_and(|position| allowed[position])
    };
    if let Some(refused) = asked.iter().find(|asked| !may_see(asked)) {
        let message = format!(
            "User does not have access to the ticket {}!",
            printed(&refused.written)
        );
        return Ok(error("AccessDenied", message));
    }
    if asked.is_empty() {
        return Ok(error(
            "NotTicketData",
            "Could not get Ticket history data in Kernel::GenericInterface::Operation::Ticket::TicketHistoryGet::Run()",
        ));
    }

    let histories = ticket::history::list(&mut tx, &ids).await?;
    let histories = asked
        .iter()
        .map(|asked| {
            let entries = asked.id.and_then(|id| histories.get(&id));
            let entries = entries.into_iter().flatten();
            let history = entries.map(|one| entry(one, &asked.written)).collect();
            Value::map([
                ("TicketID", asked.written.clone()),
                ("History", Value::List(history)),
            ])
        })
        .collect();
    Ok(Answer::Data(Map::from([(
        "TicketHistory".to_owned(),
        Value::List(histories),
    )])))
}

fn entry(entry: &Entry, ticket: &Value) -> Value {
    Value::map([
        ("TicketID", ticket.clone()),
        ("ArticleID", entry.article_id.map_or(0, |id| id.0).into()),
        ("HistoryType", entry.kind.as_str().into()),
        ("HistoryTypeID", entry.kind_id.into()),
        ("Name", entry.name.as_str().into()),
        ("TypeID", entry.type_id.into()),
        ("QueueID", entry.queue_id.into()),
        ("OwnerID", entry.owner_id.0.into()),
        ("PriorityID", entry.priority_id.into()),
        ("StateID", entry.state_id.into()),
        ("CreateBy", entry.created_by.0.into()),
        ("CreateTime", Value::text(entry.created.to_string())),
    ])
}
