//! The first ticket, which greets whoever opens the queue *Raw*.

use super::{Product, Release, Rows, row};

const FROM: &str = "Otterdesk <welcome@otterdesk.example>";
const TO: &str = "Your help desk <help@localhost>";
const SUBJECT: &str = "Welcome to your help desk";
const BODY: &str = "Hello,

your help desk is ready. This ticket was made together with the database, so that there is something to look at.

What to do next:

 * Give the first user, root@localhost, a name and an address of its own.
 * Add agents, put them into groups, and give each queue to a group.
 * Add a mail account or point your mail server here, and send a first mail.

When you are done with this ticket, close it or move it to the queue Junk.
";

pub(super) fn rows(release: Release) -> Vec<Rows> {
    let number = match release.product {
        Product::Otrs | Product::Centuran => "2015071510123456",
        Product::Znuny => "2021012710123456",
    };
    // The moment within the number, as seconds since 1970 (UTC), and as a folder of the article storage.
    let (incoming, content_path) = match release.product {
        Product::Otrs | Product::Centuran => (1_436_949_030, "2015/07/15"),
        Product::Znuny => (1_611_745_200, "2021/01/27"),
    };
    let plain = format!(
        "From: {FROM}\nTo: {TO}\nSubject: {SUBJECT}\nContent-Type: text/plain; charset=utf-8\n\
         Message-ID: <007@localhost>\n\n{BODY}"
    );
    vec![
        ticket(number),
        Rows {
            table: "article",
            columns: vec![
                "id",
                "ticket_id",
                "article_sender_type_id",
                "communication_channel_id",
                "is_visible_for_customer",
                "search_index_needs_rebuild",
            ],
            rows: vec![row![1, 1, 3, 1, 1, 1]],
        },
        article_data_mime(incoming, content_path),
        Rows {
            table: "article_data_mime_plain",
            columns: vec!["id", "article_id", "body"],
            rows: vec![row![1, 1, plain]],
        },
        Rows {
            table: "ticket_history",
            columns: vec![
                "id",
                "name",
                "history_type_id",
                "ticket_id",
                "article_id",
                "type_id",
                "queue_id",
                "owner_id",
                "priority_id",
                "state_id",
            ],
            rows: vec![row![
                1,
                format!("New Ticket [{number}] created."),
                1,
                1,
                1,
                1,
                1,
                1,
                3,
                1
            ]],
        },
    ]
}

fn ticket(number: &str) -> Rows {
    Rows {
        table: "ticket",
        columns: vec![
            "id",
            "tn",
            "title",
            "queue_id",
            "ticket_lock_id",
            "user_id",
            "responsible_user_id",
            "ticket_priority_id",
            "ticket_state_id",
            "timeout",
            "until_time",
            "escalation_time",
            "escalation_update_time",
            "escalation_response_time",
            "escalation_solution_time",
            "archive_flag",
        ],
        rows: vec![row![
            1, number, SUBJECT, 2, 1, 1, 1, 3, 1, 0, 0, 0, 0, 0, 0, 0
        ]],
    }
}

fn article_data_mime(incoming: i32, content_path: &str) -> Rows {
    Rows {
        table: "article_data_mime",
        columns: vec![
            "id",
            "article_id",
            "a_from",
            "a_to",
            "a_subject",
            "a_message_id",
            "a_body",
            "incoming_time",
            "content_path",
        ],
        rows: vec![row![
            1,
            1,
            FROM,
            TO,
            SUBJECT,
            "<007@localhost>",
            BODY,
            incoming,
            content_path
        ]],
    }
}
