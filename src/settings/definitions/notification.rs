//! Settings of notifications and automatic answers.

use super::{
    Definition,
    Shape::{Hash, Integer, Switch, Text},
    setting,
};

/// Grouped by the room that reads them.
pub const ALL: &[Definition] = &[
    // Texts.
    setting(
        "AdminEmail",
        Text("support@<OTRS_CONFIG_FQDN>"),
        "The address of who runs the system, for texts.",
    ),
    setting("ProductName", Text("Znuny"), "What texts call the system."),
    setting(
        "Frontend::RichText",
        Switch(true),
        "Whether texts are written in HTML.",
    ),
    setting(
        "Ticket::Hook",
        Text("Ticket#"),
        "What stands before the number of a ticket in subjects.",
    ),
    setting(
        "Ticket::HookDivider",
        Text(""),
        "What stands between the hook and the number.",
    ),
    setting(
        "Ticket::SubjectFormat",
        Text("Left"),
        "Where the number stands in subjects: Left, Right or None.",
    ),
    setting(
        "Ticket::SubjectRe",
        Text("Re"),
        "What the subject of an answer begins with.",
    ),
    setting(
        "Ticket::SubjectFwd",
        Text("Fwd"),
        "What the subject of a forwarded mail begins with.",
    ),
    // Notifications.
    setting(
        "NotificationSenderName",
        Text("OTRS Notifications"),
        "The name under which agents are told.",
    ),
    setting(
        "NotificationSenderEmail",
        Text("otrs@<OTRS_CONFIG_FQDN>"),
        "The address from which agents are told.",
    ),
    setting(
        "AgentSelfNotifyOnAction",
        Switch(false),
        "Whether agents are told of what they do themselves.",
    ),
    setting(
        "CustomerNotifyJustToRealCustomer",
        Switch(false),
        "Whether only customers with a row are told.",
    ),
    // Automatic answers.
    setting(
        "SendNoAutoResponseRegExp",
        Text(r"(MAILER-DAEMON|postmaster|abuse)@.+?\..+?"),
        "Addresses that get no automatic answer.",
    ),
    setting(
        "PostmasterMaxEmails",
        Integer(40),
        "Automatic answers that an address gets in a day.",
    ),
    setting(
        "PostmasterMaxEmailsPerAddress",
        Hash(&[]),
        "The same for single addresses.",
    ),
];
