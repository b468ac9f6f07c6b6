//! Settings of the daemon and of what it does to tickets.

use super::{
    Definition,
    Shape::{Group, Hash, Integer, List},
    setting,
};
use crate::settings::defaults;

pub const ALL: &[Definition] = &[
    setting(
        "Daemon::SchedulerCronTaskManager::Task",
        Group(defaults::cron_tasks),
        "What the daemon does again and again, and when.",
    ),
    setting(
        "SystemConfiguration::MaximumDeployments",
        Integer(20),
        "Deployments that are kept; the daemon deletes older ones.",
    ),
    setting(
        "CommunicationLog::PurgeAfterHours::SuccessfulCommunications",
        Integer(168),
        "Hours after which communications that went well leave the log.",
    ),
    setting(
        "CommunicationLog::PurgeAfterHours::AllCommunications",
        Integer(744),
        "Hours after which every communication leaves the log.",
    ),
    setting(
        "Ticket::GenericAgentRunLimit",
        Integer(4000),
        "Tickets that a job of the generic agent works on in one run.",
    ),
    setting(
        "FormDraftTTL",
        Group(defaults::draft_times),
        "Minutes that drafts are kept, by the type of what they are for.",
    ),
    setting(
        "Ticket::StateAfterPending",
        Hash(&[
            ("pending auto close+", "closed successful"),
            ("pending auto close-", "closed unsuccessful"),
        ]),
        "The state that follows when the time of a pending one has come.",
    ),
    setting(
        "Ticket::PendingAutoStateType",
        List(&["pending auto"]),
        "Types of states that end by themselves when their time has come.",
    ),
    setting(
        "Ticket::PendingReminderStateType",
        List(&["pending reminder"]),
        "Types of states that people are reminded of when their time has come.",
    ),
];
