//! Articles: what was written on a ticket.

table!(ArticleSenderType = "article_sender_type" {
    Id "id" SmallInt required auto key,
    Name "name" Varchar(200) required,
    Comments "comments" Varchar(250),
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "article_sender_type_name" (Name),
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(ArticleFlag = "article_flag" {
    ArticleId "article_id" BigInt required,
    ArticleKey "article_key" Varchar(50) required,
    ArticleValue "article_value" Varchar(50),
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
}
index {
    "article_flag_article_id_create_by" (ArticleId, CreateBy),
    "article_flag_article_id" (ArticleId),
}
foreign {
    ArticleId => "article" "id",
    CreateBy => "users" "id",
});

table!(Article = "article" {
    Id "id" BigInt required auto key,
    TicketId "ticket_id" BigInt required,
    ArticleSenderTypeId "article_sender_type_id" SmallInt required,
    CommunicationChannelId "communication_channel_id" BigInt required,
    IsVisibleForCustomer "is_visible_for_customer" SmallInt required,
    SearchIndexNeedsRebuild "search_index_needs_rebuild" SmallInt required default = "1",
    InsertFingerprint "insert_fingerprint" Varchar(64),
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
index {
    "article_ticket_id" (TicketId),
    "article_article_sender_type_id" (ArticleSenderTypeId),
    "article_communication_channel_id" (CommunicationChannelId),
    "article_search_index_needs_rebuild" (SearchIndexNeedsRebuild),
}
foreign {
    TicketId => "ticket" "id",
    CommunicationChannelId => "communication_channel" "id",
    ArticleSenderTypeId => "article_sender_type" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(ArticleDataMime = "article_data_mime" {
    Id "id" BigInt required auto key,
    ArticleId "article_id" BigInt required,
    AFrom "a_from" Varchar(1_800_000),
    AReplyTo "a_reply_to" Varchar(1_800_000),
    ATo "a_to" Varchar(1_800_000),
    ACc "a_cc" Varchar(1_800_000),
    ABcc "a_bcc" Varchar(1_800_000),
    ASubject "a_subject" Varchar(3800),
    AMessageId "a_message_id" Varchar(3800),
    AMessageIdMd5 "a_message_id_md5" Varchar(32),
    AInReplyTo "a_in_reply_to" Varchar(1_800_000),
    AReferences "a_references" Varchar(1_800_000),
    AContentType "a_content_type" Varchar(250),
    ABody "a_body" Varchar(1_800_000),
    IncomingTime "incoming_time" Integer required,
    ContentPath "content_path" Varchar(250),
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
index {
    "article_data_mime_message_id_md5" (AMessageIdMd5),
    "article_data_mime_article_id" (ArticleId),
}
foreign {
    ArticleId => "article" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(ArticleSearchIndex = "article_search_index" {
    Id "id" BigInt required auto key,
    TicketId "ticket_id" BigInt required,
    ArticleId "article_id" BigInt required,
    ArticleKey "article_key" Varchar(200) required,
    ArticleValue "article_value" Varchar(1_800_000),
}
index {
    "article_search_index_ticket_id" (TicketId, ArticleKey),
    "article_search_index_article_id" (ArticleId, ArticleKey),
}
foreign {
    TicketId => "ticket" "id",
    ArticleId => "article" "id",
});

table!(ArticleDataMimePlain = "article_data_mime_plain" {
    Id "id" BigInt required auto key,
    ArticleId "article_id" BigInt required,
    Body "body" LongBlob required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
index {
    "article_data_mime_plain_article_id" (ArticleId),
}
foreign {
    ArticleId => "article" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(ArticleDataMimeAttachment = "article_data_mime_attachment" {
    Id "id" BigInt required auto key,
    ArticleId "article_id" BigInt required,
    Filename "filename" Varchar(250),
    ContentSize "content_size" Varchar(30),
    ContentType "content_type" Varchar(450),
    ContentId "content_id" Varchar(250),
    ContentAlternative "content_alternative" Varchar(50),
    Disposition "disposition" Varchar(15),
    Content "content" LongBlob,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
index {
    "article_data_mime_attachment_article_id" (ArticleId),
}
foreign {
    ArticleId => "article" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(ArticleDataMimeSendError = "article_data_mime_send_error" {
    Id "id" BigInt required auto key,
    ArticleId "article_id" BigInt required,
    MessageId "message_id" Varchar(200),
    LogMessage "log_message" Varchar(1_800_000),
    CreateTime "create_time" Date required,
}
index {
    "article_data_mime_transmission_message_id" (MessageId),
    "article_data_mime_transmission_article_id" (ArticleId),
}
foreign {
    ArticleId => "article" "id",
});

table!(ArticleDataOtrsChat = "article_data_otrs_chat" {
    Id "id" BigInt required auto key,
    ArticleId "article_id" BigInt required,
    ChatParticipantId "chat_participant_id" Varchar(255) required,
    ChatParticipantName "chat_participant_name" Varchar(255) required,
    ChatParticipantType "chat_participant_type" Varchar(255) required,
    MessageText "message_text" Varchar(3800),
    SystemGenerated "system_generated" SmallInt required,
    CreateTime "create_time" Date required,
}
index {
    "article_data_otrs_chat_article_id" (ArticleId),
}
foreign {
    ArticleId => "article" "id",
});
