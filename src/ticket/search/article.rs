//! Conditions on articles: their texts in `article_search_index`, and when they were written.

use schema::{Dialect, Pattern, tables as t};
use sea_query::{Cond, Expr, ExprTrait as _, Query, SelectStatement};

use super::{ArticleField, ArticleSearch, Combine, Range, condition::Condition, filter};

impl ArticleField {
    /// The key in `article_search_index`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::From => "MIMEBase_From",
            Self::To => "MIMEBase_To",
            Self::Cc => "MIMEBase_Cc",
            Self::Bcc => "MIMEBase_Bcc",
            Self::Subject => "MIMEBase_Subject",
            Self::Body => "MIMEBase_Body",
            Self::AttachmentName => "MIMEBase_AttachmentName",
        }
    }
}

/// What is asked of a text of an article: under one key, or anywhere.
struct Part {
    field: Option<ArticleField>,
    wanted: Wanted,
}

enum Wanted {
    Contained(Pattern),
    /// `None` makes no sense, and is met by nothing.
    Met(Option<Condition>),
}

impl Wanted {
    fn holds(&self, column: &Expr, dialect: Dialect) -> Cond {
        match self {
            Self::Contained(pattern) => Cond::all().add(dialect.like_text(column.clone(), pattern)),
            Self::Met(Some(condition)) => condition.on(column, dialect),
            Self::Met(None) => Cond::all().add(Expr::val(1).eq(0)),
        }
    }
}

/// An article that meets everything; `None` when nothing is asked of articles.
pub fn exists(
    search: &ArticleSearch,
    written: Option<Range>,
    shown_to_customers: bool,
    dialect: Dialect,
) -> Option<Expr> {
    let fields = search.fields.iter();
    let texts: Vec<(Option<ArticleField>, &str)> = fields
        .map(|(field, text)| (Some(*field), text.as_str()))
        .chain(search.anywhere.iter().map(|text| (None, text.as_str())))
        .collect();
    if written.is_none() && texts.is_empty() && search.conditions.is_empty() {
        return None;
    }
    let contained = texts
        .into_iter()
        .map(|(field, text)| (field, contained(text)))
        .filter(|(_, pattern)| *pattern != contained(""))
        .map(|(field, pattern)| (field, Wanted::Contained(pattern)));
    let conditions = search.conditions.iter();
    let met = conditions.map(|(field, text)| (Some(*field), Wanted::Met(Condition::parse(text))));
    let parts: Vec<Part> = contained
        .chain(met)
        .map(|(field, wanted)| Part { field, wanted })
        .collect();
    // A single text needs no look at the article itself: the index knows the ticket.
    if let ([part], None, false) = (&parts[..], written, shown_to_customers) {
        let texts = of_ticket().cond_where(part.holds(dialect)).to_owned();
        return Some(one_by_one(texts, dialect));
    }
    let mut articles = articles(written.unwrap_or_default(), shown_to_customers);
    if !parts.is_empty() {
        // Whoever looks anywhere wants any.
        let any = search.combine == Combine::Any || search.anywhere.is_some();
        let start = if any { Cond::any() } else { Cond::all() };
        articles.cond_where(parts.iter().fold(start, |cond, part| {
            let texts = of_article().cond_where(part.holds(dialect)).to_owned();
            cond.add(one_by_one(texts, dialect))
        }));
    }
    Some(one_by_one(articles, dialect))
}

/// Whether a ticket has such a row, looked at ticket by ticket until enough are found.
///
/// Of an `EXISTS`, MariaDB and MySQL first make the list of everything that it finds in all tickets, which for a part of
/// a word means to read every text. Measured: 20 times as long for the first 50 of 1,300, and about as long for none.
fn one_by_one(mut rows: SelectStatement, dialect: Dialect) -> Expr {
    match dialect {
        Dialect::MySql => {
            rows.limit(1);
            Expr::SubQuery(None, Box::new(rows.into())).eq(1)
        }
        Dialect::Postgres | Dialect::Sqlite => Expr::exists(rows),
    }
}

fn articles(written: Range, shown_to_customers: bool) -> SelectStatement {
    let article = |column| Expr::col((t::Article::Table, column));
    let mut articles = Query::select()
        .expr(Expr::val(1))
        .from(t::Article::Table)
        .and_where(article(t::Article::TicketId).equals((t::Ticket::Table, t::Ticket::Id)))
        .to_owned();
    if shown_to_customers {
        articles.and_where(article(t::Article::IsVisibleForCustomer).eq(1_i16));
    }
    if let Some(newest) = written.newest {
        articles.and_where(article(t::Article::CreateTime).lte(newest));
    }
    if let Some(oldest) = written.oldest {
        articles.and_where(article(t::Article::CreateTime).gte(oldest));
    }
    articles
}

fn index(column: t::ArticleSearchIndex) -> Expr {
    Expr::col((t::ArticleSearchIndex::Table, column))
}

fn of_ticket() -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(t::ArticleSearchIndex::Table)
        .and_where(index(t::ArticleSearchIndex::TicketId).equals((t::Ticket::Table, t::Ticket::Id)))
        .to_owned()
}

fn of_article() -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(t::ArticleSearchIndex::Table)
        .and_where(
            index(t::ArticleSearchIndex::ArticleId).equals((t::Article::Table, t::Article::Id)),
        )
        .to_owned()
}

impl Part {
    fn holds(&self, dialect: Dialect) -> Cond {
        let value = index(t::ArticleSearchIndex::ArticleValue);
        let value = self.wanted.holds(&value, dialect);
        match self.field {
            Some(field) => Cond::all()
                .add(index(t::ArticleSearchIndex::ArticleKey).eq(field.key()))
                .add(value),
            None => Cond::any()
                .add(value)
                .add(self.wanted.holds(&filter::col(t::Ticket::Title), dialect)),
        }
    }
}

/// A text anywhere within another; `*` and `%` stand for any text, a backslash takes the meaning of a character.
///
/// As in the reference system, one backslash before the closing wildcard takes its meaning too: `100\%` ends there.
fn contained(text: &str) -> Pattern {
    let text: String = format!("%{}%", text.trim()).replace('*', "%");
    let mut characters: Vec<char> = text.chars().collect();
    characters.dedup_by(|b, a| *a == '%' && *b == '%');
    let mut pattern = Pattern::default();
    let mut characters = characters.into_iter();
    while let Some(character) = characters.next() {
        match character {
            '%' => pattern.push_any(),
            '\\' => pattern.push(characters.next().unwrap_or('\\')),
            other => pattern.push(other),
        }
    }
    pattern
}
