//! What notifications say, in the order of the events. Placeholders are OTRS's own.

/// Subject and body in each language.
pub(super) struct Text {
    pub english: (&'static str, &'static str),
    pub german: (&'static str, &'static str),
}

macro_rules! ticket_text {
    ($subject:literal, $lead:literal, $betreff:literal, $satz:literal $(, quote $quote:literal)?) => {
        Text {
            english: (
                concat!($subject, ": <OTRS_TICKET_Title[24]>"),
                concat!(
                    "Hello <OTRS_NOTIFICATION_RECIPIENT_UserFirstname>,\n\n", $lead, "\n\n",
                    $($quote, "\n\n",)?
                    "<OTRS_CONFIG_HttpType>://<OTRS_CONFIG_FQDN>/<OTRS_CONFIG_ScriptAlias>index.pl?Action=AgentTicketZoom;TicketID=<OTRS_TICKET_TicketID>\n\n",
                    "-- \n<OTRS_CONFIG_NotificationSenderName>\n",
                ),
            ),
            german: (
                concat!($betreff, ": <OTRS_TICKET_Title[24]>"),
                concat!(
                    "Hallo <OTRS_NOTIFICATION_RECIPIENT_UserFirstname>,\n\n", $satz, "\n\n",
                    $($quote, "\n\n",)?
                    "<OTRS_CONFIG_HttpType>://<OTRS_CONFIG_FQDN>/<OTRS_CONFIG_ScriptAlias>index.pl?Action=AgentTicketZoom;TicketID=<OTRS_TICKET_TicketID>\n\n",
                    "-- \n<OTRS_CONFIG_NotificationSenderName>\n",
                ),
            ),
        }
    };
}

pub(super) const TEXTS: &[Text] = &[
    ticket_text!(
        "New ticket",
        "there is a new ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] in the queue <OTRS_TICKET_Queue>. <OTRS_CUSTOMER_REALNAME> writes:",
        "Neues Ticket",
        "in der Queue <OTRS_TICKET_Queue> gibt es ein neues Ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>]. <OTRS_CUSTOMER_REALNAME> schreibt:",
        quote "<OTRS_CUSTOMER_BODY[30]>"
    ),
    ticket_text!(
        "New message in an unlocked ticket",
        "the unlocked ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] has a new message from <OTRS_CUSTOMER_REALNAME>:",
        "Neue Nachricht in einem freien Ticket",
        "zum freien Ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] gibt es eine neue Nachricht von <OTRS_CUSTOMER_REALNAME>:",
        quote "<OTRS_CUSTOMER_BODY[30]>"
    ),
    ticket_text!(
        "New message in your ticket",
        "the locked ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] has a new message from <OTRS_CUSTOMER_REALNAME>:",
        "Neue Nachricht in Ihrem Ticket",
        "zum gesperrten Ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] gibt es eine neue Nachricht von <OTRS_CUSTOMER_REALNAME>:",
        quote "<OTRS_CUSTOMER_BODY[30]>"
    ),
    ticket_text!(
        "Lock expired",
        "nobody worked on the ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] for as long as its queue allows. It is unlocked now.",
        "Sperre abgelaufen",
        "am Ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] wurde länger nicht gearbeitet, als seine Queue erlaubt. Es ist jetzt wieder frei."
    ),
    ticket_text!(
        "You own a ticket",
        "<OTRS_CURRENT_UserFullname> made you the owner of the ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>].",
        "Ein Ticket gehört jetzt Ihnen",
        "<OTRS_CURRENT_UserFullname> hat Ihnen das Ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] übergeben."
    ),
    ticket_text!(
        "You are responsible for a ticket",
        "<OTRS_CURRENT_UserFullname> made you responsible for the ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>].",
        "Sie sind für ein Ticket verantwortlich",
        "<OTRS_CURRENT_UserFullname> hat Sie für das Ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] verantwortlich gemacht."
    ),
    ticket_text!(
        "New note",
        "<OTRS_CURRENT_UserFullname> added a note to the ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>]:",
        "Neue Notiz",
        "<OTRS_CURRENT_UserFullname> hat zum Ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] notiert:",
        quote "<OTRS_AGENT_BODY[30]>"
    ),
    ticket_text!(
        "Moved to <OTRS_TICKET_Queue>",
        "<OTRS_CURRENT_UserFullname> moved the ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] to the queue <OTRS_TICKET_Queue>.",
        "Verschoben nach <OTRS_TICKET_Queue>",
        "<OTRS_CURRENT_UserFullname> hat das Ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] in die Queue <OTRS_TICKET_Queue> verschoben."
    ),
    ticket_text!(
        "Reminder for your ticket",
        "the reminder time of the locked ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] has come.",
        "Erinnerung an Ihr Ticket",
        "der Erinnerungszeitpunkt des gesperrten Tickets [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] ist erreicht."
    ),
    ticket_text!(
        "Reminder for an unlocked ticket",
        "the reminder time of the unlocked ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] has come.",
        "Erinnerung an ein freies Ticket",
        "der Erinnerungszeitpunkt des freien Tickets [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] ist erreicht."
    ),
    ticket_text!(
        "Overdue",
        "the ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] has been overdue since <OTRS_TICKET_EscalationDestinationDate>.",
        "Überfällig",
        "das Ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] ist seit <OTRS_TICKET_EscalationDestinationDate> überfällig."
    ),
    ticket_text!(
        "Due soon",
        "the ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] is due at <OTRS_TICKET_EscalationDestinationDate>.",
        "Bald fällig",
        "das Ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] wird am <OTRS_TICKET_EscalationDestinationDate> fällig."
    ),
    ticket_text!(
        "Service changed to <OTRS_TICKET_Service>",
        "<OTRS_CURRENT_UserFullname> set the service of the ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] to <OTRS_TICKET_Service>.",
        "Service ist jetzt <OTRS_TICKET_Service>",
        "<OTRS_CURRENT_UserFullname> hat dem Ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] den Service <OTRS_TICKET_Service> gegeben."
    ),
    Text {
        english: (
            "Reminder: <OTRS_APPOINTMENT_TITLE>",
            "Hello <OTRS_NOTIFICATION_RECIPIENT_UserFirstname>,

an appointment in the calendar <OTRS_CALENDAR_CALENDARNAME> is near.

What: <OTRS_APPOINTMENT_TITLE>
Where: <OTRS_APPOINTMENT_LOCATION>
From: <OTRS_APPOINTMENT_STARTTIME>
To: <OTRS_APPOINTMENT_ENDTIME>

<OTRS_APPOINTMENT_DESCRIPTION>

<OTRS_CONFIG_HttpType>://<OTRS_CONFIG_FQDN>/<OTRS_CONFIG_ScriptAlias>index.pl?Action=AgentAppointmentCalendarOverview;AppointmentID=<OTRS_APPOINTMENT_APPOINTMENTID>

-- 
<OTRS_CONFIG_NotificationSenderName>
",
        ),
        german: (
            "Erinnerung: <OTRS_APPOINTMENT_TITLE>",
            "Hallo <OTRS_NOTIFICATION_RECIPIENT_UserFirstname>,

ein Termin im Kalender <OTRS_CALENDAR_CALENDARNAME> steht bevor.

Was: <OTRS_APPOINTMENT_TITLE>
Wo: <OTRS_APPOINTMENT_LOCATION>
Von: <OTRS_APPOINTMENT_STARTTIME>
Bis: <OTRS_APPOINTMENT_ENDTIME>

<OTRS_APPOINTMENT_DESCRIPTION>

<OTRS_CONFIG_HttpType>://<OTRS_CONFIG_FQDN>/<OTRS_CONFIG_ScriptAlias>index.pl?Action=AgentAppointmentCalendarOverview;AppointmentID=<OTRS_APPOINTMENT_APPOINTMENTID>

-- 
<OTRS_CONFIG_NotificationSenderName>
",
        ),
    },
    ticket_text!(
        "Mail not delivered",
        "a mail of the ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] could not be delivered. The ticket shows the error beside the article.",
        "Mail nicht zugestellt",
        "eine Mail des Tickets [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] konnte nicht zugestellt werden. Das Ticket zeigt den Fehler beim Artikel."
    ),
    ticket_text!(
        "You were mentioned",
        "<OTRS_CURRENT_UserFullname> mentioned you in the ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>]:",
        "Sie wurden erwähnt",
        "<OTRS_CURRENT_UserFullname> hat Sie im Ticket [<OTRS_CONFIG_Ticket::Hook><OTRS_CONFIG_Ticket::HookDivider><OTRS_TICKET_TicketNumber>] erwähnt:",
        quote "<OTRS_AGENT_BODY[30]>"
    ),
];
