//! The flavours themselves.

use crate::tables::{ColumnDef, IndexColumn, IndexDef, Type};

use super::{
    Change::{
        Renamed, RenamedColumn, Typed, WithColumn, WithUnique, Without, WithoutColumn, WithoutIndex,
    },
    Flavour,
};

/// Every flavour, from the oldest to the newest within each product.
pub const ALL: &[&Flavour] = &[
    &OTRS_6_0,
    &OTRS_6_0_4,
    &OTRS_6_0_1,
    &CENTURAN_6_0_36,
    &CENTURAN_6_0_37,
    &ZNUNY_6_0,
    &ZNUNY_6_1,
    &ZNUNY_6_2,
    &ZNUNY_6_3,
    &ZNUNY_6_4,
    &ZNUNY_6_5,
    &ZNUNY_6_5_4,
    &ZNUNY_6_5_5,
    &ZNUNY_6_5_12,
    &ZNUNY_6_5_19,
    &ZNUNY_6_5_26,
];

const fn typed(table: &'static str, column: &'static str, kind: Type) -> super::Change {
    Typed {
        table,
        column,
        kind,
    }
}

const fn without_column(table: &'static str, column: &'static str) -> super::Change {
    WithoutColumn { table, column }
}

/// What the declarations describe. Source: schema file and live database of 6.5.1.
pub static ZNUNY_6_5: Flavour = Flavour {
    name: "znuny-6.5",
    releases: "Znuny 6.5.1 to 6.5.3",
    base: None,
    changes: &[],
};

/// Source: changelog of 2023-07-04 and the schema file of 6.5.26.
pub static ZNUNY_6_5_4: Flavour = Flavour {
    name: "znuny-6.5.4",
    releases: "Znuny 6.5.4",
    base: Some(&ZNUNY_6_5),
    changes: &[
        typed("smime_keys", "email_address", Type::Varchar(100_000)),
        typed(
            "calendar_appointment_plugin",
            "appointment_id",
            Type::BigInt,
        ),
    ],
};

/// Source: schema file of 6.5.26.
pub static ZNUNY_6_5_5: Flavour = Flavour {
    name: "znuny-6.5.5",
    releases: "Znuny 6.5.5 to 6.5.11",
    base: Some(&ZNUNY_6_5_4),
    changes: &[
        typed("generic_agent_jobs", "job_key", Type::Varchar(255)),
        typed("generic_agent_jobs", "job_value", Type::Varchar(3800)),
        typed("standard_template", "text", Type::Varchar(16_777_216)),
        typed(
            "notification_event_message",
            "text",
            Type::Varchar(16_777_216),
        ),
        typed("customer_user_customer", "user_id", Type::Varchar(200)),
    ],
};

/// Source: schema file of 6.5.26.
pub static ZNUNY_6_5_12: Flavour = Flavour {
    name: "znuny-6.5.12",
    releases: "Znuny 6.5.12 to 6.5.18",
    base: Some(&ZNUNY_6_5_5),
    changes: &[
        typed("search_profile", "profile_key", Type::Varchar(2000)),
        typed("search_profile", "profile_value", Type::Varchar(2000)),
    ],
};

/// Source: schema file of 6.5.26.
pub static ZNUNY_6_5_19: Flavour = Flavour {
    name: "znuny-6.5.19",
    releases: "Znuny 6.5.19 to 6.5.25",
    base: Some(&ZNUNY_6_5_12),
    changes: &[
        typed("users", "pw", Type::Varchar(255)),
        typed("customer_user", "pw", Type::Varchar(255)),
        typed("mail_account", "pw", Type::Varchar(255)),
    ],
};

/// Source: schema file of 6.5.26.
pub static ZNUNY_6_5_26: Flavour = Flavour {
    name: "znuny-6.5.26",
    releases: "Znuny 6.5.26",
    base: Some(&ZNUNY_6_5_19),
    changes: &[
        WithColumn {
            table: "web_upload_cache",
            column: ColumnDef::new("user_id", Type::Varchar(250)),
        },
        WithColumn {
            table: "web_upload_cache",
            column: ColumnDef::new("user_type", Type::Varchar(20)),
        },
    ],
};

/// `dbcrud_uuid` was added at run time in those days, and may be there all the same. Source: migration modules and changelogs.
pub static ZNUNY_6_4: Flavour = Flavour {
    name: "znuny-6.4",
    releases: "Znuny 6.4.4 and 6.4.5",
    base: Some(&ZNUNY_6_5),
    changes: &[
        without_column("calendar_appointment_plugin", "dbcrud_uuid"),
        without_column("oauth2_token", "dbcrud_uuid"),
        without_column("oauth2_token_config", "dbcrud_uuid"),
    ],
};

/// Source: migration modules and changelogs.
pub static ZNUNY_6_3: Flavour = Flavour {
    name: "znuny-6.3",
    releases: "Znuny 6.3.1 to 6.3.4",
    base: Some(&ZNUNY_6_4),
    changes: &[
        Without { table: "mention" },
        Without {
            table: "smime_keys",
        },
        typed("oauth2_token", "authorization_code", Type::Varchar(2000)),
        typed("oauth2_token", "token", Type::Varchar(2000)),
        typed("oauth2_token", "refresh_token", Type::Varchar(2000)),
        typed("oauth2_token", "error_message", Type::Varchar(2000)),
        typed("oauth2_token", "error_description", Type::Varchar(2000)),
        typed("oauth2_token", "error_code", Type::Varchar(250)),
        typed("oauth2_token_config", "config", Type::Varchar(5000)),
    ],
};

/// Source: migration modules.
pub static ZNUNY_6_2: Flavour = Flavour {
    name: "znuny-6.2",
    releases: "Znuny 6.2.1 and 6.2.2",
    base: Some(&ZNUNY_6_3),
    changes: &[
        Without {
            table: "calendar_appointment_plugin",
        },
        Without {
            table: "oauth2_token",
        },
        Without {
            table: "oauth2_token_config",
        },
        without_column("mail_account", "authentication_type"),
        without_column("mail_account", "oauth2_token_config_id"),
    ],
};

/// Source: a stored schema file of 6.1, by its length and its end.
pub static ZNUNY_6_1: Flavour = Flavour {
    name: "znuny-6.1",
    releases: "Znuny 6.1.1 and 6.1.2",
    base: Some(&ZNUNY_6_2),
    changes: &[Without {
        table: "acl_ticket_attribute_relations",
    }],
};

/// Source: schema file of 6.0.32, which is the one of OTRS 6.0.30.
pub static ZNUNY_6_0: Flavour = Flavour {
    name: "znuny-6.0",
    releases: "Znuny LTS 6.0.31 to 6.0.48",
    base: Some(&OTRS_6_0),
    changes: &[],
};

/// Source: schema file of 6.0.31-dev.
pub static OTRS_6_0: Flavour = Flavour {
    name: "otrs-6.0",
    releases: "OTRS 6.0.9 to 6.0.30, ((OTRS)) Community Edition 6.0.32 to 6.0.35",
    base: Some(&ZNUNY_6_1),
    changes: &[
        Renamed {
            table: "permission_groups",
            to: "groups",
        },
        WithoutIndex {
            table: "time_accounting",
            index: "time_accounting_article_id",
        },
    ],
};

/// Source: schema files between 6.0.4 and 6.0.8.
pub static OTRS_6_0_4: Flavour = Flavour {
    name: "otrs-6.0.4",
    releases: "OTRS 6.0.4 to 6.0.8",
    base: Some(&OTRS_6_0),
    changes: &[WithoutIndex {
        table: "article_data_mime",
        index: "article_data_mime_article_id",
    }],
};

/// Source: schema files between 6.0.1 and 6.0.3.
pub static OTRS_6_0_1: Flavour = Flavour {
    name: "otrs-6.0.1",
    releases: "OTRS 6.0.1 to 6.0.3",
    base: Some(&OTRS_6_0_4),
    changes: &[WithoutIndex {
        table: "communication_log",
        index: "communication_start_time",
    }],
};

/// Source: schema files at the tags v6.0.32 to v6.0.36.
pub static CENTURAN_6_0_36: Flavour = Flavour {
    name: "otrs-ce-centuran-6.0.36",
    releases: "((OTRS)) Community Edition 6.0.36",
    base: Some(&OTRS_6_0),
    changes: &[WithColumn {
        table: "ticket_priority",
        column: ColumnDef::new("color", Type::Varchar(20)).default(""),
    }],
};

/// The OAuth2 tables have the names of Znuny's but other columns. Source: schema files at the tags v6.0.37 to v6.0.41.
pub static CENTURAN_6_0_37: Flavour = Flavour {
    name: "otrs-ce-centuran-6.0.37",
    releases: "((OTRS)) Community Edition 6.0.37 to 6.0.41",
    base: Some(&ZNUNY_6_5),
    changes: &[
        Without {
            table: "acl_ticket_attribute_relations",
        },
        Without {
            table: "calendar_appointment_plugin",
        },
        Without { table: "mention" },
        Without {
            table: "smime_keys",
        },
        Renamed {
            table: "permission_groups",
            to: "groups",
        },
        WithoutIndex {
            table: "time_accounting",
            index: "time_accounting_article_id",
        },
        WithColumn {
            table: "ticket_priority",
            column: ColumnDef::new("color", Type::Varchar(20)).default(""),
        },
        RenamedColumn {
            table: "mail_account",
            column: "authentication_type",
            to: "auth_method",
        },
        RenamedColumn {
            table: "oauth2_token",
            column: "token_config_id",
            to: "config_id",
        },
        WithUnique {
            table: "oauth2_token",
            unique: IndexDef {
                name: "oauth2_token_config_id",
                columns: &[IndexColumn::new("config_id")],
            },
        },
        without_column("oauth2_token", "dbcrud_uuid"),
        without_column("oauth2_token_config", "dbcrud_uuid"),
        typed("oauth2_token", "authorization_code", Type::Varchar(10_000)),
        typed("oauth2_token", "token", Type::Varchar(10_000)),
        typed("oauth2_token", "refresh_token", Type::Varchar(10_000)),
        typed("oauth2_token", "error_message", Type::Varchar(2000)),
        typed("oauth2_token", "error_description", Type::Varchar(2000)),
        typed("oauth2_token", "error_code", Type::Varchar(250)),
        typed("oauth2_token_config", "config", Type::Varchar(5000)),
    ],
};
