//! Settings of outgoing mail.

use super::{
    Definition,
    Shape::{Hash, Switch, Text, Unset},
    setting,
};

/// Grouped by the room that reads them.
pub const ALL: &[Definition] = &[
    // Composition.
    setting(
        "Organization",
        Text("Example Company"),
        "The name of the company, for the header Organization; empty for none.",
    ),
    setting(
        "Secure::DisableBanner",
        Switch(false),
        "Whether mails do not say which program sent them.",
    ),
    setting(
        "SendmailEncodingForce",
        Text(""),
        "How files in mails are encoded, whatever they hold: base64, quoted-printable, 7bit or 8bit.",
    ),
    setting(
        "Sendmail::DefaultHeaders",
        Hash(&[
            ("Auto-Submitted:", "auto-generated"),
            ("Precedence:", "bulk"),
        ]),
        "Headers of mails that nobody wrote: notifications and automatic answers.",
    ),
    setting(
        "SendmailBcc",
        Text(""),
        "Who gets a copy of every mail that goes out.",
    ),
    setting(
        "SendmailEnvelopeFrom",
        Text(""),
        "The sender that mail servers are told, for mails that somebody wrote; empty for the address in From.",
    ),
    setting(
        "SendmailNotificationEnvelopeFrom",
        Text(""),
        "The sender that mail servers are told, for mails that nobody wrote.",
    ),
    setting(
        "SendmailNotificationEnvelopeFrom::FallbackToEmailFrom",
        Switch(false),
        "Whether that is the address in From where no other one is set; else it is empty.",
    ),
    setting(
        "Ticket::SubjectSize",
        Text("100"),
        "How many characters of a subject stay in answers.",
    ),
    // The queue.
    setting(
        "MailQueue",
        Hash(&[
            ("ItemMaxAttempts", "3"),
            ("IncrementAttemptDelayInMinutes", "2"),
        ]),
        "How often a mail is tried, and how many minutes longer each further attempt waits.",
    ),
    // Transports.
    setting(
        "SendmailModule",
        Text("Kernel::System::Email::Sendmail"),
        "How mails leave: Sendmail, SMTP, SMTPS, SMTPTLS, DoNotSendEmail or Test.",
    ),
    setting(
        "SendmailModule::CMD",
        Text("/usr/sbin/sendmail -i -f"),
        "The program that takes mails, with its options; the sender comes behind them.",
    ),
    setting(
        "SendmailModule::Host",
        Text("mail.example.com"),
        "The server that takes mails.",
    ),
    setting(
        "SendmailModule::Port",
        Unset,
        "The port of the server that takes mails; 25, 465 for SMTPS, 587 for SMTPTLS.",
    ),
    setting(
        "SendmailModule::AuthenticationType",
        Text("password"),
        "How the server is told who sends: password or oauth2_token.",
    ),
    setting(
        "SendmailModule::AuthUser",
        Text(""),
        "The name under which the server knows us; empty for none.",
    ),
    setting(
        "SendmailModule::AuthPassword",
        Text(""),
        "The password for that name.",
    ),
    setting(
        "SendmailModule::OAuth2TokenConfigName",
        Text(""),
        "The OAuth 2 configuration whose tokens the server takes.",
    ),
];
