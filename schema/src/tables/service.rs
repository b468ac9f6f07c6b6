//! Services and service level agreements.

table!(Service = "service" {
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
    "service_name" (Name),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(ServicePreferences = "service_preferences" {
    ServiceId "service_id" Integer required,
    PreferencesKey "preferences_key" Varchar(150) required,
    PreferencesValue "preferences_value" Varchar(250),
}
index {
    "service_preferences_service_id" (ServiceId),
}
foreign {
    ServiceId => "service" "id",
});

table!(ServiceCustomerUser = "service_customer_user" {
    CustomerUserLogin "customer_user_login" Varchar(200) required,
    ServiceId "service_id" Integer required,
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
}
index {
    "service_customer_user_customer_user_login" (CustomerUserLogin = 10),
    "service_customer_user_service_id" (ServiceId),
}
foreign {
    ServiceId => "service" "id",
    CreateBy => "users" "id",
});

table!(Sla = "sla" {
    Id "id" Integer required auto key,
    Name "name" Varchar(200) required,
    CalendarName "calendar_name" Varchar(100),
    FirstResponseTime "first_response_time" Integer required,
    FirstResponseNotify "first_response_notify" SmallInt,
    UpdateTime "update_time" Integer required,
    UpdateNotify "update_notify" SmallInt,
    SolutionTime "solution_time" Integer required,
    SolutionNotify "solution_notify" SmallInt,
    ValidId "valid_id" SmallInt required,
    Comments "comments" Varchar(250),
    CreateTime "create_time" Date required,
    CreateBy "create_by" Integer required,
    ChangeTime "change_time" Date required,
    ChangeBy "change_by" Integer required,
}
unique {
    "sla_name" (Name),
}
foreign {
    CreateBy => "users" "id",
    ChangeBy => "users" "id",
});

table!(SlaPreferences = "sla_preferences" {
    SlaId "sla_id" Integer required,
    PreferencesKey "preferences_key" Varchar(150) required,
    PreferencesValue "preferences_value" Varchar(250),
}
index {
    "sla_preferences_sla_id" (SlaId),
}
foreign {
    SlaId => "sla" "id",
});

table!(ServiceSla = "service_sla" {
    ServiceId "service_id" Integer required,
    SlaId "sla_id" Integer required,
}
unique {
    "service_sla_service_sla" (ServiceId, SlaId),
}
foreign {
    ServiceId => "service" "id",
    SlaId => "sla" "id",
});
