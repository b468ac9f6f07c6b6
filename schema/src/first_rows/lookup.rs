//! Users, groups, and the lists of names that other tables point to.

use super::{Installation, Product, Release, Rows, row};

pub(super) fn rows(
    release: Release,
    groups_table: &'static str,
    installation: &Installation,
) -> Vec<Rows> {
    let last_name = if release.newest { "Znuny" } else { "OTRS" };
    let mut groups = Rows::named(groups_table, &["users", "admin", "stats"]);
    groups.columns.push("comments");
    let about = [
        "The default group of agents.",
        "May use the administration.",
        "May use statistics.",
    ];
    for (row, comment) in groups.rows.iter_mut().zip(about) {
        row.push(comment.into());
    }
    let mut membership = vec![row![1, 1, "rw"], row![1, 2, "rw"], row![1, 3, "rw"]];
    if release.newest {
        groups.rows.push(row![
            4,
            "timeaccounting_webservice",
            "May use the web service for time accounting."
        ]);
        membership.push(row![1, 4, "rw"]);
    }
    vec![
        Rows::named("valid", &["valid", "invalid", "invalid-temporarily"]),
        Rows {
            table: "users",
            columns: vec!["id", "login", "pw", "first_name", "last_name"],
            rows: vec![row![
                1,
                "root@localhost",
                installation.admin_password_hash.as_str(),
                "Admin",
                last_name,
            ]],
        },
        groups,
        Rows {
            table: "group_user",
            columns: vec!["user_id", "group_id", "permission_key"],
            rows: membership,
        },
        Rows::named("link_type", &["Normal", "ParentChild"]),
        Rows::named("link_state", &["Valid", "Temporary"]),
        ticket_state_type(),
        ticket_state(),
        Rows::named("ticket_type", &["Unclassified"]),
        ticket_priority(release),
        Rows::named("ticket_lock_type", &["unlock", "lock", "tmp_lock"]),
        Rows::named("ticket_history_type", &history_types(release)),
        Rows::named("article_sender_type", &["agent", "system", "customer"]),
        communication_channel(),
        dynamic_field(release),
    ]
}

fn ticket_state_type() -> Rows {
    Rows::named(
        "ticket_state_type",
        &[
            "new",
            "open",
            "closed",
            "pending reminder",
            "pending auto",
            "removed",
            "merged",
        ],
    )
}

fn ticket_state() -> Rows {
    Rows {
        table: "ticket_state",
        columns: vec!["id", "name", "type_id"],
        rows: vec![
            row![1, "new", 1],
            row![2, "closed successful", 3],
            row![3, "closed unsuccessful", 3],
            row![4, "open", 2],
            row![5, "removed", 6],
            row![6, "pending reminder", 4],
            row![7, "pending auto close+", 5],
            row![8, "pending auto close-", 5],
            row![9, "merged", 7],
        ],
    }
}

fn ticket_priority(release: Release) -> Rows {
    let mut priorities = Rows::named(
        "ticket_priority",
        &["1 very low", "2 low", "3 normal", "4 high", "5 very high"],
    );
    if release.colors {
        // Our own scale, from calm to alarming; the original's values are not known.
        priorities.columns.push("color");
        let colors = ["#5b9bd5", "#8fbcd4", "#c9c9c9", "#f2a65a", "#e05252"];
        for (row, color) in priorities.rows.iter_mut().zip(colors) {
            row.push(color.into());
        }
    }
    priorities
}

fn history_types(release: Release) -> Vec<&'static str> {
    let mut names = vec![
        "NewTicket",
        "FollowUp",
        "SendAutoReject",
        "SendAutoReply",
        "SendAutoFollowUp",
        "Forward",
        "Bounce",
        "SendAnswer",
        "SendAgentNotification",
        "SendCustomerNotification",
        "EmailAgent",
        "EmailCustomer",
        "PhoneCallAgent",
        "PhoneCallCustomer",
        "AddNote",
        "Move",
        "Lock",
        "Unlock",
        "Remove",
        "TimeAccounting",
        "CustomerUpdate",
        "PriorityUpdate",
        "OwnerUpdate",
        "LoopProtection",
        "Misc",
        "SetPendingTime",
        "StateUpdate",
        "TicketDynamicFieldUpdate",
        "WebRequestCustomer",
        "TicketLinkAdd",
        "TicketLinkDelete",
        "SystemRequest",
        "Merged",
        "ResponsibleUpdate",
        "Subscribe",
        "Unsubscribe",
        "TypeUpdate",
        "ServiceUpdate",
        "SLAUpdate",
        "ArchiveFlagUpdate",
        "EscalationSolutionTimeStop",
        "EscalationResponseTimeStart",
        "EscalationUpdateTimeStart",
        "EscalationSolutionTimeStart",
        "EscalationResponseTimeNotifyBefore",
        "EscalationUpdateTimeNotifyBefore",
        "EscalationSolutionTimeNotifyBefore",
        "EscalationResponseTimeStop",
        "EscalationUpdateTimeStop",
        "TitleUpdate",
        "EmailResend",
    ];
    if release.bulk {
        names.push("Bulk");
    }
    names
}

fn communication_channel() -> Rows {
    let mail = "---\nArticleDataArticleIDField: article_id\nArticleDataTables:\n- article_data_mime\n\
        - article_data_mime_plain\n- article_data_mime_attachment\n- article_data_mime_send_error\n";
    let chat = "---\nArticleDataArticleIDField: article_id\nArticleDataTables:\n- article_data_otrs_chat\n";
    let rows = [(1, "Email"), (2, "Phone"), (3, "Internal"), (4, "Chat")].map(|(id, name)| {
        let module = format!("Kernel::System::CommunicationChannel::{name}");
        let data = if name == "Chat" { chat } else { mail };
        row![id, name, module, "Framework", data]
    });
    Rows {
        table: "communication_channel",
        columns: vec!["id", "name", "module", "package_name", "channel_data"],
        rows: rows.into(),
    }
}

fn dynamic_field(release: Release) -> Rows {
    let plain = "---\nDefaultValue: ''\n";
    // The commas belong to the reference's own rows, which read the numbers as text because of them.
    let calendar = "---\nDefaultValue: 0,\nYearsInFuture: 0,\nYearsInPast: 0,\nYearsPeriod: 0,\n";
    let mut fields = vec![
        (
            1,
            "ProcessManagementProcessID",
            "Process",
            "ProcessID",
            plain,
        ),
        (
            1,
            "ProcessManagementActivityID",
            "Activity",
            "ActivityID",
            plain,
        ),
    ];
    if release.attachment_field {
        fields.push((
            1,
            "ProcessManagementAttachment",
            "Attachment",
            "TextArea",
            plain,
        ));
    }
    if release.mentions {
        fields.extend([
            (
                0,
                "TicketCalendarStartTime",
                "Ticket Calendar StartTime",
                "DateTime",
                calendar,
            ),
            (
                0,
                "TicketCalendarEndTime",
                "Ticket Calendar EndTime",
                "DateTime",
                calendar,
            ),
        ]);
    }
    let rows = (1..)
        .zip(fields)
        .map(|(id, (internal, name, label, kind, config))| {
            row![id, internal, name, label, 1, kind, "Ticket", config]
        })
        .collect();
    Rows {
        table: "dynamic_field",
        columns: vec![
            "id",
            "internal_field",
            "name",
            "label",
            "field_order",
            "field_type",
            "object_type",
            "config",
        ],
        rows,
    }
}

impl Product {
    /// The local part of the first system address, and the name beside it.
    pub(super) fn address(self) -> (&'static str, &'static str) {
        match self {
            Self::Otrs => ("otrs@localhost", "OTRS System"),
            Self::Centuran => ("otrsce@localhost", "OTRS System"),
            Self::Znuny => ("znuny@localhost", "Znuny System"),
        }
    }
}
