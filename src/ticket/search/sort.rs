//! What tickets are sorted by.

use schema::tables as t;

/// A sort key. States, priorities and the like sort by their number.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SortKey {
    Column(t::Ticket),
    QueueName,
    /// An agent's first and last name; the column holds the agent's number.
    AgentName(t::Ticket),
    /// A dynamic field of tickets or articles, by its name.
    DynamicField(String),
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Direction {
    Up,
    #[default]
    Down,
}

impl SortKey {
    /// The word by which searches name a key: `Age`, `Title`, `DynamicField_NAME`. `None` for an unknown word.
    pub fn from_word(word: &str) -> Option<Self> {
        use t::Ticket as C;
        if let Some(name) = word.strip_prefix("DynamicField_") {
            return Some(Self::DynamicField(name.to_owned()));
        }
        Some(Self::Column(match word {
            "Age" | "Created" => C::CreateTime,
            "Changed" => C::ChangeTime,
            "CustomerID" => C::CustomerId,
            "EscalationTime" | "TicketEscalation" => C::EscalationTime,
            "EscalationUpdateTime" => C::EscalationUpdateTime,
            "EscalationResponseTime" => C::EscalationResponseTime,
            "EscalationSolutionTime" => C::EscalationSolutionTime,
            "Lock" => C::TicketLockId,
            "Owner" => return Some(Self::AgentName(C::UserId)),
            "PendingTime" => C::UntilTime,
            "Priority" => C::TicketPriorityId,
            "Queue" => return Some(Self::QueueName),
            "Responsible" => return Some(Self::AgentName(C::ResponsibleUserId)),
            "Service" => C::ServiceId,
            "SLA" => C::SlaId,
            "State" => C::TicketStateId,
            "Ticket" | "TicketNumber" => C::Tn,
            "Title" => C::Title,
            "Type" => C::TypeId,
            _ => return None,
        }))
    }
}

impl Direction {
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "Up" => Some(Self::Up),
            "Down" => Some(Self::Down),
            _ => None,
        }
    }

    pub fn order(self) -> sea_query::Order {
        match self {
            Self::Up => sea_query::Order::Asc,
            Self::Down => sea_query::Order::Desc,
        }
    }
}
