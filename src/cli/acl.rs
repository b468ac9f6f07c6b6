//! `otterdesk acl explain`.

use clap::{Args, Subcommand};
use compat::acl::{Fact, Requirement, Step, Verdict};

use super::{Installation, Outcome, say};
use crate::{
    access::{
        Permission,
        acl::{Acls, Situation, Subject},
    },
    app::App,
    auth::Principal,
    directory,
    ticket::{self, Named, Ticket, choices::offer},
};

#[derive(Debug, Subcommand)]
pub(super) enum Acl {
    /// Say which lists limit what somebody may do with a ticket, which do not, and why
    ///
    /// Nothing is changed. The user with number 1 is never limited; what the lists would do is shown all the same.
    Explain(Explain),
}

#[derive(Args, Debug)]
pub(super) struct Explain {
    /// The ticket's number
    #[arg(long, value_name = "NUMBER")]
    ticket: String,

    /// Login of an agent
    #[arg(long, value_name = "LOGIN", required_unless_present = "customer")]
    agent: Option<String>,

    /// Login of a customer user
    #[arg(long, value_name = "LOGIN", conflicts_with = "agent")]
    customer: Option<String>,

    /// The screen, which lists know as Frontend: Action; its next states are looked at
    #[arg(long, value_name = "SCREEN", default_value = "AgentTicketZoom")]
    action: String,

    #[command(flatten)]
    installation: Installation,
}

impl Acl {
    pub(super) async fn run(self) -> Outcome {
        match self {
            Self::Explain(options) => explain(options).await,
        }
    }
}

async fn explain(options: Explain) -> Outcome {
    let app = App::build(options.installation.into()).await?;
    let mut tx = app.db.read().await?;
    let by = match (&options.agent, &options.customer) {
        (_, Some(login)) => {
            let customer =
                directory::customer_user(&mut tx, &app.settings.current(), login).await?;
            Principal::Customer(
                customer.ok_or_else(|| format!("there is no customer user {login}"))?,
            )
        }
        (login, None) => {
            let login = login.as_deref().unwrap_or_default();
            let agent = directory::agent_by_login(&mut tx, login).await?;
            Principal::Agent(agent.ok_or_else(|| format!("there is no agent {login}"))?)
        }
    };
    let unknown = || format!("there is no ticket with the number {}", options.ticket);
    let id = ticket::with_number(&mut tx, &options.ticket)
        .await?
        .ok_or_else(unknown)?;
    let found = ticket::list(&mut tx, &app.recent, &[id]).await?;
    let ticket = found.first().ok_or_else(unknown)?;

    let acls = Acls::current(&mut tx, &app).await?;
    if acls.lists().is_empty() {
        return say("There is no valid access control list.");
    }
    for name in acls.not_deployed() {
        say(&format!(
            "{name} was saved after the last deployment: it counts here, and not yet in the Perl system."
        ))?;
    }
    for acl in acls.lists() {
        for complaint in &acl.complaints {
            say(&format!("{}: {complaint}", acl.name))?;
        }
    }
    let mut situation = Situation::new(&by, Some(ticket)).on(&options.action);
    for (label, subject, names) in
        subjects(&mut tx, &app, &by, ticket, &options.action, &acls).await?
    {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let steps = acls
            .explain(&mut tx, &app, &mut situation, subject.subject(), &names)
            .await?;
        if !steps.is_empty() {
            say(&section(&label, &names, &steps))?;
        }
    }
    Ok(())
}

/// Choices that lists are about.
enum About {
    Ticket(String),
    Action,
}

impl About {
    fn subject(&self) -> Subject<'_> {
        match self {
            Self::Ticket(attribute) => Subject::Ticket(attribute),
            Self::Action => Subject::Action,
        }
    }
}

/// Everything that a list is about, with the choices that there are without lists.
async fn subjects(
    tx: &mut ::schema::Tx,
    app: &App,
    by: &Principal,
    ticket: &Ticket,
    action: &str,
    acls: &Acls,
) -> Result<Vec<(String, About, Vec<String>)>, ::schema::DbError> {
    let changes = acls.lists().iter().flat_map(|acl| &acl.changes);
    let mut attributes: Vec<String> = changes
        .filter(|change| change.area == "Ticket")
        .map(|change| change.attribute.clone())
        .collect();
    attributes.sort();
    attributes.dedup();
    let mut subjects = Vec::new();
    for attribute in attributes {
        let customer = ticket.customer_user_id.as_deref().unwrap_or_default();
        let service = ticket.service.as_ref().map(|service| service.id);
        let choices: Vec<Named> = match attribute.as_str() {
            "Queue" => offer::queues(tx, app, by, Permission::MoveInto).await?,
            "State" => offer::states(tx, app, action).await?,
            "Priority" => offer::priorities(tx, app).await?,
            "Type" => offer::kinds(tx, app).await?,
            "Service" => offer::services(tx, app, customer).await?,
            "SLA" => offer::slas(tx, app, service).await?,
            "Owner" | "NewOwner" => {
                offer::agents(tx, app, ticket.queue.id, Permission::Owner).await?
            }
            "Responsible" => {
                offer::agents(tx, app, ticket.queue.id, Permission::Responsible).await?
            }
            field => values_of_field(tx, field).await?,
        };
        let names = choices.into_iter().map(|choice| choice.name).collect();
        subjects.push((attribute.clone(), About::Ticket(attribute), names));
    }
    let screens = acls.lists().iter().flat_map(|acl| &acl.changes);
    let mut screens: Vec<String> = screens
        .filter(|change| change.area == "Action")
        .flat_map(|change| &change.tests)
        .map(|test| test.text.clone())
        .filter(|text| !text.starts_with('['))
        .chain([action.to_owned()])
        .collect();
    screens.sort();
    screens.dedup();
    subjects.push(("Action".to_owned(), About::Action, screens));
    Ok(subjects)
}

/// The keys that a dynamic field's administrator allows.
async fn values_of_field(
    tx: &mut ::schema::Tx,
    attribute: &str,
) -> Result<Vec<Named>, ::schema::DbError> {
    use crate::dynamic_field::{ObjectType, definitions};
    let Some(field) = attribute.strip_prefix("DynamicField_") else {
        return Ok(Vec::new());
    };
    let fields = definitions(tx, &[ObjectType::Ticket]).await?;
    let possible = fields
        .get(field)
        .and_then(|field| field.config.get("PossibleValues"));
    let keys = possible
        .and_then(compat::Value::as_map)
        .into_iter()
        .flatten();
    Ok(keys
        .map(|(key, _)| Named {
            id: 0,
            name: key.clone(),
        })
        .collect())
}

fn section(label: &str, names: &[&str], steps: &[Step<'_>]) -> String {
    let mut lines = vec![format!(
        "{label}: {}",
        joined(names, &vec![true; names.len()])
    )];
    for step in steps {
        let name = &step.acl.name;
        lines.push(match step.verdict {
            Verdict::Matches => {
                let ending = if step.acl.stop {
                    ", and no list behind it is asked"
                } else {
                    ""
                };
                format!(
                    "  {name} matches, left: {}{ending}",
                    joined(names, &step.left)
                )
            }
            Verdict::Unknown(requirement) => {
                format!(
                    "  {name} does not match: {} is not known",
                    path(requirement)
                )
            }
            Verdict::Differs(requirement, fact) => {
                let wanted: Vec<&str> = requirement
                    .tests
                    .iter()
                    .map(|test| test.text.as_str())
                    .collect();
                format!(
                    "  {name} does not match: {} is {}, wanted: {}",
                    path(requirement),
                    shown(fact),
                    if wanted.is_empty() {
                        "nothing that there is".to_owned()
                    } else {
                        wanted.join(" or ")
                    }
                )
            }
        });
    }
    lines.join("\n")
}

fn path(requirement: &Requirement) -> String {
    let side = requirement.side.name();
    let attribute = format!("{side}: {}: {}", requirement.object, requirement.key);
    attribute.trim_end_matches([':', ' ']).to_owned()
}

fn shown(fact: &Fact) -> String {
    match fact {
        Fact::One(text) => format!("`{text}`"),
        Fact::Many(texts) if texts.is_empty() => "an empty list".to_owned(),
        Fact::Many(texts) => format!("`{}`", texts.join("`, `")),
    }
}

fn joined(names: &[&str], left: &[bool]) -> String {
    let left = names.iter().zip(left).filter(|(_, left)| **left);
    let left: Vec<&str> = left.map(|(name, _)| *name).collect();
    if left.is_empty() {
        "nothing".to_owned()
    } else {
        left.join(", ")
    }
}
