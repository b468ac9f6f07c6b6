//! Notifications: on which events, to whom, and what they say.

mod texts;

use super::{Release, Rows, row};
use texts::{TEXTS, Text};

/// A notification event; its number is its place in the list.
struct Event {
    name: &'static str,
    items: &'static [(&'static str, &'static str)],
}

/// The item that holds the hint which agents see in their preferences.
const TOOLTIP: &str = "VisibleForAgentTooltip";

const EVENTS: &[Event] = &[
    Event {
        name: "Ticket create notification",
        items: &[
            ("VisibleForAgent", "1"),
            (
                TOOLTIP,
                "Tells you about each new ticket in \"My Queues\" or \"My Services\".",
            ),
            ("Events", "NotificationNewTicket"),
            ("Recipients", "AgentMyQueues"),
            ("Recipients", "AgentMyServices"),
            ("SendOnOutOfOffice", "1"),
            ("Transports", "Email"),
            ("AgentEnabledByDefault", "Email"),
        ],
    },
    Event {
        name: "Ticket follow-up notification (unlocked)",
        items: &[
            ("VisibleForAgent", "1"),
            (
                TOOLTIP,
                "Tells you when a customer writes again in an unlocked ticket in \"My Queues\" or \"My Services\".",
            ),
            ("Events", "NotificationFollowUp"),
            ("Recipients", "AgentOwner"),
            ("Recipients", "AgentWatcher"),
            ("Recipients", "AgentMyQueues"),
            ("Recipients", "AgentMyServices"),
            ("SendOnOutOfOffice", "1"),
            ("LockID", "1"),
            ("Transports", "Email"),
            ("AgentEnabledByDefault", "Email"),
        ],
    },
    Event {
        name: "Ticket follow-up notification (locked)",
        items: &[
            ("VisibleForAgent", "1"),
            (
                TOOLTIP,
                "Tells you when a customer writes again in a locked ticket that you own, answer for or watch.",
            ),
            ("Events", "NotificationFollowUp"),
            ("Recipients", "AgentOwner"),
            ("Recipients", "AgentResponsible"),
            ("Recipients", "AgentWatcher"),
            ("SendOnOutOfOffice", "1"),
            ("LockID", "2"),
            ("LockID", "3"),
            ("Transports", "Email"),
            ("AgentEnabledByDefault", "Email"),
        ],
    },
    Event {
        name: "Ticket lock timeout notification",
        items: &[
            ("VisibleForAgent", "1"),
            (
                TOOLTIP,
                "Tells you when a ticket of yours is unlocked because its time is up.",
            ),
            ("Events", "NotificationLockTimeout"),
            ("Recipients", "AgentOwner"),
            ("SendOnOutOfOffice", "1"),
            ("Transports", "Email"),
            ("AgentEnabledByDefault", "Email"),
        ],
    },
    Event {
        name: "Ticket owner update notification",
        items: &[
            ("Events", "NotificationOwnerUpdate"),
            ("Recipients", "AgentOwner"),
            ("SendOnOutOfOffice", "1"),
            ("Transports", "Email"),
        ],
    },
    Event {
        name: "Ticket responsible update notification",
        items: &[
            ("Events", "NotificationResponsibleUpdate"),
            ("Recipients", "AgentResponsible"),
            ("SendOnOutOfOffice", "1"),
            ("Transports", "Email"),
        ],
    },
    Event {
        name: "Ticket new note notification",
        items: &[
            ("Events", "NotificationAddNote"),
            ("Recipients", "AgentOwner"),
            ("Recipients", "AgentResponsible"),
            ("Recipients", "AgentWatcher"),
            ("SendOnOutOfOffice", "1"),
            ("Transports", "Email"),
        ],
    },
    Event {
        name: "Ticket queue update notification",
        items: &[
            ("VisibleForAgent", "1"),
            (
                TOOLTIP,
                "Tells you when a ticket is moved into one of \"My Queues\".",
            ),
            ("Events", "NotificationMove"),
            ("Recipients", "AgentMyQueues"),
            ("SendOnOutOfOffice", "1"),
            ("Transports", "Email"),
            ("AgentEnabledByDefault", "Email"),
        ],
    },
    Event {
        name: "Ticket pending reminder notification (locked)",
        items: &[
            ("Events", "NotificationPendingReminder"),
            ("Recipients", "AgentOwner"),
            ("Recipients", "AgentResponsible"),
            ("SendOnOutOfOffice", "1"),
            ("OncePerDay", "1"),
            ("LockID", "2"),
            ("LockID", "3"),
            ("Transports", "Email"),
        ],
    },
    Event {
        name: "Ticket pending reminder notification (unlocked)",
        items: &[
            ("Events", "NotificationPendingReminder"),
            ("Recipients", "AgentOwner"),
            ("Recipients", "AgentResponsible"),
            ("Recipients", "AgentMyQueues"),
            ("SendOnOutOfOffice", "1"),
            ("OncePerDay", "1"),
            ("LockID", "1"),
            ("Transports", "Email"),
        ],
    },
    Event {
        name: "Ticket escalation notification",
        items: &[
            ("Events", "NotificationEscalation"),
            ("Recipients", "AgentMyQueues"),
            ("Recipients", "AgentWritePermissions"),
            ("SendOnOutOfOffice", "1"),
            ("OncePerDay", "1"),
            ("Transports", "Email"),
        ],
    },
    Event {
        name: "Ticket escalation warning notification",
        items: &[
            ("Events", "NotificationEscalationNotifyBefore"),
            ("Recipients", "AgentMyQueues"),
            ("Recipients", "AgentWritePermissions"),
            ("SendOnOutOfOffice", "1"),
            ("OncePerDay", "1"),
            ("Transports", "Email"),
        ],
    },
    Event {
        name: "Ticket service update notification",
        items: &[
            ("VisibleForAgent", "1"),
            (
                TOOLTIP,
                "Tells you when the service of a ticket becomes one of \"My Services\".",
            ),
            ("Events", "NotificationServiceUpdate"),
            ("Recipients", "AgentMyServices"),
            ("SendOnOutOfOffice", "1"),
            ("Transports", "Email"),
            ("AgentEnabledByDefault", "Email"),
        ],
    },
    Event {
        name: "Appointment reminder notification",
        items: &[
            ("VisibleForAgent", "1"),
            (
                TOOLTIP,
                "Tells you when the reminder time of an appointment has come.",
            ),
            ("Events", "AppointmentNotification"),
            ("Recipients", "AppointmentAgentReadPermissions"),
            ("SendOnOutOfOffice", "1"),
            ("Transports", "Email"),
            ("AgentEnabledByDefault", "Email"),
            ("NotificationType", "Appointment"),
        ],
    },
    Event {
        name: "Ticket email delivery failure notification",
        items: &[
            ("AgentEnabledByDefault", "Email"),
            ("ArticleAttachmentInclude", "0"),
            ("ArticleCommunicationChannelID", "1"),
            ("Events", "ArticleEmailSendingError"),
            ("LanguageID", "en"),
            ("RecipientGroups", "2"),
            ("Recipients", "AgentResponsible"),
            ("Recipients", "AgentOwner"),
            ("TransportEmailTemplate", "Default"),
            ("Transports", "Email"),
            ("VisibleForAgent", "0"),
        ],
    },
    Event {
        name: MENTION,
        items: &[
            ("AgentEnabledByDefault", "Email"),
            ("ArticleAttachmentInclude", "0"),
            ("Events", "UserMention"),
            ("LanguageID", "en"),
            ("TransportEmailTemplate", "Default"),
            ("Transports", "Email"),
            ("VisibleForAgent", "1"),
        ],
    },
];

const MENTION: &str = "Mention notification";

pub(super) fn rows(release: Release) -> Vec<Rows> {
    let events: Vec<(i32, &Event)> = (1..)
        .zip(EVENTS)
        .filter(|(_, event)| release.mentions || event.name != MENTION)
        .collect();
    let items = events.iter().flat_map(|(id, event)| {
        event
            .items
            .iter()
            .filter(|(key, _)| release.notification_templates || *key != "TransportEmailTemplate")
            .map(|(key, value)| row![*id, *key, *value])
    });
    let texts = |language: &'static str, of: fn(&Text) -> (&'static str, &'static str)| {
        events.iter().zip(TEXTS).map(move |((id, _), text)| {
            let (subject, body) = of(text);
            row![*id, subject, body, "text/plain", language]
        })
    };
    let messages = texts("en", |text| text.english).chain(texts("de", |text| text.german));
    vec![
        Rows {
            table: "notification_event",
            columns: vec!["id", "name", "comments"],
            rows: events
                .iter()
                .map(|(id, event)| row![*id, event.name, ""])
                .collect(),
        },
        Rows {
            table: "notification_event_item",
            columns: vec!["notification_id", "event_key", "event_value"],
            rows: items.collect(),
        },
        Rows {
            table: "notification_event_message",
            columns: vec![
                "id",
                "notification_id",
                "subject",
                "text",
                "content_type",
                "language",
            ],
            rows: (1_i32..)
                .zip(messages)
                .map(|(id, message)| {
                    let mut row = row![id];
                    row.extend(message);
                    row
                })
                .collect(),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flavours::{OTRS_6_0, ZNUNY_6_5, ZNUNY_6_5_26};

    #[test]
    fn events_and_items_are_as_many_as_the_release_inserts() {
        let counts = |flavour| {
            let rows = rows(Release::of(flavour));
            (rows[0].rows.len(), rows[1].rows.len())
        };
        assert_eq!(counts(&OTRS_6_0), (15, 112));
        assert_eq!(counts(&ZNUNY_6_5), (16, 119));
        assert_eq!(counts(&ZNUNY_6_5_26), (16, 117));
    }

    #[test]
    fn each_event_has_its_texts() {
        assert_eq!(EVENTS.len(), TEXTS.len());
    }
}
