//! Agents, their preferences and their sessions.

table!(Users = "users" {
    Id "id" Integer required auto key,
    Login "login" Varchar(200) required,
    Pw "pw" Varchar(128) required,
    Title "title" Varchar(50),
    FirstName "first_name" Varchar(100) required,
    LastName "last_name" Varchar(100) required,
    ValidId "valid_id" SmallInt required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "users_login" (Login),
}
foreign {
    ValidId => "valid" "id",
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(UserPreferences = "user_preferences" {
    UserId "user_id" Integer required,
    PreferencesKey "preferences_key" Varchar(150) required,
    PreferencesValue "preferences_value" LongBlob,
}
index {
    "user_preferences_user_id" (UserId),
}
foreign {
    UserId => "users" "id",
});

table!(PersonalQueues = "personal_queues" {
    UserId "user_id" Integer required,
    QueueId "queue_id" Integer required,
}
index {
    "personal_queues_user_id" (UserId),
    "personal_queues_queue_id" (QueueId),
}
foreign {
    UserId => "users" "id",
    QueueId => "queue" "id",
});

table!(PersonalServices = "personal_services" {
    UserId "user_id" Integer required,
    ServiceId "service_id" Integer required,
}
index {
    "personal_services_user_id" (UserId),
    "personal_services_service_id" (ServiceId),
}
foreign {
    UserId => "users" "id",
    ServiceId => "service" "id",
});

table!(Sessions = "sessions" {
    Id "id" BigInt required auto key,
    SessionId "session_id" Varchar(100) required,
    DataKey "data_key" Varchar(100) required,
    DataValue "data_value" Varchar(10000),
    Serialized "serialized" SmallInt required,
}
index {
    "sessions_session_id_data_key" (SessionId, DataKey),
    "sessions_data_key" (DataKey),
});

table!(SearchProfile = "search_profile" {
    Login "login" Varchar(200) required,
    ProfileName "profile_name" Varchar(200) required,
    ProfileType "profile_type" Varchar(30) required,
    ProfileKey "profile_key" Varchar(200) required,
    ProfileValue "profile_value" Varchar(200),
}
index {
    "search_profile_login" (Login),
    "search_profile_profile_name" (ProfileName),
});
