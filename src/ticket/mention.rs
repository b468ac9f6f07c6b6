//! Agents who are mentioned in an article: `@login` and `@@group` as the editor of OTRS writes them into HTML, and rows
//! of `mention`.

use std::{collections::BTreeSet, sync::LazyLock};

use regex::Regex;
use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::{Ticket, article::ArticleId, flag, work::Work};
use crate::{
    directory::{self, UserId},
    settings::Settings,
};

/// Somebody's name in an article.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Name {
    /// The login of an agent.
    Agent(String),
    Group(String),
}

/// What opens a name, from `Mentions::RichTextEditor###Triggers`.
#[derive(Clone, Debug)]
struct Triggers {
    agent: String,
    group: String,
}

impl Triggers {
    fn from_settings(settings: &Settings) -> Self {
        let triggers = settings.value("Mentions::RichTextEditor###Triggers");
        let text = |key: &str| {
            let trigger = triggers.get(key).and_then(compat::Value::as_string);
            trigger.unwrap_or_default()
        };
        Self {
            agent: text("User"),
            group: text("Group"),
        }
    }
}

/// A link and the text in it, both on one line: what the editor makes of a mention.
static LINK: LazyLock<Regex> = LazyLock::new(|| pattern(r"<a\s([^>\n]*)>([^<\n]*)</a>"));
static HREF: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?i:href)=(?:"[^"]*"|'[^']*')"#));
static COMMENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?s)<!--.*?-->"));

#[expect(
    clippy::unwrap_used,
    reason = "the patterns are constant, and a test compiles them"
)]
fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

/// The names in the HTML of an article, each once: agents first, then groups, both in the order of the text.
///
/// Source: rows of the reference system for sixty ways of writing a link.
pub fn names(html: &str, settings: &Settings) -> Vec<Name> {
    if !html.contains("Mention\"") {
        return Vec::new();
    }
    let triggers = Triggers::from_settings(settings);
    let html = COMMENT.replace_all(html, " ");
    let (mut agents, mut groups) = (Vec::new(), Vec::new());
    let mut at = 0;
    // A link that is none may hold another one.
    while let Some(found) = html.get(at..).and_then(|rest| LINK.captures(rest)) {
        let whole = found.get(0).map_or(0..0, |whole| whole.range());
        let (attributes, text) = (&found[1], &found[2]);
        at += whole.end.max(1);
        if !HREF.is_match(attributes) {
            continue;
        }
        let named = |class: &str, trigger: &str| {
            let name = text.strip_prefix(trigger)?;
            (attributes.contains(class) && !trigger.is_empty() && !name.is_empty())
                .then(|| name.to_owned())
        };
        if let Some(login) = named("class=\"Mention\"", &triggers.agent) {
            push_new(&mut agents, Name::Agent(login));
        } else if let Some(group) = named("class=\"GroupMention\"", &triggers.group) {
            push_new(&mut groups, Name::Group(group));
        }
    }
    agents.append(&mut groups);
    agents
}

fn push_new(names: &mut Vec<Name>, name: Name) {
    if !names.contains(&name) {
        names.push(name);
    }
}

/// The flag of a ticket that says whether an agent has seen that they are mentioned there.
const SEEN: &str = "MentionSeen";

/// Keeps that these people are mentioned in an article: a row for each agent, their flag `MentionSeen` with 0, and an
/// event `UserMention`.
///
/// Members of a valid group are the valid agents with `ro` or `rw` in it, without roles; `Mentions###BlockedGroups`
/// are nobody's. At most `Mentions###Limit` people count; logins that nobody has are among them.
pub async fn add(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    article: ArticleId,
    names: &[Name],
) -> Result<(), DbError> {
    let limit = usize::try_from(work.settings.integer("Mentions###Limit")).unwrap_or_default();
    let agents = agents(work, names, limit).await?;
    if agents.is_empty() {
        return Ok(());
    }
    insert(work, ticket, article, &agents).await?;
    for agent in agents {
        let agent = UserId(agent.parse().unwrap_or_default());
        flag::set(work, ticket, agent, SEEN, "0").await?;
        work.emit(ticket, "UserMention", Some(article)).await?;
    }
    Ok(())
}

/// Takes an agent's mentions from a ticket; the flag that they are mentioned stays. Tells whether there was any.
///
/// Source: rows of the reference system after the same on its screen of a ticket.
pub async fn remove(work: &mut Work<'_>, ticket: &Ticket, agent: UserId) -> Result<bool, DbError> {
    use t::Mention as M;
    // The column is narrower than the key that it holds: a larger one is in no row.
    let Ok(ticket) = i32::try_from(ticket.id.0) else {
        return Ok(false);
    };
    let delete = Query::delete()
        .from_table(M::Table)
        .and_where(Expr::col(M::TicketId).eq(ticket))
        .and_where(Expr::col(M::UserId).eq(agent.0))
        .to_owned();
    Ok(work.tx.execute(&delete).await? > 0)
}

/// In the order of the keys as text, as the reference system writes them.
async fn agents(
    work: &mut Work<'_>,
    names: &[Name],
    limit: usize,
) -> Result<BTreeSet<String>, DbError> {
    let blocked = work.settings.list("Mentions###BlockedGroups");
    let mut agents: BTreeSet<String> = BTreeSet::new();
    let mut left = limit;
    for name in names {
        if left == 0 {
            break;
        }
        match name {
            Name::Agent(login) => {
                left -= 1;
                let agent = directory::agent_by_login(&mut work.tx, login).await?;
                agents.extend(agent.map(|agent| agent.id.to_string()));
            }
            Name::Group(group) if blocked.contains(group) => {}
            Name::Group(group) => {
                for member in members(&mut work.tx, group).await? {
                    if left > 0 && agents.insert(member.to_string()) {
                        left -= 1;
                    }
                }
            }
        }
    }
    Ok(agents)
}

async fn members(tx: &mut Tx, group: &str) -> Result<Vec<UserId>, DbError> {
    use t::{GroupUser as M, PermissionGroups as G, Users as U};
    let query = Query::select()
        .distinct()
        .column((U::Table, U::Id))
        .from(U::Table)
        .inner_join(
            M::Table,
            Expr::col((M::Table, M::UserId)).equals((U::Table, U::Id)),
        )
        .inner_join(
            G::Table,
            Expr::col((G::Table, G::Id)).equals((M::Table, M::GroupId)),
        )
        .and_where(Expr::col((U::Table, U::ValidId)).eq(1_i16))
        .and_where(Expr::col((G::Table, G::ValidId)).eq(1_i16))
        .and_where(Expr::col((G::Table, G::Name)).eq(group))
        .and_where(Expr::col((M::Table, M::PermissionKey)).is_in(["ro", "rw"]))
        .order_by((U::Table, U::Id), Order::Asc)
        .to_owned();
    let rows: Vec<(i32,)> = tx.fetch_all(&query).await?;
    Ok(rows.into_iter().map(|(id,)| UserId(id)).collect())
}

async fn insert(
    work: &mut Work<'_>,
    ticket: &Ticket,
    article: ArticleId,
    agents: &BTreeSet<String>,
) -> Result<(), DbError> {
    use t::Mention as M;
    let inconsistent = |id: i64| DbError::Inconsistent {
        table: "mention",
        column: "article_id",
        row: id,
    };
    // The columns are narrower than the keys that they hold.
    let narrow = |id: i64| i32::try_from(id).map_err(|_| inconsistent(id));
    let (ticket, article) = (narrow(ticket.id.0)?, narrow(article.0)?);
    let mut insert = Query::insert()
        .into_table(M::Table)
        .columns([M::UserId, M::TicketId, M::ArticleId, M::CreateTime])
        .to_owned();
    for agent in agents {
        let agent: i32 = agent.parse().unwrap_or_default();
        insert.values_panic([
            agent.into(),
            ticket.into(),
            article.into(),
            work.stamp.at.into(),
        ]);
    }
    work.tx.execute(&insert).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(html: &str) -> Vec<String> {
        names(html, &Settings::default())
            .into_iter()
            .map(|name| match name {
                Name::Agent(login) => login,
                Name::Group(group) => format!("group {group}"),
            })
            .collect()
    }

    #[test]
    fn a_mention_is_a_link_of_its_class_with_a_target() {
        for link in [
            r##"<a class="Mention" href="#">"##,
            r##"<a href="#" class="Mention" target="x">"##,
            r##"<a title="x" class="Mention" href="#">"##,
            r##"<a  class="Mention" href="#">"##,
            r##"<a class="Mention"href="#">"##,
            r#"<a class="Mention" href="">"#,
            "<a class=\"Mention\" href='#'>",
            r##"<a class="Mention" href="#"/>"##,
            r##"<a data-class="Mention" href="#">"##,
            r##"<a class="Mention" HREF="#">"##,
            r##"<a class="x" <a class="Mention" href="#">"##,
            r##"<a href="#">foo <a class="Mention" href="#">"##,
            r##"<a class="x">@bob</a> <a class="Mention" href="#">"##,
        ] {
            assert_eq!(found(&format!("hi {link}@alice</a>")), ["alice"], "{link}");
        }
        for link in [
            r#"<a class="Mention">"#,
            r#"<a class="Mention" title="x">"#,
            r#"<a class="Mention" href=#>"#,
            r##"<a href="#" class="mention">"##,
            r##"<a class="Mention foo" href="#">"##,
            r##"<b class="Mention" href="#">"##,
            r##"<ax class="Mention" href="#">"##,
            r#"<a class="Mention" href="a>b">"#,
            "<a class=\"Mention\"\nhref=\"#\">",
            r##"<a class = "Mention" href="#">"##,
            r##"<a class="Mention" href = "#">"##,
            r##"<A CLASS="Mention" HREF="#">"##,
        ] {
            let none: [&str; 0] = [];
            assert_eq!(found(&format!("hi {link}@alice</a>")), none, "{link}");
        }
    }

    #[test]
    fn the_text_of_a_mention_is_its_sign_and_the_name() {
        let mention = |text: &str| format!(r##"<a class="Mention" href="#">{text}</a>"##);
        let group = |text: &str| format!(r##"<a class="GroupMention" href="#">{text}</a>"##);

        assert_eq!(
            found(&(mention("@bob") + &group("@@users") + &mention("@alice"))),
            ["bob", "alice", "group users"]
        );
        assert_eq!(
            found(&(mention("@alice") + &mention("@alice"))),
            ["alice"],
            "once"
        );
        let hidden = format!("<!-- {} -->", mention("@bob"));
        for nobody in [
            mention("alice"),
            mention(" @alice"),
            mention("@"),
            mention("@alice<br>"),
            mention("\n@alice"),
            mention("x@alice"),
            group("@users"),
            hidden,
        ] {
            assert!(found(&nobody).is_empty(), "{nobody}");
        }
        assert_eq!(
            found(&mention("@<!-- x -->alice")),
            [" alice"],
            "nobody's login"
        );
    }
}
