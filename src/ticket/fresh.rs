//! Tickets that the operation under way has created. Nobody else knows them before the commit: what is not remembered here
//! is not there, and need not be looked for.

use super::{TicketId, article::ArticleId};
use crate::directory::UserId;

/// The new tickets of one operation.
#[derive(Debug, Default)]
pub struct FreshTickets(Vec<Fresh>);

#[derive(Debug)]
struct Fresh {
    ticket: TicketId,
    articles: Vec<ArticleId>,
    /// Who has seen which of them.
    seen: Vec<(ArticleId, UserId)>,
    has_flags: bool,
}

impl FreshTickets {
    pub fn add(&mut self, ticket: TicketId) {
        self.0.push(Fresh {
            ticket,
            articles: Vec::new(),
            seen: Vec::new(),
            has_flags: false,
        });
    }

    pub fn add_article(&mut self, ticket: TicketId, article: ArticleId) {
        if let Some(fresh) = self.find_mut(ticket) {
            fresh.articles.push(article);
        }
    }

    pub fn add_seen(&mut self, article: ArticleId, by: UserId) {
        let with_it = |fresh: &&mut Fresh| fresh.articles.contains(&article);
        if let Some(fresh) = self.0.iter_mut().find(with_it) {
            fresh.seen.push((article, by));
        }
    }

    /// Somebody has a flag on the ticket.
    pub fn add_flag(&mut self, ticket: TicketId) {
        if let Some(fresh) = self.find_mut(ticket) {
            fresh.has_flags = true;
        }
    }

    /// Something happens to the ticket that is not followed here: from now on it is looked at in the database.
    pub fn forget(&mut self, ticket: TicketId) {
        self.0.retain(|fresh| fresh.ticket != ticket);
    }

    pub fn forget_article(&mut self, article: ArticleId) {
        self.0.retain(|fresh| !fresh.articles.contains(&article));
    }

    pub fn contains(&self, ticket: TicketId) -> bool {
        self.find(ticket).is_some()
    }

    /// The articles of a new ticket; `None` for one that was there before.
    pub fn articles(&self, ticket: TicketId) -> Option<&[ArticleId]> {
        self.find(ticket).map(|fresh| fresh.articles.as_slice())
    }

    /// Whether the ticket is new and somebody has seen all of its articles. False says nothing.
    pub fn has_seen_all(&self, ticket: TicketId, by: UserId) -> bool {
        self.find(ticket).is_some_and(|fresh| {
            let mut articles = fresh.articles.iter();
            articles.all(|article| fresh.seen.contains(&(*article, by)))
        })
    }

    /// Whether the ticket is new and nobody has a flag on it. False says nothing.
    pub fn has_no_flags(&self, ticket: TicketId) -> bool {
        self.find(ticket).is_some_and(|fresh| !fresh.has_flags)
    }

    fn find(&self, ticket: TicketId) -> Option<&Fresh> {
        self.0.iter().find(|fresh| fresh.ticket == ticket)
    }

    fn find_mut(&mut self, ticket: TicketId) -> Option<&mut Fresh> {
        self.0.iter_mut().find(|fresh| fresh.ticket == ticket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICKET: TicketId = TicketId(1);
    const ANN: UserId = UserId(2);

    #[test]
    fn only_new_tickets_are_known() {
        let mut fresh = FreshTickets::default();
        assert_eq!(fresh.articles(TICKET), None);
        assert!(!fresh.has_no_flags(TICKET) && !fresh.has_seen_all(TICKET, ANN));

        fresh.add(TICKET);
        assert_eq!(fresh.articles(TICKET), Some([].as_slice()));
        assert!(fresh.has_no_flags(TICKET));
        fresh.add_article(TICKET, ArticleId(1));
        fresh.add_article(TICKET, ArticleId(2));
        fresh.add_seen(ArticleId(1), ANN);
        assert!(!fresh.has_seen_all(TICKET, ANN));
        fresh.add_seen(ArticleId(2), UserId(3));
        assert!(!fresh.has_seen_all(TICKET, ANN));
        fresh.add_seen(ArticleId(2), ANN);
        assert!(fresh.has_seen_all(TICKET, ANN));
        fresh.add_flag(TICKET);
        assert!(!fresh.has_no_flags(TICKET));
        fresh.forget_article(ArticleId(2));
        assert!(!fresh.contains(TICKET));
    }
}
