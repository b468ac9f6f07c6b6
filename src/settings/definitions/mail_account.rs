//! Settings of mail accounts.

use super::{
    Definition,
    Shape::{Integer, Unset},
    setting,
};

pub const ALL: &[Definition] = &[
    setting(
        "Otterdesk::MailAccount::MaxMessages",
        Unset,
        "Messages that one run takes from a mail account; all of them when not set.",
    ),
    setting(
        "PostMasterMaxEmailSize",
        Integer(16_384),
        "Size in KB up to which messages are taken from mail accounts.",
    ),
    setting(
        "PostMasterReconnectMessage",
        Integer(20),
        "Messages after which the connection to a mail account is made anew.",
    ),
];
