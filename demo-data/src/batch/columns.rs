//! The columns that are written, in the order of the cells in `Batch`; times and people are added to most.

pub(super) const TICKET: [&str; 19] = [
    "id",
    "tn",
    "title",
    "queue_id",
    "ticket_lock_id",
    "type_id",
    "user_id",
    "responsible_user_id",
    "ticket_priority_id",
    "ticket_state_id",
    "customer_id",
    "customer_user_id",
    "timeout",
    "until_time",
    "escalation_time",
    "escalation_update_time",
    "escalation_response_time",
    "escalation_solution_time",
    "archive_flag",
];

pub(super) const ARTICLE: [&str; 6] = [
    "id",
    "ticket_id",
    "article_sender_type_id",
    "communication_channel_id",
    "is_visible_for_customer",
    "search_index_needs_rebuild",
];

pub(super) const ARTICLE_DATA_MIME: [&str; 15] = [
    "article_id",
    "a_from",
    "a_reply_to",
    "a_to",
    "a_cc",
    "a_bcc",
    "a_subject",
    "a_message_id",
    "a_message_id_md5",
    "a_in_reply_to",
    "a_references",
    "a_content_type",
    "a_body",
    "incoming_time",
    "content_path",
];

pub(super) const ARTICLE_DATA_MIME_PLAIN: [&str; 2] = ["article_id", "body"];

pub(super) const ARTICLE_DATA_MIME_ATTACHMENT: [&str; 7] = [
    "article_id",
    "filename",
    "content_size",
    "content_type",
    "content_alternative",
    "disposition",
    "content",
];

pub(super) const TICKET_HISTORY: [&str; 9] = [
    "name",
    "history_type_id",
    "ticket_id",
    "article_id",
    "type_id",
    "queue_id",
    "owner_id",
    "priority_id",
    "state_id",
];

pub(super) const TIME_ACCOUNTING: [&str; 3] = ["ticket_id", "article_id", "time_unit"];

pub(super) const ARTICLE_SEARCH_INDEX: [&str; 4] =
    ["ticket_id", "article_id", "article_key", "article_value"];

pub(super) const DYNAMIC_FIELD_VALUE: [&str; 4] =
    ["field_id", "object_id", "value_text", "value_date"];

pub(super) const ARTICLE_FLAG: [&str; 5] = [
    "article_id",
    "article_key",
    "article_value",
    "create_time",
    "create_by",
];

pub(super) const TICKET_FLAG: [&str; 5] = [
    "ticket_id",
    "ticket_key",
    "ticket_value",
    "create_time",
    "create_by",
];

const STAMP: [&str; 4] = ["create_time", "create_by", "change_time", "change_by"];

/// These columns and who and when at the end.
pub(super) fn stamped<const N: usize>(columns: [&'static str; N]) -> Vec<&'static str> {
    columns.into_iter().chain(STAMP).collect()
}
