//! Notifications and automatic answers.

table!(AutoResponseType = "auto_response_type" {
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
    "auto_response_type_name" (Name),
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(AutoResponse = "auto_response" {
    Id "id" Integer required auto key,
    Name "name" Varchar(200) required,
    Text0 "text0" Varchar(6000),
    Text1 "text1" Varchar(6000),
    TypeId "type_id" SmallInt required,
    SystemAddressId "system_address_id" SmallInt required,
    ContentType "content_type" Varchar(250),
    Comments "comments" Varchar(250),
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "auto_response_name" (Name),
}
foreign {
    ValidId => "valid" "id",
    TypeId => "auto_response_type" "id",
    SystemAddressId => "system_address" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(QueueAutoResponse = "queue_auto_response" {
    Id "id" Integer required auto key,
    QueueId "queue_id" Integer required,
    AutoResponseId "auto_response_id" Integer required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
foreign {
    QueueId => "queue" "id",
    AutoResponseId => "auto_response" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(NotificationEvent = "notification_event" {
    Id "id" Integer required auto key,
    Name "name" Varchar(200) required,
    ValidId "valid_id" SmallInt required,
    Comments "comments" Varchar(250),
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "notification_event_name" (Name),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
    ValidId => "valid" "id",
});

table!(NotificationEventMessage = "notification_event_message" {
    Id "id" Integer required auto key,
    NotificationId "notification_id" Integer required,
    Subject "subject" Varchar(200) required,
    Text "text" Varchar(4000) required,
    ContentType "content_type" Varchar(250) required,
    Language "language" Varchar(60) required,
}
unique {
    "notification_event_message_notification_id_language" (NotificationId, Language),
}
index {
    "notification_event_message_notification_id" (NotificationId),
    "notification_event_message_language" (Language),
}
foreign {
    NotificationId => "notification_event" "id",
});

table!(NotificationEventItem = "notification_event_item" {
    NotificationId "notification_id" Integer required,
    EventKey "event_key" Varchar(200) required,
    EventValue "event_value" Varchar(200) required,
}
index {
    "notification_event_item_notification_id" (NotificationId),
    "notification_event_item_event_key" (EventKey),
    "notification_event_item_event_value" (EventValue),
}
foreign {
    NotificationId => "notification_event" "id",
});
