//! Mail accounts, the outgoing queue, postmaster filters and keys.

table!(SystemAddress = "system_address" {
    Id "id" SmallInt required auto key,
    Value0 "value0" Varchar(200) required,
    Value1 "value1" Varchar(200) required,
    Value2 "value2" Varchar(200),
    Value3 "value3" Varchar(200),
    QueueId "queue_id" Integer required,
    Comments "comments" Varchar(250),
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(TicketLoopProtection = "ticket_loop_protection" {
    SentTo "sent_to" Varchar(250) required,
    SentDate "sent_date" Varchar(150) required,
}
index {
    "ticket_loop_protection_sent_to" (SentTo),
    "ticket_loop_protection_sent_date" (SentDate),
});

table!(MailAccount = "mail_account" {
    Id "id" Integer required auto key,
    Login "login" Varchar(200) required,
    Pw "pw" Varchar(200) required,
    Host "host" Varchar(200) required,
    AccountType "account_type" Varchar(20) required,
    QueueId "queue_id" Integer required,
    Trusted "trusted" SmallInt required,
    ImapFolder "imap_folder" Varchar(250),
    AuthenticationType "authentication_type" Varchar(100) required default = "password",
    Oauth2TokenConfigId "oauth2_token_config_id" Integer,
    Comments "comments" Varchar(250),
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
    Oauth2TokenConfigId => "oauth2_token_config" "id",
});

table!(PostmasterFilter = "postmaster_filter" {
    FName "f_name" Varchar(200) required,
    FStop "f_stop" SmallInt,
    FType "f_type" Varchar(20) required,
    FKey "f_key" Varchar(200) required,
    FValue "f_value" Varchar(200) required,
    FNot "f_not" SmallInt,
}
index {
    "postmaster_filter_f_name" (FName),
});

table!(SmimeSignerCertRelations = "smime_signer_cert_relations" {
    Id "id" Integer required auto key,
    CertHash "cert_hash" Varchar(8) required,
    CertFingerprint "cert_fingerprint" Varchar(59) required,
    CaHash "ca_hash" Varchar(8) required,
    CaFingerprint "ca_fingerprint" Varchar(59) required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(MailQueue = "mail_queue" {
    Id "id" BigInt required auto key,
    InsertFingerprint "insert_fingerprint" Varchar(64),
    ArticleId "article_id" BigInt,
    Attempts "attempts" Integer required,
    Sender "sender" Varchar(200),
    Recipient "recipient" Varchar(1_800_000) required,
    RawMessage "raw_message" LongBlob required,
    DueTime "due_time" Date,
    LastSmtpCode "last_smtp_code" Integer,
    LastSmtpMessage "last_smtp_message" Varchar(1_800_000),
    CreateTime "create_time" Date required,
}
unique {
    "mail_queue_article_id" (ArticleId),
    "mail_queue_insert_fingerprint" (InsertFingerprint),
}
index {
    "mail_queue_attempts" (Attempts),
}
foreign {
    ArticleId => "article" "id",
});

table!(SmimeKeys = "smime_keys" {
    Id "id" Integer required auto key,
    KeyHash "key_hash" Varchar(8) required,
    KeyType "key_type" Varchar(255) required,
    FileName "file_name" Varchar(255) required,
    EmailAddress "email_address" Varchar(255),
    ExpirationDate "expiration_date" Date,
    Fingerprint "fingerprint" Varchar(59),
    Subject "subject" Varchar(100_000),
    CreateTime "create_time" Date,
    ChangeTime "change_time" Date,
    CreateBy "create_by" Integer,
    ChangeBy "change_by" Integer,
}
index {
    "smime_keys_key_hash" (KeyHash),
    "smime_keys_key_type" (KeyType),
    "smime_keys_file_name" (FileName),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(Oauth2TokenConfig = "oauth2_token_config" {
    Id "id" Integer required auto key,
    DbcrudUuid "dbcrud_uuid" Varchar(36),
    Name "name" Varchar(250) required,
    Config "config" Varchar(100_000) required,
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "oauth2_token_config_uuid" (DbcrudUuid),
    "oauth2_token_config_name" (Name),
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(Oauth2Token = "oauth2_token" {
    Id "id" Integer required auto key,
    DbcrudUuid "dbcrud_uuid" Varchar(36),
    TokenConfigId "token_config_id" Integer required,
    AuthorizationCode "authorization_code" Varchar(100_000),
    Token "token" Varchar(100_000),
    TokenExpirationDate "token_expiration_date" Date,
    RefreshToken "refresh_token" Varchar(100_000),
    RefreshTokenExpirationDate "refresh_token_expiration_date" Date,
    ErrorMessage "error_message" Varchar(100_000),
    ErrorDescription "error_description" Varchar(100_000),
    ErrorCode "error_code" Varchar(1000),
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "oauth2_token_uuid" (DbcrudUuid),
    "oauth2_token_config_id" (TokenConfigId),
}
foreign {
    TokenConfigId => "oauth2_token_config" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});
