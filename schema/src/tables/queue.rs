//! Queues with their texts and templates.

table!(Salutation = "salutation" {
    Id "id" SmallInt required auto key,
    Name "name" Varchar(200) required,
    Text "text" Varchar(3000) required,
    ContentType "content_type" Varchar(250),
    Comments "comments" Varchar(250),
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "salutation_name" (Name),
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(Signature = "signature" {
    Id "id" SmallInt required auto key,
    Name "name" Varchar(200) required,
    Text "text" Varchar(3000) required,
    ContentType "content_type" Varchar(250),
    Comments "comments" Varchar(250),
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "signature_name" (Name),
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(FollowUpPossible = "follow_up_possible" {
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
    "follow_up_possible_name" (Name),
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(Queue = "queue" {
    Id "id" Integer required auto key,
    Name "name" Varchar(200) required,
    GroupId "group_id" Integer required,
    UnlockTimeout "unlock_timeout" Integer,
    FirstResponseTime "first_response_time" Integer,
    FirstResponseNotify "first_response_notify" SmallInt,
    UpdateTime "update_time" Integer,
    UpdateNotify "update_notify" SmallInt,
    SolutionTime "solution_time" Integer,
    SolutionNotify "solution_notify" SmallInt,
    SystemAddressId "system_address_id" SmallInt required,
    CalendarName "calendar_name" Varchar(100),
    DefaultSignKey "default_sign_key" Varchar(100),
    SalutationId "salutation_id" SmallInt required,
    SignatureId "signature_id" SmallInt required,
    FollowUpId "follow_up_id" SmallInt required,
    FollowUpLock "follow_up_lock" SmallInt required,
    Comments "comments" Varchar(250),
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "queue_name" (Name),
}
index {
    "queue_group_id" (GroupId),
}
foreign {
    ValidId => "valid" "id",
    SystemAddressId => "system_address" "id",
    SalutationId => "salutation" "id",
    SignatureId => "signature" "id",
    GroupId => "permission_groups" "id",
    FollowUpId => "follow_up_possible" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(QueuePreferences = "queue_preferences" {
    QueueId "queue_id" Integer required,
    PreferencesKey "preferences_key" Varchar(150) required,
    PreferencesValue "preferences_value" Varchar(250),
}
index {
    "queue_preferences_queue_id" (QueueId),
}
foreign {
    QueueId => "queue" "id",
});

table!(StandardTemplate = "standard_template" {
    Id "id" Integer required auto key,
    Name "name" Varchar(200) required,
    Text "text" Varchar(10000),
    ContentType "content_type" Varchar(250),
    TemplateType "template_type" Varchar(100) required default = "Answer",
    Comments "comments" Varchar(250),
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "standard_template_name" (Name),
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(QueueStandardTemplate = "queue_standard_template" {
    QueueId "queue_id" Integer required,
    StandardTemplateId "standard_template_id" Integer required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
foreign {
    StandardTemplateId => "standard_template" "id",
    QueueId => "queue" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(StandardAttachment = "standard_attachment" {
    Id "id" Integer required auto key,
    Name "name" Varchar(200) required,
    ContentType "content_type" Varchar(250) required,
    Content "content" LongBlob required,
    Filename "filename" Varchar(250) required,
    Comments "comments" Varchar(250),
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "standard_attachment_name" (Name),
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(StandardTemplateAttachment = "standard_template_attachment" {
    Id "id" Integer required auto key,
    StandardAttachmentId "standard_attachment_id" Integer required,
    StandardTemplateId "standard_template_id" Integer required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
foreign {
    StandardTemplateId => "standard_template" "id",
    StandardAttachmentId => "standard_attachment" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});
