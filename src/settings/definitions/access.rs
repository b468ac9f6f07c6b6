//! Settings of what people may do, and of what forms offer.

use super::{
    Definition,
    Shape::{Group, List, Switch, Unset},
    setting,
};
use crate::settings::defaults;

const fn queues_of_rule(name: &'static str) -> Definition {
    setting(
        name,
        Unset,
        "Queues in which the rule holds, with the rights that it gives; everywhere when not set.",
    )
}

const fn states_of(name: &'static str, types: &'static [&'static str]) -> Definition {
    setting(
        name,
        List(types),
        "Types of the states that the screen leads to.",
    )
}

/// Grouped by the room that reads them.
pub const ALL: &[Definition] = &[
    // What people may do.
    setting(
        "Ticket::Permission",
        Group(defaults::agent_rules),
        "Rules that decide which tickets an agent may work on.",
    ),
    // What forms offer.
    states_of(
        "Ticket::Frontend::AgentTicketBounce###StateType",
        &["open", "closed"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketBulk###StateType",
        &["open", "closed", "pending reminder", "pending auto"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketClose###StateType",
        &["closed"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketCompose###StateType",
        &["open", "closed", "pending auto", "pending reminder"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketEmail###StateType",
        &["open", "pending auto", "pending reminder", "closed"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketEmailOutbound###StateType",
        &["open", "closed", "pending reminder", "pending auto"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketForward###StateType",
        &["open", "closed", "pending reminder", "pending auto"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketFreeText###StateType",
        &["open", "closed", "pending reminder", "pending auto"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketMove###StateType",
        &["open", "closed"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketNote###StateType",
        &["open", "closed", "pending reminder", "pending auto"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketNoteToLinkedTicket###StateType",
        &["open", "closed", "pending reminder", "pending auto"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketOwner###StateType",
        &["open", "pending reminder", "pending auto"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketPending###StateType",
        &["pending reminder", "pending auto"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketPhone###StateType",
        &["open", "pending auto", "pending reminder", "closed"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketPhoneInbound###StateType",
        &["open", "pending auto", "pending reminder", "closed"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketPhoneOutbound###StateType",
        &["open", "pending auto", "pending reminder", "closed"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketPriority###StateType",
        &["open", "pending reminder", "pending auto"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketProcess###StateType",
        &["new", "open", "pending auto", "pending reminder", "closed"],
    ),
    states_of(
        "Ticket::Frontend::AgentTicketResponsible###StateType",
        &["open", "pending reminder", "pending auto"],
    ),
    states_of(
        "Ticket::Frontend::CustomerTicketProcess###StateType",
        &["new", "open"],
    ),
    states_of(
        "Ticket::Frontend::CustomerTicketZoom###StateType",
        &["open", "closed"],
    ),
    setting(
        "TicketAcl",
        Unset,
        "Access control lists in Kernel/Config.pm, by their names; one in the database with the same name does not count.",
    ),
    setting(
        "System::Permission",
        List(&[
            "ro",
            "move_into",
            "create",
            "note",
            "owner",
            "priority",
            "rw",
        ]),
        "Rights that agents have in groups; access control lists know them as Group_ro and so on.",
    ),
    setting(
        "System::Customer::Permission",
        List(&["ro", "rw"]),
        "Rights that customer users have in groups.",
    ),
    queues_of_rule("Ticket::Permission::OwnerCheck::Queues"),
    queues_of_rule("Ticket::Permission::ResponsibleCheck::Queues"),
    queues_of_rule("Ticket::Permission::CreatorCheck::Queues"),
    queues_of_rule("Ticket::Permission::InvolvedCheck::Queues"),
    setting(
        "CustomerTicket::Permission",
        Group(defaults::customer_rules),
        "Rules that decide which tickets a customer user may see.",
    ),
    setting(
        "CustomerGroupSupport",
        Switch(false),
        "Whether groups decide which queues a customer user sees.",
    ),
    setting(
        "CustomerGroupAlwaysGroups",
        List(&["users"]),
        "Groups that every customer user is in.",
    ),
    setting(
        "CustomerGroupCompanyAlwaysGroups",
        List(&["users"]),
        "Groups that every company is in.",
    ),
    setting(
        "CustomerGroupPermissionContext",
        Group(defaults::customer_contexts),
        "Whose tickets a group of a company opens.",
    ),
    setting(
        "Ticket::CustomerDisableCompanyTicketAccess",
        Switch(false),
        "Whether customer users see only their own tickets.",
    ),
];
