//! Queues and what answers need: address, salutation, signature, templates, automatic responses.

use super::{Release, Rows, row};

const PLAIN: &str = "text/plain; charset=utf-8";

const SALUTATION: &str = "Hello <OTRS_CUSTOMER_REALNAME>,

thank you for writing to us.

";

const SIGNATURE: &str = "
Kind regards

 <OTRS_Agent_UserFirstname> <OTRS_Agent_UserLastname>

-- 
 Help desk: <OTRS_CONFIG_HttpType>://<OTRS_CONFIG_FQDN>/
";

const TEST_ANSWER: &str =
    "This template shows how a ready-made answer looks. Please replace it by one of your own.";

const REPLY: (&str, &str) = (
    "We have received your message and keep it under the number <OTRS_TICKET_TicketNumber>.

You will hear from us as soon as somebody has looked into it. Please leave the number in the subject when you write
about the same matter.

You wrote:
<OTRS_CUSTOMER_EMAIL[20]>
",
    "RE: <OTRS_CUSTOMER_SUBJECT[24]>",
);

const REJECT: (&str, &str) = (
    "The ticket <OTRS_TICKET_TicketNumber> is closed and takes no more messages.

Your message was not added to it. If you still need help, please write a new message without this number in the
subject.
",
    "Not delivered: <OTRS_CUSTOMER_SUBJECT[24]>",
);

const FOLLOW_UP: (&str, &str) = (
    "Your message has been added to the ticket <OTRS_TICKET_TicketNumber>. We will come back to you.
",
    "RE: <OTRS_CUSTOMER_SUBJECT[24]>",
);

const REJECT_WITH_NEW: (&str, &str) = (
    "The ticket that you answered is closed. So that nothing gets lost, we opened a new one for your message.

Its number is <OTRS_TICKET_TicketNumber>.
",
    "New ticket: <OTRS_CUSTOMER_SUBJECT[24]>",
);

pub(super) fn rows(release: Release) -> Vec<Rows> {
    let (address, name) = release.product.address();
    vec![
        Rows {
            table: "salutation",
            columns: vec!["id", "name", "text", "content_type", "comments"],
            rows: vec![row![
                1,
                "system standard salutation (en)",
                SALUTATION,
                PLAIN,
                "The salutation of the first queues."
            ]],
        },
        Rows {
            table: "signature",
            columns: vec!["id", "name", "text", "content_type", "comments"],
            rows: vec![row![
                1,
                "system standard signature (en)",
                SIGNATURE,
                PLAIN,
                "The signature of the first queues."
            ]],
        },
        Rows {
            table: "system_address",
            columns: vec!["id", "value0", "value1", "queue_id", "comments"],
            rows: vec![row![
                1,
                address,
                name,
                1,
                "The address of the first queues."
            ]],
        },
        Rows::named("follow_up_possible", &["possible", "reject", "new ticket"]),
        queue(),
        Rows {
            table: "standard_template",
            columns: vec!["id", "name", "text", "content_type", "template_type"],
            rows: vec![
                row![1, "empty answer", "", PLAIN, "Answer"],
                row![2, "test answer", TEST_ANSWER, PLAIN, "Answer"],
            ],
        },
        Rows {
            table: "queue_standard_template",
            columns: vec!["queue_id", "standard_template_id"],
            rows: vec![row![1, 1], row![2, 1], row![3, 1], row![4, 1]],
        },
        Rows::named(
            "auto_response_type",
            &[
                "auto reply",
                "auto reject",
                "auto follow up",
                "auto reply/new ticket",
                "auto remove",
            ],
        ),
        auto_response(),
    ]
}

fn queue() -> Rows {
    let queues = [
        (1, "Postmaster", "Takes mail that no other queue takes."),
        (2, "Raw", "Takes new mail."),
        (3, "Junk", "Takes unwanted mail."),
        (4, "Misc", "Takes everything else."),
    ];
    Rows {
        table: "queue",
        columns: vec![
            "id",
            "name",
            "comments",
            "group_id",
            "unlock_timeout",
            "system_address_id",
            "salutation_id",
            "signature_id",
            "follow_up_id",
            "follow_up_lock",
        ],
        rows: queues
            .map(|(id, name, comment)| row![id, name, comment, 1, 0, 1, 1, 1, 1, 0])
            .into(),
    }
}

fn auto_response() -> Rows {
    let responses = [
        (
            1,
            "default reply (after new ticket has been created)",
            REPLY,
        ),
        (
            2,
            "default reject (after follow-up and rejected of a closed ticket)",
            REJECT,
        ),
        (
            3,
            "default follow-up (after a ticket follow-up has been added)",
            FOLLOW_UP,
        ),
        (
            4,
            "default reject/new ticket created (after closed follow-up with new ticket creation)",
            REJECT_WITH_NEW,
        ),
    ];
    Rows {
        table: "auto_response",
        columns: vec![
            "id",
            "name",
            "text0",
            "text1",
            "type_id",
            "system_address_id",
            "content_type",
            "comments",
        ],
        rows: responses
            .map(|(id, name, (body, subject))| {
                row![id, name, body, subject, id, 1, "text/plain", ""]
            })
            .into(),
    }
}
