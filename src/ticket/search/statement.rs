//! The one statement of a search.

use schema::{Dialect, tables as t};
use sea_query::{
    Alias, DynIden, Expr, ExprTrait as _, IntoIden as _, JoinType, Order, Query, SelectStatement,
};

use super::{
    Direction, IdField, Search, Sight, SortKey, TimeField, article,
    dynamic_field::{self, Field, Fields},
    filter, history,
};

/// Builds the statement that gives the tickets' numbers; `None` when nothing can be found.
pub fn build(
    search: &Search,
    sight: &Sight,
    fields: &Fields,
    dialect: Dialect,
) -> Option<SelectStatement> {
    let mut select = Query::select()
        .column((t::Ticket::Table, t::Ticket::Id))
        .from(t::Ticket::Table)
        .to_owned();
    let joined = sort(&mut select, search, fields);
    own_row(&mut select, search, sight, dialect)?;
    if let Some(created) = history::created(&search.ids) {
        select.and_where(created);
    }
    let written = search.times.get(&TimeField::ArticleCreated).copied();
    let shown_to_customers = matches!(sight, Sight::Customer { .. });
    if let Some(article) = article::exists(&search.articles, written, shown_to_customers, dialect) {
        select.and_where(article);
    }
    for wanted in &search.dynamic_fields {
        let Some(field) = fields.get(&wanted.name).filter(|field| !field.of_articles) else {
            continue;
        };
        let sorted = joined.iter().find(|(name, _)| *name == wanted.name);
        select.cond_where(match sorted {
            Some((_, table)) => dynamic_field::joined_condition(wanted, field, table, dialect)?,
            None => dynamic_field::condition(wanted, field, dialect)?,
        });
    }
    if let Some(limit) = search.limit {
        select.limit(limit);
    }
    Some(select)
}

fn own_row(
    select: &mut SelectStatement,
    search: &Search,
    sight: &Sight,
    dialect: Dialect,
) -> Option<()> {
    let mut sight = sight.clone();
    for (field, ids) in &search.ids {
        if let (IdField::Queue, Sight::Queues(readable)) = (field, &mut sight) {
            // One list of queues instead of two that the database would have to intersect.
            let mut wanted = ids.clone();
            if let Some(readable) = readable {
                wanted.retain(|id| readable.contains(id));
            }
            if wanted.is_empty() {
                return None;
            }
            *readable = Some(wanted);
        } else if let Some(condition) = filter::ids(*field, ids) {
            select.and_where(condition);
        }
    }
    if let Some(condition) = filter::sight(&sight, dialect) {
        select.cond_where(condition);
    }
    for (field, conditions) in &search.texts {
        select.cond_where(filter::text(*field, conditions, dialect)?);
    }
    if !search.customer_ids.is_empty() {
        select.and_where(filter::customer_ids(&search.customer_ids));
    }
    if let Some(condition) = filter::archive(search.archive) {
        select.and_where(condition);
    }
    for (field, range) in &search.times {
        match field {
            TimeField::Changed => {
                select.and_where(history::changed(*range));
            }
            TimeField::LastClosed => {
                select.and_where(history::last_closed(*range));
            }
            TimeField::Closed => {
                select.and_where(history::closed(*range));
            }
            TimeField::ArticleCreated => {}
            own => {
                select.cond_where(filter::time(*own, *range)?);
            }
        }
    }
    Some(())
}

/// Adds the order and what it needs; gives the joined tables by the name of their dynamic field.
fn sort<'a>(
    select: &mut SelectStatement,
    search: &'a Search,
    fields: &Fields,
) -> Vec<(&'a str, DynIden)> {
    let mut joined = Vec::new();
    // A ticket with several values has several rows, and what is sorted by must be selected then.
    let distinct = search
        .order
        .iter()
        .any(|(key, _)| matches!(key, SortKey::DynamicField(_)));
    if distinct {
        select.distinct();
    }
    for (place, (key, direction)) in search.order.iter().enumerate() {
        let order = direction.order();
        match key {
            SortKey::Column(column) => {
                if distinct {
                    select.column((t::Ticket::Table, *column));
                }
                select.order_by((t::Ticket::Table, *column), order);
            }
            SortKey::AgentName(column) => {
                sort_by_agent(select, *column, place, &order, distinct);
            }
            SortKey::QueueName => {
                sort_by_queue(select, order, distinct);
            }
            SortKey::DynamicField(name) => {
                if let Some(field) = fields.get(name) {
                    let table = alias(place);
                    sort_by_field(select, field, &table, order);
                    joined.push((name.as_str(), table));
                }
            }
        }
    }
    // A last key that no two tickets share: pages stay stable, and an index on the first key still serves.
    let last = search.order.last().map_or(Direction::Down, |(_, it)| *it);
    select.order_by((t::Ticket::Table, t::Ticket::Id), last.order());
    joined
}

/// The name of the joined table for the sort key at this place.
fn alias(place: usize) -> DynIden {
    Alias::new(format!("sort{place}")).into_iden()
}

fn sort_by_queue(select: &mut SelectStatement, order: Order, distinct: bool) {
    select
        .inner_join(
            t::Queue::Table,
            Expr::col((t::Queue::Table, t::Queue::Id))
                .equals((t::Ticket::Table, t::Ticket::QueueId)),
        )
        .order_by((t::Queue::Table, t::Queue::Name), order);
    if distinct {
        select.column((t::Queue::Table, t::Queue::Name));
    }
}

fn sort_by_agent(
    select: &mut SelectStatement,
    column: t::Ticket,
    place: usize,
    order: &Order,
    distinct: bool,
) {
    let agent = alias(place);
    select.join_as(
        JoinType::InnerJoin,
        t::Users::Table,
        agent.clone(),
        Expr::col((agent.clone(), t::Users::Id)).equals((t::Ticket::Table, column)),
    );
    for name in [t::Users::FirstName, t::Users::LastName] {
        select.order_by((agent.clone(), name), order.clone());
        if distinct {
            select.column((agent.clone(), name));
        }
    }
}

fn sort_by_field(select: &mut SelectStatement, field: &Field, table: &DynIden, order: Order) {
    let object = if field.of_articles {
        let article = Alias::new(format!("{table}_article")).into_iden();
        select.join_as(
            JoinType::InnerJoin,
            t::Article::Table,
            article.clone(),
            Expr::col((article.clone(), t::Article::TicketId))
                .equals((t::Ticket::Table, t::Ticket::Id)),
        );
        Expr::col((article, t::Article::Id))
    } else {
        Expr::col((t::Ticket::Table, t::Ticket::Id))
    };
    select
        .join_as(
            JoinType::LeftJoin,
            t::DynamicFieldValue::Table,
            table.clone(),
            Expr::col((table.clone(), t::DynamicFieldValue::ObjectId))
                .eq(object)
                .and(Expr::col((table.clone(), t::DynamicFieldValue::FieldId)).eq(field.id)),
        )
        .column((table.clone(), field.kind.column()))
        .order_by((table.clone(), field.kind.column()), order);
}
