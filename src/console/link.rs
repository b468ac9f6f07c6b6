//! `Maint::ObjectLink::Add` and `Delete`: links between tickets.

use super::{Command, CommandOption, Failure, Run, Session};
use crate::{
    app::App,
    directory::UserId,
    ticket::{
        self, Ticket, TicketId,
        link::{self, LinkState, LinkType},
        work::Work,
    },
};

const SOURCE: CommandOption = CommandOption::required("source-object", "What is linked: Ticket.");
const SOURCE_KEY: CommandOption = CommandOption::required("source-key", "The id of its ticket.");
const TARGET: CommandOption =
    CommandOption::required("target-object", "What it is linked with: Ticket.");
const TARGET_KEY: CommandOption = CommandOption::required("target-key", "The id of its ticket.");
const TYPE: CommandOption =
    CommandOption::required("link-type", "What the link means (Normal or ParentChild).");

pub const COMMANDS: &[Command] = &[
    Command {
        name: "Maint::ObjectLink::Add",
        about: "Link two tickets.",
        options: &[
            SOURCE,
            SOURCE_KEY,
            TARGET,
            TARGET_KEY,
            TYPE,
            CommandOption::required(
                "link-state",
                "Whether the link counts (Valid or Temporary).",
            ),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(add(session))),
    },
    Command {
        name: "Maint::ObjectLink::Delete",
        about: "Take the links of one type between two tickets away.",
        options: &[SOURCE, SOURCE_KEY, TARGET, TARGET_KEY, TYPE],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(delete(session))),
    },
];

/// The objects that can be linked here.
const OBJECT: &str = "Ticket";

fn refused(reason: &str) -> Failure {
    Failure::told(format!("Error creating link.\nError: {reason}"))
}

async fn find(work: &mut Work<'_>, key: &str) -> Result<Option<Ticket>, Failure> {
    let Ok(id) = key.parse() else {
        return Ok(None);
    };
    let found = ticket::list(&mut work.tx, &work.app.recent, &[TicketId(id)]).await?;
    Ok(found.into_iter().next())
}

/// Both tickets of a link, the source first.
async fn ends(
    work: &mut Work<'_>,
    session: &Session<'_>,
) -> Result<Option<(Ticket, Ticket)>, Failure> {
    let given = session.given;
    let source = find(work, given.text("source-key")).await?;
    let target = find(work, given.text("target-key")).await?;
    Ok(source.zip(target))
}

async fn add(session: Session<'_>) -> Result<(), Failure> {
    session.out.say("Adding link between objects...\n");
    let text = |name: &str| session.given.text(name);
    let (source, target) = (text("source-object"), text("target-object"));
    let kind = LinkType::from_name(text("link-type"));
    let Some(kind) = kind.filter(|_| source == OBJECT && target == OBJECT) else {
        let kind = text("link-type");
        return Err(refused(&format!(
            "Not possible to create a '{kind}' link between {source} and {target}!"
        )));
    };
    let state = LinkState::from_name(text("link-state")).ok_or_else(|| {
        let state = text("link-state");
        refused(&format!("Link state '{state}' not found in the database!"))
    })?;
    let app: &App = session.app;
    let mut work = Work::begin(app, UserId::SYSTEM).await?;
    let Some((source, target)) = ends(&mut work, &session).await? else {
        return Err(refused("One of the tickets does not exist."));
    };
    let added = if state == LinkState::Valid {
        link::add(&mut work, &source, &target, kind).await?
    } else if source.id == target.id {
        link::Added::Itself
    } else {
        link::insert(&mut work, source.id, target.id, kind, state).await?;
        link::Added::Now
    };
    let is_turned = added == link::Added::Before
        && kind == LinkType::ParentChild
        && !link::list(&mut work.tx, source.id)
            .await?
            .iter()
            .any(|link| (link.source, link.target, link.kind) == (source.id, target.id, kind));
    if is_turned || matches!(added, link::Added::Itself | link::Added::Excluded(_)) {
        // The reference system gives no reason either.
        return Err(refused(""));
    }
    work.commit().await?;
    session.out.say("Done.");
    Ok(())
}

async fn delete(session: Session<'_>) -> Result<(), Failure> {
    session.out.say("Removing link between objects...\n");
    let text = |name: &str| session.given.text(name);
    let are_tickets = text("source-object") == OBJECT && text("target-object") == OBJECT;
    // What is not there is gone.
    if let Some(kind) = LinkType::from_name(text("link-type")).filter(|_| are_tickets) {
        let app: &App = session.app;
        let mut work = Work::begin(app, UserId::SYSTEM).await?;
        if let Some((source, target)) = ends(&mut work, &session).await? {
            link::remove(&mut work, &source, &target, kind).await?;
            work.commit().await?;
        }
    }
    session.out.say("Done.");
    Ok(())
}
