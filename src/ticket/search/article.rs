//! Conditions on articles: their texts in `article_search_index`, and when they were written.

use schema::{Dialect, Pattern, tables as t};
use sea_query::{Cond, Expr, ExprTrait as _, Query, SelectStatement};

use super::{ArticleField, ArticleSearch, Combine, Range, filter};

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

/// An article that meets everything; `None` when nothing is asked of articles.
pub fn exists(
    search: &ArticleSearch,
    written: Option<Range>,
    shown_to_customers: bool,
    dialect: Dialect,
) -> Option<Expr> {
    if written.is_none() && search.fields.is_empty() && search.anywhere.is_none() {
        return None;
    }
    // A single text needs no look at the article itself: the index knows the ticket.
    if written.is_none() && !shown_to_customers {
        if let ([(field, text)], None) = (&search.fields[..], &search.anywhere) {
            return Some(Expr::exists(
                of_ticket()
                    .cond_where(holds(*field, text, dialect))
                    .to_owned(),
            ));
        }
        if let ([], Some(text)) = (&search.fields[..], &search.anywhere) {
            return Some(Expr::exists(
                of_ticket().cond_where(anywhere(text, dialect)).to_owned(),
            ));
        }
    }
    Some(Expr::exists(articles(
        search,
        written.unwrap_or_default(),
        shown_to_customers,
        dialect,
    )))
}

fn articles(
    search: &ArticleSearch,
    written: Range,
    shown_to_customers: bool,
    dialect: Dialect,
) -> SelectStatement {
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
    if !search.fields.is_empty() {
        let start = match search.combine {
            Combine::All => Cond::all(),
            Combine::Any => Cond::any(),
        };
        articles.cond_where(search.fields.iter().fold(start, |cond, (field, text)| {
            let texts = of_article()
                .cond_where(holds(*field, text, dialect))
                .to_owned();
            cond.add(Expr::exists(texts))
        }));
    }
    if let Some(text) = &search.anywhere {
        let texts = of_article().cond_where(anywhere(text, dialect)).to_owned();
        articles.and_where(Expr::exists(texts));
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

fn holds(field: ArticleField, text: &str, dialect: Dialect) -> Cond {
    Cond::all()
        .add(index(t::ArticleSearchIndex::ArticleKey).eq(field.key()))
        .add(dialect.like_text(index(t::ArticleSearchIndex::ArticleValue), &contained(text)))
}

/// In any text of the article, or in the ticket's title.
fn anywhere(text: &str, dialect: Dialect) -> Cond {
    let pattern = contained(text);
    Cond::any()
        .add(dialect.like_text(index(t::ArticleSearchIndex::ArticleValue), &pattern))
        .add(dialect.like_text(filter::col(t::Ticket::Title), &pattern))
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
